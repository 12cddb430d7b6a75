// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Images.h - The bytes of the stream in each memory --------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_SCHEDULENETWORK_IMAGES_H
#define SE_LIB_SCHEDULE_SCHEDULENETWORK_IMAGES_H

#include "../Planning/Tiling.h"

namespace se::schedule {

/// What lies in each memory at the start, and where to find it.
struct Images {
  Images(llvm::ArrayRef<StageLoop> loops, const Tiling &tiling);

  std::vector<char> resident; ///< goes to L1 once
  /// Of it, where constants and tiles begin and end, in order. Tiles are viewed
  /// as a whole, also those that have fewer rows.
  llvm::SmallVector<std::pair<int64_t, int64_t>> parts;
  std::vector<char> stream; ///< in L2, or in a direct l3
  std::vector<char> nvm, l3;
  /// Two words for each transfer: the position in `stream` (0 if the tile
  /// comes from behind L2), and the number of bytes.
  std::vector<int32_t> transfers;
  /// Two words for each external transfer: the position in `nvm` or `l3`, and
  /// the number of bytes.
  std::vector<int32_t> external;
};

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_SCHEDULENETWORK_IMAGES_H
