// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- WavTest.cpp --------------------------------------------------------===//

#include "se/Audio/Wav.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <cmath>
#include <sndfile.h>

using namespace llvm;
using namespace se::audio;

namespace {
class WavTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(sys::fs::createUniqueDirectory("se-wav-test", directory));
    path = (directory + "/sound.wav").str();
  }
  void TearDown() override { sys::fs::remove_directories(directory); }

  /// Makes a file with a tone of 500 Hz by libsndfile itself.
  void makeFile(int rate, int channels, size_t instants, double scale = 1) {
    SF_INFO info = {};
    info.samplerate = rate;
    info.channels = channels;
    info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    SNDFILE *file = sf_open(path.c_str(), SFM_WRITE, &info);
    ASSERT_TRUE(file);
    std::vector<float> samples;
    for (size_t i = 0; i != instants; ++i)
      for (int c = 0; c != channels; ++c)
        samples.push_back(float(scale * std::sin(500 * 2 * M_PI * i / rate) *
                                (c ? 0.2 : 0.6)));
    sf_write_float(file, samples.data(), samples.size());
    sf_close(file);
  }

  void makeText(StringRef text) {
    std::error_code error;
    raw_fd_ostream os(path, error);
    ASSERT_FALSE(error);
    os << text;
  }

  /// The message without the file's name.
  std::string getError() {
    auto samples = readWav(path);
    if (samples)
      return "no error";
    std::string message = toString(samples.takeError());
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    EXPECT_EQ(message.rfind(path + ": ", 0), 0u) << message;
    return message.substr(path.size() + 2);
  }

  /// The error's text.
  std::string write(StringRef path, ArrayRef<float> samples) {
    se::OutputFiles files;
    if (Error error = writeWav(files, path, samples))
      return toString(std::move(error));
    return toString(files.commit());
  }

  SmallString<128> directory;
  std::string path;
};
} // namespace

TEST_F(WavTest, RoundTripRoundsTo16Bit) {
  std::vector<float> samples = {0, 0.5f, -0.5f, 0.25f, -1, 1, 1.5f, -7};
  ASSERT_EQ(write(path, samples), "");
  auto read = readWav(path);
  ASSERT_TRUE(bool(read)) << toString(read.takeError());
  std::vector<float> expected = {0, 0.5f, -0.5f, 0.25f, -1, 1, 1, -1};
  ASSERT_EQ(read->size(), expected.size());
  for (size_t i = 0; i != expected.size(); ++i)
    EXPECT_NEAR((*read)[i], expected[i], 1.0 / 32768) << "sample " << i;
}

TEST_F(WavTest, SamplesOf16BitStayAsTheyAre) {
  // Between steps, the nearest; rounding down would leave noise of -1.
  std::vector<float> samples = {-1e-7f, 0.4f / 32768, 0.6f / 32768, 1};
  std::vector<float> expected = {0, 0, 1.0f / 32768, 32767.0f / 32768};
  for (int value = -32768; value < 32768; value += 13) {
    samples.push_back(float(value) / 32768);
    expected.push_back(samples.back());
  }
  ASSERT_EQ(write(path, samples), "");
  auto read = readWav(path);
  ASSERT_TRUE(bool(read)) << toString(read.takeError());
  EXPECT_EQ(*read, expected);
}

TEST_F(WavTest, OtherRatesAndChannelsAreErrors) {
  makeFile(44100, 1, 10);
  EXPECT_EQ(getError(), "expected a sample rate of 16000 Hz, found 44100 Hz");
  makeFile(16000, 2, 10);
  EXPECT_EQ(getError(), "expected one channel, found 2");
  makeFile(16000, 1, 0);
  EXPECT_EQ(getError(), "holds no sound");
}

TEST_F(WavTest, FilesThatAreNoSound) {
  EXPECT_EQ(getError(), "No such file or directory");
  for (StringRef text : {"", "RIFF", "not a sound file at all, but text"}) {
    makeText(text);
    EXPECT_EQ(getError().rfind("no sound file: ", 0), 0u) << getError();
  }
}

TEST_F(WavTest, EveryPrefixIsReadOrRefused) {
  ASSERT_EQ(write(path, std::vector<float>(50, 0.1f)), "");
  auto buffer = MemoryBuffer::getFile(path);
  ASSERT_TRUE(bool(buffer));
  std::string content = (*buffer)->getBuffer().str();
  for (size_t size = 0; size < content.size(); ++size) {
    makeText(StringRef(content).take_front(size));
    auto samples = readWav(path);
    if (samples)
      EXPECT_LE(samples->size(), 50u);
    else
      consumeError(samples.takeError());
  }
}

TEST_F(WavTest, ResamplesAndMixesChannels) {
  makeFile(22050, 2, 22050);
  auto samples = readWavAnyRate(path);
  ASSERT_TRUE(bool(samples)) << toString(samples.takeError());
  ASSERT_NEAR(double(samples->size()), 16000, 2);
  // The mean of both channels, still 500 Hz; the ends ring.
  for (size_t i = 1000; i != 15000; ++i)
    ASSERT_NEAR((*samples)[i], 0.4 * std::sin(500 * 2 * M_PI * i / 16000), 2e-3)
        << "sample " << i;
}

TEST_F(WavTest, LargeSamples) {
  // The sum of both channels would be infinite, the mean is not.
  makeFile(16000, 2, 64, 5e38);
  std::vector<float> mixed = cantFail(readWavAnyRate(path));
  EXPECT_FLOAT_EQ(mixed[8], 2e38f);
  // Behind the cut at the peak the filter swings beyond what f32 holds.
  makeFile(48000, 1, 984, 5.6e38);
  auto resampled = readWavAnyRate(path);
  ASSERT_FALSE(bool(resampled));
  EXPECT_EQ(toString(resampled.takeError()),
            path + ": samples leave f32 when they are resampled from 48000 Hz");
}

TEST_F(WavTest, UnwritableFile) {
  std::string bad = (directory + "/none/sound.wav").str();
  std::string message = write(bad, {0.0f});
  EXPECT_EQ(message, "cannot write '" + bad + "': No such file or directory");
  EXPECT_FALSE(sys::fs::exists(bad));
}
