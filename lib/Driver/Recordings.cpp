// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Recordings.cpp - Files to calibrate with ---------------------------===//

#include "se/Audio/Stft.h"
#include "se/Audio/Wav.h"
#include "se/Driver/Calibrate.h"
#include "se/Support/Npy.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cmath>

using namespace se;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

static bool isSound(StringRef path) {
  StringRef extension = llvm::sys::path::extension(path);
  return extension.equals_insensitive(".wav") ||
         extension.equals_insensitive(".flac");
}

/// The files of a folder that can be read, sorted; other paths as they are.
static Error expand(const std::string &path, std::vector<std::string> &files) {
  if (!llvm::sys::fs::is_directory(path)) {
    files.push_back(path);
    return Error::success();
  }
  std::vector<std::string> found;
  std::error_code code;
  for (llvm::sys::fs::directory_iterator it(path, code), end;
       it != end && !code; it.increment(code))
    if (isSound(it->path()) || StringRef(it->path()).ends_with(".npy"))
      found.push_back(it->path());
  if (code)
    return llvm::createStringError("cannot read '" + path +
                                   "': " + code.message());
  if (found.empty())
    return llvm::createStringError("'" + path +
                                   "' has no .wav, .flac or .npy file");
  llvm::sort(found);
  files.insert(files.end(), found.begin(), found.end());
  return Error::success();
}

/// The network's features of a recording.
static Expected<Frames> readSound(StringRef path, ArrayRef<Port> inputs) {
  if (inputs.size() != 1 || inputs.front().elements != audio::numBins)
    return llvm::createStringError(
        path + ": sound becomes frames of " + llvm::Twine(audio::numBins) +
        " magnitudes, which is not what this network takes; give .npy files");
  auto samples = audio::readWav(path);
  if (!samples)
    return samples.takeError();
  audio::Spectrum spectrum = audio::analyze(*samples);
  Frames frames;
  frames.numFrames = int64_t(spectrum.numFrames);
  frames.values.push_back(audio::getMagnitudes(spectrum));
  return frames;
}

static Expected<Frames> readArrays(StringRef path, ArrayRef<Port> inputs) {
  llvm::SmallVector<StringRef> parts;
  std::vector<std::string> arguments;
  if (path.contains('=')) {
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

static Expected<Recording> readRecording(const std::string &path,
                                         ArrayRef<Port> inputs) {
  auto frames =
      isSound(path) ? readSound(path, inputs) : readArrays(path, inputs);
  if (!frames)
    return frames.takeError();
  if (!frames->numFrames)
    return llvm::createStringError(path + ": there is no frame in it");
  for (auto [port, values] : llvm::zip(inputs, frames->values))
    for (auto [i, value] : llvm::enumerate(values))
      if (!std::isfinite(value))
        return llvm::createStringError(
            path + ": element " + llvm::Twine(int64_t(i) % port.elements) +
            " of " + port.name + " in frame " +
            llvm::Twine(int64_t(i) / port.elements) +
            (std::isnan(value) ? " is NaN" : " is infinite"));
  return Recording{path, std::move(*frames)};
}

Expected<std::vector<Recording>> se::readRecordings(ArrayRef<std::string> paths,
                                                    ArrayRef<Port> inputs) {
  std::vector<std::string> files;
  for (const std::string &path : paths)
    if (Error error = expand(path, files))
      return error;
  std::vector<Recording> recordings;
  for (const std::string &file : files) {
    auto recording = readRecording(file, inputs);
    if (!recording)
      return recording.takeError();
    recordings.push_back(std::move(*recording));
  }
  return recordings;
}
