// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Tiling.cpp - Tiles, ring, and what stays where ---------------------===//

#include "Tiling.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

int64_t schedule::getControlWords(const Tiling &tiling) {
  int64_t words = tiling.residentBytes ? 1 : 0; // where it lies
  if (!tiling.slots)
    return words;
  // Tokens and the free slot; tokens and slots in L2.
  words += tiling.slots;
  return words + (tiling.external ? tiling.ahead + tiling.slots - 1 : 0);
}

TilingOptions::TilingOptions(cluster::TargetAttr target)
    : machine(target), l1Bytes(target.getL1().getAvailable()),
      l2Bytes(target.getL2().getAvailable()) {
  auto read = [&](ExternalMemory &to, cluster::Level level) {
    cluster::MemoryAttr memory = target.getMemory(level);
    if (memory)
      to = {memory.getAvailable(), memory.getRate()};
    return memory;
  };
  read(nvm, cluster::Level::nvm);
  if (cluster::MemoryAttr memory = read(l3, cluster::Level::l3))
    isL3Direct = memory.isAddressable();
}

double schedule::getLoopCycles(const StageLoop &loop, const Machine &machine) {
  unsigned cores = machine.cores;
  Cost cost = loop.getCost();
  int64_t groups = loop.getRegisterTiles();
  double cycles = loopCycles;
  cycles += loop.getFetchCycles(cores);
  if (loop.isSplit)
    cycles += loopCycles +
              double(llvm::divideCeil(groups, cores)) * registerTileCost.cycles;
  if (!loop.isStreamed())
    return cycles +
           double(llvm::divideCeil(groups, cores)) *
               schedule::getCycles(
                   cost, unsigned(std::min<int64_t>(groups, cores)), machine);
  for (int64_t first = 0; first < groups; first += loop.tileSize) {
    int64_t rows = std::min(loop.tileSize, groups - first);
    unsigned busy = unsigned(std::min<int64_t>(rows, cores));
    cycles += double(llvm::divideCeil(rows, cores)) *
              schedule::getCycles(cost, busy, machine);
  }
  double perPart = loop.panel.keepsSums ? kBlockCycles : savedKBlockCycles;
  cycles += perPart * double((loop.panel.kBlocks - 1) * loop.panel.vectors *
                             llvm::divideCeil(groups, cores));
  if (loop.isResident())
    return cycles;
  if (loop.getTiles() == 1) // no loop over tiles
    return cycles + onlyTileCycles;
  return cycles + double(loop.getTiles()) * tileCycles +
         double(loop.getRounds()) * roundCycles;
}

void schedule::forEachTransfer(
    ArrayRef<StageLoop> loops,
    function_ref<void(const StageLoop &, int64_t)> body) {
  for (const StageLoop &loop : loops)
    if (loop.isStreamed())
      for (int64_t tile = 0, e = loop.getTiles(); tile != e; ++tile)
        if (!loop.isResident(tile))
          body(loop, tile);
}
