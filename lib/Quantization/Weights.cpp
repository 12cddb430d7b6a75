// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Weights.cpp - Matrices as integers ---------------------------------===//

#include "se/Quantization/Weights.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

using namespace se::quantization;

int32_t QuantizedMatrix::getRowSum(int64_t row) const {
  int32_t sum = 0;
  for (int8_t value : getRow(row))
    sum += value;
  return sum;
}

int64_t QuantizedMatrix::getLargestSum() const {
  int64_t largest = 0;
  for (size_t row = 0; row != scales.size(); ++row) {
    int64_t sum = 0;
    for (int8_t value : getRow(int64_t(row)))
      sum += std::abs(value);
    largest = std::max(largest, sum);
  }
  return largest;
}

std::vector<int8_t> se::quantization::quantizeRow(llvm::ArrayRef<float> weights,
                                                  float scale) {
  std::vector<int8_t> values;
  // The quotient may be a little above 127, but not by half.
  for (float w : weights)
    values.push_back(int8_t(std::nearbyint(w / scale)));
  return values;
}

std::optional<QuantizedMatrix>
se::quantization::quantizeMatrix(llvm::ArrayRef<float> weights, int64_t rows,
                                 bool isPerTensor) {
  auto columns = int64_t(weights.size()) / rows;
  auto getScale = [](llvm::ArrayRef<float> part) {
    float most = 0;
    for (float w : part)
      most = std::max(most, std::abs(w));
    float scale = most / 127.0f;
    return std::isnormal(scale) ? scale : 1.0f;
  };
  for (float w : weights)
    if (!std::isfinite(w))
      return std::nullopt;
  QuantizedMatrix matrix;
  matrix.values.reserve(weights.size());
  for (int64_t row = 0; row != rows; ++row) {
    llvm::ArrayRef<float> part = weights.slice(row * columns, columns);
    float scale = getScale(isPerTensor ? weights : part);
    matrix.scales.push_back(scale);
    llvm::append_range(matrix.values, quantizeRow(part, scale));
  }
  return matrix;
}
