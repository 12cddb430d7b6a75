// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Wav.cpp - Sound files ----------------------------------------------===//

#include "se/Audio/Wav.h"
#include "se/Audio/Stft.h"
#include "se/Support/InputFile.h"

#include "llvm/Support/Endian.h"
#include <cmath>
#include <cstring>
#include <memory>
#include <samplerate.h>
#include <sndfile.h>

using namespace llvm;
using namespace se;
using namespace se::audio;

static Error fail(StringRef path, const Twine &text) {
  return createStringError(inconvertibleErrorCode(), path + ": " + text);
}

namespace {

struct CloseFile {
  void operator()(SNDFILE *file) const { sf_close(file); }
};
using File = std::unique_ptr<SNDFILE, CloseFile>;

/// A file in memory for libsndfile: the messages of the operating system come
/// from LLVM, and nothing is on disk before it is complete.
struct MemoryFile {
  std::vector<char> content;
  sf_count_t position = 0;

  static MemoryFile &get(void *self) {
    return *static_cast<MemoryFile *>(self);
  }
  static sf_count_t length(void *self) { return get(self).content.size(); }
  static sf_count_t tell(void *self) { return get(self).position; }
  static sf_count_t seek(sf_count_t offset, int whence, void *self) {
    sf_count_t base = whence == SEEK_CUR   ? tell(self)
                      : whence == SEEK_END ? length(self)
                                           : 0;
    if (base + offset < 0)
      return -1;
    return get(self).position = base + offset;
  }
  static sf_count_t read(void *data, sf_count_t size, void *self) {
    MemoryFile &file = get(self);
    size = std::clamp(length(self) - file.position, sf_count_t(0), size);
    if (size)
      std::memcpy(data, file.content.data() + file.position, size);
    file.position += size;
    return size;
  }
  static sf_count_t write(const void *data, sf_count_t size, void *self) {
    MemoryFile &file = get(self);
    if (length(self) < file.position + size)
      file.content.resize(file.position + size);
    std::memcpy(file.content.data() + file.position, data, size);
    file.position += size;
    return size;
  }

  File open(int mode, SF_INFO &info) {
    static SF_VIRTUAL_IO io = {length, seek, read, write, tell};
    return File(sf_open_virtual(&io, mode, &info, this));
  }
};

struct Recording {
  int rate = 0, channels = 0;
  /// The channels of one instant, then those of the next.
  std::vector<float> samples;
};

} // namespace

/// libsndfile's messages end with a dot.
static StringRef getMessage(SNDFILE *file) {
  return StringRef(sf_strerror(file)).rtrim(" .\n");
}

/// Of all channels: more than an hour at 16 kHz. What a file claims is not
/// believed.
static constexpr size_t maxSamples = size_t(1) << 26;
static constexpr int minRate = 4000, maxRate = 384000;

static Error failLength(StringRef path) {
  return fail(path, "more than " + Twine(maxSamples) +
                        " samples, the most that is read");
}

/// Appends all samples that are there.
static Error readSamples(StringRef path, SNDFILE *file, Recording &recording) {
  constexpr size_t blockInstants = 1 << 14;
  std::vector<float> &samples = recording.samples;
  size_t channels = recording.channels;
  while (true) {
    size_t size = samples.size();
    samples.resize(size + blockInstants * channels);
    sf_count_t count =
        sf_readf_float(file, samples.data() + size, blockInstants);
    samples.resize(size + size_t(std::max<sf_count_t>(count, 0)) * channels);
    if (samples.size() > maxSamples)
      return failLength(path);
    if (samples.size() == size)
      return Error::success();
  }
}

static Expected<Recording> readRecording(StringRef path, StringRef content) {
  // The library behind libsndfile that reads MPEG prints what it thinks of it.
  bool isMpeg = content.starts_with("ID3") ||
                (content.size() >= 2 && uint8_t(content[0]) == 0xff &&
                 uint8_t(content[1]) >= 0xe0);
  if (isMpeg)
    return fail(path, "no sound file: MPEG is not read, give WAV or FLAC");
  MemoryFile memory;
  memory.content.assign(content.begin(), content.end());
  SF_INFO info = {};
  File file = memory.open(SFM_READ, info);
  if (!file)
    return fail(path, "no sound file: " + getMessage(nullptr));
  Recording recording;
  recording.rate = info.samplerate;
  recording.channels = info.channels;
  if (info.channels < 1)
    return fail(path, "has no channel");
  if (info.samplerate < minRate || info.samplerate > maxRate)
    return fail(path, "expected a sample rate of " + Twine(minRate) + " to " +
                          Twine(maxRate) + " Hz, found " +
                          Twine(info.samplerate) + " Hz");
  // What libsndfile gives if the file does not tell.
  bool isKnown = info.frames != SF_COUNT_MAX;
  if (isKnown && uint64_t(info.frames) > maxSamples / info.channels)
    return failLength(path);
  if (Error error = readSamples(path, file.get(), recording))
    return error;
  sf_count_t count = recording.samples.size() / recording.channels;
  if (isKnown && count != info.frames)
    return fail(path, "damaged: holds " + Twine(count) + " of " +
                          Twine(info.frames) + " samples");
  if (!count)
    return fail(path, "holds no sound");
  for (auto [i, value] : enumerate(recording.samples))
    if (!std::isfinite(value))
      return fail(path, "sample " + Twine(i / recording.channels) +
                            (std::isnan(value) ? " is NaN" : " is infinite"));
  return recording;
}

static Expected<std::unique_ptr<MemoryBuffer>> readFile(StringRef path) {
  auto buffer = readInput(path, maxSoundBytes);
  if (!buffer)
    return fail(path, toString(buffer.takeError()));
  return buffer;
}

static std::optional<CutOff> findCutOff(StringRef content) {
  if (!content.consume_front("RIFF") ||
      !content.drop_front(4).starts_with("WAVE"))
    return std::nullopt;
  content = content.drop_front(8);
  while (content.size() >= 8) {
    StringRef kind = content.take_front(4);
    uint32_t size = support::endian::read32le(content.data() + 4);
    content = content.drop_front(8);
    if (kind == "data") {
      // What writers of pipes put, who do not know the size.
      bool isUnknown = size >= INT32_MAX - 4096u;
      if (isUnknown || size <= content.size())
        return std::nullopt;
      return CutOff{size, content.size()};
    }
    // Chunks begin at even positions.
    content = content.drop_front(
        std::min<size_t>(size_t(size) + size % 2, content.size()));
  }
  return std::nullopt;
}

Expected<std::vector<float>>
audio::readWav(StringRef path, std::optional<CutOff> *cutOff, int64_t rate) {
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  auto recording = readRecording(path, (*buffer)->getBuffer());
  if (!recording)
    return recording.takeError();
  if (cutOff)
    *cutOff = findCutOff((*buffer)->getBuffer());
  if (recording->channels != 1)
    return fail(path,
                "expected one channel, found " + Twine(recording->channels));
  if (recording->rate != rate)
    return fail(path, "expected a sample rate of " + Twine(rate) +
                          " Hz, found " + Twine(recording->rate) + " Hz");
  return std::move(recording->samples);
}

double audio::getClippedShare(ArrayRef<float> samples) {
  // 16 bits end at 1 - 2^-15.
  constexpr float full = 0.9999f;
  size_t clipped = 0, run = 0;
  for (size_t i = 0; i != samples.size(); ++i) {
    bool continues = std::abs(samples[i]) >= full &&
                     (!run || (samples[i] > 0) == (samples[i - 1] > 0));
    run = continues ? run + 1 : std::abs(samples[i]) >= full ? 1 : 0;
    if (run >= 3)
      clipped += run == 3 ? 3 : 1;
  }
  return samples.empty() ? 0 : double(clipped) / double(samples.size());
}

Expected<std::vector<float>> audio::readWavAnyRate(StringRef path,
                                                   int64_t rate) {
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  auto recording = readRecording(path, (*buffer)->getBuffer());
  if (!recording)
    return recording.takeError();
  size_t channels = recording->channels;
  std::vector<float> mono(recording->samples.size() / channels);
  for (size_t i = 0; i != mono.size(); ++i) {
    double sum = 0; // that of large samples would leave f32
    for (size_t c = 0; c != channels; ++c)
      sum += recording->samples[i * channels + c];
    mono[i] = float(sum / double(channels));
  }
  if (recording->rate == rate)
    return mono;

  double ratio = double(rate) / recording->rate;
  if (double(mono.size()) * ratio > double(maxSamples))
    return failLength(path);
  std::vector<float> resampled(size_t(std::ceil(mono.size() * ratio)) + 1);
  SRC_DATA job = {};
  job.data_in = mono.data();
  job.input_frames = long(mono.size());
  job.data_out = resampled.data();
  job.output_frames = long(resampled.size());
  job.src_ratio = ratio;
  if (int error = src_simple(&job, SRC_SINC_BEST_QUALITY, /*channels=*/1))
    return fail(path, "cannot resample from " + Twine(recording->rate) +
                          " Hz: " + src_strerror(error));
  resampled.resize(job.output_frames_gen);
  if (!all_of(resampled, [](float value) { return std::isfinite(value); }))
    return fail(path, "samples leave f32 when they are resampled from " +
                          Twine(recording->rate) + " Hz");
  return resampled;
}

Error audio::writeWav(OutputFiles &files, StringRef path,
                      ArrayRef<float> samples, int64_t rate) {
  MemoryFile memory;
  SF_INFO info = {};
  info.samplerate = int(rate);
  info.channels = 1;
  info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  File file = memory.open(SFM_WRITE, info);
  if (!file)
    return fail(path, getMessage(nullptr));
  // libsndfile would wrap around or, with SFC_SET_CLIPPING, round down.
  std::vector<short> integers(samples.size());
  for (size_t i = 0; i != samples.size(); ++i)
    integers[i] = short(std::lrint(
        std::min(std::max(-32768.0, 32768.0 * double(samples[i])), 32767.0)));
  sf_count_t count =
      sf_writef_short(file.get(), integers.data(), sf_count_t(integers.size()));
  if (count != sf_count_t(samples.size()))
    return fail(path, getMessage(file.get()));
  file.reset();
  return files.add(path, {memory.content.data(), memory.content.size()});
}
