// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SearchTiling.cpp - The fastest tiling ------------------------------===//

#include "../Planning/StageError.h"
#include "../Planning/TilingCandidate.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <memory>
#include <set>

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// Groups of a tile that are asked for.
static int64_t getWantedRows(const StageLoop &loop,
                             const TilingOptions &options) {
  int64_t rows = options.machine.cores;
  if (options.rows)
    rows = llvm::divideCeil(options.rows, loop.panel.registerTile);
  return std::min(rows, loop.getRegisterTiles());
}

/// Rows and K blocks of the tiles of a loop, which shall not exceed `maxBytes`.
llvm::Error Candidate::shape(StageLoop &loop, int64_t maxBytes) {
  Panel &panel = loop.panel;
  panel.layOut(panel.registerTile);
  int64_t longest = 0;
  for (const RowBlock &block : panel.blocks)
    longest = std::max(longest, block.getRowWords());
  int64_t wanted = getWantedRows(loop, options);
  bool keepsSums = mayKeepSums(panel, wanted, options);
  for (int64_t pieces = keepsSums ? 1 : 2;
       wanted * panel.mostBytes > maxBytes && pieces <= longest; ++pieces)
    panel.layOut(panel.registerTile, pieces, keepsSums);
  int64_t fit = maxBytes / panel.mostBytes;
  int64_t least = options.rows ? wanted : 1;
  if (fit < least)
    return failAt(loop, least * panel.mostBytes - maxBytes,
                  llvm::formatv("a tile of {0} rows takes at least {1} bytes, "
                                "more than the {2} of a slot",
                                std::min(least * panel.registerTile, loop.rows),
                                least * panel.mostBytes, maxBytes)
                      .str());
  if (options.rows || panel.kBlocks > 1) {
    loop.tileSize = std::min(wanted, fit);
    return llvm::Error::success();
  }
  // Tiles of equal length, but a register tile for each core, if there are as
  // many.
  int64_t cores = options.machine.cores, groups = loop.getRegisterTiles();
  if (fit > cores)
    fit -= fit % cores;
  loop.tileSize = llvm::divideCeil(groups, llvm::divideCeil(groups, fit));
  if (fit >= cores)
    loop.tileSize =
        std::min({fit, int64_t(llvm::alignTo(loop.tileSize, cores)), groups});
  return llvm::Error::success();
}

llvm::Error Candidate::choose(int64_t slots, int64_t maxSlotBytes, double share,
                              double otherCycles, int64_t otherBytes,
                              double most) {
  tiling.slots = slots;
  for (StageLoop &loop : loops) {
    if (llvm::Error error = shape(loop, maxSlotBytes))
      return error;
    loop.interleave = getInterleave(loop);
  }
  if (llvm::Error error = placeInL1(share))
    return error;
  if (llvm::Error error = placeBehind(otherBytes))
    return error;
  predict(otherCycles, most);
  return llvm::Error::success();
}

/// Sizes of slots that are worth a try: those that a row or some of each core,
/// or an even part of it, fill.
static std::set<int64_t> getSlotSizes(const StageLoops &stageLoops,
                                      const TilingOptions &options) {
  if (options.slotBytes)
    return {options.slotBytes};
  constexpr int64_t most = 48 * 1024;
  std::set<int64_t> sizes;
  for (const StageLoop &loop : stageLoops.getLoops()) {
    Panel panel = loop.panel;
    if (!loop.isStreamed())
      continue;
    int64_t rows = getWantedRows(loop, options);
    panel.layOut(panel.registerTile);
    for (int64_t times = 1; times <= 16; times *= 2)
      sizes.insert(times * rows * panel.bytes);
    bool keepsSums = mayKeepSums(panel, rows, options);
    for (int64_t pieces : {1, 2, 3, 4, 6, 8, 12, 16, 32}) {
      panel.layOut(panel.registerTile, pieces, keepsSums);
      sizes.insert(rows * panel.mostBytes);
    }
  }
  if (sizes.empty())
    return {0};
  sizes.erase(sizes.upper_bound(most), sizes.end());
  if (sizes.empty())
    sizes.insert(most);
  return sizes;
}

/// What would fit.
static std::string getHint(const StageLoops &stageLoops, int64_t bytes,
                           int64_t room) {
  if (stageLoops.isSingle() && bytes / 2 <= room)
    return "; in fp16 they fit";
  if (!stageLoops.hasBytes() && bytes / 2 <= room)
    return "; in mixed or int8 they may fit";
  return "; a target with more memory behind L2 would hold them";
}

llvm::Expected<Tiling>
schedule::chooseTiling(StageLoops &stageLoops, const TilingOptions &options,
                       double otherCycles, int64_t otherBytes,
                       function_ref<void(const TilingAttempt &)> observe) {
  int64_t bytes = otherBytes;
  for (const StageLoop &loop : stageLoops.getLoops())
    if (loop.isStreamed())
      bytes += loop.getRegisterTiles() * loop.panel.bytes;
  int64_t room = options.l2Bytes + getCapacity(options);
  if (options.isL3Direct)
    room += options.l3.bytes;
  if (bytes > room)
    return llvm::createStringError(
        llvm::formatv("memory l2 exceeded by {0} bytes ({1} needed for "
                      "parameters, {2} available with memories behind it){3}",
                      bytes - room, bytes, room,
                      getHint(stageLoops, bytes, room))
            .str());
  SmallVector<int64_t> depths{3, 4, 2, 6};
  if (options.slots)
    depths.assign({options.slots});
  std::set<int64_t> sizes = getSlotSizes(stageLoops, options);
  std::unique_ptr<Candidate> best, closest;
  llvm::Error error = llvm::Error::success();
  auto attempt = [&](int64_t slots, int64_t bytes, double share) {
    auto candidate = std::make_unique<Candidate>(stageLoops, options);
    llvm::Error failure =
        candidate->choose(slots, bytes, share, otherCycles, otherBytes,
                          best ? best->tiling.cycles : HUGE_VAL);
    if (observe)
      observe({slots, bytes, candidate->tiling.cycles, getText(failure)});
    if (!failure) {
      if (!best || candidate->tiling.cycles < best->tiling.cycles)
        best = std::move(candidate);
    } else if (!closest || candidate->isCloser(*closest)) {
      llvm::consumeError(std::move(error));
      error = std::move(failure);
      closest = std::move(candidate);
    } else {
      llvm::consumeError(std::move(failure));
    }
  };
  // What stays in L1 needs room for its image, and the engine behind L2 likes
  // tiles that come at regular intervals. So less is tried as well, if L2 is
  // too small for all.
  for (double share : {1.0, 0.5, 0.0}) {
    if (share < 1 && (!options.mayStay || (best && best->tiling.isInL2())))
      break;
    for (int64_t slots : depths)
      for (int64_t bytes : sizes)
        attempt(slots, bytes, share);
  }
  if (!best)
    return error;
  llvm::consumeError(std::move(error));
  best->give(stageLoops);
  return best->tiling;
}
