// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Statistics.h - What values a tensor takes ----------------*- C++ -*-===//

#ifndef SE_QUANTIZATION_STATISTICS_H
#define SE_QUANTIZATION_STATISTICS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace se::quantization {

/// Counts of values in bins of equal width from -limit to limit. The limit
/// doubles as values require; then two bins become one.
class Histogram {
public:
  static constexpr size_t numBins = 2048;

  /// A finite value.
  void add(float value);
  /// Restores what was written: `counts` begin with bin `first`.
  bool restore(double limit, size_t first, llvm::ArrayRef<uint64_t> counts);

  double getLimit() const { return limit; }
  double getWidth() const { return 2 * limit / double(numBins); }
  /// The middle of a bin.
  double getCenter(size_t bin) const {
    return (double(bin) + 0.5) * getWidth() - limit;
  }
  llvm::ArrayRef<uint64_t> getCounts() const { return counts; }

private:
  double limit = 0x1p-14;
  std::vector<uint64_t> counts = std::vector<uint64_t>(numBins);
};

/// Of what is quantized: 0.0 is always in it.
struct Range {
  float low = 0, high = 0;
};

/// What a tensor is quantized over.
struct TensorRange {
  /// The same in all frames.
  Range range;
  /// Where a product can have a scale for each frame: over which part of the
  /// largest magnitude of the frame. Within -1 to 1.
  std::optional<Range> frame;
};

/// The range with the least error in what is computed from a tensor.
struct RangeChoice {
  TensorRange range;
  double error = 0; ///< see chooseByOutputError
};

/// All elements of one tensor, over all frames.
struct TensorStatistics {
  std::string name;
  float min = 0, max = 0;
  Histogram histogram;
  /// What a method, or somebody who edited the file, made of it.
  TensorRange range;
  /// What Method::OutputError takes; needs more than the histogram.
  std::optional<RangeChoice> best;

  uint64_t getCount() const;
};

/// How a range is chosen.
struct Method {
  enum Kind {
    OutputError,      ///< least error of what is computed from the tensor
    Max,              ///< from the least to the greatest value
    Percentile,       ///< all but a share of the values
    MeanSquaredError, ///< least mean squared error of i8
    Entropy, ///< least Kullback-Leibler divergence of i8 (Migacz, "8-bit
             ///< inference with TensorRT", 2017)
  };
  Kind kind = OutputError;
  double percent = 99.99; ///< of the values, with Percentile

  /// output-error, max, percentile, percentile:99.9, mse or kl.
  static std::optional<Method> parse(llvm::StringRef text);
  std::string getName() const;
};

/// Any method but OutputError.
Range chooseRange(const TensorStatistics &statistics, const Method &method);

/// The integer q stands for (q - zeroPoint) * scale.
struct Grid {
  float scale = 1;
  int zeroPoint = 0;
};

/// The grid of i8 (-127 to 127) over a range; with a zero point where that
/// makes the scale smaller by a quarter or more. A range of nothing but 0 has
/// the scale 1/127.
Grid makeGrid(Range range);

} // namespace se::quantization

#endif // SE_QUANTIZATION_STATISTICS_H
