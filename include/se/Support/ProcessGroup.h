//===- ProcessGroup.h - Programs and all that they start --------*- C++ -*-===//
//
// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SE_SUPPORT_PROCESSGROUP_H
#define SE_SUPPORT_PROCESSGROUP_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace se {

/// Runs a program, whose name is also `arguments[0]`, and returns its exit
/// status. After `seconds` (0: never), and if this process is told to end
/// meanwhile (SIGINT, SIGTERM, SIGHUP), the program and all processes that it
/// has started are killed. Errors: it cannot be started, did not end in time,
/// or was ended by a signal. One call at a time.
llvm::Expected<int> runProcessGroup(llvm::ArrayRef<llvm::StringRef> arguments,
                                    unsigned seconds);

} // namespace se

#endif // SE_SUPPORT_PROCESSGROUP_H
