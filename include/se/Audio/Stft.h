// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Stft.h - From sound to frames and back -------------------*- C++ -*-===//
//
// The analysis and synthesis around TinyDenoiser: 16 kHz, a periodic Hann
// window of 400 samples in the middle of an FFT of 512, a frame every 100
// samples. The signal stands between 256 zeros on either side, so frame t is
// centred on sample 100 t.
//
//===----------------------------------------------------------------------===//

#ifndef SE_AUDIO_STFT_H
#define SE_AUDIO_STFT_H

#include "llvm/ADT/ArrayRef.h"
#include <complex>
#include <cstddef>
#include <vector>

namespace se::audio {

inline constexpr unsigned sampleRate = 16000;
inline constexpr unsigned windowSize = 400;
inline constexpr unsigned hopSize = 100;
inline constexpr unsigned fftSize = 512;
inline constexpr unsigned numBins = fftSize / 2 + 1;
inline constexpr double hopSeconds = double(hopSize) / sampleRate;

/// numFrames x numBins values, one frame after the other.
struct Spectrum {
  size_t numFrames = 0;
  std::vector<std::complex<float>> bins;
};

/// Frames that cover a signal of `numSamples`.
constexpr size_t getNumFrames(size_t numSamples) {
  return 1 + numSamples / hopSize;
}

Spectrum analyze(llvm::ArrayRef<float> signal);

/// The absolute values: the input of the network.
std::vector<float> getMagnitudes(const Spectrum &spectrum);

/// Multiplies every bin by its gain; `mask` has the layout of the spectrum.
void applyMask(Spectrum &spectrum, llvm::ArrayRef<float> mask);

/// Windows and adds the frames, divides by the sum of squared windows and
/// clips to +-1. With `spectrum` from analyze() of a signal of `numSamples`
/// this gives back that signal.
std::vector<float> synthesize(const Spectrum &spectrum, size_t numSamples);

} // namespace se::audio

#endif // SE_AUDIO_STFT_H
