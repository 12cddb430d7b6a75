// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FindTiling.cpp - The fastest tiling of any register tiles ----------===//

#include "../Planning/Planner.h"

#include "mlir/IR/Remarks.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

static remark::RemarkOpts describeRemark(StringRef name) {
  return remark::RemarkOpts::name(name).category("se-choose-tiling");
}

/// What became of a tiling that was tried, for
/// --remarks-filter=se-choose-tiling. `mostElements` of a register tile; 0: as
/// many as are best.
static void remarkAttempt(Location location, const TilingAttempt &attempt,
                          int64_t mostElements) {
  auto add = [&](auto remark) {
    remark << remark::metric("slots", attempt.slots)
           << remark::metric("slot bytes", attempt.slotBytes)
           << remark::metric("most elements", mostElements);
    if (attempt.failure.empty())
      remark << remark::metric("cycles", int64_t(attempt.cycles));
    else
      remark << remark::reason("{0}", attempt.failure);
  };
  if (attempt.failure.empty())
    add(remark::analysis(location, describeRemark("attempt")));
  else
    add(remark::missed(location, describeRemark("attempt")));
}

/// The fastest tiling, by the prediction.
llvm::Expected<Tiling> Planner::findTiling() {
  bool isObserved = b.getContext()->getRemarkEngine() != nullptr;
  auto tile = [&](int64_t mostElements) {
    auto observe = [&](const TilingAttempt &attempt) {
      remarkAttempt(network.getLoc(), attempt, mostElements);
    };
    if (!isObserved)
      return schedule::chooseTiling(stageLoops, options, otherCycles,
                                    otherL2Bytes);
    return schedule::chooseTiling(stageLoops, options, otherCycles,
                                  otherL2Bytes, observe);
  };
  auto chosen = tile(0);
  // Small register tiles take less room, of which constants that elements share
  // may make better use; and if the engine is the bound, smaller tiles may suit
  // it better. Tiles whose size was asked for are as large as that.
  auto isBest = [&](int64_t most) {
    return chosen && chosen->shared.size() == stageLoops.getShared().size() &&
           (!chosen->slots || options.rows || options.slotBytes || most < 4);
  };
  for (int64_t most = 4; !isBest(most) && most; most /= 2) {
    StageLoops larger = stageLoops;
    double largerCycles = otherCycles;
    for (StageLoop &loop : stageLoops.getLoops())
      if (loop.isStreamed())
        stageLoops.chooseRegisterTile(
            loop, options.rows ? std::min(options.rows, most) : most);
    shareCache();
    auto other = tile(most);
    if (!chosen || (other && other->cycles < chosen->cycles)) {
      if (!chosen)
        llvm::consumeError(chosen.takeError());
      chosen = std::move(other);
      continue;
    }
    if (!other)
      llvm::consumeError(other.takeError());
    stageLoops = std::move(larger);
    otherCycles = largerCycles;
  }
  if (chosen && isObserved)
    remark::passed(network.getLoc(), describeRemark("tiling"))
        << remark::metric("slots", chosen->slots)
        << remark::metric("slot bytes", chosen->slotBytes)
        << remark::metric("cycles", int64_t(chosen->cycles + 0.5));
  return chosen;
}

llvm::Error Planner::chooseTiling() {
  if (llvm::Error error = planTiles())
    return error;
  made->writeTiling();
  return llvm::Error::success();
}
