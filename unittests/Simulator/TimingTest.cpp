// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cycles of short programs. The numbers are those of
// docs/hardware/pulp-open.md; those marked "measured" were taken from the same
// code on GVSoC with a warm instruction cache.

#include "TestMachine.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace se::sim;

namespace {

/// Registers of the measured code: a0 L1, a1 L2, a2 event unit, a3 DMA,
/// a4 cluster timer, t1 1.0, t2 two 1.0 halves.
constexpr StringLiteral prologue = R"(
  lui a0, 0x10001
  lui a1, 0x1C080
  lui a2, 0x10204
  addi a3, a2, 0x400
  lui a4, 0x10200
  addi a4, a4, 0x400
  lui t1, 0x3f800
  lui t2, 0x3c004
  addi t2, t2, -0x400
)";

/// The cycles of `text` on each of `cores` cores that start together.
std::vector<uint32_t> measure(StringRef text, unsigned cores = 1) {
  TestMachine machine;
  machine.load(".option norvc\n" + prologue.str() + "csrr s10, 0xB00\n" +
               text.str() +
               "\ncsrr s11, 0xB00\n sub s11, s11, s10\n 9: j 9b\n");
  for (unsigned i = 0; i != cores; ++i)
    machine.start(i);
  machine.run(Machine::Outcome::OutOfCycles, 50000);
  std::vector<uint32_t> cycles;
  for (unsigned i = 0; i != cores; ++i)
    // The reading instruction itself takes one.
    cycles.push_back(machine->getCore(i).x[27] - 1);
  return cycles;
}

std::string repeat(unsigned n, StringRef text) {
  return (".rept " + Twine(n) + "\n" + text + "\n.endr\n").str();
}

void expectCycles(StringRef text, uint32_t cycles) {
  EXPECT_EQ(measure(text)[0], cycles) << text.str();
}

TEST(Timing, OneCycle) {
  for (const char *text : {"add t0, t1, t2",
                           "lui t0, 5",
                           "slli t0, t0, 3",
                           "csrr t0, 0xB00",
                           "lw t0, 0(a0)",
                           "sw t0, 0(a0)",
                           "lh t0, 1(a0)",
                           ".insn i 0x0B, 2, x5, 0(x10)",
                           ".insn s 0x2B, 2, x5, 0(x10)",
                           ".insn r 0x33, 0, 0x21, x5, x6, x7", // p.mac
                           ".insn r 0x57, 1, 0x5C, x5, x6, x7", // pv.sdotsp.b
                           ".insn r 0x5B, 0, 0x43, x5, x6, x7", // p.mulsN
                           "fadd.s t0, t0, t1",
                           "fmadd.s t0, t1, t1, t0",
                           "fcvt.s.h t0, t2",
                           ".insn r 0x33, 2, 0x48, x5, x6, x7", // vfmac.h
                           ".insn r 0x33, 0, 0x4B, x5, x6, x7", // vfdotpex.s.h
                           "lw t0, 0(a2)",
                           "sw t0, 0x28(a2)",
                           "lw t0, 4(a3)",
                           "bne x0, x0, 9f"})
    expectCycles(repeat(10, text), 10);
}

TEST(Timing, LoadUse) {
  expectCycles("lw t0, 0(a0)\n add t3, t0, t0", 3);
  expectCycles("lw t0, 0(a0)\n nop\n add t3, t0, t0", 3);
  expectCycles("lw t0, 0(a0)\n sw t0, 4(a0)", 3);
  // The pointer of a post-increment is there at once.
  expectCycles(".insn i 0x0B, 2, x5, 0(x10)\n add t3, a0, a0", 2);
  // An accumulator is a source.
  expectCycles("lw t0, 0(a0)\n .insn r 0x33, 0, 0x21, x5, x6, x7", 3);
  // x0 never waits.
  expectCycles("lw x0, 0(a0)\n add t3, x0, x0", 2);
}

TEST(Timing, Misaligned) {
  expectCycles("lw t0, 1(a0)", 2);
  expectCycles("sw t0, 2(a0)", 2);
  expectCycles("lh t0, 3(a0)", 2);
}

TEST(Timing, L2AndPeripherals) {
  expectCycles(repeat(4, "lw t0, 0(a1)"), 4 * 15);
  expectCycles(repeat(4, "sw t0, 0(a1)"), 4 * 15);
  expectCycles("lw t0, 0(a1)\n add t3, t0, t0", 17);
  expectCycles(repeat(4, "lw t0, 0(a4)"), 4 * 3);
  // Of the FC; measured.
  expectCycles("lui a5, 0x1A10B\n" + repeat(4, "lw t0, 8(a5)"), 1 + 4 * 23);
}

TEST(Timing, Multiplication) {
  expectCycles("mul t0, t1, t2\n add t3, t4, t4", 3);
  expectCycles("mul t0, t1, t2\n add t3, t0, t0", 4);
  expectCycles("mulh t0, t1, t2\n add t3, t4, t4", 6);
  expectCycles("mulhu t0, t1, t2\n add t3, t0, t0", 7);
}

TEST(Timing, Division) {
  struct {
    const char *op;
    int32_t divisor;
    uint32_t cycles;
  } const cases[] = {{"div", 7, 32},  {"div", 1, 34},      {"rem", 0xffff, 19},
                     {"div", -7, 31}, {"divu", -7, 3},     {"div", 0, 1},
                     {"divu", 0, 34}, {"remu", 0x100, 26}, {"div", -1, 33}};
  for (auto &c : cases) {
    std::string op = std::string(c.op) + " t0, t1, t2\n";
    std::string set = ("li t2, " + Twine(c.divisor) + "\n").str();
    EXPECT_EQ(measure(set + op)[0] - measure(set)[0], c.cycles)
        << c.op << " " << c.divisor;
  }
}

TEST(Timing, BranchesAndJumps) {
  expectCycles("beq x0, x0, 1f\n nop\n 1:", 3);
  expectCycles("j 1f\n nop\n 1:", 2);
  expectCycles("jal t0, 1f\n nop\n 1:", 2);
  expectCycles("auipc t0, 0\n jalr t3, 8(t0)", 3);
}

TEST(Timing, HardwareLoop) {
  // Set-up of the count and the loop, then 100 x 1 instruction.
  expectCycles("li t0, 100\n .word (((1f - .)/2) << 20) | (5 << 15) | "
               "(4 << 12) | 0x7B\n 1: addi t3, t3, 1",
               102);
}

TEST(Timing, FloatDivision) {
  expectCycles(repeat(4, "fdiv.s t0, t1, t1"), 4 * 14);
  expectCycles(repeat(4, "fsqrt.s t0, t1"), 4 * 14);
  expectCycles(repeat(4, "fdiv.h t0, t2, t2"), 4 * 10);
}

uint32_t maximum(const std::vector<uint32_t> &values) {
  return *std::max_element(values.begin(), values.end());
}

/// Cores i and i + 4 share an FPU.
TEST(Timing, FpuSharing) {
  std::string macs = repeat(1600, ".insn r 0x33, 2, 0x48, x5, x6, x7");
  EXPECT_EQ(maximum(measure(macs, 4)), 1600u);
  EXPECT_EQ(maximum(measure(macs, 8)), 3200u);
  // Every other instruction leaves room for the other core.
  EXPECT_LE(maximum(measure(repeat(100, "fadd.s t0, t0, t1\n nop"), 8)), 202u);
}

/// One divider: 64 divisions of 14 cycles on 8 cores. GVSoC measures 886 to
/// 899 for the last core.
TEST(Timing, DividerSharing) {
  EXPECT_EQ(maximum(measure(repeat(8, "fdiv.s t0, t1, t1"), 8)), 64u * 14);
}

constexpr StringLiteral barrierSetup = R"(
  li t3, 0x10000
  sw t3, 0(a2)        # event mask
  li t3, 0xff
  sw t3, 0x200(a2)    # trigger mask
  sw t3, 0x20C(a2)    # target mask
)";
constexpr StringLiteral barrier = ".insn i 0x03, 6, x5, 0x21C(x12)\n";

TEST(Timing, Barrier) {
  std::string setup = barrierSetup.str() + barrier.str();
  uint32_t once = measure(setup, 8)[0];
  auto eleven = measure(setup + repeat(10, barrier), 8);
  // Measured: ten barriers in a row take 50 cycles on every core.
  for (uint32_t cycles : eleven)
    EXPECT_EQ(cycles - once, 50u);
}

/// All cores leave together, after the last one has come.
TEST(Timing, BarrierWaitsForTheLast) {
  auto cycles = measure(barrierSetup.str() + barrier.str() +
                            "csrr t3, 0xF14\n slli t3, t3, 5\n"
                            "1: addi t3, t3, -1\n bgez t3, 1b\n" +
                            barrier.str(),
                        8);
  for (uint32_t c : cycles)
    EXPECT_EQ(c, cycles[0]);
  EXPECT_GT(cycles[0], 7 * 32 * 4u);
}

/// What `text` takes on each core after a barrier at which cores arrive in the
/// order of their numbers, or the other way round.
std::vector<uint32_t> measureBehindBarrier(StringRef text, bool backwards) {
  std::string delay = "csrr t3, 0xF14\n";
  if (backwards)
    delay += "xori t3, t3, 7\n";
  return measure(barrierSetup.str() + barrier.str() + delay +
                     "slli t3, t3, 3\n1: addi t3, t3, -1\n bgez t3, 1b\n" +
                     barrier.str() + "csrr s10, 0xB00\n" + text.str(),
                 8);
}

/// Of two cores that ask for an FPU at once the one that was woken last gets
/// it: who came last to the barrier, then higher numbers before lower ones.
/// Measured.
TEST(Timing, FpuOrder) {
  const char *add = "fadd.s t0, t1, t1";
  EXPECT_EQ(measureBehindBarrier(add, /*backwards=*/false),
            (std::vector<uint32_t>{2, 2, 2, 2, 1, 1, 1, 1}));
  EXPECT_EQ(measureBehindBarrier(add, /*backwards=*/true),
            (std::vector<uint32_t>{1, 2, 2, 2, 2, 1, 1, 1}));
}

/// The FPU is asked before the wait for a loaded operand, which hides that
/// another core was served first. Measured.
TEST(Timing, FpuAndLoadUse) {
  for (uint32_t cycles :
       measureBehindBarrier("lw t0, 0(a0)\n fadd.s t3, t0, t0", false))
    EXPECT_EQ(cycles, 3u);
}

TEST(Timing, EventThatIsThere) {
  // Measured: 5 cycles when the event is there already.
  std::string setup = "li t3, 8\n sw t3, 0(a2)\n li t3, 1\n";
  uint32_t base = measure(setup + "sw t3, 0x10C(a2)\n")[0];
  uint32_t waits =
      measure(setup + "sw t3, 0x10C(a2)\n .insn i 0x03, 6, x5, 0x3C(x12)\n")[0];
  EXPECT_EQ(waits - base, 5u);
}

TEST(Timing, Mutex) {
  std::string setup = "li t3, 0x20000\n sw t3, 0(a2)\n";
  std::string lock = ".insn i 0x03, 6, x5, 0xC0(x12)\n sw x0, 0xC0(a2)\n";
  // Measured: locking a free mutex takes 3 cycles.
  EXPECT_EQ(measure(setup + lock)[0] - measure(setup)[0], 4u);
}

/// Sets up, issues one command, waits for it and frees its counter.
uint32_t copyCycles(uint32_t size, bool toL1) {
  return measure("li t3, 0x10100\n sw t3, 0(a2)\n lw t0, 0(a3)\n"
                 "li t4, " +
                 std::to_string(size | toL1 << 17 | 1 << 18 | 1 << 20) + R"(
    sw t4, 0(a3)
    sw a0, 0(a3)
    sw a1, 0(a3)
    li t2, 1
    sll t2, t2, t0
  2: .insn i 0x03, 6, x30, 0x3C(x12)
    lw t3, 4(a3)
    and t3, t3, t2
    bnez t3, 2b
    sw t2, 4(a3)
    li t1, 0x10001
    sw t1, 0(a2)
    li t1, 0x100
    sw t1, 0x28(a2)
  )")[0];
}

/// Measured. 64 B to 32 KB; the two directions differ by a cycle per burst.
TEST(Timing, Dma) {
  EXPECT_NEAR(copyCycles(16, true), 27, 2);
  EXPECT_NEAR(copyCycles(64, true), 33, 2);
  EXPECT_NEAR(copyCycles(256, true), 58, 2);
  EXPECT_NEAR(copyCycles(512, true), 89, 2);
  EXPECT_NEAR(copyCycles(1024, true), 153, 2);
  EXPECT_NEAR(copyCycles(8192, true), 1048, 2);
  EXPECT_NEAR(copyCycles(32768, true), 4120, 2);
  EXPECT_NEAR(copyCycles(64, false), 33, 2);
  EXPECT_NEAR(copyCycles(1024, false), 156, 2);
  EXPECT_NEAR(copyCycles(8192, false), 1079, 2);
  EXPECT_NEAR(copyCycles(32768, false), 4247, 2);
}

/// Nops between the last word of a command and a look at the status that shows
/// the transfer under way: one less than those after which it has ended.
unsigned mostBusyNops(uint32_t size) {
  for (unsigned nops = 0;; ++nops) {
    TestMachine machine;
    machine.load(".option norvc\n" + prologue.str() + "lw t0, 0(a3)\nli t4, " +
                 std::to_string(size | 1 << 17 | 1 << 18 | 1 << 20) +
                 "\nsw t4, 0(a3)\nsw a0, 0(a3)\nsw a1, 0(a3)\n" +
                 repeat(nops, "nop") + "lw t3, 4(a3)\n9: j 9b\n");
    machine.start(0);
    machine.run(Machine::Outcome::OutOfCycles, 5000);
    if (!(machine->getCore(0).x[28] & 0xffff))
      return nops - 1;
  }
}

/// Who looks in the very cycle in which the last word moves sees the transfer
/// under way. Measured.
TEST(Timing, DmaStatus) {
  EXPECT_EQ(mostBusyNops(16), 3u);
  EXPECT_EQ(mostBusyNops(32), 5u);
  EXPECT_EQ(mostBusyNops(52), 8u);
  EXPECT_EQ(mostBusyNops(64), 9u);
}

/// The RI5CY counters, over one instruction of each kind. Measured.
TEST(Timing, Counters) {
  std::string text = R"(
    csrw 0x79F, x0
    li t0, 0xfff
    csrw 0xCC0, t0
    li t0, 1
    csrw 0xCC1, t0
    lw t0, 0(a0)
    add t3, t0, t0
    sw t3, 0(a0)
    j 1f
    nop
  1: beq x0, x0, 1f
  1: bne x0, x0, 1f
  1: csrw 0xCC1, x0
  )";
  auto counter = [&](unsigned n) {
    return measure(text + "csrr t5, 0x780 + " + std::to_string(n) +
                   "\n csrr s11, 0xB00\n sub s10, s11, t5\n")[0] -
           1;
  };
  const uint32_t expected[] = {10, 6, 1, 0, 0, 1, 1, 1, 2, 1, 0, 0};
  for (unsigned n = 0; n != std::size(expected); ++n)
    EXPECT_EQ(counter(n), expected[n]) << n;
}

/// The FC: L2 in one cycle, the cluster in 15, its own peripherals in 9.
/// Measured.
TEST(Timing, FabricController) {
  auto cyclesOnFc = [](StringRef text) {
    TestMachine machine;
    machine.load(".option norvc\n" + prologue.str() + "lui a5, 0x1A104\n" +
                 "csrr s10, 0xB00\n" + text.str() +
                 "\ncsrr s11, 0xB00\n sub s11, s11, s10\n 9: j 9b\n");
    machine.start(machine.fc().index);
    machine.run(Machine::Outcome::OutOfCycles, 1000);
    return machine.fc().x[27] - 1;
  };
  EXPECT_EQ(cyclesOnFc("lw t0, 0(a1)"), 1u);
  EXPECT_EQ(cyclesOnFc("lw t0, 0(a1)\n add t3, t0, t0"), 3u);
  EXPECT_EQ(cyclesOnFc("lw t0, 0(a0)"), 15u);
  EXPECT_EQ(cyclesOnFc("lw t0, 4(a5)"), 9u);
}

/// Every cycle of every core has a cause.
TEST(Timing, CausesSumUp) {
  TestMachine machine;
  machine.load(".option norvc\n" + prologue.str() + barrierSetup.str() +
               "csrr t3, 0xF14\n addi t3, t3, 1\n"
               "1: lw t0, 0(a1)\n mul t0, t0, t0\n fdiv.s t4, t1, t1\n"
               "addi t3, t3, -1\n bnez t3, 1b\n" +
               barrier.str() + "li a0, 0\n" + exitWithA0.str());
  for (unsigned i = 0; i != 8; ++i)
    machine.start(i);
  machine.run();
  for (unsigned i = 0; i != 10; ++i) {
    CoreStatistics s = machine->getStatistics(machine->getCore(i));
    uint64_t sum = 0;
    for (uint64_t cycles : s.cycles)
      sum += cycles;
    EXPECT_EQ(sum, machine->getTime()) << "core " << i;
  }
}

} // namespace
