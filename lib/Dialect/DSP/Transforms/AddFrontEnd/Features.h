// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Features.h - What a network gets of a block --------------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_DSP_TRANSFORMS_ADDFRONTEND_FEATURES_H
#define SE_LIB_DIALECT_DSP_TRANSFORMS_ADDFRONTEND_FEATURES_H

#include "../ComplexBuilder.h"

#include "se/FrontEnd/FrontEnd.h"

namespace se::dsp {

/// Elements of a feature of blocks of `fft` samples, and of what a result
/// changes; 0 if it may have any number.
int64_t getElements(frontend::Source source, int64_t fft);
int64_t getElements(frontend::Result result, int64_t fft);

/// A block of sound under way: as samples, as spectrum, or as both.
class SoundBlock {
public:
  /// Of `fft` samples, times the window: so much of them is in the sum of
  /// blocks, whether a network sees samples or spectra.
  SoundBlock(ComplexBuilder &c, mlir::ImplicitLocOpBuilder &b, mlir::Value x,
             llvm::ArrayRef<double> window);

  mlir::Value getSamples();
  Complex getSpectrum();
  /// All elements of a feature, in a vector.
  mlir::Value getFeature(const frontend::Feature &feature);
  /// Does to the block what an output of a network, a vector, says.
  void apply(frontend::Result result, mlir::Value output);

private:
  mlir::Value applyStep(const frontend::Step &step, mlir::Value x);
  void setSpectrum(Complex bins);

  ComplexBuilder &c;
  mlir::ImplicitLocOpBuilder &b;
  int64_t fft;
  mlir::Value samples; ///< null: only the spectrum is known
  Complex spectrum;    ///< null: only the samples are known
  /// Nothing but clipped samples has become the spectrum.
  bool isFinite = true;
};

} // namespace se::dsp

#endif // SE_LIB_DIALECT_DSP_TRANSFORMS_ADDFRONTEND_FEATURES_H
