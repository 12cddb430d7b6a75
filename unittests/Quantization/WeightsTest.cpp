// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- WeightsTest.cpp - Matrices as integers -----------------------------===//

#include "se/Quantization/Weights.h"

#include "gtest/gtest.h"

#include <limits>

using namespace se::quantization;
using Bytes = std::vector<int8_t>;
using Floats = std::vector<float>;

static std::optional<QuantizedMatrix> quantize(llvm::ArrayRef<float> weights,
                                               int64_t rows, bool isPerTensor) {
  auto scales = chooseRowScales(weights, rows, isPerTensor);
  if (!scales)
    return std::nullopt;
  return quantizeMatrix(weights, *scales);
}

TEST(WeightsTest, Rows) {
  // The second row has ties: 0.5 and 1.5 times the scale.
  auto matrix = quantize(
      {-2.54f, 1.0f, 0.0f, 127.0f, 0.5f, 1.5f, 0.0f, -0.0f, 0.0f}, 3, false);
  ASSERT_TRUE(matrix);
  EXPECT_EQ(matrix->values, (Bytes{-127, 50, 0, 127, 0, 2, 0, 0, 0}));
  EXPECT_EQ(matrix->scales, (Floats{2.54f / 127.0f, 1.0f, zeroRowScale}));
  EXPECT_EQ(matrix->getRowSum(0), -77);
  EXPECT_EQ(matrix->getRowSum(1), 129);
  EXPECT_EQ(matrix->getLargestSum(), 177);
}

TEST(WeightsTest, RowOfGivenScale) {
  EXPECT_EQ(quantizeRow({-5.0f, 1.0f, 3.0f, 10.0f}, 2.0f),
            (Bytes{-2, 0, 2, 5})); // ties to even
}

TEST(WeightsTest, Tensor) {
  auto matrix = quantize({127.0f, 0.0f, 1.0f, -2.5f}, 2, true);
  ASSERT_TRUE(matrix);
  EXPECT_EQ(matrix->values, (Bytes{127, 0, 1, -2}));
  EXPECT_EQ(matrix->scales, (Floats{1.0f, 1.0f}));
}

TEST(WeightsTest, Extremes) {
  constexpr float tiny = std::numeric_limits<float>::denorm_min();
  constexpr float large = std::numeric_limits<float>::max();
  auto matrix = quantize({tiny, -tiny, large, -large}, 2, false);
  ASSERT_TRUE(matrix);
  EXPECT_EQ(matrix->values, (Bytes{0, 0, 127, -127}));
  EXPECT_EQ(matrix->scales, (Floats{zeroRowScale, large / 127.0f}));
  for (float bad : {std::numeric_limits<float>::infinity(),
                    std::numeric_limits<float>::quiet_NaN()})
    EXPECT_FALSE(quantize({1.0f, bad}, 1, false));
}

TEST(WeightsTest, GivenScales) {
  // What lies beyond the scale's reach is limited.
  QuantizedMatrix matrix =
      quantizeMatrix({300.0f, -1.0f, -300.0f, 1.0f}, {2.0f, 1.0f});
  EXPECT_EQ(matrix.values, (Bytes{127, 0, -127, 1}));
}
