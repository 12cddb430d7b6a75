// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fetches. The cycles of whole programs are compared with GVSoC by
// runtime/tests/timing_icache.c; here, what each level costs.

#include "TestMachine.h"
#include "gtest/gtest.h"
#include <numeric>

using namespace llvm;
using namespace se::sim;

namespace {

constexpr TimingOptions withCaches = {/*icache=*/true};

/// Runs `lines` lines of four instructions three times on `cores` cores, and
/// returns the icache cycles of each core. With `enable`, the caches are on.
std::vector<uint64_t> missCycles(unsigned lines, unsigned cores, bool enable,
                                 unsigned rounds = 3) {
  TestMachine machine(nullptr, 0, withCaches);
  uint32_t on = enable;
  machine->access(machine.fc(), 0x10201400, 4, /*isStore=*/true, on);
  machine.load((".option norvc\nli t1, " + Twine(rounds) + "\n.p2align 4\n" +
                "1: .rept " + Twine(4 * lines - 2) +
                "\naddi t0, t0, 1\n.endr\n addi t1, t1, -1\n" +
                " bnez t1, 1b\n.p2align 4\n 9: j 9b\n")
                   .str());
  for (unsigned i = 0; i != cores; ++i)
    machine.start(i);
  machine.run(Machine::Outcome::OutOfCycles, 20000);
  std::vector<uint64_t> result;
  for (unsigned i = 0; i != cores; ++i) {
    CoreStatistics statistics = machine->getStatistics(machine->getCore(i));
    EXPECT_EQ(std::accumulate(statistics.cycles.begin(),
                              statistics.cycles.end(), uint64_t(0)),
              20000u);
    result.push_back(statistics.cycles[unsigned(CycleCause::Icache)]);
  }
  return result;
}

// From L2: 14 beyond the first cycle, and 2 for each level's refill. The line
// before the loop and the one after it count, too.
TEST(InstructionCache, ColdLines) {
  EXPECT_EQ(missCycles(1, 1, true)[0], 3 * 18u);
  EXPECT_EQ(missCycles(8, 1, true, 1)[0], 10 * 18u);
}

// Cores that ask for the same line at the same time wait for one refill.
TEST(InstructionCache, SharedLines) {
  for (uint64_t cycles : missCycles(8, 8, true, 1))
    EXPECT_EQ(cycles, 10 * 18u);
}

// Switched off, each entry of a line costs an access to L2.
TEST(InstructionCache, Disabled) {
  // The endless loop at the end keeps its line.
  EXPECT_EQ(missCycles(2, 1, false)[0], (1 + 3 * 2 + 1) * 14u);
}

// 48 lines do not fit the core's 32, but the shared cache.
TEST(InstructionCache, SharedCacheHits) {
  uint64_t cold = missCycles(48, 1, true, 1)[0];
  uint64_t more = missCycles(48, 1, true, 101)[0] - cold;
  EXPECT_GT(more, 100 * 20u);
  EXPECT_LT(more, 100 * 2 * 48u);
  EXPECT_EQ(more % 2, 0u);
}

TEST(InstructionCache, OffByOption) {
  TestMachine machine;
  machine.load(".rept 100\naddi t0, t0, 1\n.endr\n" + exitWithA0.str());
  machine.start(8);
  machine.run(Machine::Outcome::Ended);
  CoreStatistics statistics = machine->getStatistics(machine->getCore(8));
  EXPECT_EQ(statistics.cycles[unsigned(CycleCause::Icache)], 0u);
}

TEST(InstructionCache, MissCounter) {
  TestMachine machine(nullptr, 0, withCaches);
  uint32_t on = 1;
  machine->access(machine.fc(), 0x10201400, 4, /*isStore=*/true, on);
  machine.load(".option norvc\ncsrwi 0xCC1, 0\nli t0, 16\ncsrw 0xCC0, t0\n"
               "csrwi 0xCC1, 1\n.rept 16\nnop\n.endr\ncsrr s2, 0x784\n"
               "9: j 9b\n");
  machine.start(0);
  machine.run(Machine::Outcome::OutOfCycles, 2000);
  // The instruction that reads is the first of its line; as on GVSoC the wait
  // follows it.
  EXPECT_EQ(machine->getCore(0).x[18], 4 * 18u);
}

} // namespace
