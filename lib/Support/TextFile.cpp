// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- TextFile.cpp - Writes a file at once -------------------------------===//

#include "se/Support/TextFile.h"

#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/raw_ostream.h"

llvm::Error se::writeTextFile(llvm::StringRef path, llvm::StringRef text) {
  if (llvm::Error error = llvm::writeToOutput(path, [&](llvm::raw_ostream &os) {
        os << text;
        return llvm::Error::success();
      }))
    return llvm::createStringError("cannot write '" + path +
                                   "': " + llvm::toString(std::move(error)));
  return llvm::Error::success();
}
