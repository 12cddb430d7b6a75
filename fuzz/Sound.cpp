// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Sound.cpp - Sound files --------------------------------------------===//

#include "Fuzz.h"

#include "se/Audio/Wav.h"

#include <cmath>

using namespace se;

static void check(llvm::Expected<std::vector<float>> samples) {
  if (!fuzz::accept(samples))
    return;
  for (float sample : *samples)
    fuzz::require(std::isfinite(sample), "a sample that is not finite");
  double share = audio::getClippedShare(*samples);
  fuzz::require(share >= 0 && share <= 1, "a share that is none");
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz::File file(fuzz::toText(data, size));
  std::optional<audio::CutOff> cutOff;
  check(audio::readWav(file.getPath(), &cutOff));
  check(audio::readWavAnyRate(file.getPath()));
  return 0;
}
