// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- TilingTest.cpp - Tiles, ring, and what stays where -----------------===//

#include "Loops.h"
#include "Planning/TileTable.h"

#include <map>

using namespace mlir;
using namespace se::schedule;

namespace {

class TilingTest : public LoopsTest {
protected:
  /// Two loops of 128 elements with 3 rows of 128 halves: 98,304 bytes each.
  void chooseFor(
      se::cluster::TargetAttr target,
      llvm::function_ref<void(TilingOptions &)> change = [](TilingOptions &) {
      }) {
    TilingOptions options(target);
    change(options);
    stageLoops.emplace(options.machine);
    for (int i = 0; i != 2; ++i)
      addLoop(*stageLoops, 128, makeBlock(128, 3, b.getF16Type()), 4);
    auto chosen = chooseTiling(*stageLoops, options, /*otherCycles=*/1000,
                               /*otherBytes=*/0);
    if (!chosen) {
      error = llvm::toString(chosen.takeError());
      return;
    }
    tiling = *chosen;
  }

  /// What holds for all tilings.
  void checkTiles() {
    int64_t flowing = 0, bytes = 0, resident = 0, all = 0;
    for (const StageLoop &loop : stageLoops->getLoops()) {
      int64_t groups = 0;
      for (int64_t tile = 0; tile != loop.getTiles(); ++tile) {
        EXPECT_LE(loop.getBytes(tile), loop.getTileBytes());
        if (tile % loop.panel.kBlocks == 0)
          groups += std::min(loop.tileSize, loop.getRegisterTiles() - groups);
        all += loop.getBytes(tile);
        if (loop.isResident(tile))
          resident += loop.getBytes(tile);
      }
      EXPECT_EQ(groups, loop.getRegisterTiles());
    }
    forEachTransfer(stageLoops->getLoops(),
                    [&](const StageLoop &loop, int64_t tile) {
                      ++flowing;
                      bytes += loop.getBytes(tile);
                      EXPECT_LE(loop.getBytes(tile), tiling.slotBytes);
                    });
    EXPECT_EQ(flowing, tiling.transfers);
    EXPECT_EQ(bytes, tiling.streamBytes);
    EXPECT_EQ(bytes + resident, all);
    EXPECT_LE(resident, tiling.residentBytes);
    EXPECT_GE(tiling.cycles, tiling.computeCycles);
    checkTable();
  }

  /// The table has all tiles once, one behind the other in each memory.
  void checkTable() {
    using se::cluster::Level;
    std::map<Level, int64_t> bytes;
    std::map<std::pair<const StageLoop *, int64_t>, int64_t> seen;
    int64_t external = 0, transfers = 0;
    for (const Tile &tile : listTiles(stageLoops->getLoops(), tiling)) {
      ++seen[{tile.loop, tile.number}];
      EXPECT_EQ(tile.bytes, tile.loop->getBytes(tile.number));
      EXPECT_EQ(tile.getCount() * tile.loop->panel.getBytes(tile.getKBlock()),
                tile.bytes);
      EXPECT_EQ(tile.level == Level::l1, tile.loop->isResident(tile.number));
      if (tile.level == Level::l1) {
        EXPECT_LE(tile.position + tile.bytes, tiling.residentBytes);
        EXPECT_EQ(tile.position % 16, 0);
      } else {
        EXPECT_EQ(tile.position, bytes[tile.level]);
        ++transfers;
      }
      external += tile.isExternal;
      bytes[tile.level] += tile.bytes;
    }
    int64_t all = 0;
    for (const StageLoop &loop : stageLoops->getLoops())
      all += loop.getTiles();
    EXPECT_EQ(int64_t(seen.size()), all);
    EXPECT_TRUE(llvm::all_of(
        seen, [](const auto &entry) { return entry.second == 1; }));
    EXPECT_EQ(transfers, tiling.transfers);
    EXPECT_EQ(external, tiling.external);
    EXPECT_EQ(bytes[Level::nvm], tiling.nonVolatileBytes);
    int64_t inL2 = tiling.streamBytes - tiling.externalBytes;
    int64_t inL3 = tiling.externalBytes - tiling.nonVolatileBytes;
    if (tiling.isInL3)
      std::swap(inL2, inL3);
    EXPECT_EQ(bytes[Level::l2], inL2);
    EXPECT_EQ(bytes[Level::l3], inL3);
  }

  std::optional<StageLoops> stageLoops;
  Tiling tiling;
  std::string error;
};

TEST_F(TilingTest, AllStaysIfItFits) {
  chooseFor(makeTarget(1 << 18, 1 << 20));
  EXPECT_EQ(error, "");
  EXPECT_EQ(tiling.slots, 0);
  EXPECT_EQ(tiling.transfers, 0);
  EXPECT_GE(tiling.residentBytes, 2 * 98304);
  checkTiles();
}

TEST_F(TilingTest, TheRestFlows) {
  chooseFor(makeTarget(1 << 16, 1 << 20));
  EXPECT_EQ(error, "");
  EXPECT_GE(tiling.slots, 2);
  EXPECT_GT(tiling.residentBytes, 0);
  EXPECT_LE(tiling.residentBytes + tiling.getRingBytes(), 1 << 16);
  EXPECT_EQ(tiling.external, 0);
  checkTiles();
}

TEST_F(TilingTest, NothingStaysIfItMayNot) {
  chooseFor(makeTarget(1 << 16, 1 << 20),
            [](TilingOptions &options) { options.mayStay = false; });
  EXPECT_EQ(tiling.residentBytes, 0);
  EXPECT_GE(tiling.streamBytes, 2 * 98304);
  checkTiles();
}

TEST_F(TilingTest, ChoicesAreForced) {
  chooseFor(makeTarget(1 << 16, 1 << 20), [](TilingOptions &options) {
    options.slots = 5;
    options.slotBytes = 4096;
    options.rows = 16;
  });
  EXPECT_EQ(tiling.slots, 5);
  EXPECT_LE(tiling.slotBytes, 4096);
  for (const StageLoop &loop : stageLoops->getLoops())
    EXPECT_LE(loop.tileSize * loop.panel.registerTile, 16);
  checkTiles();
}

TEST_F(TilingTest, WhatL2CannotHoldLiesBehindIt) {
  chooseFor(makeTarget(
      1 << 16, 100000,
      ", <level = nvm, bytes = 30000, bytes_per_cycle = 2.0 : f64>,"
      " <level = l3, bytes = 1000000, bytes_per_cycle = 1.0 : f64>"));
  EXPECT_EQ(error, "");
  EXPECT_GT(tiling.external, 0);
  EXPECT_LT(tiling.external, tiling.transfers);
  EXPECT_GT(tiling.nonVolatile, 0);
  EXPECT_LE(tiling.nonVolatileBytes, 30000);
  int64_t inL2 = tiling.streamBytes - tiling.externalBytes +
                 tiling.getOuterBytes() + tiling.getTableBytes();
  EXPECT_LE(inL2, 100000);
  // As much as fits: no tile of a slot more. What stays in L1 comes from l3.
  EXPECT_GT(inL2 + tiling.slotBytes, 100000);
  EXPECT_GT(tiling.residentBytes, 0);
  EXPECT_EQ(tiling.imageLevel, se::cluster::Level::l3);
  EXPECT_GE(tiling.cycles, tiling.externalCycles);
  checkTiles();
}

TEST_F(TilingTest, TheImageOfWhatStaysLeavesL2First) {
  // Two matrices of 96 KB, of which some stay in 64 KB.
  chooseFor(makeTarget(1 << 16, 160000,
                       ", <level = nvm, bytes = 100000, bytes_per_cycle = 2.0 "
                       ": f64>"));
  EXPECT_EQ(error, "");
  EXPECT_EQ(tiling.imageLevel, se::cluster::Level::nvm);
  EXPECT_EQ(tiling.external, 0);
  EXPECT_EQ(tiling.getOuterBytes(), int64_t(Tiling::imagePiece));
  EXPECT_LE(tiling.streamBytes + tiling.getOuterBytes() +
                tiling.getTableBytes(),
            160000);
  checkTiles();
  // All stays in a large L1, so nothing flows at all.
  chooseFor(makeTarget(1 << 20, 10000,
                       ", <level = l3, bytes = 300000, bytes_per_cycle = 1.0 "
                       ": f64>"));
  EXPECT_EQ(error, "");
  EXPECT_EQ(tiling.imageLevel, se::cluster::Level::l3);
  EXPECT_EQ(tiling.transfers, 0);
  checkTiles();
}

TEST_F(TilingTest, ADirectMemoryNeedsNoSecondRing) {
  chooseFor(makeTarget(1 << 16, 100000,
                       ", <level = l3, bytes = 1000000, bytes_per_cycle = 4.0 "
                       ": f64, latency = 15>"));
  EXPECT_TRUE(tiling.isInL3);
  EXPECT_EQ(tiling.external, 0);
  // The engine has half the rate of an L2 with 8 bytes a cycle.
  EXPECT_GE(tiling.dmaCycles, double(tiling.streamBytes) / 4);
  checkTiles();
}

TEST_F(TilingTest, ErrorsSayWhatLacks) {
  chooseFor(makeTarget(1 << 16, 100000));
  EXPECT_NE(error.find("memory l2 exceeded by"), std::string::npos) << error;
  error.clear();
  chooseFor(makeTarget(256, 1 << 20));
  EXPECT_NE(error.find("memory l1 exceeded by"), std::string::npos) << error;
  error.clear();
  chooseFor(makeTarget(1 << 16, 1 << 20),
            [](TilingOptions &options) { options.slotBytes = 16; });
  EXPECT_NE(error.find("more than the 16 of a slot"), std::string::npos)
      << error;
}

TEST(ChosenTest, ItemsAreSpreadEvenly) {
  for (int64_t total : {1, 7, 64})
    for (int64_t part = 0; part <= total; ++part) {
      int64_t count = 0;
      for (int64_t i = 0; i != total; ++i) {
        count += isChosen(i, part, total);
        // Never further from the line than one.
        EXPECT_EQ(count, (i + 1) * part / total);
      }
      EXPECT_EQ(count, part);
    }
}

} // namespace
