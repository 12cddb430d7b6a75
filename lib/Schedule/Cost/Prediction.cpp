// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Prediction.cpp - Cores and engine, side by side --------------------===//

#include "Prediction.h"

#include "CostModel.h"

#include "llvm/ADT/SmallVector.h"

#include <algorithm>
#include <deque>

using namespace se::schedule;

namespace {
/// Both engines, and the transfers that are under way.
class Engines {
public:
  Engines(llvm::ArrayRef<Step> steps, double bytesPerCycle, int64_t ahead)
      : bytesPerCycle(bytesPerCycle) {
    for (const Step &step : steps) {
      if (step.bytes)
        tiles.push_back(&step);
      if (step.outerCycles > 0)
        outer.push_back(step.outerCycles);
    }
    if (!outer.empty())
      for (int64_t i = 0; i != ahead; ++i)
        startOuter(0);
  }

  bool hasTiles() const { return !tiles.empty(); }

  /// Starts the next transfer to L1 at `time`, or when its tile is in L2, which
  /// the core that starts it waits for; returns when that is.
  double start(double time) {
    const Step &tile = *tiles[next];
    next = (next + 1) % tiles.size();
    bool isOuter = tile.outerCycles > 0 && !inL2.empty();
    if (isOuter) {
      time = std::max(time, inL2.front());
      inL2.pop_front();
    }
    engine = std::max(engine + transferCycles, time + turnCycles);
    engine += double(tile.bytes) / bytesPerCycle;
    inL1.push_back(engine);
    if (isOuter) {
      time += outerStartCycles;
      startOuter(time);
    }
    return time;
  }

  /// When the oldest tile is there.
  double take() {
    double time = inL1.front();
    inL1.pop_front();
    return time;
  }

private:
  void startOuter(double time) {
    outerEngine = std::max(outerEngine, time) + outer[nextOuter];
    nextOuter = (nextOuter + 1) % outer.size();
    inL2.push_back(outerEngine);
  }

  double bytesPerCycle;
  llvm::SmallVector<const Step *> tiles;
  llvm::SmallVector<double> outer; ///< cycles of external transfers
  size_t next = 0, nextOuter = 0;
  double engine = 0, outerEngine = 0;
  std::deque<double> inL1, inL2; ///< when they are there
};
} // namespace

double se::schedule::predictFrame(llvm::ArrayRef<Step> steps, int64_t slots,
                                  double bytesPerCycle, int64_t ahead) {
  // The first frame fills the ring, the second may still gain from that.
  constexpr int frames = 4;
  Engines engines(steps, bytesPerCycle, ahead);
  double cores = 0, before = 0;
  double driver = 0; // the core that starts transfers
  if (engines.hasTiles())
    for (int64_t slot = 1; slot < std::max<int64_t>(slots, 2); ++slot)
      driver = engines.start(driver);
  for (int frame = 0; frame != frames; ++frame) {
    before = cores;
    for (const Step &step : steps) {
      if (step.bytes) {
        cores = std::max({cores, driver, engines.take()});
        driver = engines.start(cores);
      }
      cores += step.cycles;
    }
  }
  return cores - before;
}
