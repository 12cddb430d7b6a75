// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Recordings.cpp - Files to calibrate with ---------------------------===//

#include "se/Audio/Wav.h"
#include "se/Driver/Calibrate.h"
#include "se/Driver/FrontEndPart.h"
#include "se/Driver/RunHost.h"
#include "se/Driver/RunSound.h"
#include "se/Support/MessageLine.h"
#include "se/Support/Npy.h"
#include "se/Target/TargetDescription.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <cmath>
#include <random>

using namespace se;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

/// Less says little about what a network will meet.
static constexpr double leastSeconds = 2;
/// So many frames are about a second.
static constexpr int64_t leastFrames = 100;
static constexpr double maxClippedShare = 1e-4;

static bool isSound(StringRef path) {
  StringRef extension = llvm::sys::path::extension(path);
  return extension.equals_insensitive(".wav") ||
         extension.equals_insensitive(".flac");
}

static Expected<std::vector<std::string>> listFolder(const std::string &path) {
  std::vector<std::string> found;
  std::error_code code;
  for (llvm::sys::fs::directory_iterator it(path, code), end;
       it != end && !code; it.increment(code))
    found.push_back(it->path());
  if (code)
    return llvm::createStringError("cannot read '" + path +
                                   "': " + code.message());
  llvm::sort(found);
  return found;
}

/// One NAME=FILE.npy for each input, if the folder has a file of the name of
/// each: NAME.npy, other characters than letters, digits, '-' and '.' as '_'.
static std::string findInputs(StringRef folder, ArrayRef<Port> inputs) {
  std::vector<std::string> arguments;
  for (const Port &port : inputs) {
    std::string name = port.name;
    for (char &c : name)
      if (!llvm::isAlnum(c) && c != '-' && c != '.')
        c = '_';
    llvm::SmallString<128> file(folder);
    llvm::sys::path::append(file, name + ".npy");
    if (!llvm::sys::fs::exists(file))
      return "";
    arguments.push_back(port.name + "=" + file.str().str());
  }
  return llvm::join(arguments, ",");
}

/// The recordings of a folder that can be read, sorted; other paths as they
/// are.
static Error expand(const std::string &path, ArrayRef<Port> inputs,
                    std::vector<std::string> &files) {
  if (!llvm::sys::fs::is_directory(path)) {
    files.push_back(path);
    return Error::success();
  }
  auto entries = listFolder(path);
  if (!entries)
    return entries.takeError();
  size_t before = files.size();
  if (inputs.size() == 1) {
    llvm::copy_if(*entries, std::back_inserter(files), [](StringRef file) {
      return isSound(file) || file.ends_with(".npy");
    });
    if (files.size() == before)
      return llvm::createStringError("'" + path +
                                     "' has no .wav, .flac or .npy file");
    return Error::success();
  }
  entries->insert(entries->begin(), path);
  for (const std::string &folder : *entries)
    if (llvm::sys::fs::is_directory(folder))
      if (std::string arguments = findInputs(folder, inputs);
          !arguments.empty())
        files.push_back(std::move(arguments));
  if (files.size() != before)
    return Error::success();
  auto names = llvm::map_to_vector(
      inputs, [](const Port &port) { return port.name + ".npy"; });
  return llvm::createStringError(
      "'" + path +
      "': neither this folder nor one in it has the files of a "
      "network with several inputs: " +
      listNames(names));
}

namespace {
using Warn = llvm::function_ref<void(const Twine &)>;

/// What makes frames of sound for a network that is not between samples.
struct Analysis {
  frontend::FrontEnd frontEnd;
  std::unique_ptr<HostProgram> program;

  Frames run(ArrayRef<float> samples) {
    program->reset();
    return runFrames(*program,
                     makeHops(samples, frontEnd.hop, frontEnd.getDelay()));
  }
};

class Reader {
public:
  Reader(const CalibrationOptions &options, const NetworkInputs &network,
         mlir::MLIRContext &context, Warn warn)
      : options(options), inputs(network.ports), stream(network.stream),
        context(context), warn(warn) {}

  Expected<Recording> read(const std::string &path);

private:
  bool fits(const frontend::FrontEnd &frontEnd);
  Expected<frontend::FrontEnd> chooseFrontEnd();
  Error makeAnalysis();
  Error readSound(StringRef path, Recording &recording);
  Expected<Frames> readArrays(StringRef path);

  const CalibrationOptions &options;
  ArrayRef<Port> inputs;
  std::optional<Stream> stream;
  mlir::MLIRContext &context;
  Warn warn;
  std::shared_ptr<Analysis> analysis; ///< made for the first recording
};
} // namespace

bool Reader::fits(const frontend::FrontEnd &frontEnd) {
  ArrayRef<frontend::Feature> features = frontEnd.networks.front().inputs;
  return features.size() == inputs.size() &&
         llvm::all_of(llvm::zip(features, inputs), [](auto pair) {
           return std::get<0>(pair).elements == std::get<1>(pair).elements;
         });
}

Expected<frontend::FrontEnd> Reader::chooseFrontEnd() {
  constexpr StringRef first = "tinydenoiser";
  std::string resources = options.resourceDir.empty() ? target::getResourceDir()
                                                      : options.resourceDir;
  auto describe = [](StringRef name, ArrayRef<int64_t> sizes) {
    auto texts = llvm::map_to_vector(
        sizes, [](int64_t size) { return "[" + std::to_string(size) + "]"; });
    return name.str() + " " + llvm::join(texts, ", ");
  };
  std::vector<std::string> names{options.frontend};
  if (options.frontend.empty()) {
    names = frontend::list(resources);
    std::stable_partition(names.begin(), names.end(),
                          [&](StringRef name) { return name == first; });
  }
  std::vector<std::string> expected;
  for (const std::string &name : names) {
    auto frontEnd = frontend::load(name, resources);
    if (!frontEnd || fits(*frontEnd))
      return frontEnd;
    expected.push_back(describe(
        frontEnd->name, llvm::map_to_vector(frontEnd->networks.front().inputs,
                                            [](const frontend::Feature &f) {
                                              return f.elements;
                                            })));
  }
  auto found =
      llvm::map_to_vector(inputs, [](const Port &p) { return p.elements; });
  return llvm::createStringError(
      "sound becomes frames of a front end (" + listNames(expected) +
      "), which is not what this network takes (" + describe("inputs", found) +
      "); give --frontend=FILE.json or .npy files");
}

Error Reader::makeAnalysis() {
  auto frontEnd = chooseFrontEnd();
  if (!frontEnd)
    return frontEnd.takeError();
  auto program = makeFrontEndPart(*frontEnd, 0, context);
  if (!program)
    return program.takeError();
  analysis = std::make_shared<Analysis>(
      Analysis{std::move(*frontEnd), std::move(*program)});
  return Error::success();
}

/// Hops of a recording, or the network's features of it.
Error Reader::readSound(StringRef path, Recording &recording) {
  if (!stream && !analysis)
    if (Error error = makeAnalysis())
      return llvm::createStringError(path + ": " +
                                     llvm::toString(std::move(error)));
  int64_t rate = stream ? stream->sampleRate : analysis->frontEnd.sampleRate;
  std::optional<audio::CutOff> cutOff;
  auto samples = audio::readWav(path, &cutOff, rate);
  if (!samples)
    return samples.takeError();
  if (cutOff)
    warn(llvm::formatv("{0} is cut off: {1} of {2} bytes of sound are there",
                       path, cutOff->present, cutOff->claimed)
             .str());
  if (double share = audio::getClippedShare(*samples); share > maxClippedShare)
    warn(llvm::formatv("{0} is clipped: {1:f2} % of its samples are at full "
                       "scale, so loud sound is missing",
                       path, 100 * share)
             .str());
  recording.isSound = true;
  recording.seconds = double(samples->size()) / double(rate);
  float peak = 0;
  for (float sample : *samples)
    peak = std::max(peak, std::abs(sample));
  if (stream)
    recording.frames =
        makeHops(*samples, inputs.front().elements, stream->delay);
  if (!stream) {
    recording.frames = analysis->run(*samples);
    recording.frontEnd = analysis->frontEnd.name;
  }
  if (!stream && isLinear(analysis->frontEnd))
    return Error::success();
  if (peak)
    recording.maxGain = 1 / peak;
  if (!stream)
    recording.makeFrames = [analysis = analysis,
                            samples = std::move(*samples)](float gain) {
      std::vector<float> louder(samples);
      for (float &sample : louder)
        sample *= gain;
      return analysis->run(louder);
    };
  return Error::success();
}

Expected<Frames> Reader::readArrays(StringRef path) {
  llvm::SmallVector<StringRef> parts;
  std::vector<std::string> arguments;
  // A folder may be called snr=5.
  if (path.contains('=') && !llvm::sys::fs::exists(path)) {
    path.split(parts, ',');
    arguments.assign(parts.begin(), parts.end());
  } else if (inputs.size() == 1) {
    arguments.push_back(inputs.front().name + "=" + path.str());
  } else {
    return llvm::createStringError(
        path + ": the network has several inputs, name them: NAME=FILE.npy" +
        ",NAME=FILE.npy");
  }
  return readFrames(arguments, inputs, "--calibration");
}

Expected<Recording> Reader::read(const std::string &path) {
  Recording recording;
  recording.name = path;
  if (isSound(path)) {
    if (Error error = readSound(path, recording))
      return error;
  } else {
    auto frames = readArrays(path);
    if (!frames)
      return frames.takeError();
    recording.frames = std::move(*frames);
  }
  if (!recording.frames.numFrames)
    return llvm::createStringError(path + ": there is no frame in it");
  for (auto [port, values] : llvm::zip(inputs, recording.frames.values))
    for (auto [i, value] : llvm::enumerate(values))
      if (!std::isfinite(value))
        return llvm::createStringError(
            path + ": element " + Twine(int64_t(i) % port.elements) + " of " +
            port.name + " in frame " + Twine(int64_t(i) / port.elements) +
            (std::isnan(value) ? " is NaN" : " is infinite"));
  return recording;
}

Recording se::makeRandomRecording(uint64_t seed, ArrayRef<Port> inputs) {
  // About a second.
  constexpr int64_t numFrames = 200;
  Recording recording;
  recording.name = "random frames";
  recording.frames.numFrames = numFrames;
  // Another sequence than that of weights from the same seed.
  std::mt19937_64 random(~seed);
  for (const Port &port : inputs) {
    std::vector<float> &values =
        recording.frames.values.emplace_back(size_t(numFrames * port.elements));
    // The library's distributions differ between machines.
    for (float &value : values)
      value = float(double(random() >> 11) * 0x1p-52 - 1);
  }
  return recording;
}

static void checkLength(ArrayRef<Recording> recordings, Warn warn) {
  double seconds = 0;
  int64_t frames = 0;
  for (const Recording &recording : recordings) {
    seconds += recording.seconds;
    if (!recording.isSound)
      frames += recording.frames.numFrames;
  }
  constexpr StringRef advice = "; what they do not show may leave the ranges: "
                               "take all that the network will meet";
  if (!frames && seconds < leastSeconds)
    warn(llvm::formatv("the recordings have {0:f1} seconds in all{1}", seconds,
                       advice)
             .str());
  else if (frames && !seconds && frames < leastFrames)
    warn(llvm::formatv("the recordings have {0} frames in all{1}", frames,
                       advice)
             .str());
}

Expected<std::vector<Recording>>
se::readRecordings(const CalibrationOptions &options,
                   const NetworkInputs &inputs, mlir::MLIRContext &context,
                   Warn warn) {
  std::vector<std::string> files;
  for (const std::string &path : options.paths)
    if (Error error = expand(path, inputs.ports, files))
      return error;
  std::vector<Recording> recordings;
  Reader reader(options, inputs, context, warn);
  for (const std::string &file : files) {
    auto recording = reader.read(file);
    if (!recording)
      return recording.takeError();
    recordings.push_back(std::move(*recording));
  }
  checkLength(recordings, warn);
  return recordings;
}
