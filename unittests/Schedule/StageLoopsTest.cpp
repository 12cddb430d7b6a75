// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StageLoopsTest.cpp - Layout of what a register tile reads
//---------------------===//

#include "Loops.h"
#include "Planning/Positions.h"

using namespace mlir;
using namespace se::schedule;

namespace {

class StageLoopsTest : public LoopsTest {};

TEST_F(StageLoopsTest, RowsAreWholeWords) {
  Panel panel;
  panel.blocks.push_back(makeBlock(5, 2, b.getI8Type()));
  panel.layOut(/*registerTile=*/3);
  // 5 bytes are 2 words; 6 rows; and the kernel reads a word more.
  EXPECT_EQ(panel.blocks[0].words, 2);
  EXPECT_EQ(panel.kBlocks, 1);
  EXPECT_EQ(panel.bytes, 4 * (2 * 6 + 1));
  EXPECT_EQ(panel.getBytes(0), panel.bytes);
  EXPECT_EQ(panel.getSums(), 2);
}

TEST_F(StageLoopsTest, BlocksFollowEachOther) {
  Panel panel;
  panel.blocks.push_back(makeBlock(6, 4, b.getF16Type()));
  panel.blocks.push_back(makeBlock(3, 4, b.getF32Type()));
  panel.layOut(/*registerTile=*/2);
  EXPECT_EQ(panel.blocks[0].offset, 0);
  EXPECT_EQ(panel.blocks[1].offset, 4 * 3 * 4 * 2);
  EXPECT_EQ(panel.bytes, 4 * (3 * 8 + 3 * 8 + 1));
}

TEST_F(StageLoopsTest, PiecesHoldAllWords) {
  for (int64_t columns : {7, 64, 100})
    for (int64_t pieces = 1; pieces != 6; ++pieces)
      for (bool keepsSums : {false, true}) {
        Panel panel;
        panel.blocks.push_back(makeBlock(columns, 3, b.getF16Type()));
        panel.layOut(/*registerTile=*/4, pieces, keepsSums);
        const RowBlock &block = panel.blocks[0];
        int64_t last = block.getLastWords(keepsSums);
        // Without sums in registers all K blocks are alike, so some words may
        // not exist.
        int64_t words = (block.kBlocks - 1) * block.words + last;
        EXPECT_GE(words, block.getRowWords());
        if (keepsSums)
          EXPECT_EQ(words, block.getRowWords());
        EXPECT_LE(last, block.words);
        for (int64_t part = 0; part != panel.kBlocks; ++part)
          EXPECT_LE(panel.getBytes(part), panel.mostBytes);
      }
}

TEST_F(StageLoopsTest, ShortBlocksShareASection) {
  Panel panel;
  panel.blocks.push_back(makeBlock(256, 3, b.getF16Type()));
  panel.blocks.push_back(makeBlock(4, 1, b.getF16Type()));
  panel.blocks.push_back(makeBlock(256, 3, b.getF16Type()));
  panel.layOut(/*registerTile=*/1, /*pieces=*/2, /*keepsSums=*/true);
  ASSERT_EQ(panel.sections.size(), 2u);
  EXPECT_EQ(panel.sections[0].end, 2u);
  EXPECT_EQ(panel.kBlocks, 4);
  EXPECT_EQ(&panel.getSection(1), &panel.sections[0]);
  EXPECT_EQ(&panel.getSection(2), &panel.sections[1]);
  // Without sums in registers all blocks are cut alike.
  panel.layOut(1, 2, false);
  EXPECT_EQ(panel.sections.size(), 1u);
  EXPECT_EQ(panel.kBlocks, 2);
}

TEST_F(StageLoopsTest, GroupsFillTheRegisters) {
  StageLoops stageLoops{Machine(makeTarget(65536, 1 << 20))};
  StageLoop &loop = addLoop(stageLoops, 128, makeBlock(128, 3, b.getF16Type()));
  stageLoops.chooseRegisterTile(loop, 128);
  // At most 16 rows, and as many register tiles for all cores.
  EXPECT_GT(loop.panel.registerTile, 1);
  EXPECT_LE(3 * loop.panel.registerTile, 16);
  EXPECT_EQ(loop.getRegisterTiles() % 8, 0);
  stageLoops.chooseRegisterTile(loop, 2);
  EXPECT_LE(loop.panel.registerTile, 2);
}

TEST_F(StageLoopsTest, TilesThatStayAreSpread) {
  StageLoop loop;
  loop.rows = 10;
  loop.panel.blocks.push_back(makeBlock(4, 1, b.getF32Type()));
  loop.panel.layOut(1);
  loop.tileSize = 1;
  for (loop.resident = 0; loop.resident != 11; ++loop.resident) {
    int64_t stay = 0, longest = 0, run = 0;
    for (int64_t tile = 0; tile != 10; ++tile) {
      stay += loop.isResident(tile);
      run = loop.isResident(tile) ? 0 : run + 1;
      longest = std::max(longest, run);
    }
    EXPECT_EQ(stay, loop.resident);
    // Between two that stay are as many as between any others, or one less.
    if (loop.resident)
      EXPECT_LT(longest, llvm::divideCeil(10, loop.resident));
  }
}

TEST(FitStridesTest, FindsNestedStrides) {
  MLIRContext context;
  AffineExpr d0 = getAffineDimExpr(0, &context);
  auto values = [&](AffineExpr fit, int64_t count) {
    std::vector<int64_t> list;
    for (int64_t i = 0; i != count; ++i) {
      auto value = dyn_cast<AffineConstantExpr>(
          fit.replaceDims({getAffineConstantExpr(i, &context)}));
      list.push_back(value ? value.getValue() : -1);
    }
    return list;
  };
  for (std::vector<int64_t> wanted : {std::vector<int64_t>{7},
                                      {0, 1, 2, 3},
                                      {5, 5, 9, 9},
                                      {0, 4, 1, 5, 2, 6},
                                      {0, 1, 10, 11, 100, 101, 110, 111}}) {
    AffineExpr fit = fitStrides(wanted, d0);
    ASSERT_TRUE(fit);
    EXPECT_EQ(values(fit, int64_t(wanted.size())), wanted);
  }
  EXPECT_FALSE(fitStrides({0, 1, 3}, d0));
  EXPECT_FALSE(fitStrides({0, 1, 2, 5}, d0));
}

} // namespace
