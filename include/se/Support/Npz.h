// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Npz.h - Files of several NumPy arrays --------------------*- C++ -*-===//

#ifndef SE_SUPPORT_NPZ_H
#define SE_SUPPORT_NPZ_H

#include "se/Support/Npy.h"

namespace se {

struct NamedArray {
  std::string name;
  NpyArray array;
};

/// The arrays of an .npz file, as numpy.savez and savez_compressed write them.
/// Errors start with the file's name, and that of an array in it.
llvm::Expected<std::vector<NamedArray>> readNpz(llvm::StringRef path);

} // namespace se

#endif // SE_SUPPORT_NPZ_H
