// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Statistics.cpp - What values a tensor takes ------------------------===//

#include "se/Quantization/Statistics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/ScopedPrinter.h"

#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

using namespace se::quantization;

void Histogram::add(float value) {
  while (std::abs(double(value)) > limit) {
    std::vector<uint64_t> merged(numBins);
    for (size_t bin = 0; bin != numBins; ++bin)
      merged[numBins / 4 + bin / 2] += counts[bin];
    counts = std::move(merged);
    limit *= 2;
  }
  auto bin = size_t((double(value) + limit) / getWidth());
  ++counts[std::min(bin, numBins - 1)];
}

bool Histogram::restore(double newLimit, size_t first,
                        llvm::ArrayRef<uint64_t> values) {
  if (!std::isnormal(newLimit) || newLimit <= 0 || first > numBins ||
      values.size() > numBins - first)
    return false;
  limit = newLimit;
  counts.assign(numBins, 0);
  llvm::copy(values, counts.begin() + first);
  return true;
}

uint64_t TensorStatistics::getCount() const {
  return std::accumulate(histogram.getCounts().begin(),
                         histogram.getCounts().end(), uint64_t(0));
}

std::optional<Method> Method::parse(llvm::StringRef text) {
  Method method;
  auto [name, percent] = text.split(':');
  if (name == "percentile") {
    method.kind = Percentile;
    if (text.contains(':') && (percent.getAsDouble(method.percent) ||
                               !(method.percent > 50) || method.percent > 100))
      return std::nullopt;
    return method;
  }
  if (text == "output-error")
    method.kind = OutputError;
  else if (text == "max")
    method.kind = Max;
  else if (text == "mse")
    method.kind = MeanSquaredError;
  else if (text == "kl")
    method.kind = Entropy;
  else
    return std::nullopt;
  return method;
}

std::string Method::getName() const {
  switch (kind) {
  case OutputError:
    return "output-error";
  case Max:
    return "max";
  case Percentile:
    return (llvm::Twine("percentile:") +
            llvm::to_string(llvm::format("%.10g", percent)))
        .str();
  case MeanSquaredError:
    return "mse";
  case Entropy:
    return "kl";
  }
  llvm_unreachable("all methods handled");
}

Grid se::quantization::makeGrid(Range range) {
  float low = std::min(range.low, 0.0f), high = std::max(range.high, 0.0f);
  float symmetric = std::max(-low, high) / 127.0f;
  float span = (high - low) / 254.0f;
  if (!std::isnormal(symmetric))
    return {1.0f / 127.0f, 0};
  if (!std::isnormal(span) || span > 0.75f * symmetric)
    return {symmetric, 0};
  return {span, int(std::nearbyint(-127.0f - low / span))};
}

/// The part of the values that lies outside is half of what may be cut on
/// either side.
static Range choosePercentile(const TensorStatistics &statistics,
                              double percent) {
  const Histogram &histogram = statistics.histogram;
  llvm::ArrayRef<uint64_t> counts = histogram.getCounts();
  double most = double(statistics.getCount()) * (1 - percent / 100) / 2;
  double cut = 0;
  size_t first = 0, last = counts.size();
  for (; first != last && cut + double(counts[first]) <= most; ++first)
    cut += double(counts[first]);
  cut = 0;
  for (; last != first && cut + double(counts[last - 1]) <= most; --last)
    cut += double(counts[last - 1]);
  double width = histogram.getWidth();
  auto edge = [&](size_t bin) {
    return float(double(bin) * width - histogram.getLimit());
  };
  return {std::max(edge(first), statistics.min),
          std::min(edge(last), statistics.max)};
}

/// The mean squared error of a grid, of the middles of the bins.
static double getError(const Histogram &histogram, Grid grid) {
  double error = 0;
  for (auto [bin, count] : llvm::enumerate(histogram.getCounts())) {
    if (!count)
      continue;
    double x = histogram.getCenter(bin);
    double q = std::nearbyint(x / double(grid.scale)) + grid.zeroPoint;
    q = std::clamp(q, -127.0, 127.0);
    double miss = (q - grid.zeroPoint) * double(grid.scale) - x;
    error += double(count) * miss * miss;
  }
  return error;
}

/// The divergence of what a grid makes of the values from the values, whose
/// outliers count as the ends of the range.
static double getDivergence(const Histogram &histogram, Grid grid) {
  llvm::ArrayRef<uint64_t> counts = histogram.getCounts();
  // Bins of one level share its count evenly, but for empty ones.
  constexpr int levels = 255;
  double sums[levels] = {}, used[levels] = {}, total = 0;
  auto levelOf = [&](size_t bin) {
    double q = std::nearbyint(histogram.getCenter(bin) / double(grid.scale)) +
               grid.zeroPoint;
    return int(q) + 127;
  };
  auto isInside = [&](size_t bin) {
    double q = histogram.getCenter(bin) / double(grid.scale) + grid.zeroPoint;
    return q > -127.5 && q < 127.5;
  };
  size_t first = histogram.numBins, last = 0;
  for (size_t bin = 0; bin != counts.size(); ++bin)
    if (isInside(bin)) {
      first = std::min(first, bin);
      last = bin;
    }
  if (first > last)
    return std::numeric_limits<double>::infinity();
  std::vector<double> reference(counts.begin(), counts.end());
  for (size_t bin = 0; bin != counts.size(); ++bin) {
    total += double(counts[bin]);
    if (bin < first)
      reference[first] += double(counts[bin]);
    else if (bin > last)
      reference[last] += double(counts[bin]);
  }
  double inside = 0;
  for (size_t bin = first; bin <= last; ++bin)
    if (counts[bin]) {
      int level = std::clamp(levelOf(bin), 0, levels - 1);
      sums[level] += double(counts[bin]);
      used[level] += 1;
      inside += double(counts[bin]);
    }
  double divergence = 0;
  for (size_t bin = first; bin <= last; ++bin) {
    if (reference[bin] == 0)
      continue;
    int level = std::clamp(levelOf(bin), 0, levels - 1);
    double p = reference[bin] / total;
    // Outliers may have fallen into a bin that was empty.
    double q = counts[bin] ? sums[level] / used[level] / inside : 1e-12;
    divergence += p * std::log(p / q);
  }
  return divergence;
}

Range se::quantization::chooseRange(const TensorStatistics &statistics,
                                    const Method &method) {
  assert(method.kind != Method::OutputError && "see TensorStatistics::best");
  Range whole{std::min(statistics.min, 0.0f), std::max(statistics.max, 0.0f)};
  if (method.kind == Method::Max)
    return whole;
  if (method.kind == Method::Percentile)
    return choosePercentile(statistics, method.percent);
  Range best = whole;
  double least = std::numeric_limits<double>::infinity();
  constexpr int steps = 128;
  for (int step = steps; step >= steps / 16; --step) {
    float share = float(step) / steps;
    float reach = share * std::max(-whole.low, whole.high);
    Range range{std::max(whole.low, -reach), std::min(whole.high, reach)};
    Grid grid = makeGrid(range);
    double cost = method.kind == Method::Entropy
                      ? getDivergence(statistics.histogram, grid)
                      : getError(statistics.histogram, grid);
    if (cost < least) {
      least = cost;
      best = range;
    }
  }
  return best;
}
