// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "se/Report/FrameTimeline.h"
#include "gtest/gtest.h"

using namespace se;
using namespace se::report;
using sim::CycleCause;

static uint64_t sum(const CoreLane &lane) {
  return lane.cycles[unsigned(CycleCause::Issue)] + lane.getStalls() +
         lane.getWaiting();
}

TEST(FrameRecorder, CutsAtTheFrame) {
  FrameRecorder recorder(1);
  recorder.markedFrame(0);
  recorder.stalled(0, CycleCause::Memory, 10, 20); // of another frame
  recorder.markedFrame(50);
  recorder.markedFrame(100);
  recorder.stalled(0, CycleCause::Sleep, 60, 120); // from before it
  recorder.stalled(0, CycleCause::Icache, 130, 135);
  recorder.leftStage(0, "gru", 125, 150);
  recorder.transferred(sim::Engine::DmaToL1, 90, 110, 64);
  recorder.stalled(1, CycleCause::Memory, 190, 206); // an instruction beyond it
  recorder.markedFrame(200);
  recorder.stalled(0, CycleCause::Sleep, 180, 300);
  recorder.transferred(sim::Engine::DmaToL1, 195, 210, 32);
  auto timeline = recorder.take(3);
  ASSERT_TRUE(timeline);
  EXPECT_EQ(timeline->cycles, 100u);
  // The third core was never there.
  ASSERT_EQ(timeline->cores.size(), 2u);
  const CoreLane &first = timeline->cores[0], &second = timeline->cores[1];
  EXPECT_EQ(first.getWaiting(), 40u);
  EXPECT_EQ(first.getStalls(), 5u);
  EXPECT_EQ(second.getStalls(), 10u);
  EXPECT_EQ(sum(first), 100u);
  EXPECT_EQ(sum(second), 100u);
  ASSERT_EQ(first.stages.size(), 1u);
  EXPECT_EQ(first.stages[0].from, 25u);
  EXPECT_EQ(first.stages[0].to, 50u);
  ASSERT_EQ(timeline->engines.size(), 1u);
  const EngineLane &engine = timeline->engines[0];
  EXPECT_EQ(engine.busy, 15u);
  // That of a command belongs to the frame in which it ends.
  EXPECT_EQ(engine.bytes, 64u);
  EXPECT_EQ(engine.commands, 1u);
}

TEST(FrameRecorder, NeedsTheWholeFrame) {
  FrameRecorder recorder(1);
  recorder.markedFrame(0);
  recorder.markedFrame(50);
  recorder.markedFrame(100);
  EXPECT_FALSE(recorder.take(1));
}

TEST(FrameRecorder, LeavesOutCoresThatSleep) {
  FrameRecorder recorder(0);
  recorder.markedFrame(100);
  recorder.markedFrame(200);
  recorder.stalled(0, CycleCause::Sleep, 10, 400);
  auto timeline = recorder.take(1);
  ASSERT_TRUE(timeline);
  EXPECT_TRUE(timeline->cores.empty());
}
