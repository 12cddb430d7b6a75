// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- WorstCase.cpp - What a frame takes at most -------------------------===//

#include "WorstCase.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace se;
using namespace se::schedule;

// The shares are found by linear programming: the least mean bound that none of
// a set of programs exceeded, with cold caches, contended banks and frames that
// are not finite. `./dev bench bound` holds the bound against other programs.

/// Of the cycles in inner loops: others have the bank.
static constexpr double bankShare = 0.09;
/// Of the uses of an FPU by the cores that share it, each of which may cost a
/// cycle: caches that are cold bring the cores out of the order in which they
/// take turns.
static constexpr double meetingShare = 0.25;
/// Of what the cores compute: their accesses have the banks that the DMA needs.
static constexpr double streamShare = 0.13;
/// Of a transfer, besides its bytes, with the engine's wait for its start.
static constexpr double worstTransferCycles = 11;
/// Of all, for what the set did not show.
static constexpr double room = 1.03;

WorstCycles schedule::getWorstCycles(const StageLoops &stageLoops,
                                     const Tiling &tiling,
                                     const TilingOptions &options,
                                     double repeated, double after) {
  const Machine &machine = options.machine;
  double others = double(llvm::divideCeil(machine.cores, machine.fpus)) - 1;
  double compute = tiling.computeCycles + repeated;
  for (const StageLoop &loop : stageLoops.getLoops()) {
    Cost cost = loop.getCost();
    double passes =
        double(llvm::divideCeil(loop.getRegisterTiles(), machine.cores));
    compute += passes * (bankShare * cost.sumCycles +
                         meetingShare * others * (cost.fpu + cost.sumUses));
  }
  double rate =
      tiling.isInL3 ? options.l3.bytesPerCycle : machine.bytesPerCycle;
  double stream = double(tiling.streamBytes) / rate;
  // What cores and engines cannot do side by side.
  double apart =
      std::max(0.0, tiling.cycles - std::max({tiling.computeCycles, stream,
                                              tiling.externalCycles}));
  WorstCycles worst;
  worst.compute = room * (compute + apart) + after;
  if (tiling.transfers)
    worst.dma =
        room * (stream + apart + repeated + streamShare * tiling.computeCycles +
                worstTransferCycles * double(tiling.transfers)) +
        after;
  if (tiling.external)
    worst.external = room * (tiling.externalCycles + apart + repeated) + after;
  return worst;
}
