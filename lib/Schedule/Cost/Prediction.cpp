// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Prediction.cpp - Cores and engine, side by side --------------------===//

#include "Prediction.h"

#include "CostModel.h"

#include <algorithm>
#include <deque>

using namespace se::schedule;

double se::schedule::predictFrame(llvm::ArrayRef<Step> steps, int64_t slots,
                                  double bytesPerCycle) {
  // The first frame fills the ring, the second may still gain from that.
  constexpr int frames = 4;
  double cores = 0, engine = 0, before = 0;
  // When the last steps with a tile began, which is when a slot became free.
  std::deque<double> begins(std::max<int64_t>(slots - 1, 1), -turnCycles);
  for (int frame = 0; frame != frames; ++frame) {
    before = cores;
    for (const Step &step : steps) {
      if (step.bytes) {
        engine = std::max(engine + transferCycles, begins.front() + turnCycles);
        engine += double(step.bytes) / bytesPerCycle;
        cores = std::max(cores, engine);
        begins.pop_front();
        begins.push_back(cores);
      }
      cores += step.cycles;
    }
  }
  return cores - before;
}
