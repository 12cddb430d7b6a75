// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Frontend.cpp - What networks get of sound --------------------------===//

#include "se/Audio/Frontend.h"

#include "se/Audio/Stft.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ErrorHandling.h"

#include <array>
#include <complex>
#include <kiss_fftr.h>
#include <memory>

using namespace se::audio;

std::optional<Frontend> se::audio::parseFrontend(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<Frontend>>(name)
      .Case("tinydenoiser", Frontend::TinyDenoiser)
      .Case("dtln", Frontend::DTLN)
      .Default(std::nullopt);
}

/// As many blocks as it takes to have each sample in all that can hold it.
static std::vector<float> getBlockMagnitudes(llvm::ArrayRef<float> samples) {
  constexpr size_t shift = 128, before = fftSize - shift;
  std::unique_ptr<kiss_fftr_state, void (*)(void *)> plan(
      kiss_fftr_alloc(fftSize, /*inverse=*/0, nullptr, nullptr),
      [](void *memory) { kiss_fftr_free(memory); });
  size_t numBlocks = (samples.size() + before + shift - 1) / shift;
  std::vector<float> magnitudes;
  magnitudes.reserve(numBlocks * numBins);
  std::array<float, fftSize> block;
  std::array<kiss_fft_cpx, numBins> bins;
  for (size_t t = 0; t != numBlocks; ++t) {
    for (size_t i = 0; i != fftSize; ++i) {
      // Wraps around, and so is out of range, before the first sample.
      size_t sample = t * shift + i - before;
      block[i] = sample < samples.size() ? samples[sample] : 0.0f;
    }
    kiss_fftr(plan.get(), block.data(), bins.data());
    for (const kiss_fft_cpx &bin : bins)
      magnitudes.push_back(std::abs(std::complex<float>(bin.r, bin.i)));
  }
  return magnitudes;
}

std::vector<float> se::audio::getFeatures(Frontend frontend,
                                          llvm::ArrayRef<float> samples) {
  switch (frontend) {
  case Frontend::TinyDenoiser:
    return getMagnitudes(analyze(samples));
  case Frontend::DTLN:
    return getBlockMagnitudes(samples);
  }
  llvm_unreachable("all front ends handled");
}
