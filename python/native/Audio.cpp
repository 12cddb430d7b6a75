// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Audio.cpp - Sound files, spectra, quality --------------------------===//

#include "Bindings.h"

#include "se/Audio/Quality.h"
#include "se/Audio/Stft.h"
#include "se/Audio/Wav.h"

using namespace se;
using namespace se::python;
namespace py = pybind11;

static Array toArray(std::vector<float> samples) {
  return {{py::ssize_t(samples.size())}, std::move(samples)};
}

/// From [T, bins, 2]: real and imaginary parts.
static audio::Spectrum toSpectrum(const py::buffer &buffer) {
  std::vector<float> parts = toVector(buffer);
  audio::Spectrum spectrum;
  spectrum.numFrames = parts.size() / (2 * audio::numBins);
  if (parts.size() != spectrum.numFrames * 2 * audio::numBins)
    throw py::value_error("expected 257 complex bins in each frame");
  spectrum.bins.reserve(parts.size() / 2);
  for (size_t i = 0; i != parts.size(); i += 2)
    spectrum.bins.push_back({parts[i], parts[i + 1]});
  return spectrum;
}

static Array readWav(const std::string &path, bool anyRate) {
  py::gil_scoped_release release;
  return toArray(
      check(anyRate ? audio::readWavAnyRate(path) : audio::readWav(path)));
}

static void writeWav(const std::string &path, const py::buffer &samples) {
  OutputFiles files;
  check(audio::writeWav(files, path, toVector(samples)));
  check(files.commit());
}

static Array analyze(const py::buffer &signal) {
  std::vector<float> samples = toVector(signal);
  py::gil_scoped_release release;
  audio::Spectrum spectrum = audio::analyze(samples);
  Array result{{py::ssize_t(spectrum.numFrames), audio::numBins, 2}, {}};
  result.values.reserve(2 * spectrum.bins.size());
  for (std::complex<float> bin : spectrum.bins)
    result.values.insert(result.values.end(), {bin.real(), bin.imag()});
  return result;
}

static Array getMagnitudes(const py::buffer &buffer) {
  audio::Spectrum spectrum = toSpectrum(buffer);
  return {{py::ssize_t(spectrum.numFrames), audio::numBins},
          audio::getMagnitudes(spectrum)};
}

static Array synthesize(const py::buffer &buffer, size_t numSamples) {
  audio::Spectrum spectrum = toSpectrum(buffer);
  if (spectrum.numFrames != audio::getNumFrames(numSamples))
    throw py::value_error("the spectrum is not of that many samples");
  py::gil_scoped_release release;
  return toArray(audio::synthesize(spectrum, numSamples));
}

static double getSiSnr(const py::buffer &estimate,
                       const py::buffer &reference) {
  std::vector<float> a = toVector(estimate), b = toVector(reference);
  if (a.size() != b.size())
    throw py::value_error("expected two signals of the same length");
  return audio::getSiSnr(a, b);
}

void python::addAudio(py::module_ &module) {
  using py::arg;
  module.attr("sample_rate") = audio::sampleRate;
  module.attr("num_bins") = audio::numBins;
  module.def("read_wav", readWav, arg("path"), arg("any_rate"));
  module.def("write_wav", writeWav, arg("path"), arg("samples"));
  module.def("analyze", analyze, arg("signal"));
  module.def("get_magnitudes", getMagnitudes, arg("spectrum"));
  module.def("synthesize", synthesize, arg("spectrum"), arg("num_samples"));
  module.def("get_si_snr", getSiSnr, arg("estimate"), arg("reference"));
}
