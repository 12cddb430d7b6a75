// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bank conflicts in L1 and the ideal DMA engine. The figures of conflicts are
// those of GVSoC with banks that serve one access per cycle: docs/simulator.md,
// "Bank conflicts".

#include "TestMachine.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace se::sim;

namespace {

constexpr TimingOptions withConflicts = {/*icache=*/false,
                                         /*l1Conflicts=*/true};
constexpr TimingOptions withIdealDma = {/*icache=*/false,
                                        /*l1Conflicts=*/false,
                                        /*idealDma=*/true};

constexpr TimingOptions withPort = {/*icache=*/false,
                                    /*l1Conflicts=*/false,
                                    /*idealDma=*/false,
                                    /*l2Port=*/true};

/// The stalls of a cause on each of 8 cores that load 64 words, each core at
/// its number times `stride`.
std::vector<uint64_t> loadStalls(TimingOptions timing, unsigned stride,
                                 CycleCause cause, StringRef load) {
  TestMachine machine(nullptr, 0, timing);
  machine.load(
      ("csrr t0, 0xF14\nli t1, " + Twine(stride) +
       "\nmul t0, t0, t1\nlui a0, 0x10001\nadd a0, a0, t0\n.rept 64\n" + load +
       "\n.endr\n9: j 9b\n")
          .str());
  for (unsigned i = 0; i != 8; ++i)
    machine.start(i);
  machine.run(Machine::Outcome::OutOfCycles, 5000);
  std::vector<uint64_t> result;
  for (unsigned i = 0; i != 8; ++i)
    result.push_back(machine->getCore(i).stall(cause));
  return result;
}

TEST(L1Conflicts, SameBank) {
  // Each bank access of a core waits for those of seven others; in the first
  // round the first core, which is the one that was started last, does not wait
  // at all.
  std::vector<uint64_t> stalls =
      loadStalls(withConflicts, 64, CycleCause::BankConflict, "lw t2, 0(a0)");
  EXPECT_EQ(stalls[7], 63 * 7u);
  EXPECT_EQ(stalls[0], 64 * 7u);
}

TEST(L1Conflicts, DifferentBanks) {
  for (uint64_t stalls :
       loadStalls(withConflicts, 4, CycleCause::BankConflict, "lw t2, 0(a0)"))
    EXPECT_EQ(stalls, 0u);
}

TEST(L1Conflicts, NoneByDefault) {
  for (uint64_t stalls :
       loadStalls(withoutCaches, 64, CycleCause::BankConflict, "lw t2, 0(a0)"))
    EXPECT_EQ(stalls, 0u);
}

TEST(L1Conflicts, MisalignedTakesTwoBanks) {
  for (uint64_t stalls :
       loadStalls(withConflicts, 8, CycleCause::Memory, "lw t2, 1(a0)"))
    EXPECT_EQ(stalls, 64u);
}

/// Copies 1 KB to L1 by core 0, which waits, and returns its cycles.
uint64_t copyCycles(TimingOptions timing) {
  TestMachine machine(nullptr, 0, timing);
  for (uint32_t i = 0; i != 256; ++i)
    machine.writeWord(dataL2 + 4 * i, 3 * i);
  machine.load(R"(
    lui  a0, 0x10001
    lui  a1, 0x1C080
    lui  a2, 0x10204
    addi a3, a2, 0x400
    li   t0, 0x100
    sw   t0, 0(a2)
    csrr s2, 0xB00
    lw   t1, 0(a3)
    li   t0, 0x160400
    sw   t0, 0(a3)
    sw   a0, 0(a3)
    sw   a1, 0(a3)
 1: lw   t0, 4(a3)
    srl  t0, t0, t1
    andi t0, t0, 1
    beqz t0, 2f
    .insn i 0x03, 6, x5, 0x3C(x12)
    j    1b
 2: csrr s3, 0xB00
 9: j 9b
  )");
  machine.start(0);
  machine.run(Machine::Outcome::OutOfCycles, 2000);
  for (uint32_t i = 0; i != 256; ++i)
    EXPECT_EQ(machine.readWord(dataL1 + 4 * i), 3 * i);
  EXPECT_EQ(machine->getDma().getStatistics().bytes, 1024u);
  return machine->getCore(0).x[19] - machine->getCore(0).x[18];
}

TEST(IdealDma, TakesNoTime) {
  // Eleven instructions, a taken branch, and what uses its result just after.
  EXPECT_EQ(copyCycles(withIdealDma), 14u);
  EXPECT_GT(copyCycles(withoutCaches), 128u);
}

// Nobody else is there, so the DMA engine's words find their banks free.
TEST(L1Conflicts, DmaAlone) {
  EXPECT_EQ(copyCycles(withConflicts), copyCycles(withoutCaches));
}

// Nor is there anybody else at the port.
TEST(L2Port, DmaAlone) {
  EXPECT_EQ(copyCycles(withPort), copyCycles(withoutCaches));
}

/// Core 0 copies 4 KB to L1 while core 1 loads a word from `address`, some
/// cycles later; the cycles that core 1 waits.
uint64_t loadWait(TimingOptions timing, const char *address) {
  TestMachine machine(nullptr, 0, timing);
  machine.load((Twine("csrr t0, 0xF14\nlui a1, 0x1C080\nbnez t0, 2f\n") + R"(
    lui  a0, 0x10001
    lui  a2, 0x10204
    addi a3, a2, 0x400
    lw   t1, 0(a3)
    li   t0, 0x161000
    sw   t0, 0(a3)
    sw   a0, 0(a3)
    sw   a1, 0(a3)
 9: j 9b
 2: .rept 60
    nop
    .endr
  )" + address + "\nlw t2, 0(a1)\n8: j 8b\n")
                   .str());
  machine.start(0);
  machine.start(1);
  machine.run(Machine::Outcome::OutOfCycles, 2000);
  return machine->getCore(1).stall(CycleCause::Memory);
}

TEST(L2Port, LoadsWaitForBursts) {
  uint64_t alone = loadWait(withoutCaches, "nop");
  EXPECT_EQ(alone, 14u);
  // Of 8 bursts of 32 cycles that were asked for before, some are through.
  uint64_t wait = loadWait(withPort, "nop") - alone;
  EXPECT_GT(wait, 7 * 24u);
  EXPECT_LE(wait, 8 * 32u);
}

TEST(L2Port, L1IsNotBehindIt) {
  EXPECT_EQ(loadWait(withPort, "lui a1, 0x10001"), 0u);
}

} // namespace
