// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Races and uninitialised reads: what programs in C do not reach.

#include "../../lib/Simulator/RaceShadow.h"
#include "TestMachine.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace se::sim;

namespace {

//===-- The shadow of L1 --------------------------------------------------===//

/// Four cores that know of each other what `sync` told them.
struct Shadow {
  RaceShadow races{64, 4};
  VectorClock known[4];

  Shadow() {
    for (unsigned i = 0; i != 4; ++i)
      known[i].at[i] = 1;
  }
  ThreadAccess by(unsigned core, uint32_t pc) {
    return {core, known[core].at[core], known[core], pc};
  }
  /// The pc of the earlier access of the race; 0 if there is none.
  uint32_t read(unsigned core, uint32_t pc, uint32_t offset, uint32_t size) {
    auto conflict = races.read(by(core, pc), offset, size);
    return conflict ? conflict->pc : 0;
  }
  uint32_t write(unsigned core, uint32_t pc, uint32_t offset, uint32_t size) {
    auto conflict = races.write(by(core, pc), offset, size);
    return conflict ? conflict->pc : 0;
  }
  void sync(unsigned from, unsigned to) {
    known[to].join(known[from]);
    known[from].at[from] += 1;
  }
};

TEST(RaceShadow, NeighbouringBytes) {
  Shadow s;
  EXPECT_EQ(s.write(0, 1, 8, 1), 0u);
  EXPECT_EQ(s.write(1, 2, 9, 2), 0u);
  EXPECT_EQ(s.read(2, 3, 11, 1), 0u);
  EXPECT_EQ(s.read(2, 4, 8, 4), 1u); // byte 8 is not ordered
  s.sync(0, 2);
  EXPECT_EQ(s.read(2, 4, 8, 4), 2u); // nor are bytes 9 and 10
  s.sync(1, 2);
  EXPECT_EQ(s.read(2, 4, 8, 4), 0u);
  EXPECT_EQ(s.write(0, 5, 11, 1), 4u); // the later of two reads
}

TEST(RaceShadow, ReadsOfAWordThatIsSplitLater) {
  Shadow s;
  EXPECT_EQ(s.read(0, 1, 4, 4), 0u);
  s.sync(0, 1);
  EXPECT_EQ(s.read(2, 2, 4, 1), 0u);
  EXPECT_EQ(s.write(1, 3, 5, 1), 0u); // core 0 read it before, core 2 did not
  EXPECT_EQ(s.write(1, 3, 4, 1), 2u);
}

TEST(RaceShadow, WordWriteJoinsItsBytes) {
  Shadow s;
  EXPECT_EQ(s.write(0, 1, 0, 1), 0u);
  EXPECT_EQ(s.write(0, 2, 0, 4), 0u);
  auto conflict = s.races.read(s.by(1, 3), 2, 2);
  ASSERT_TRUE(conflict.has_value());
  EXPECT_EQ(conflict->offset, 2u);
  EXPECT_EQ(conflict->thread, 0u);
  EXPECT_EQ(conflict->pc, 2u);
  EXPECT_TRUE(conflict->isWrite);
}

TEST(RaceShadow, AccessAcrossWords) {
  Shadow s;
  EXPECT_EQ(s.write(0, 1, 6, 4), 0u);
  EXPECT_EQ(s.read(1, 2, 4, 2), 0u);
  EXPECT_EQ(s.read(1, 2, 10, 2), 0u);
  EXPECT_EQ(s.read(1, 2, 4, 4), 1u);
  EXPECT_EQ(s.read(1, 2, 9, 1), 1u);
}

TEST(RaceShadow, EachReaderCounts) {
  Shadow s;
  for (unsigned core : {0, 1, 2})
    EXPECT_EQ(s.read(core, 10 + core, 16, 4), 0u);
  s.sync(0, 3);
  s.sync(2, 3);
  EXPECT_EQ(s.write(3, 1, 16, 4), 11u);
  s.sync(1, 3);
  EXPECT_EQ(s.write(3, 1, 16, 4), 0u);
}

TEST(RaceShadow, Lock) {
  Shadow s;
  EXPECT_EQ(s.write(0, 1, 20, 4), 0u);
  s.races.makeLock(20);
  EXPECT_EQ(s.write(1, 2, 20, 8), 0u);
  EXPECT_EQ(s.write(2, 3, 20, 4), 0u);
  EXPECT_EQ(s.write(2, 3, 20, 8), 2u); // the word behind it is no lock
}

//===-- Programs ----------------------------------------------------------===//

/// What the run found, with each pc in hexadecimal.
std::string findingOf(TestMachine &machine) {
  machine.run(Machine::Outcome::Trapped);
  return machine->getChecker()->getFinding(
      [](uint32_t pc) { return formatv("{0:x8}", pc).str(); });
}

constexpr StringLiteral prologue = R"(
  lui a0, 0x10001
  lui a1, 0x1C080
  lui a2, 0x10204
  addi a3, a2, 0x400
)";
constexpr uint32_t secondCode = 0x1C020000;

TEST(Checks, FabricControllerRacesInL1) {
  TestMachine machine(nullptr, 0, withoutCaches, /*check=*/true);
  machine.load(prologue.str() + "sw x0, 4(a0)\n 1: j 1b");
  machine.load(prologue.str() + ".rept 50\n nop\n .endr\n lh a4, 6(a0)",
               secondCode);
  machine.start(0);
  machine.start(machine.fc().index, secondCode);
  EXPECT_EQ(findingOf(machine),
            "race: core fc reads 0x10001006 at 0x1c020074, written by core 0 "
            "at 0x1c010010 with no barrier between");
}

/// Cores 0 and 1 hand over by a flag in L2, by the dispatch queue, and by an
/// event that the second finds in its buffer without sleeping.
TEST(Checks, HandOver) {
  struct {
    StringRef pass, take;
  } ways[] = {
      {"li t0, 1\n sw t0, 0(a1)", "1: lw t0, 0(a1)\n beqz t0, 1b"},
      {"li t0, 2\n sw t0, 0x84(a2)\n sw t0, 0x80(a2)",
       "li t0, 0x40000\n sw t0, 0(a2)\n .insn i 0x03, 6, x5, 0x80(x12)"},
      {"li t0, 2\n sw t0, 0x10C(a2)", "1: lw t0, 0x1C(a2)\n beqz t0, 1b"},
  };
  for (auto [pass, take] : ways) {
    TestMachine machine(nullptr, 0, withoutCaches, /*check=*/true);
    machine.writeWord(dataL2, 0);
    machine.load(prologue.str() + ".rept 100\n nop\n .endr\n sw x0, 4(a0)\n" +
                 pass.str() + "\n 1: j 1b");
    machine.load(prologue.str() + take.str() + "\n lw a0, 4(a0)\n" +
                     exitWithA0.str(),
                 secondCode);
    machine.start(0);
    machine.start(1, secondCode);
    machine.run();
  }
}

/// What core 0 does after it has passed on is not part of it.
TEST(Checks, PassesOnNoMoreThanWasDone) {
  TestMachine machine(nullptr, 0, withoutCaches, /*check=*/true);
  machine.load(prologue.str() +
               "li t0, 2\n sw t0, 0x10C(a2)\n sw x0, 4(a0)\n 1: j 1b");
  machine.load(prologue.str() + ".rept 50\n nop\n .endr\n"
                                "lw t0, 0x1C(a2)\n lw t0, 4(a0)",
               secondCode);
  machine.start(0);
  machine.start(1, secondCode);
  EXPECT_EQ(findingOf(machine),
            "race: core 1 reads 0x10001004 at 0x1c020078, written by core 0 "
            "at 0x1c010016 with no barrier between");
}

/// Of a transfer that lies far back only the place of issue is known.
TEST(Checks, OldTransfer) {
  TestMachine machine(nullptr, 0, withoutCaches, /*check=*/true);
  std::string text = prologue.str() + "li t4, " +
                     std::to_string(4 | 1 << 17 | 1 << 18) +
                     "\n lw t0, 0(a3)\n li t1, 65\n"
                     "1: sw t4, 0(a3)\n sw a0, 0(a3)\n sw a1, 0(a3)\n"
                     "addi a0, a0, 4\n addi t1, t1, -1\n bnez t1, 1b\n"
                     "lw t2, -260(a0)\n";
  machine.load(text);
  machine.start(0);
  machine.write(dataL2, std::vector<uint8_t>(4));
  EXPECT_EQ(findingOf(machine),
            "race: core 0 reads 0x10001000 at 0x1c01002e, written by a DMA "
            "transfer (issued at 0x1c010024) with no wait between");
}

TEST(Checks, SemihostingReads) {
  TestMachine machine(nullptr, 0, withoutCaches, /*check=*/true);
  machine.write(dataL2, ArrayRef<uint8_t>({'h', 'e', 'y'}));
  machine.load(R"(
    lui a1, 0x1C080
    li a0, 4
    .option push
    .option norvc
    slli x0, x0, 0x1f
    ebreak
    srai x0, x0, 7
    .option pop
  )");
  machine.start(machine.fc().index);
  EXPECT_EQ(findingOf(machine), "uninitialised read: core fc reads 0x1c080003 "
                                "at 0x1c01000a");
}

} // namespace
