// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Stft.cpp - From sound to frames and back ---------------------------===//

#include "se/Audio/Stft.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <kiss_fftr.h>
#include <memory>

using namespace se;
using namespace se::audio;

/// Zeros before and after the signal.
static constexpr size_t padding = fftSize / 2;
/// Where the window starts within the FFT.
static constexpr size_t windowStart = (fftSize - windowSize) / 2;

using Window = std::array<float, windowSize>;

static Window makeHannWindow() {
  constexpr double pi = 3.14159265358979323846;
  Window window;
  for (unsigned i = 0; i != windowSize; ++i)
    window[i] = float(0.5 - 0.5 * std::cos(2 * pi * i / windowSize));
  return window;
}

namespace {
struct FreePlan {
  void operator()(kiss_fftr_state *plan) const { kiss_fftr_free(plan); }
};
using Plan = std::unique_ptr<kiss_fftr_state, FreePlan>;
} // namespace

static Plan makePlan(bool inverse) {
  return Plan(kiss_fftr_alloc(fftSize, inverse, nullptr, nullptr));
}

Spectrum audio::analyze(llvm::ArrayRef<float> signal) {
  const Window window = makeHannWindow();
  Plan plan = makePlan(/*inverse=*/false);
  Spectrum spectrum;
  spectrum.numFrames = getNumFrames(signal.size());
  spectrum.bins.resize(spectrum.numFrames * numBins);

  std::array<float, fftSize> frame = {};
  std::array<kiss_fft_cpx, numBins> bins;
  for (size_t t = 0; t != spectrum.numFrames; ++t) {
    for (size_t i = 0; i != windowSize; ++i) {
      // Wraps around, and so is out of range, before the first sample.
      size_t sample = t * hopSize + windowStart + i - padding;
      frame[windowStart + i] =
          sample < signal.size() ? window[i] * signal[sample] : 0.0f;
    }
    kiss_fftr(plan.get(), frame.data(), bins.data());
    for (size_t k = 0; k != numBins; ++k)
      spectrum.bins[t * numBins + k] = {bins[k].r, bins[k].i};
  }
  return spectrum;
}

std::vector<float> audio::getMagnitudes(const Spectrum &spectrum) {
  std::vector<float> magnitudes(spectrum.bins.size());
  std::transform(spectrum.bins.begin(), spectrum.bins.end(), magnitudes.begin(),
                 [](std::complex<float> bin) { return std::abs(bin); });
  return magnitudes;
}

void audio::applyMask(Spectrum &spectrum, llvm::ArrayRef<float> mask) {
  assert(mask.size() == spectrum.bins.size() && "one gain per bin");
  for (size_t i = 0; i != mask.size(); ++i)
    spectrum.bins[i] *= mask[i];
}

std::vector<float> audio::synthesize(const Spectrum &spectrum,
                                     size_t numSamples) {
  assert(spectrum.numFrames == getNumFrames(numSamples) && "another signal");
  const Window window = makeHannWindow();
  Plan plan = makePlan(/*inverse=*/true);
  std::vector<float> sum(numSamples), weight(numSamples);

  std::array<float, fftSize> frame;
  std::array<kiss_fft_cpx, numBins> bins;
  for (size_t t = 0; t != spectrum.numFrames; ++t) {
    for (size_t k = 0; k != numBins; ++k) {
      std::complex<float> bin = spectrum.bins[t * numBins + k];
      bins[k] = {bin.real(), bin.imag()};
    }
    kiss_fftri(plan.get(), bins.data(), frame.data());
    for (size_t i = 0; i != windowSize; ++i) {
      size_t sample = t * hopSize + windowStart + i - padding;
      if (sample >= numSamples)
        continue;
      // KissFFT's inverse does not divide by the size.
      sum[sample] += window[i] * frame[windowStart + i] / fftSize;
      weight[sample] += window[i] * window[i];
    }
  }
  // Every sample lies well inside of at least one window.
  for (size_t i = 0; i != numSamples; ++i)
    sum[i] = std::clamp(sum[i] / weight[i], -1.0f, 1.0f);
  return sum;
}
