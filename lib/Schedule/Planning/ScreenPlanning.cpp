// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ScreenPlanning.cpp - Where and when inputs are looked at -----------===//

#include "Planner.h"
#include "Screening.h"

#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

void Planner::placeScreen() {
  if (!screen)
    return;
  for (auto [input, name] :
       llvm::zip(network.getInputArguments(), network.getInputNames()))
    if (made->screening == plan::Screening::copy &&
        llvm::is_contained(screen.getInputs(), input))
      made->screenOffsets[input] =
          place(cast<StringAttr>(name).getValue(), bufferType(input),
                {0, storage.getLastRead(input)});
  auto words = [&](int64_t count) {
    return makeType(count, b.getI32Type(), cluster::Level::l1);
  };
  made->screenSumOffset = place("finite", words(made->getFindings()), {0, 1});
  for (size_t k = 0, e = screen.getPeaks().size(); k != e; ++k)
    made->screenPeakOffsets.push_back(
        made->needsPeak(k) ? place("peaks", words(made->getFindings()), {0, 1})
                           : 0);
  if (network->hasAttr(rnn::resetIfNotFiniteName))
    made->screenMaskOffset = place("finite mask", words(1), Arena::always);
}

/// Cycles of a frame on top of those of the first depth.
double Planner::getScreenCycles() {
  if (!screen)
    return 0;
  // Each core looks at the words of all, between two barriers.
  double cycles = 97 + 3 * cores;
  if (made->screening == plan::Screening::first_depth)
    return cycles;
  cycles += 55;
  for (auto [k, input] : llvm::enumerate(screen.getInputs())) {
    // Peaks take two instructions more for each element.
    double turn = made->needsPeak(k) ? 11.5 + 2 * screenWidth : 11.5;
    cycles +=
        turn * double(llvm::divideCeil(elementsOf(input), cores * screenWidth));
  }
  for (Operation *op : storage.getEarlyOps())
    cycles += isa<arith::DivFOp>(op) ? divideCycles * cores : 1;
  return cycles;
}

/// Can the first depth be screened while it is computed, and be repeated? Which
/// tiles flow is known only when the stream is planned.
bool Planner::checkFirstDepth() {
  if (!screen || made->screening != plan::Screening::first_depth)
    return true;
  // Peaks have to be known before the first depth.
  isScreenable = storage.mayRepeatFirstDepth(screen.getInputs()) &&
                 llvm::all_of(screen.getPeaks(),
                              [](Value peak) { return peak.use_empty(); });
  if (isScreenable && !stageLoops.getLoops().empty())
    for (plan::StageOp stage : storage.getDepths().front()) {
      const StageLoop &loop = stageLoops.getLoop(stage);
      isScreenable &=
          !storage.readsInput(stage) ||
          (!loop.isStreamed() && loop.panel.vectors == 1 && !stage.getStrips());
    }
  return isScreenable;
}
