// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Features.cpp - What a network gets of a block ----------------------===//

#include "Features.h"

#include "se/Dialect/DSP/DSP.h"
#include "se/Dialect/RNN/FiniteRoot.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/SmallVectorExtras.h"

using namespace mlir;
using namespace se;
using namespace se::dsp;
using frontend::Result;
using frontend::Source;

SoundBlock::SoundBlock(ComplexBuilder &c, ImplicitLocOpBuilder &b,
                       const frontend::FrontEnd &frontEnd, StateList &states,
                       Value x)
    : c(c), b(b), frontEnd(frontEnd), steps(c, b, frontEnd, states),
      samples(x) {
  ArrayRef<double> window = frontEnd.analysis;
  bool isFlat = llvm::all_of(window, [](double factor) { return factor == 1; });
  if (!isFlat)
    samples =
        c.mul(x, c.constant(llvm::map_to_vector(
                     window, [](double factor) { return float(factor); })));
}

Value SoundBlock::getSamples() {
  if (!samples)
    samples =
        IrfftOp::create(b, RankedTensorType::get(frontEnd.fft, b.getF32Type()),
                        spectrum.re, spectrum.im);
  return samples;
}

Complex SoundBlock::getSpectrum() {
  if (spectrum.re)
    return spectrum;
  auto bins = RankedTensorType::get(frontEnd.getBins(), b.getF32Type());
  auto transform = RfftOp::create(b, bins, bins, samples);
  spectrum = {transform.getRe(), transform.getIm()};
  return spectrum;
}

void SoundBlock::setSpectrum(Complex bins) {
  spectrum = bins;
  samples = Value();
}

Value SoundBlock::getSource(const frontend::Feature &feature,
                            ArrayRef<Value> named) {
  switch (feature.source) {
  case Source::Magnitude:
  case Source::Power: {
    Complex bins = getSpectrum();
    Value x = c.add(c.mul(bins.re, bins.re), c.mul(bins.im, bins.im));
    if (feature.source == Source::Power)
      return x;
    return math::SqrtOp::create(
        b, x, isFinite ? rnn::finiteRoot : arith::FastMathFlags::none);
  }
  case Source::Complex: {
    Complex bins = getSpectrum();
    return c.concat({bins.re, bins.im});
  }
  case Source::Samples:
    return getSamples();
  case Source::Named:
    return named[size_t(feature.index)];
  case Source::Join: {
    auto parts =
        llvm::map_to_vector(feature.parts, [&](const frontend::Feature &part) {
          return getFeature(part, named);
        });
    return parts.size() == 1 ? parts.front() : c.concat(parts);
  }
  case Source::Values:
    return c.constant(llvm::map_to_vector(
        feature.values, [](double value) { return float(value); }));
  }
  llvm_unreachable("all sources handled");
}

Value SoundBlock::getFeature(const frontend::Feature &feature,
                             ArrayRef<Value> named) {
  return steps.apply(feature.steps, getSource(feature, named));
}

SmallVector<Value> SoundBlock::getInputs(const frontend::NetworkUse &use) {
  SmallVector<Value> named;
  for (const frontend::Feature &feature : use.features)
    named.push_back(getFeature(feature, named));
  return llvm::map_to_vector(use.inputs, [&](const frontend::Feature &input) {
    return getFeature(input, named);
  });
}

void SoundBlock::apply(const frontend::Output &output, Value value) {
  isFinite &= output.result == Result::Other;
  value = steps.apply(output.steps, value);
  int64_t bins = frontEnd.getBins();
  auto split = [&]() -> Complex {
    return {c.slice(value, 0, bins), c.slice(value, bins, bins)};
  };
  switch (output.result) {
  case Result::Gain: {
    Complex x = getSpectrum();
    if (output.bands)
      value = SpreadOp::create(
          b, x.re.getType(), value,
          b.getDenseF64ArrayAttr(frontEnd.bands[size_t(*output.bands)].edges));
    return setSpectrum({c.mul(x.re, value), c.mul(x.im, value)});
  }
  case Result::ComplexGain: {
    Complex x = getSpectrum(), gain = split();
    return setSpectrum({c.sub(c.mul(x.re, gain.re), c.mul(x.im, gain.im)),
                        c.add(c.mul(x.re, gain.im), c.mul(x.im, gain.re))});
  }
  case Result::Spectrum:
    return setSpectrum(split());
  case Result::Samples:
    samples = value;
    spectrum = {};
    return;
  case Result::Other:
    return;
  }
}
