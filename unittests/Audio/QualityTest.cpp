// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- QualityTest.cpp ----------------------------------------------------===//

#include "se/Audio/Quality.h"

#include "gtest/gtest.h"
#include <cmath>
#include <vector>

using se::audio::getSiSnr;

TEST(QualityTest, OrthogonalNoise) {
  // Reference energy 4, noise energy 0.04: 20 dB.
  std::vector<float> reference = {1, -1, 1, -1};
  std::vector<float> estimate = {1.1f, -0.9f, 0.9f, -1.1f};
  EXPECT_NEAR(getSiSnr(estimate, reference), 20.0, 1e-4);
}

TEST(QualityTest, ScaleAndOffsetDoNotMatter) {
  std::vector<float> reference = {1, -1, 1, -1};
  std::vector<float> estimate = {8.3f, 4.3f, 7.7f, 3.7f};
  // 2 x reference + 6 + {0.3, 0.3, -0.3, -0.3}: energies 16 and 0.36.
  EXPECT_NEAR(getSiSnr(estimate, reference), 10 * std::log10(16 / 0.36), 1e-4);
}

TEST(QualityTest, NoiseAlongTheReferenceIsSignal) {
  // Projection of (1, 0, -1) on (1, -1, 0) is (0.5, -0.5, 0), energy 0.5; the
  // rest (0.5, 0.5, -1) has 1.5.
  std::vector<float> reference = {1, -1, 0}, estimate = {1, 0, -1};
  EXPECT_NEAR(getSiSnr(estimate, reference), 10 * std::log10(0.5 / 1.5), 1e-6);
}

TEST(QualityTest, Extremes) {
  std::vector<float> reference = {1, -1, 1, -1}, other = {1, 1, -1, -1};
  EXPECT_EQ(getSiSnr(reference, reference), HUGE_VAL);
  EXPECT_EQ(getSiSnr(other, reference), -HUGE_VAL);
  EXPECT_TRUE(std::isnan(getSiSnr(reference, std::vector<float>(4, 0.5f))));
}
