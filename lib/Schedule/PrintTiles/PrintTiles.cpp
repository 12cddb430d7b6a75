// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PrintTiles.cpp - How parameters are packed, where tiles lie --------===//

#include "../Planning/Planner.h"
#include "../Planning/Schedulable.h"
#include "../Planning/TileTable.h"

#include "se/Schedule/Passes.h"

#include "llvm/Support/raw_ostream.h"

namespace se::schedule {
#define GEN_PASS_DEF_PRINTTILES
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule;

static void printPanel(const StageLoop &loop) {
  const Panel &panel = loop.panel;
  plan::StageOp stage = loop.stage;
  auto &os = llvm::outs();
  os << "stage '" << stage.getName() << "': " << loop.getRegisterTiles()
     << " panels of " << getPanelBytes(loop) << " bytes, " << panel.registerTile
     << " elements each";
  if (panel.vectors > 1)
    os << " of " << panel.vectors << " vectors";
  os << ", in " << loop.getTiles() << " tiles";
  if (loop.interleave > 1)
    os << ", rows of " << loop.interleave << " panels interleaved";
  os << '\n';
  for (auto [k, block] : llvm::enumerate(panel.blocks))
    os << "  block " << k << ": "
       << int64_t(block.sums.size()) * panel.registerTile << " rows of "
       << block.columns << ' ' << block.element << ", in " << block.kBlocks
       << " K block" << (block.kBlocks == 1 ? "" : "s") << " of " << block.words
       << " words, at " << block.offset << '\n';
  for (auto [k, field] : llvm::enumerate(panel.fields))
    os << "  field " << k << ": " << field.getElementType() << ", at "
       << field.offset << '\n';
}

static void printTile(const Tile &tile) {
  int64_t first = tile.getFirst();
  auto &os = llvm::outs();
  os << "  tile " << tile.number << ": panels " << first << " to "
     << first + tile.getCount() - 1;
  if (tile.loop->panel.kBlocks > 1)
    os << ", K block " << tile.getKBlock();
  os << ", " << tile.bytes << " bytes in " << stringifyLevel(tile.level)
     << " at " << tile.position << '\n';
}

namespace {
struct PrintTilesPass : schedule::impl::PrintTilesBase<PrintTilesPass> {
  void runOnOperation() override {
    markAllAnalysesPreserved();
    auto network = getTiled(getOperation());
    if (failed(network))
      return signalPassFailure();
    auto schedule = Planner(*network).readTiles();
    if (!schedule) {
      emitDoesNotFit(*network, schedule.takeError());
      return signalPassFailure();
    }
    const StageLoop *loop = nullptr;
    for (const Tile &tile :
         listTiles((*schedule)->stageLoops.getLoops(), (*schedule)->tiling)) {
      if (tile.loop != loop)
        printPanel(*tile.loop);
      loop = tile.loop;
      printTile(tile);
    }
  }
};
} // namespace
