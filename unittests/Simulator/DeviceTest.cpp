// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Devices: DMA, event unit, timers, output, semihosting.

#include "TestMachine.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace se::sim;

namespace {

constexpr StringLiteral prologue = R"(
  lui a0, 0x10001
  lui a1, 0x1C080
  lui a2, 0x10204
  addi a3, a2, 0x400
)";

/// A command of a core with event, and the wait for it.
std::string copy(uint32_t flags, StringRef more = "") {
  return "li t3, 0x100\n sw t3, 0(a2)\n lw t0, 0(a3)\n li t4, " +
         std::to_string(flags | 1 << 18 | 1 << 20) +
         "\n sw t4, 0(a3)\n sw a0, 0(a3)\n sw a1, 0(a3)\n" + more.str() +
         ".insn i 0x03, 6, x6, 0x3C(x12)\n lw s2, 4(a3)\n"
         "li t4, 1\n sll t4, t4, t0\n sw t4, 4(a3)\n lw s3, 4(a3)\n";
}
constexpr uint32_t toL1 = 1 << 17, twoDim = 1 << 19;

void runOnCore0(TestMachine &machine, StringRef text) {
  machine.load(prologue.str() + text.str() + "li a0, 0\n" + exitWithA0.str());
  machine.start(0);
  machine.run();
}

TEST(Dma, CopiesBothWays) {
  for (uint32_t size : {1u, 3u, 4u, 64u, 257u, 1000u}) {
    TestMachine machine;
    std::vector<uint8_t> in(size), out(size);
    for (uint32_t i = 0; i != size; ++i)
      in[i] = uint8_t(i * 7 + 1);
    machine.write(dataL2, in);
    runOnCore0(machine, copy(size | toL1) + "lui a1, 0x1C090\n" + copy(size));
    std::memcpy(out.data(), machine->translate(0x1C090000, size), size);
    EXPECT_EQ(in, out);
    // The byte behind is untouched.
    EXPECT_EQ(*machine->translate(dataL1 + size, 1), 0x57);
    EXPECT_EQ(machine->getDma().getStatistics().bytes, 2 * size);
    // Counter 0 was allocated and idle, then free.
    EXPECT_EQ(machine->getCore(0).x[18], 0x10000u);
    EXPECT_EQ(machine->getCore(0).x[19], 0u);
  }
}

TEST(Dma, TwoDimensions) {
  TestMachine machine;
  for (uint32_t i = 0; i != 64; ++i)
    machine.writeWord(dataL2 + 4 * i, i);
  // 4 lines of 8 bytes that lie 32 bytes apart.
  runOnCore0(machine,
             copy(32 | toL1 | twoDim,
                  "li t5, 8\n sw t5, 0(a3)\n li t5, 32\n sw t5, 0(a3)\n"));
  for (uint32_t line = 0; line != 4; ++line)
    for (uint32_t word = 0; word != 2; ++word)
      EXPECT_EQ(machine.readWord(dataL1 + 8 * line + 4 * word),
                8 * line + word);
}

/// The third command of a core waits for room, and data arrives in order.
TEST(Dma, FullQueueStalls) {
  TestMachine machine;
  std::string text = "li t3, 0x100\n sw t3, 0(a2)\n lw t0, 0(a3)\n li t4, " +
                     std::to_string(4096 | toL1 | 1 << 18 | 1 << 20) + "\n";
  for (int i = 0; i != 16; ++i)
    text += "sw t4, 0(a3)\n sw a0, 0(a3)\n sw a1, 0(a3)\n";
  runOnCore0(machine, text + ".insn i 0x03, 6, x6, 0x3C(x12)\n");
  CoreStatistics s = machine->getStatistics(machine->getCore(0));
  EXPECT_GT(s.cycles[unsigned(CycleCause::DmaQueue)], 1000u);
  EXPECT_EQ(machine->getDma().getStatistics().bytes, 16u * 4096);
  EXPECT_NEAR(machine->getDma().getStatistics().busyCycles, 16 * 512, 2);
}

TEST(Dma, NoFreeCounterStalls) {
  TestMachine machine;
  // 16 allocations; the 17th waits until core 1 frees one.
  machine.load(prologue.str() + ".rept 17\n lw t0, 0(a3)\n .endr\n" +
               "mv a0, t0\n" + exitWithA0.str());
  machine.load(prologue.str() +
                   ".rept 100\n nop\n .endr\n li t0, 0x20\n sw t0, 4(a3)\n"
                   "1: j 1b\n",
               0x1C020000);
  machine.start(0);
  machine.start(1, 0x1C020000);
  machine.run();
  EXPECT_EQ(machine->getExitStatus(), 5u);
}

TEST(EventUnit, SoftwareEvent) {
  TestMachine machine;
  // Core 0 waits for event 3; core 1 raises it after 100 cycles.
  machine.load(prologue.str() +
               "li t0, 8\n sw t0, 0(a2)\n .insn i 0x03, 6, x5, 0x3C(x12)\n"
               "lw a0, 0x1C(a2)\n" +
               exitWithA0.str());
  machine.load(prologue.str() +
                   ".rept 100\n nop\n .endr\n li t0, 1\n sw t0, 0x10C(a2)\n"
                   "1: j 1b\n",
               0x1C020000);
  machine.start(0);
  machine.start(1, 0x1C020000);
  machine.run();
  EXPECT_EQ(machine->getExitStatus(), 0u); // the buffer was cleared
  CoreStatistics s = machine->getStatistics(machine->getCore(0));
  EXPECT_GT(s.cycles[unsigned(CycleCause::Sleep)], 80u);
}

/// Eight cores count in L1 under a mutex.
TEST(EventUnit, MutexExcludes) {
  TestMachine machine;
  machine.writeWord(dataL1, 0);
  machine.load(prologue.str() + R"(
    li t0, 0x30000
    sw t0, 0(a2)
    li t0, 0xff
    sw t0, 0x200(a2)
    sw t0, 0x20C(a2)
    .insn i 0x03, 6, x5, 0x21C(x12)
    li t1, 20
  1: .insn i 0x03, 6, x5, 0xC0(x12)
    lw t0, 0(a0)
    addi t0, t0, 1
    nop
    sw t0, 0(a0)
    sw x0, 0xC0(a2)
    addi t1, t1, -1
    bnez t1, 1b
    .insn i 0x03, 6, x5, 0x21C(x12)
    lw a0, 0(a0)
  )" + exitWithA0.str());
  for (unsigned i = 0; i != 8; ++i)
    machine.start(i);
  machine.run();
  EXPECT_EQ(machine->getExitStatus(), 160u);
}

TEST(EventUnit, Dispatch) {
  TestMachine machine;
  // Core 1 gets the value that core 0 pushes for the team of core 1 alone.
  machine.load(prologue.str() +
               "li t0, 0x40000\n sw t0, 0(a2)\n"
               ".insn i 0x03, 6, x10, 0x80(x12)\n" +
               exitWithA0.str());
  machine.load(prologue.str() +
                   ".rept 50\n nop\n .endr\n li t0, 2\n sw t0, 0x84(a2)\n"
                   "li t0, 77\n sw t0, 0x80(a2)\n 1: j 1b\n",
               0x1C020000);
  machine.start(1);
  machine.start(0, 0x1C020000);
  machine.run();
  EXPECT_EQ(machine->getExitStatus(), 77u);
}

TEST(Devices, Timer) {
  TestMachine machine;
  machine.load(R"(
    lui a1, 0x1A10B
    li a2, 3
    sw a2, 0(a1)      # enable and reset
    lw a3, 8(a1)
    .rept 50
    nop
    .endr
    lw a4, 8(a1)
    sub a0, a4, a3
  )" + exitWithA0.str());
  machine.start(machine.fc().index);
  machine.run();
  EXPECT_EQ(machine->getExitStatus(), 59u);
}

TEST(Devices, FabricControllerStartsCluster) {
  TestMachine machine;
  machine.load(R"(
    lui a0, 0x10201
    li a1, -1
    sw a1, 0x400(a0)    # instruction cache
    lui a0, 0x10200
    lui a1, 0x1C020
    .rept 8
    sw a1, 0x40(a0)
    addi a0, a0, 4
    .endr
    lui a0, 0x10200
    li a1, 0xff
    sw a1, 8(a0)
    lui a2, 0x1C080
  1: lw a0, 0(a2)
    beqz a0, 1b
  )" + exitWithA0.str());
  // Core 7 tells its number.
  machine.load("csrr a0, mhartid\n li a1, 7\n bne a0, a1, 1f\n"
               "lui a2, 0x1C080\n sw a0, 0(a2)\n 1: j 1b\n",
               0x1C020000);
  machine.writeWord(dataL2, 0);
  machine.start(machine.fc().index);
  machine.run();
  EXPECT_EQ(machine->getExitStatus(), 7u);
  CoreStatistics idle = machine->getStatistics(machine->getCore(8));
  EXPECT_EQ(idle.cycles[unsigned(CycleCause::Off)], machine->getTime());
}

TEST(Devices, StandardOutput) {
  TestMachine machine;
  machine.load("lui a1, 0x1A110\n li a2, 'h'\n sb a2, -0x80(a1)\n"
               "li a2, 'i'\n sb a2, -0x80(a1)\n li a2, '\\n'\n"
               "sw a2, -0x80(a1)\n li a0, 3\n" +
               exitWithA0.str());
  machine.start(machine.fc().index);
  machine.run();
  EXPECT_EQ(machine.output, "hi\n");
  EXPECT_EQ(machine->getExitStatus(), 3u);
}

/// Calls number a0 with the block at a1.
constexpr StringLiteral semihost = R"(
  .option push
  .option norvc
  slli x0, x0, 0x1f
  ebreak
  srai x0, x0, 7
  .option pop
)";

TEST(Semihosting, Files) {
  FileSystem files;
  files.setFile("in", {1, 2, 3, 4, 5});
  files.allowFile("out", 100);
  TestMachine machine(&files);
  machine.write(dataL2, ArrayRef<uint8_t>({'i', 'n', 0, 'o', 'u', 't', 0}));
  auto block = [&](std::initializer_list<uint32_t> words) {
    uint32_t address = 0x1C081000;
    for (uint32_t word : words) {
      machine.writeWord(address, word);
      address += 4;
    }
  };
  block(
      {dataL2, 1, 2, 1, 0x1C082000, 8, dataL2 + 3, 5, 3, 2, 0x1C082000, 4, 1});
  auto call = [](unsigned number, unsigned offset) {
    return "li a0, " + std::to_string(number) + "\n addi a1, s0, " +
           std::to_string(offset) + "\n" + semihost.str();
  };
  machine.load("lui s0, 0x1C081\n" + call(1, 0) + "mv s2, a0\n" + call(6, 12) +
               "mv s3, a0\n" + call(0xC, 12) + "mv s6, a0\n" + call(1, 24) +
               "mv s4, a0\n" + call(5, 36) + "mv s5, a0\n" + call(2, 48) +
               "mv s7, a0\n" + call(2, 48) + "mv s8, a0\n" +
               "li a0, 0x18\n li a1, 0x20026\n" + semihost.str());
  machine.start(machine.fc().index);
  machine.run();
  auto &x = machine.fc().x;
  EXPECT_EQ(x[18], 1u); // handles
  EXPECT_EQ(x[20], 2u);
  EXPECT_EQ(x[19], 3u);  // 3 of 8 bytes were not read
  EXPECT_EQ(x[22], 5u);  // length
  EXPECT_EQ(x[21], 0u);  // all written
  EXPECT_EQ(x[23], 0u);  // closed
  EXPECT_EQ(x[24], ~0u); // not twice
  EXPECT_EQ(machine->getExitStatus(), 0u);
  const std::vector<uint8_t> *out = files.getFile("out");
  ASSERT_TRUE(out);
  EXPECT_EQ(*out, (std::vector<uint8_t>{1, 2, 3, 4}));
  EXPECT_EQ(files.getFile("other"), nullptr);
}

TEST(Semihosting, TextAndFailure) {
  TestMachine machine;
  machine.write(dataL2, ArrayRef<uint8_t>({'h', 'e', 'y', '\n', 0}));
  machine.load("lui a1, 0x1C080\n li a0, 4\n" + semihost.str() +
               "li a0, 0x18\n li a1, 0x20023\n" + semihost.str());
  machine.start(machine.fc().index);
  machine.run();
  EXPECT_EQ(machine.output, "hey\n");
  EXPECT_EQ(machine->getExitStatus(), 1u);
}

} // namespace
