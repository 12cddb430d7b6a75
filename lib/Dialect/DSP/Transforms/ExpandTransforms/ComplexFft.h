// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ComplexFft.h - A complex transform of tensors ------------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_DSP_TRANSFORMS_EXPANDTRANSFORMS_COMPLEXFFT_H
#define SE_LIB_DIALECT_DSP_TRANSFORMS_EXPANDTRANSFORMS_COMPLEXFFT_H

#include "../ComplexBuilder.h"

namespace se::dsp {

/// The discrete Fourier transform; with `sign` 1 the inverse, without a factor.
/// The number of points has radices (DSP.h).
Complex transform(ComplexBuilder &c, Complex x, int sign);

/// exp(2 pi i k / n).
std::complex<double> getRoot(int64_t k, int64_t n);

} // namespace se::dsp

#endif // SE_LIB_DIALECT_DSP_TRANSFORMS_EXPANDTRANSFORMS_COMPLEXFFT_H
