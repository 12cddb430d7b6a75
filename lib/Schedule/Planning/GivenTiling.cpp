// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- GivenTiling.cpp - A tiling that the module has ---------------------===//

#include "StageError.h"
#include "TilingCandidate.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace se;
using namespace se::schedule;

static llvm::Error refuse(const StageLoop &loop, const Twine &what) {
  plan::StageOp stage = loop.stage;
  return llvm::make_error<StageError>(
      stage, "tiling of stage '" + stage.getName() + "': " + what);
}

llvm::Error schedule::takeRegisterTile(StageLoop &loop) {
  plan::TilingAttr given = *loop.stage.getTiling();
  if (given.getRegisterTile() > loop.rows)
    return refuse(loop, "register_tile is more than the " + Twine(loop.rows) +
                            " elements of a vector");
  if (!loop.isStreamed() && given.getTile())
    return refuse(loop, "a stage without parameters has no tile");
  if (loop.isStreamed() && !given.getTile())
    return refuse(loop, "a stage with parameters needs a tile");
  // Their code is laid out one after the other.
  constexpr int64_t mostElements = 64;
  if ((loop.isInStrips ? given.getUnroll() : given.getRegisterTile()) >
      mostElements)
    return refuse(loop, Twine(loop.isInStrips ? "unroll" : "register_tile") +
                            " is more than " + Twine(mostElements));
  loop.panel.layOut(given.getRegisterTile());
  int64_t inTurn = given.getUnroll() * (loop.inPairs ? 2 : 1);
  if (inTurn > (loop.isInStrips ? loop.panel.registerTile : 1) &&
      given.getUnroll() > 1)
    return refuse(loop, "unroll needs strips of at least " + Twine(inTurn) +
                            " elements");
  loop.unroll = given.getUnroll();
  return llvm::Error::success();
}

/// Cuts a loop as its stage says.
llvm::Error Candidate::shape(StageLoop &loop) {
  plan::TilingAttr given = *loop.stage.getTiling();
  Panel &panel = loop.panel;
  auto refuse = [&](const Twine &what) { return ::refuse(loop, what); };
  int64_t rows = 0;
  for (const RowBlock &block : panel.blocks)
    rows = std::max(rows, int64_t(block.sums.size()) * panel.registerTile);
  if (rows > cluster::DotOp::maxSums)
    return refuse("register_tile needs " + Twine(rows) +
                  " sums of one vector, more than " +
                  Twine(cluster::DotOp::maxSums));
  if (int64_t bytes = getPanelBytes(loop);
      given.getPanelBytes() && given.getPanelBytes() != bytes)
    return refuse("panel_bytes is " + Twine(bytes) + ", found " +
                  Twine(given.getPanelBytes()));
  if (given.getTile() > loop.getRegisterTiles())
    return refuse("tile is more than its register tiles");
  int64_t longest = 1;
  for (const RowBlock &block : panel.blocks)
    longest = std::max(longest, block.getRowWords());
  if (given.getKBlocks() > longest)
    return refuse("k_blocks is more than the " + Twine(longest) +
                  " words of its longest row");
  if (given.getKeepsSums() && !mayKeepSums(panel, given.getTile(), options))
    return refuse("keeps_sums goes with one vector, and a tile of at most a "
                  "register tile for each core");
  if (given.getKBlocks() > 1 || given.getKeepsSums())
    panel.layOut(panel.registerTile, given.getKBlocks(), given.getKeepsSums());
  loop.tileSize = given.getTile();
  loop.resident = given.getResident();
  if (loop.resident > loop.getTiles())
    return refuse("resident is more than its " + Twine(loop.getTiles()) +
                  " tiles");
  if (loop.isResident() &&
      (panel.kBlocks > 1 || loop.tileSize < loop.getRegisterTiles()))
    return refuse("a stage of which all stays is one tile");
  if (!tiling.slots && !loop.isResident())
    return refuse("without slots all tiles stay");
  if (!loop.isResident() && loop.getTileBytes() > tiling.slotBytes)
    return refuse("a tile takes " + Twine(loop.getTileBytes()) +
                  " bytes, more than the " + Twine(tiling.slotBytes) +
                  " of a slot");
  loop.interleave = loop.isResident() ? 1 : getInterleave(loop);
  return llvm::Error::success();
}

llvm::Error Candidate::obey(plan::StreamAttr given, double otherCycles,
                            int64_t otherBytes) {
  if (int64_t bytes = given.getL1Bytes(); bytes && bytes != options.l1Bytes)
    return llvm::createStringError("plan.stream: l1_bytes is " +
                                   Twine(options.l1Bytes) + ", found " +
                                   Twine(bytes));
  tiling.slots = given.getSlots();
  tiling.slotBytes = given.getSlotBytes();
  int64_t resident = 0;
  for (StageLoop &loop : loops) {
    if (llvm::Error error = shape(loop))
      return error;
    tiling.sumBytes = std::max(tiling.sumBytes, getSumBytes(loop));
    resident +=
        loop.resident * llvm::alignTo(loop.getTileBytes(), tileAlignment);
  }
  if (tiling.slots && llvm::all_of(loops, [](const StageLoop &loop) {
        return loop.isResident();
      }))
    return llvm::createStringError("plan.stream: all tiles stay in l1, so "
                                   "there are no slots");
  int64_t ring = tiling.getRingBytes() + tiling.sumBytes;
  ring += getControlBytes(tiling.slots, options);
  int64_t room = options.l1Bytes - ring - resident;
  if (room < 0)
    return llvm::createStringError(
        "memory l1 exceeded by " + Twine(-room) + " bytes (" +
        Twine(ring + resident) + " needed for this tiling, " +
        Twine(options.l1Bytes) + " available beside states and activations)");
  placeShared(room);
  std::vector<StageLoop *> order = getOrder();
  std::stable_partition(order.begin(), order.end(),
                        [](StageLoop *loop) { return loop->isResident(); });
  for (StageLoop *loop : order)
    placeResident(*loop);
  if (llvm::Error error = placeBehind(otherBytes))
    return error;
  predict(otherCycles, HUGE_VAL);
  return llvm::Error::success();
}

llvm::Expected<Tiling> schedule::obeyTiling(StageLoops &stageLoops,
                                            const TilingOptions &options,
                                            plan::StreamAttr given,
                                            double otherCycles,
                                            int64_t otherBytes) {
  Candidate candidate(stageLoops, options);
  if (llvm::Error error = candidate.obey(given, otherCycles, otherBytes))
    return error;
  candidate.give(stageLoops);
  return candidate.tiling;
}
