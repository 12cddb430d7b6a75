// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- TileTable.cpp - Where each tile lies -------------------------------===//

#include "TileTable.h"

#include "TilingCandidate.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;
using se::cluster::Level;

std::vector<Tile> schedule::listTiles(ArrayRef<StageLoop> loops,
                                      const Tiling &tiling) {
  std::vector<Tile> tiles;
  int64_t transfers = 0, external = 0; // counted so far
  llvm::DenseMap<int, int64_t> ends;   // of the images
  for (const StageLoop &loop : loops) {
    if (!loop.isStreamed())
      continue;
    int64_t kept = loop.position;
    for (int64_t number = 0, e = loop.getTiles(); number != e; ++number) {
      Tile &tile = tiles.emplace_back();
      tile = {&loop, number, Level::l1, false, kept, loop.getBytes(number)};
      if (loop.isResident(number)) {
        // Tiles with fewer rows take as much as others.
        kept += llvm::alignTo(loop.getTileBytes(), tileAlignment);
        continue;
      }
      tile.isExternal =
          isChosen(transfers++, tiling.external, tiling.transfers);
      if (!tile.isExternal)
        tile.level = tiling.isInL3 ? Level::l3 : Level::l2;
      else
        tile.level = isChosen(external++, tiling.nonVolatile, tiling.external)
                         ? Level::nvm
                         : Level::l3;
      int64_t &end = ends[int(tile.level)];
      tile.position = end;
      end += tile.bytes;
    }
  }
  return tiles;
}
