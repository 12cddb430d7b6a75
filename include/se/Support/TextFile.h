// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- TextFile.h - Writes a file at once -----------------------*- C++ -*-===//

#ifndef SE_SUPPORT_TEXTFILE_H
#define SE_SUPPORT_TEXTFILE_H

#include "llvm/Support/Error.h"

namespace se {

/// Writes `text`, to the standard output if the path is "-". The file appears
/// complete or not at all. Error: one line with the path.
llvm::Error writeTextFile(llvm::StringRef path, llvm::StringRef text);

} // namespace se

#endif // SE_SUPPORT_TEXTFILE_H
