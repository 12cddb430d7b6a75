// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ArenaTest.cpp - Placement of buffers -------------------------------===//

#include "Planning/Arena.h"

#include "mlir/IR/Builders.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace se::schedule;

namespace {

class ArenaTest : public testing::Test {
protected:
  /// The place of so many bytes that are live from level `first` to `last`.
  int64_t place(int64_t bytes, unsigned first, unsigned last) {
    return arena.allocate(
        MemRefType::get({bytes}, IntegerType::get(&context, 8)), {first, last});
  }

  MLIRContext context;
  Arena arena;
};

TEST_F(ArenaTest, WhatIsLiveTogetherLiesApart) {
  EXPECT_EQ(place(16, 0, 1), 0);
  EXPECT_EQ(place(16, 1, 2), 16); // both ends are included
  EXPECT_EQ(arena.getSize(), 32);
}

TEST_F(ArenaTest, WhatIsNotLiveTogetherMayShare) {
  EXPECT_EQ(place(64, 0, 1), 0);
  EXPECT_EQ(place(32, 2, 3), 0);
  EXPECT_EQ(place(48, 3, 3), 32);
  EXPECT_EQ(arena.getSize(), 80);
}

TEST_F(ArenaTest, PlacesAreAligned) {
  EXPECT_EQ(place(1, 0, 0), 0);
  EXPECT_EQ(place(17, 0, 0), 16);
  EXPECT_EQ(place(1, 0, 0), 48);
  EXPECT_EQ(arena.getSize(), 64);
}

TEST_F(ArenaTest, TheLowestGapIsTaken) {
  EXPECT_EQ(place(32, 0, 0), 0);
  EXPECT_EQ(place(16, 0, 9), 32);
  // Behind level 0 there are 32 bytes before the second one.
  EXPECT_EQ(place(48, 1, 1), 48);
  EXPECT_EQ(place(16, 1, 2), 0);
  EXPECT_EQ(place(16, 2, 2), 16);
  EXPECT_EQ(arena.getSize(), 96);
}

TEST_F(ArenaTest, WhatIsAlwaysLiveIsNeverShared) {
  EXPECT_EQ(place(16, Arena::always.first, Arena::always.second), 0);
  EXPECT_EQ(place(16, 1000, 1000), 16);
}

} // namespace
