// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StatisticsTest.cpp - Histograms and the ranges chosen from them ----===//

#include "se/Quantization/Calibration.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace se::quantization;

namespace {
TensorStatistics collect(llvm::ArrayRef<float> values) {
  TensorStatistics tensor;
  tensor.name = "x";
  tensor.min = tensor.max = values.front();
  for (float value : values) {
    tensor.min = std::min(tensor.min, value);
    tensor.max = std::max(tensor.max, value);
    tensor.histogram.add(value);
  }
  return tensor;
}

/// Mostly within -1 to 1, and one value far out.
TensorStatistics collectWithOutlier() {
  std::vector<float> values;
  for (int i = -50000; i <= 50000; ++i)
    values.push_back(float(i) / 50000.0f);
  values.push_back(100.0f);
  return collect(values);
}

Range choose(const TensorStatistics &tensor, llvm::StringRef method) {
  return chooseRange(tensor, *Method::parse(method));
}
} // namespace

TEST(StatisticsTest, HistogramGrows) {
  Histogram histogram;
  std::vector<float> values{0.0f, 1e-6f, -1e-6f, 0.4f, -3.0f, 1000.0f, 999.0f};
  for (float value : values)
    histogram.add(value);
  EXPECT_EQ(histogram.getLimit(), 1024);
  // Bins are 1 wide now, and every value is still in its own.
  for (auto [bin, count] : llvm::enumerate(histogram.getCounts())) {
    double low = double(bin) - 1024;
    uint64_t expected = llvm::count_if(
        values, [&](double v) { return v >= low && v < low + 1; });
    EXPECT_EQ(count, expected) << low;
  }
}

TEST(StatisticsTest, HistogramOrder) {
  // The same counts in any order of the values, whenever bins merge.
  std::vector<float> values;
  for (int i = 0; i != 1000; ++i)
    values.push_back(float((i * 7919) % 2001 - 1000) * 0.37f);
  TensorStatistics up = collect(values);
  std::reverse(values.begin(), values.end());
  EXPECT_EQ(up.histogram.getCounts(), collect(values).histogram.getCounts());
}

TEST(StatisticsTest, Grids) {
  auto expect = [](Range range, float scale, int zeroPoint) {
    Grid grid = makeGrid(range);
    EXPECT_FLOAT_EQ(grid.scale, scale);
    EXPECT_EQ(grid.zeroPoint, zeroPoint);
  };
  expect({-1, 1}, 1 / 127.0f, 0);
  expect({0, 1}, 1 / 254.0f, -127);
  expect({-2, 0}, 2 / 254.0f, 127);
  // 0 is always in it.
  expect({3, 4}, 4 / 254.0f, -127);
  // A zero point that would help little is left out.
  expect({-0.8f, 1}, 1 / 127.0f, 0);
  expect({0, 0}, 1 / 127.0f, 0);
  expect({0, 1e-42f}, 1 / 127.0f, 0);
}

TEST(StatisticsTest, Methods) {
  TensorStatistics tensor = collectWithOutlier();
  EXPECT_EQ(choose(tensor, "max").high, 100.0f);
  EXPECT_EQ(choose(tensor, "max").low, -1.0f);
  // One value of 100,002 may be cut off.
  EXPECT_LT(choose(tensor, "percentile").high, 1.2f);
  EXPECT_EQ(choose(tensor, "percentile:100").high, 100.0f);
  EXPECT_LT(choose(tensor, "percentile:60").high, 0.9f);
  // Values without outliers lose by a smaller range.
  std::vector<float> even;
  for (int i = -1000; i <= 1000; ++i)
    even.push_back(float(i) / 1000.0f);
  EXPECT_NEAR(choose(collect(even), "mse").high, 1.0f, 0.02f);
}

TEST(StatisticsTest, LeastSquares) {
  // Of a peak with long tails it pays to cut these off. The exact optimum is
  // not known; that the error is less than with "max" is.
  std::vector<float> values;
  for (int i = 1; i < 20000; ++i) {
    float u = float(i) / 20000.0f;
    values.push_back((u < 0.5f ? -1.0f : 1.0f) *
                     -std::log(1 - std::abs(2 * u - 1) + 1e-9f));
  }
  TensorStatistics tensor = collect(values);
  auto getError = [&](Range range) {
    Grid grid = makeGrid(range);
    double error = 0;
    for (float value : values) {
      float q = std::nearbyint(value / grid.scale) + float(grid.zeroPoint);
      q = std::min(std::max(q, -127.0f), 127.0f);
      float miss = (q - float(grid.zeroPoint)) * grid.scale - value;
      error += double(miss) * double(miss);
    }
    return error;
  };
  Range whole = choose(tensor, "max"), best = choose(tensor, "mse");
  EXPECT_LT(best.high, whole.high);
  EXPECT_LT(getError(best), 0.97 * getError(whole));
  EXPECT_GT(best.high, 3.0f);
  // By entropy, too, a peak is worth more than what lies far out.
  values.push_back(200.0f);
  Range entropy = choose(collect(values), "kl");
  EXPECT_LT(entropy.high, 100.0f);
  EXPECT_GT(entropy.high, 3.0f);
}

TEST(StatisticsTest, MethodNames) {
  for (const char *name : {"max", "mse", "kl", "percentile:99.5"})
    EXPECT_EQ(Method::parse(name)->getName(), name);
  EXPECT_EQ(Method::parse("percentile")->percent, 99.99);
  for (const char *name : {"", "min", "percentile:", "percentile:50",
                           "percentile:101", "percentile:x", "max:1"})
    EXPECT_FALSE(Method::parse(name)) << name;
}

TEST(CalibrationTest, RoundTrip) {
  Calibration calibration;
  calibration.files = {"a.wav", "b \"c\".npy"};
  calibration.frames = 12;
  calibration.tensors.push_back(collectWithOutlier());
  calibration.choose(*Method::parse("percentile:99.9"));
  std::string text = calibration.format();
  auto again = Calibration::parse(text, "c.json");
  ASSERT_TRUE(bool(again));
  EXPECT_EQ(again->format(), text);
  const TensorStatistics *tensor = again->find("x");
  ASSERT_TRUE(tensor);
  EXPECT_EQ(tensor->histogram.getCounts(),
            calibration.tensors[0].histogram.getCounts());
  EXPECT_EQ(tensor->range.range.high, calibration.tensors[0].range.range.high);
  EXPECT_FALSE(again->find("y"));
}

TEST(CalibrationTest, Errors) {
  auto getError = [](llvm::StringRef text) -> std::string {
    auto calibration = Calibration::parse(text, "c.json");
    return calibration ? "no error" : llvm::toString(calibration.takeError());
  };
  EXPECT_EQ(getError("{").substr(0, 9), "c.json: [");
  EXPECT_EQ(getError("{}"), "c.json: missing value at calibration.method");
  auto withTensor = [&](llvm::StringRef tensor) {
    return getError(
        (R"({"method": "max", "frames": 1, "files": [], "tensors": )"
         R"({"x": )" +
         tensor + "}}")
            .str());
  };
  EXPECT_EQ(withTensor(R"({"range": [0, 1]})"),
            "c.json: missing value at calibration.tensors.x.min");
  EXPECT_EQ(withTensor(R"({"range": [1, 0]})"),
            "c.json: expected low <= high, both finite at "
            "calibration.tensors.x.range");
  EXPECT_EQ(withTensor(R"({"range": [0, 1], "min": 0, "max": 1, "histogram":
                {"limit": 1, "first": 2047, "counts": [1, 2]}})"),
            "c.json: more counts than a histogram has at "
            "calibration.tensors.x.histogram");
}
