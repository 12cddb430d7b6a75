// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Weights.h - Matrices as integers -------------------------*- C++ -*-===//

#ifndef SE_QUANTIZATION_WEIGHTS_H
#define SE_QUANTIZATION_WEIGHTS_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace se::quantization {

/// Element (n, k) of the matrix is about values[n * columns + k] * scales[n].
struct QuantizedMatrix {
  std::vector<int8_t> values; ///< -127 to 127
  std::vector<float> scales;  ///< one for each row

  llvm::ArrayRef<int8_t> getRow(int64_t row) const {
    int64_t columns = int64_t(values.size() / scales.size());
    return llvm::ArrayRef(values).slice(row * columns, columns);
  }
  int32_t getRowSum(int64_t row) const;
  /// The largest sum of the magnitudes in a row.
  int64_t getLargestSum() const;
};

/// Of a row of zeros: small, so that a bias in units of it loses nothing.
inline constexpr float zeroRowScale = 0x1p-20f;

/// One scale for each row: (largest magnitude of the row, or with `isPerTensor`
/// of the matrix) / 127, or `zeroRowScale` if that is no normal number. Nothing
/// if a weight is not finite.
std::optional<std::vector<float>>
chooseRowScales(llvm::ArrayRef<float> weights, int64_t rows, bool isPerTensor);

/// Values w / scale, rounded to nearest, ties to even, all in f32, and limited
/// to -127 to 127.
QuantizedMatrix quantizeMatrix(llvm::ArrayRef<float> weights,
                               llvm::ArrayRef<float> scales);

/// One row of that.
std::vector<int8_t> quantizeRow(llvm::ArrayRef<float> weights, float scale);

} // namespace se::quantization

#endif // SE_QUANTIZATION_WEIGHTS_H
