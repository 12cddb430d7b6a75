// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OutputError.h - Ranges by the error of what is computed --*- C++ -*-===//

#ifndef SE_QUANTIZATION_OUTPUTERROR_H
#define SE_QUANTIZATION_OUTPUTERROR_H

#include "se/Quantization/Statistics.h"

namespace se::quantization {

/// A matrix that a tensor is multiplied by.
struct ReadingMatrix {
  size_t columns = 0;
  std::vector<float> weights; ///< row by row
};

/// Some frames of a tensor, and what reads it.
struct TensorSamples {
  size_t elements = 0;       ///< of a frame
  std::vector<float> frames; ///< one after the other
  /// Those with as many columns as the tensor has elements, or a divisor: then
  /// the tensor is a batch of vectors.
  std::vector<ReadingMatrix> readers;
};

/// Tries ranges of i8: the whole one, parts of it, and those of the other
/// methods. The error of a range is the mean over frames of |W (q - x)| / |W
/// x|, where q is what the range makes of the frame x, but at most 1 for each
/// frame; so quiet frames count as much as loud ones. Without a reader W is 1,
/// and the range the whole one. The whole range is taken if it errs by at most
/// `acceptedError`, or else the one that errs least. If the whole one errs by
/// more than `frameScaleError`, and a scale for each frame by less than half as
/// much, products take that.
RangeChoice chooseByOutputError(const TensorStatistics &statistics,
                                const TensorSamples &samples);

inline constexpr double frameScaleError = 0.03, acceptedError = 0.07;

} // namespace se::quantization

#endif // SE_QUANTIZATION_OUTPUTERROR_H
