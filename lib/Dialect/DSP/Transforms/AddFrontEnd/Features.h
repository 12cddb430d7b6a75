// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Features.h - What a network gets of a block --------------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_DSP_TRANSFORMS_ADDFRONTEND_FEATURES_H
#define SE_LIB_DIALECT_DSP_TRANSFORMS_ADDFRONTEND_FEATURES_H

#include "Steps.h"

namespace se::dsp {

/// A block of sound under way: as samples, as spectrum, or as both.
class SoundBlock {
public:
  /// Of `fft` samples, times the window: so much of them is in the sum of
  /// blocks, whether a network sees samples or spectra.
  SoundBlock(ComplexBuilder &c, mlir::ImplicitLocOpBuilder &b,
             const frontend::FrontEnd &frontEnd, StateList &states,
             mlir::Value x);

  mlir::Value getSamples();
  Complex getSpectrum();
  /// The inputs of a network: all elements of each feature, in a vector.
  llvm::SmallVector<mlir::Value> getInputs(const frontend::NetworkUse &use);
  /// Does to the block what an output of a network, a vector, says.
  void apply(const frontend::Output &output, mlir::Value value);

private:
  mlir::Value getFeature(const frontend::Feature &feature,
                         llvm::ArrayRef<mlir::Value> named);
  mlir::Value getSource(const frontend::Feature &feature,
                        llvm::ArrayRef<mlir::Value> named);
  void setSpectrum(Complex bins);

  ComplexBuilder &c;
  mlir::ImplicitLocOpBuilder &b;
  const frontend::FrontEnd &frontEnd;
  StepBuilder steps;
  mlir::Value samples; ///< null: only the spectrum is known
  Complex spectrum;    ///< null: only the samples are known
  /// Nothing but clipped samples has become the spectrum.
  bool isFinite = true;
};

} // namespace se::dsp

#endif // SE_LIB_DIALECT_DSP_TRANSFORMS_ADDFRONTEND_FEATURES_H
