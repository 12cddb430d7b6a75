// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StftTest.cpp -------------------------------------------------------===//

#include "se/Audio/Stft.h"

#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace se::audio;

static std::vector<float> makeNoise(size_t size, float amplitude) {
  std::mt19937 random(1);
  std::vector<float> samples(size);
  for (float &sample : samples)
    sample = amplitude * (float(random()) / 2147483648.0f - 1);
  return samples;
}

TEST(StftTest, RoundTripGivesTheSignalBack) {
  // Lengths around the borders of hop, window and FFT.
  for (size_t size : {1, 99, 100, 101, 399, 400, 512, 16037}) {
    std::vector<float> signal = makeNoise(size, 0.9f);
    Spectrum spectrum = analyze(signal);
    EXPECT_EQ(spectrum.numFrames, 1 + size / 100);
    ASSERT_EQ(spectrum.bins.size(), spectrum.numFrames * 257);
    std::vector<float> result = synthesize(spectrum, size);
    ASSERT_EQ(result.size(), size);
    for (size_t i = 0; i != size; ++i)
      ASSERT_NEAR(result[i], signal[i], 2e-6) << "sample " << i << "/" << size;
  }
}

TEST(StftTest, AgreesWithTheDefinition) {
  std::vector<float> signal = makeNoise(1000, 0.5f);
  Spectrum spectrum = analyze(signal);
  const double pi = std::acos(-1.0);
  for (size_t t : {0, 1, 5, 10})
    for (size_t k : {0, 1, 100, 256}) {
      std::complex<double> sum = 0;
      for (int n = 0; n != 512; ++n) {
        int sample = int(t) * 100 + n - 256;
        if (n < 56 || n >= 456 || sample < 0 || sample >= 1000)
          continue;
        double window = 0.5 - 0.5 * std::cos(2 * pi * (n - 56) / 400);
        sum += window * signal[sample] * std::polar(1.0, -2 * pi * k * n / 512);
      }
      std::complex<float> bin = spectrum.bins[t * numBins + k];
      EXPECT_NEAR(bin.real(), sum.real(), 2e-5)
          << "frame " << t << " bin " << k;
      EXPECT_NEAR(bin.imag(), sum.imag(), 2e-5)
          << "frame " << t << " bin " << k;
    }
}

TEST(StftTest, ToneStandsInItsBin) {
  std::vector<float> signal(4000);
  const double pi = std::acos(-1.0);
  for (size_t i = 0; i != signal.size(); ++i) // 1 kHz: bin 32 of 31.25 Hz
    signal[i] = float(std::sin(2 * pi * i / 16));
  std::vector<float> magnitudes = getMagnitudes(analyze(signal));
  const float *frame = magnitudes.data() + 20 * numBins;
  EXPECT_EQ(std::max_element(frame, frame + numBins) - frame, 32);
  EXPECT_NEAR(frame[32], 100, 0.1); // half the sum of the window
}

TEST(StftTest, MaskScalesAndClips) {
  std::vector<float> signal = makeNoise(2000, 0.6f);
  Spectrum spectrum = analyze(signal);
  Spectrum halved = spectrum;
  applyMask(halved, std::vector<float>(spectrum.bins.size(), 0.5f));
  std::vector<float> quiet = synthesize(halved, signal.size());
  applyMask(spectrum, std::vector<float>(spectrum.bins.size(), 4.0f));
  std::vector<float> loud = synthesize(spectrum, signal.size());
  for (size_t i = 0; i != signal.size(); ++i) {
    EXPECT_NEAR(quiet[i], signal[i] / 2, 1e-6);
    EXPECT_NEAR(loud[i], std::clamp(4 * signal[i], -1.0f, 1.0f), 1e-5);
  }
}
