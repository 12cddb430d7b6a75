// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- WorstCase.h - What a frame may take at most --------------*- C++ -*-===//

#ifndef SE_DRIVER_WORSTCASE_H
#define SE_DRIVER_WORSTCASE_H

#include "se/Target/TargetDescription.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>

namespace se {

/// Cycles of a frame where all is in the way that a chip may have.
struct WorstCase {
  int64_t measured = 0; ///< the longest frame that was simulated
  int64_t bound = 0;    ///< with `worstCaseMargin` on top
};

/// What inputs, the state of caches and the engine's position may add to the
/// longest of the frames that are tried (docs/deadline.md).
inline constexpr double worstCaseMargin = 0.05;

/// Runs the network's ELF file on the simulator of `target` over frames of
/// several kinds, the first of them with cold caches, with and without bank
/// conflicts and the shared port. Errors: one line.
llvm::Expected<WorstCase>
measureWorstCase(llvm::StringRef elf, const target::TargetDescription &target);

} // namespace se

#endif // SE_DRIVER_WORSTCASE_H
