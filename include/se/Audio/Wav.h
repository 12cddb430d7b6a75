// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Wav.h - Sound files --------------------------------------*- C++ -*-===//

#ifndef SE_AUDIO_WAV_H
#define SE_AUDIO_WAV_H

#include "se/Support/OutputFiles.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <vector>

namespace se::audio {

inline constexpr int64_t defaultSampleRate = 16000;

/// How long a WAV file says that it is and how long it is, in bytes of sound,
/// if it is cut off: its header claims more than there is.
struct CutOff {
  uint64_t claimed, present;
};

/// Reads mono sound, from WAV or any other format of libsndfile;
/// full scale is +-1. Errors start with the file's name: it cannot be read, is
/// no sound file, is empty, too long or damaged, has a sample that is NaN or
/// infinite, or has another rate than `rate`, in Hz, or more channels. `cutOff`
/// is told whether the file is.
llvm::Expected<std::vector<float>>
readWav(llvm::StringRef path, std::optional<CutOff> *cutOff = nullptr,
        int64_t rate = defaultSampleRate);

/// The share of samples in runs of three or more at full scale: what clipping
/// leaves.
double getClippedShare(llvm::ArrayRef<float> samples);

/// The same as readWav for any sample rate and number of channels: takes the
/// mean of the channels and resamples to `rate`, in Hz.
llvm::Expected<std::vector<float>>
readWavAnyRate(llvm::StringRef path, int64_t rate = defaultSampleRate);

/// Writes mono, 16 bit, at `rate`, in Hz. Values are rounded to the nearest, so
/// that samples of 16 bits that were read stay as they are; those beyond +-1
/// are clipped.
llvm::Error writeWav(OutputFiles &files, llvm::StringRef path,
                     llvm::ArrayRef<float> samples,
                     int64_t rate = defaultSampleRate);

} // namespace se::audio

#endif // SE_AUDIO_WAV_H
