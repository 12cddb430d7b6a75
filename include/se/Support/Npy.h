// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Npy.h - NumPy array files --------------------------------*- C++ -*-===//
//
// Reads and writes .npy files, format versions 1 and 2, of little-endian
// float32 in C order. Source: numpy.lib.format.

#ifndef SE_SUPPORT_NPY_H
#define SE_SUPPORT_NPY_H

#include "se/Support/OutputFiles.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <vector>

namespace se {

struct NpyArray {
  llvm::SmallVector<int64_t, 4> shape;
  std::vector<float> data;
};

/// Errors start with the file's name: it cannot be read, is no or a damaged
/// .npy file, or is an array of another type or order.
llvm::Expected<NpyArray> readNpy(llvm::StringRef path);

/// The same, of the content of a file that errors call `name`.
llvm::Expected<NpyArray> parseNpy(llvm::StringRef content,
                                  llvm::StringRef name);

/// Writes version 1.
llvm::Error writeNpy(OutputFiles &files, llvm::StringRef path,
                     llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<float> data);

/// "[1, 257]".
std::string formatShape(llvm::ArrayRef<int64_t> shape);

} // namespace se

#endif // SE_SUPPORT_NPY_H
