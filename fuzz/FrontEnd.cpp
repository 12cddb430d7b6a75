// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FrontEnd.cpp - Descriptions of front ends --------------------------===//

#include "Fuzz.h"

#include "se/Dialect/DSP/DSP.h"
#include "se/FrontEnd/FrontEnd.h"

#include <cmath>

using namespace se;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto frontEnd = frontend::parse(fuzz::toText(data, size), "fuzz.json");
  if (!fuzz::accept(frontEnd))
    return 0;
  // What everybody relies on.
  fuzz::require(dsp::isTransformSize(frontEnd->fft), "no such transform");
  fuzz::require(frontEnd->hop >= 1 && frontEnd->getDelay() >= 0, "hop");
  fuzz::require(frontEnd->windowSamples <= frontEnd->fft, "window");
  fuzz::require(!frontEnd->networks.empty(), "no network");
  for (const std::vector<double> *window :
       {&frontEnd->analysis, &frontEnd->synthesis}) {
    fuzz::require(int64_t(window->size()) == frontEnd->fft, "factors");
    for (double factor : *window)
      fuzz::require(std::isfinite(float(factor)), "a factor is not finite");
  }
  for (const frontend::Bands &bands : frontEnd->bands) {
    fuzz::require(dsp::checkEdges(bands.edges, frontEnd->getBins()).empty(),
                  "edges");
    for (const dsp::BandWeights &band : dsp::getBandWeights(bands.edges)) {
      fuzz::require(!band.weights.empty(), "a band without a bin");
      for (double weight : band.weights)
        fuzz::require(weight > 0 && weight <= 1, "a weight");
    }
  }
  for (const frontend::NetworkUse &use : frontEnd->networks)
    for (const frontend::Feature &feature : use.inputs)
      fuzz::require(feature.elements > 0, "a feature without elements");
  return 0;
}
