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
  for (float w : weights)
    values.push_back(
        int8_t(std::clamp(std::nearbyint(w / scale), -127.0f, 127.0f)));
  return values;
}

std::optional<std::vector<float>>
se::quantization::chooseRowScales(llvm::ArrayRef<float> weights, int64_t rows,
                                  bool isPerTensor) {
  for (float w : weights)
    if (!std::isfinite(w))
      return std::nullopt;
  auto getScale = [](llvm::ArrayRef<float> part) {
    float most = 0;
    for (float w : part)
      most = std::max(most, std::abs(w));
    float scale = most / 127.0f;
    return std::isnormal(scale) ? scale : zeroRowScale;
  };
  if (isPerTensor)
    return std::vector<float>(size_t(rows), getScale(weights));
  std::vector<float> scales;
  auto columns = int64_t(weights.size()) / rows;
  for (int64_t row = 0; row != rows; ++row)
    scales.push_back(getScale(weights.slice(row * columns, columns)));
  return scales;
}

QuantizedMatrix se::quantization::quantizeMatrix(llvm::ArrayRef<float> weights,
                                                 llvm::ArrayRef<float> scales) {
  QuantizedMatrix matrix;
  matrix.scales.assign(scales.begin(), scales.end());
  matrix.values.reserve(weights.size());
  size_t columns = weights.size() / scales.size();
  for (auto [row, scale] : llvm::enumerate(scales))
    llvm::append_range(
        matrix.values,
        quantizeRow(weights.slice(row * columns, columns), scale));
  return matrix;
}
