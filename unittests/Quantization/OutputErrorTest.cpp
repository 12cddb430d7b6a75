// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OutputErrorTest.cpp - Ranges by the error of what is computed ------===//

#include "se/Quantization/OutputError.h"

#include "gtest/gtest.h"

#include <random>

using namespace se::quantization;

namespace {
class OutputErrorTest : public testing::Test {
protected:
  static constexpr size_t elements = 16;

  /// A frame of values from `low` to `high`.
  void add(float low, float high) {
    std::uniform_real_distribution<float> value(low, high);
    for (size_t i = 0; i != elements; ++i)
      add(value(random));
  }
  void add(float value) {
    samples.elements = elements;
    samples.frames.push_back(value);
    tensor.min = std::min(tensor.min, value);
    tensor.max = std::max(tensor.max, value);
    tensor.histogram.add(value);
  }
  /// A matrix of ones, but for columns below `first`, which are zeros.
  void addReader(size_t first = 0) {
    ReadingMatrix matrix{elements, {}};
    for (size_t i = 0; i != 4 * elements; ++i)
      matrix.weights.push_back(i % elements < first ? 0.0f : 1.0f);
    samples.readers.push_back(std::move(matrix));
  }

  std::mt19937 random{1};
  TensorStatistics tensor;
  TensorSamples samples;
};
} // namespace

TEST_F(OutputErrorTest, KeepsAllOfAnEvenDistribution) {
  for (int i = 0; i != 50; ++i)
    add(-1, 1);
  addReader();
  RangeChoice choice = chooseByOutputError(tensor, samples);
  EXPECT_GT(choice.range.range.high, 0.9f);
  EXPECT_LT(choice.range.range.low, -0.9f);
  EXPECT_FALSE(choice.range.frame);
  EXPECT_LT(choice.error, 0.02);
}

TEST_F(OutputErrorTest, CutsRarePeaks) {
  // In the squared error the loud frame would be all that counts.
  for (int i = 0; i != 200; ++i)
    add(0, 1);
  add(99, 100);
  EXPECT_EQ(chooseByOutputError(tensor, samples).range.range.high, tensor.max)
      << "of what nothing multiplies";
  // A batch of vectors, which has one scale.
  samples.readers.push_back({elements / 4, std::vector<float>(elements, 1)});
  RangeChoice choice = chooseByOutputError(tensor, samples);
  EXPECT_LT(choice.range.range.high, 50.0f);
  EXPECT_EQ(chooseRange(tensor, Method{Method::Max}).high, tensor.max);
}

TEST_F(OutputErrorTest, TakesAScaleForEachFrame) {
  for (int i = 0; i != 100; ++i)
    add(0, i % 2 ? 100 : 0.1f);
  // Not of a batch.
  samples.readers.push_back({elements / 2, std::vector<float>(elements, 1)});
  EXPECT_FALSE(chooseByOutputError(tensor, samples).range.frame);
  addReader();
  RangeChoice choice = chooseByOutputError(tensor, samples);
  ASSERT_TRUE(choice.range.frame);
  EXPECT_EQ(choice.range.frame->low, 0.0f);
  EXPECT_EQ(choice.range.frame->high, 1.0f);
  EXPECT_LT(choice.error, 0.01);
  // Where it is not asked for, there is a range all the same.
  EXPECT_GT(choice.range.range.high, 1.0f);
}

TEST_F(OutputErrorTest, CountsWhatTheMatrixReads) {
  // The first element is large in all frames, but its column is 0.
  for (int i = 0; i != 100; ++i) {
    add(1000);
    std::uniform_real_distribution<float> value(-1, 1);
    for (size_t k = 1; k != elements; ++k)
      add(value(random));
  }
  addReader(/*first=*/1);
  RangeChoice choice = chooseByOutputError(tensor, samples);
  EXPECT_LE(choice.range.range.high, 125.0f);
}

TEST_F(OutputErrorTest, SilenceIsNoFrame) {
  for (int i = 0; i != 10; ++i)
    add(0, 0);
  addReader();
  EXPECT_EQ(chooseByOutputError(tensor, samples).error, 0);
}
