// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Spectrogram.cpp - Pictures of sound --------------------------------===//

#include "Spectrogram.h"

#include "llvm/ADT/STLExtras.h"
#include <array>
#include <cassert>
#include <cmath>
#include <png.h>

using namespace llvm;
using namespace se;
using namespace se::audio;

static constexpr double rangeDb = 80;
/// Longer recordings share a column among several frames.
static constexpr size_t maxColumns = 1600;
/// Frames of shorter ones take several.
static constexpr size_t minColumns = 800;
static constexpr size_t gapRows = 6;

namespace {
struct Colour {
  uint8_t r, g, b;
};
} // namespace

/// From black by violet and orange to light yellow, evenly brighter.
static Colour getColour(double value) {
  static constexpr std::array<std::array<double, 3>, 7> stops = {
      {{0, 0, 4},
       {40, 11, 84},
       {101, 21, 110},
       {159, 42, 99},
       {212, 72, 66},
       {250, 164, 26},
       {252, 255, 164}}};
  double position = std::clamp(value, 0.0, 1.0) * (stops.size() - 1);
  size_t i = std::min(size_t(position), stops.size() - 2);
  double part = position - double(i);
  auto mix = [&](unsigned c) {
    return uint8_t(stops[i][c] + part * (stops[i + 1][c] - stops[i][c]) + 0.5);
  };
  return {mix(0), mix(1), mix(2)};
}

Error writeSpectrograms(OutputFiles &files, StringRef path,
                        ArrayRef<Spectrum> spectra) {
  assert(!spectra.empty() && "nothing to draw");
  size_t numFrames = spectra.front().numFrames;
  assert(all_of(spectra, [&](auto &s) { return s.numFrames == numFrames; }));
  size_t framesPerColumn = (numFrames + maxColumns - 1) / maxColumns;
  size_t columns = (numFrames + framesPerColumn - 1) / framesPerColumn;
  size_t columnWidth = std::max<size_t>(1, minColumns / columns);
  size_t width = columns * columnWidth;
  size_t height = spectra.size() * (numBins + gapRows) - gapRows;

  float loudest = 1e-9f;
  for (const Spectrum &spectrum : spectra)
    for (std::complex<float> bin : spectrum.bins)
      loudest = std::max(loudest, std::norm(bin));

  std::vector<Colour> pixels(width * height, Colour{255, 255, 255});
  for (auto [panel, spectrum] : enumerate(spectra)) {
    for (size_t column = 0; column != columns; ++column) {
      size_t begin = column * framesPerColumn;
      size_t end = std::min(begin + framesPerColumn, numFrames);
      for (size_t bin = 0; bin != numBins; ++bin) {
        float power = 0;
        for (size_t t = begin; t != end; ++t)
          power = std::max(power, std::norm(spectrum.bins[t * numBins + bin]));
        double db = 10 * std::log10(double(power) / loudest + 1e-12);
        size_t row = panel * (numBins + gapRows) + numBins - 1 - bin;
        std::fill_n(&pixels[row * width + column * columnWidth], columnWidth,
                    getColour(1 + db / rangeDb));
      }
    }
  }

  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  image.width = png_uint_32(width);
  image.height = png_uint_32(height);
  image.format = PNG_FORMAT_RGB;
  std::vector<char> file(PNG_IMAGE_PNG_SIZE_MAX(image));
  png_alloc_size_t size = file.size();
  if (!png_image_write_to_memory(&image, file.data(), &size, /*convert=*/0,
                                 pixels.data(), /*row_stride=*/0, nullptr))
    return createStringError(inconvertibleErrorCode(),
                             path + ": " + image.message);
  return files.add(path, {file.data(), size});
}
