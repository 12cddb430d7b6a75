// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Frontend.h - What networks get of sound ------------------*- C++ -*-===//

#ifndef SE_AUDIO_FRONTEND_H
#define SE_AUDIO_FRONTEND_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <vector>

namespace se::audio {

/// Both give magnitudes of a spectrum, `numBins` (Stft.h) in each frame.
enum class Frontend {
  TinyDenoiser, ///< of Hann windows, see Stft.h
  DTLN,         ///< of blocks of 512 samples, one every 128, without a window
};

/// tinydenoiser or dtln.
std::optional<Frontend> parseFrontend(llvm::StringRef name);

/// One frame after the other.
std::vector<float> getFeatures(Frontend frontend,
                               llvm::ArrayRef<float> samples);

} // namespace se::audio

#endif // SE_AUDIO_FRONTEND_H
