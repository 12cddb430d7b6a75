// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ChildProcess.h - Work that may crash ---------------------*- C++ -*-===//

#ifndef SE_SUPPORT_CHILDPROCESS_H
#define SE_SUPPORT_CHILDPROCESS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <cstdint>

namespace se {

struct ChildLimits {
  /// Of processor time.
  unsigned seconds;
  /// Beyond what this process has.
  uint64_t memoryBytes;
};

/// Runs `work` in a copy of this process and returns its result, 0 to 255. What
/// it changes in memory is gone afterwards, so a crash, even after memory was
/// damaged, harms nothing here; standard output and error are closed to it.
/// `work` uses no thread but its own, and no lock that another may hold. The
/// error tells how it ended: "a segmentation fault".
llvm::Expected<int> runInChild(llvm::function_ref<int()> work,
                               const ChildLimits &limits);

} // namespace se

#endif // SE_SUPPORT_CHILDPROCESS_H
