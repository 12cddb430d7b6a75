// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Quality.h - How good a recording is ----------------------*- C++ -*-===//

#ifndef SE_AUDIO_QUALITY_H
#define SE_AUDIO_QUALITY_H

#include "llvm/ADT/ArrayRef.h"

namespace se::audio {

/// The scale-invariant signal-to-noise ratio in dB of an estimate of the same
/// length: with means removed, the part of the estimate along the reference
/// against the rest. Infinite if nothing remains on one side; NaN if the
/// reference is constant. Source: Le Roux et al., "SDR - half-baked or well
/// done?", 2019.
double getSiSnr(llvm::ArrayRef<float> estimate,
                llvm::ArrayRef<float> reference);

} // namespace se::audio

#endif // SE_AUDIO_QUALITY_H
