// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SE_LIB_SIMULATOR_GVSOC_H
#define SE_LIB_SIMULATOR_GVSOC_H

#include "se/Simulator/FileSystem.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace se::sim {

/// Runs a program on GVSoC's pulp-open in a directory of its own. The files
/// `read` are put there before, the files `written` are taken from there
/// afterwards. Errors: no gvsoc on PATH, more than `timeout` seconds, a nonzero
/// exit status.
llvm::Error runGvsoc(llvm::StringRef program, unsigned timeout,
                     FileSystem &files, llvm::ArrayRef<std::string> read,
                     llvm::ArrayRef<std::string> written);

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_GVSOC_H
