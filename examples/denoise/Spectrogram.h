// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Spectrogram.h - Pictures of sound ------------------------*- C++ -*-===//

#ifndef EXAMPLES_DENOISE_SPECTROGRAM_H
#define EXAMPLES_DENOISE_SPECTROGRAM_H

#include "se/Audio/Stft.h"
#include "se/Support/OutputFiles.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

/// Writes a PNG file with the spectra one above the other: time to the right,
/// 0 to 8 kHz upwards, 80 dB from the loudest bin of all (bright) down to
/// black. At least one spectrum; all have the same number of frames.
llvm::Error writeSpectrograms(se::OutputFiles &files, llvm::StringRef path,
                              llvm::ArrayRef<se::audio::Spectrum> spectra);

#endif // EXAMPLES_DENOISE_SPECTROGRAM_H
