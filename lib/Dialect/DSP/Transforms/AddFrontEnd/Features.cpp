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
using frontend::Step;

SoundBlock::SoundBlock(ComplexBuilder &c, ImplicitLocOpBuilder &b, Value x,
                       ArrayRef<double> window)
    : c(c), b(b), fft(sizeOf(x)), samples(x) {
  bool isFlat = llvm::all_of(window, [](double factor) { return factor == 1; });
  if (!isFlat)
    samples =
        c.mul(x, c.constant(llvm::map_to_vector(
                     window, [](double factor) { return float(factor); })));
}

Value SoundBlock::getSamples() {
  if (!samples)
    samples = IrfftOp::create(b, RankedTensorType::get(fft, b.getF32Type()),
                              spectrum.re, spectrum.im);
  return samples;
}

Complex SoundBlock::getSpectrum() {
  if (spectrum.re)
    return spectrum;
  auto bins = RankedTensorType::get(fft / 2 + 1, b.getF32Type());
  auto transform = RfftOp::create(b, bins, bins, samples);
  spectrum = {transform.getRe(), transform.getIm()};
  return spectrum;
}

void SoundBlock::setSpectrum(Complex bins) {
  spectrum = bins;
  samples = Value();
}

int64_t se::dsp::getElements(Source source, int64_t fft) {
  switch (source) {
  case Source::Magnitude:
  case Source::Power:
    return fft / 2 + 1;
  case Source::Complex:
    return fft + 2;
  case Source::Samples:
    return fft;
  }
  llvm_unreachable("all sources handled");
}

int64_t se::dsp::getElements(Result result, int64_t fft) {
  switch (result) {
  case Result::Gain:
    return fft / 2 + 1;
  case Result::ComplexGain:
  case Result::Spectrum:
    return fft + 2;
  case Result::Samples:
    return fft;
  case Result::Other:
    return 0;
  }
  llvm_unreachable("all results handled");
}

Value SoundBlock::applyStep(const Step &step, Value x) {
  Value value = c.constant(step.value, sizeOf(x));
  switch (step.kind) {
  case Step::AtLeast:
    return arith::MaximumFOp::create(b, x, value);
  case Step::Log:
    return math::LogOp::create(b, x);
  case Step::Log2:
    return math::Log2Op::create(b, x);
  case Step::Log10:
    return math::Log10Op::create(b, x);
  case Step::Sqrt:
    return math::SqrtOp::create(b, x);
  case Step::Exponent:
    return math::PowFOp::create(b, x, value);
  case Step::Scale:
    return c.mul(x, value);
  case Step::Offset:
    return c.add(x, value);
  }
  llvm_unreachable("all steps handled");
}

Value SoundBlock::getFeature(const frontend::Feature &feature) {
  Value x;
  switch (feature.source) {
  case Source::Magnitude:
  case Source::Power: {
    Complex bins = getSpectrum();
    x = c.add(c.mul(bins.re, bins.re), c.mul(bins.im, bins.im));
    if (feature.source == Source::Magnitude)
      x = math::SqrtOp::create(
          b, x, isFinite ? rnn::finiteRoot : arith::FastMathFlags::none);
    break;
  }
  case Source::Complex: {
    Complex bins = getSpectrum();
    x = c.concat({bins.re, bins.im});
    break;
  }
  case Source::Samples:
    x = getSamples();
    break;
  }
  for (const Step &step : feature.steps)
    x = applyStep(step, x);
  return x;
}

void SoundBlock::apply(Result result, Value output) {
  isFinite &= result == Result::Other;
  int64_t bins = fft / 2 + 1;
  auto split = [&]() -> Complex {
    return {c.slice(output, 0, bins), c.slice(output, bins, bins)};
  };
  switch (result) {
  case Result::Gain: {
    Complex x = getSpectrum();
    return setSpectrum({c.mul(x.re, output), c.mul(x.im, output)});
  }
  case Result::ComplexGain: {
    Complex x = getSpectrum(), gain = split();
    return setSpectrum({c.sub(c.mul(x.re, gain.re), c.mul(x.im, gain.im)),
                        c.add(c.mul(x.re, gain.im), c.mul(x.im, gain.re))});
  }
  case Result::Spectrum:
    return setSpectrum(split());
  case Result::Samples:
    samples = output;
    spectrum = {};
    return;
  case Result::Other:
    return;
  }
}
