// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Quality.cpp - How good a recording is ------------------------------===//

#include "se/Audio/Quality.h"

#include <cassert>
#include <cmath>
#include <numeric>

static double getMean(llvm::ArrayRef<float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) /
         double(values.size());
}

double se::audio::getSiSnr(llvm::ArrayRef<float> estimate,
                           llvm::ArrayRef<float> reference) {
  assert(estimate.size() == reference.size() && "lengths differ");
  double estimateMean = getMean(estimate), referenceMean = getMean(reference);
  double cross = 0, energy = 0;
  for (size_t i = 0; i != reference.size(); ++i) {
    double r = reference[i] - referenceMean;
    cross += (estimate[i] - estimateMean) * r;
    energy += r * r;
  }
  double scale = cross / energy, signal = 0, noise = 0;
  for (size_t i = 0; i != reference.size(); ++i) {
    double target = scale * (reference[i] - referenceMean);
    double rest = estimate[i] - estimateMean - target;
    signal += target * target;
    noise += rest * rest;
  }
  return 10 * std::log10(signal / noise);
}
