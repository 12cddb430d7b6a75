// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SpectrogramTest.cpp ------------------------------------------------===//

#include "Spectrogram.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"
#include <png.h>

using namespace llvm;
using namespace se::audio;

/// Rows of RGB values; empty if the file cannot be read.
static std::vector<uint8_t> readPng(const char *path, png_image &image) {
  image = {};
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_file(&image, path))
    return {};
  image.format = PNG_FORMAT_RGB;
  std::vector<uint8_t> pixels(PNG_IMAGE_SIZE(image));
  png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr);
  return pixels;
}

/// The error's text.
static std::string write(StringRef path, ArrayRef<Spectrum> spectra) {
  se::OutputFiles files;
  if (Error error = writeSpectrograms(files, path, spectra))
    return toString(std::move(error));
  return toString(files.commit());
}

TEST(SpectrogramTest, DrawsPanelsOneAboveTheOther) {
  SmallString<128> path;
  ASSERT_FALSE(sys::fs::createTemporaryFile("se-spectrogram", "png", path));
  scope_exit remove([&] { sys::fs::remove(path); });
  Spectrum silent, tone;
  silent.numFrames = tone.numFrames = 10;
  silent.bins.resize(10 * numBins);
  tone.bins.resize(10 * numBins);
  tone.bins[3 * numBins + 100] = {0, 2}; // frame 3, bin 100
  ASSERT_EQ(write(path, {silent, tone}), "");

  png_image image;
  std::vector<uint8_t> pixels = readPng(path.c_str(), image);
  ASSERT_EQ(image.width, 800u); // 80 columns for each frame
  ASSERT_EQ(image.height, 257u + 6 + 257);
  auto red = [&](unsigned row, unsigned frame) {
    EXPECT_EQ(pixels[(row * 800 + frame * 80) * 3],
              pixels[(row * 800 + frame * 80 + 79) * 3]);
    return pixels[(row * 800 + frame * 80) * 3];
  };
  EXPECT_EQ(red(256 - 100, 3), 0);
  EXPECT_EQ(red(260, 3), 255); // between the panels
  EXPECT_EQ(red(263 + 256 - 100, 3), 252);
  EXPECT_EQ(red(263 + 256 - 100, 4), 0);
}

TEST(SpectrogramTest, LongRecordingsShareColumns) {
  SmallString<128> path;
  ASSERT_FALSE(sys::fs::createTemporaryFile("se-spectrogram", "png", path));
  scope_exit remove([&] { sys::fs::remove(path); });
  Spectrum spectrum;
  spectrum.numFrames = 1601;
  spectrum.bins.resize(1601 * numBins);
  ASSERT_EQ(write(path, spectrum), "");
  png_image image;
  readPng(path.c_str(), image);
  EXPECT_EQ(image.width, 801u);
}

TEST(SpectrogramTest, UnwritableFile) {
  Spectrum spectrum;
  spectrum.numFrames = 1;
  spectrum.bins.resize(numBins);
  EXPECT_EQ(write("/nonexistent/picture.png", spectrum),
            "cannot write '/nonexistent/picture.png': No such file or "
            "directory");
}
