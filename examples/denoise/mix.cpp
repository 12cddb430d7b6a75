// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- mix.cpp - Makes a noisy recording out of a clean one ---------------===//

#include "se/Audio/Stft.h"
#include "se/Audio/Wav.h"
#include "se/Driver/Diagnostics.h"
#include "se/Support/CommandLine.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include <algorithm>
#include <cmath>
#include <random>

using namespace llvm;
using namespace se;

static cl::OptionCategory category("se-mix options");
static cl::opt<std::string> speechFile(cl::Positional, cl::Required,
                                       cl::desc("speech.wav"),
                                       cl::cat(category));
static cl::opt<std::string> output("out", cl::Required,
                                   cl::desc("Where to write the mixture"),
                                   cl::value_desc("noisy.wav"),
                                   cl::cat(category));
static cl::opt<std::string>
    cleanFile("clean-out",
              cl::desc("Where to write the speech as it is in the mixture"),
              cl::value_desc("clean.wav"), cl::cat(category));
static cl::opt<double> snr("snr", cl::desc("Speech to noise in dB (default 4)"),
                           cl::init(4), cl::cat(category));
static cl::opt<unsigned> seed("seed", cl::desc("Of the noise (default 1)"),
                              cl::init(1), cl::cat(category));

static constexpr double pi = 3.14159265358979323846;
/// Of the louder of both files.
static constexpr double peak = 0.7;

/// Pink noise that swells and fades as passing cars do, over the hum of a
/// motor. The same for one seed on every machine.
static std::vector<double> makeNoise(size_t size) {
  std::mt19937 random(seed);
  auto uniform = [&] { return double(random()) / 2147483648.0 - 1; };
  double phase = pi * uniform();
  // Three first-order filters; source: Paul Kellet's pink noise filter.
  double a = 0, b = 0, c = 0;
  std::vector<double> noise(size);
  for (size_t i = 0; i != size; ++i) {
    double seconds = double(i) / audio::sampleRate;
    double white = uniform();
    a = 0.99765 * a + 0.0990460 * white;
    b = 0.96300 * b + 0.2965164 * white;
    c = 0.57000 * c + 1.0526913 * white;
    double pink = a + b + c + 0.1848 * white;
    double swell = 1 + 0.5 * std::sin(2 * pi * 0.35 * seconds + phase);
    double hum = 0;
    for (int k : {1, 2, 3, 5, 7, 9, 12})
      hum += std::sin(2 * pi * 120 * k * seconds + phase * k) / k;
    noise[i] = pink * swell + 0.8 * hum;
  }
  return noise;
}

static double getEnergy(ArrayRef<double> values) {
  double sum = 0;
  for (double value : values)
    sum += value * value;
  return sum;
}

static std::vector<float> scale(ArrayRef<double> values, double gain) {
  std::vector<float> result;
  for (double value : values)
    result.push_back(float(value * gain));
  return result;
}

static Error run() {
  if (!std::isfinite(snr))
    return createStringError("--snr: expected a finite number of dB");
  auto samples = audio::readWavAnyRate(speechFile);
  if (!samples)
    return samples.takeError();
  std::vector<double> speech(samples->begin(), samples->end());
  double energy = getEnergy(speech);
  if (energy == 0)
    return createStringError(inconvertibleErrorCode(),
                             speechFile + ": holds only silence");

  std::vector<double> mixture = makeNoise(speech.size());
  double gain =
      std::sqrt(energy / getEnergy(mixture)) * std::pow(10.0, -snr / 20);
  double loudest = 0;
  for (size_t i = 0; i != speech.size(); ++i) {
    mixture[i] = speech[i] + gain * mixture[i];
    loudest = std::max({loudest, std::abs(mixture[i]), std::abs(speech[i])});
  }
  OutputFiles files;
  if (Error error =
          audio::writeWav(files, output, scale(mixture, peak / loudest)))
    return error;
  if (!cleanFile.empty())
    if (Error error =
            audio::writeWav(files, cleanFile, scale(speech, peak / loudest)))
      return error;
  return files.commit();
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  setVersionPrinter();
  showOnly(category);
  parseCommandLine(argc, argv,
                   "se-mix: makes a noisy recording out of a clean one\n");
  if (Error error = run())
    return reportError(std::move(error));
  return 0;
}
