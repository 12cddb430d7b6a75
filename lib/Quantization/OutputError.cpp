// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OutputError.cpp - Ranges by the error of what is computed ----------===//

#include "se/Quantization/OutputError.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <cmath>

using namespace se::quantization;
using llvm::ArrayRef;

/// Rows of matrices that stand for all.
static constexpr size_t maxRows = 64;
/// Parts of the largest magnitude that are tried.
static constexpr float shares[] = {0.875f, 0.75f,   0.625f, 0.5f,    0.4375f,
                                   0.375f, 0.3125f, 0.25f,  0.1875f, 0.125f};

namespace {
/// What grids make of the products of the sampled frames.
class ProductErrors {
public:
  explicit ProductErrors(const TensorSamples &samples);

  double measure(const Grid &grid) const {
    return measure([&](ArrayRef<float>) { return grid; });
  }
  /// With the grid relative to the largest magnitude of each frame.
  double measureFrameScale(const Grid &grid) const;

private:
  double measure(llvm::function_ref<Grid(ArrayRef<float>)> getGrid) const;
  /// Of the products of `x`, the sum of squares.
  double getPower(ArrayRef<float> x) const;

  const TensorSamples &samples;
  std::vector<ArrayRef<float>> rows;
  std::vector<ArrayRef<float>> frames; ///< that are not silent
  std::vector<double> powers;
};
} // namespace

ProductErrors::ProductErrors(const TensorSamples &samples) : samples(samples) {
  for (const ReadingMatrix &reader : samples.readers) {
    size_t count = reader.weights.size() / reader.columns;
    size_t share = std::max<size_t>(maxRows / samples.readers.size(), 1);
    for (size_t i = 0, n = std::min(count, share); i != n; ++i)
      rows.push_back(
          ArrayRef(reader.weights)
              .slice(i * count / n * reader.columns, reader.columns));
  }
  for (size_t at = 0; at + samples.elements <= samples.frames.size();
       at += samples.elements) {
    auto frame = ArrayRef(samples.frames).slice(at, samples.elements);
    double power = getPower(frame);
    if (!(power > 0))
      continue;
    frames.push_back(frame);
    powers.push_back(power);
  }
}

double ProductErrors::getPower(ArrayRef<float> x) const {
  double power = 0;
  if (rows.empty())
    for (float value : x)
      power += double(value) * double(value);
  for (ArrayRef<float> row : rows)
    for (size_t first = 0; first != x.size(); first += row.size()) {
      float sum = 0;
      for (size_t k = 0; k != row.size(); ++k)
        sum += row[k] * x[first + k];
      power += double(sum) * double(sum);
    }
  return power;
}

double ProductErrors::measure(
    llvm::function_ref<Grid(ArrayRef<float>)> getGrid) const {
  if (frames.empty())
    return 0;
  double total = 0;
  std::vector<float> error(samples.elements);
  for (auto [frame, power] : llvm::zip(frames, powers)) {
    Grid grid = getGrid(frame);
    float inverse = 1 / grid.scale;
    for (auto [miss, x] : llvm::zip(error, frame)) {
      float q =
          std::clamp(std::nearbyint(x * inverse), float(-127 - grid.zeroPoint),
                     float(127 - grid.zeroPoint));
      miss = q * grid.scale - x;
    }
    total += std::min(std::sqrt(getPower(error) / power), 1.0);
  }
  return total / double(frames.size());
}

double ProductErrors::measureFrameScale(const Grid &grid) const {
  return measure([&](ArrayRef<float> frame) {
    float peak = 0;
    for (float x : frame)
      peak = std::max(peak, std::abs(x));
    return Grid{grid.scale * peak, grid.zeroPoint};
  });
}

RangeChoice
se::quantization::chooseByOutputError(const TensorStatistics &statistics,
                                      const TensorSamples &samples) {
  llvm::SmallVector<Range> candidates;
  for (Method::Kind kind : {Method::Max, Method::Percentile,
                            Method::MeanSquaredError, Method::Entropy})
    candidates.push_back(chooseRange(statistics, Method{kind}));
  candidates.push_back(
      chooseRange(statistics, Method{Method::Percentile, 99.9}));
  Range whole = candidates.front();
  for (float share : shares) {
    float reach = share * std::max(-whole.low, whole.high);
    candidates.push_back(
        {std::max(whole.low, -reach), std::min(whole.high, reach)});
  }
  ProductErrors errors(samples);
  // What is only stored is an output, or read element by element: not cut off.
  if (samples.readers.empty())
    return {{whole, std::nullopt}, errors.measure(makeGrid(whole))};
  RangeChoice best{{whole, std::nullopt}, errors.measure(makeGrid(whole))};
  double wholeError = best.error;
  // Nothing is cut off without need: louder sound may come, and what is rare
  // may be all that its frame is about.
  if (wholeError > acceptedError)
    for (Range range : llvm::drop_begin(candidates)) {
      double error = errors.measure(makeGrid(range));
      if (error < best.error)
        best = {{range, std::nullopt}, error};
    }
  bool isVector = llvm::any_of(samples.readers, [&](const ReadingMatrix &m) {
    return m.columns == samples.elements;
  });
  if (!isVector || wholeError <= frameScaleError)
    return best;
  Range relative{statistics.min < 0 ? -1.0f : 0.0f,
                 statistics.max > 0 ? 1.0f : 0.0f};
  double error = errors.measureFrameScale(makeGrid(relative));
  if (error < wholeError / 2) {
    best.range.frame = relative;
    best.error = error;
  }
  return best;
}
