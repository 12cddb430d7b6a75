// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- TileTable.h - Where each tile lies -----------------------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_PLANNING_TILETABLE_H
#define SE_LIB_SCHEDULE_PLANNING_TILETABLE_H

#include "Tiling.h"

namespace se::schedule {

/// A tile, and the bytes that it takes of a memory.
struct Tile {
  const StageLoop *loop;
  int64_t number; ///< of the loop's tiles
  /// L1 if it stays there, else where it comes from in each frame.
  cluster::Level level;
  /// It comes by way of the ring in L2.
  bool isExternal;
  /// In what stays in L1, or in the image of its memory.
  int64_t position, bytes;

  /// The first of its register tiles, and how many there are.
  int64_t getFirst() const {
    return number / loop->panel.kBlocks * loop->tileSize;
  }
  int64_t getCount() const {
    return std::min(loop->tileSize, loop->getRegisterTiles() - getFirst());
  }
  int64_t getKBlock() const { return number % loop->panel.kBlocks; }
};

/// All tiles of the loops, in the order of use.
std::vector<Tile> listTiles(llvm::ArrayRef<StageLoop> loops,
                            const Tiling &tiling);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_TILETABLE_H
