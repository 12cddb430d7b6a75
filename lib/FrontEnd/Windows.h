// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Windows.h - Factors for the samples of a block -----------*- C++ -*-===//

#ifndef SE_LIB_FRONTEND_WINDOWS_H
#define SE_LIB_FRONTEND_WINDOWS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <vector>

namespace se::frontend {

/// rectangular, hann, sqrt_hann, hamming or vorbis, periodic, with so many
/// samples; none for other names.
std::optional<std::vector<double>> makeWindow(llvm::StringRef shape,
                                              int64_t samples);

/// Divides `synthesis` by what all blocks that hold a sample make of it. False
/// if that is 0 for some sample.
bool normalize(llvm::ArrayRef<double> analysis, std::vector<double> &synthesis,
               int64_t hop);

} // namespace se::frontend

#endif // SE_LIB_FRONTEND_WINDOWS_H
