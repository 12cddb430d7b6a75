// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The engine between external memories and L2: data, timing, order, errors.

#include "TestMachine.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace se;
using namespace se::sim;

namespace {

constexpr uint32_t ramBase = 0x80000000, nvmBase = 0x90000000,
                   externalBytes = 0x10000;

/// pulp-open with external RAM and non-volatile memory.
target::TargetDescription makeTarget(double ramRate = 1, double nvmRate = 2) {
  target::TargetDescription target = getTestTarget();
  auto add = [&](target::MemoryLevel level, uint64_t base, double rate) {
    target::Memory memory;
    memory.name = target::stringifyMemoryLevel(level).str();
    memory.level = level;
    memory.base = base;
    memory.size = externalBytes;
    memory.bytesPerCycle = rate;
    target.memories.push_back(memory);
  };
  add(target::MemoryLevel::NVM, nvmBase, nvmRate);
  add(target::MemoryLevel::L3, ramBase, ramRate);
  return target;
}

/// s0: registers of id 0, s1: those of all ids, s2: L2; clocks on.
constexpr StringLiteral prologue = R"(
  li s0, 0x1A102480
  li s1, 0x1A102880
  li s2, 0x1C080000
  li t0, 0x1A102000
  li t1, 0x1FFFF
  sw t1, 0(t0)
  li t1, 4
  sw t1, 0(s1)
)";

std::string selectMemory(unsigned memory) {
  return "li t1, " + std::to_string(memory) + "\n sw t1, 0x20(s1)\n";
}

/// Sets an id's registers for `size` bytes between `offset` of the memory and
/// `offset` of s2; `start` starts it, in one store.
std::string prepare(unsigned id, bool isRead, uint32_t offset, uint32_t size) {
  std::string base = "li s3, " + std::to_string(0x1A102480 + 0x80 * id) + "\n";
  std::string channel = isRead ? "0" : "0xC", sizeAt = isRead ? "4" : "0x10";
  return base + "li t1, " + std::to_string(offset) +
         "\n sw t1, 0x1C(s3)\n add t1, t1, s2\n sw t1, " + channel +
         "(s3)\n li t1, " + (isRead ? "5" : "1") +
         "\n sw t1, 0x18(s3)\n li t1, " + std::to_string(size) + "\n sw t1, " +
         sizeAt + "(s3)\n li t1, 0x14\n";
}
std::string start(bool isRead) {
  return std::string("sw t1, ") + (isRead ? "8" : "0x14") + "(s3)\n";
}
std::string wait(unsigned id) {
  return "1: lw t2, " + std::to_string(0x24 + 0x80 * id) +
         "(s0)\n bnez t2, 1b\n";
}

/// A test machine whose FC runs `text` between prologue and end.
struct ExternalMachine : TestMachine {
  explicit ExternalMachine(double ramRate = 1, double nvmRate = 2)
      : TestMachine(makeTarget(ramRate, nvmRate)) {}

  void runOnFc(StringRef text,
               Machine::Outcome expected = Machine::Outcome::Ended) {
    load(prologue.str() + text.str() + "li a0, 0\n" + exitWithA0.str());
    start(fc().index);
    run(expected);
  }
  uint8_t *external(uint32_t address) {
    return (*this)->getExternalDma().translate(address, 1);
  }
  void fill(uint32_t base, uint8_t seed) {
    for (uint32_t i = 0; i != externalBytes; ++i)
      external(base)[i] = uint8_t(i * 13 + i / 256 + seed);
  }
  bool isCopy(uint32_t base, uint32_t offset, uint32_t size) {
    return std::memcmp((*this)->translate(dataL2 + offset, size),
                       external(base) + offset, size) == 0;
  }
};

TEST(ExternalDma, Reads) {
  for (uint32_t size : {4u, 64u, 68u, 1000u, 16384u})
    for (unsigned memory : {0, 1}) {
      ExternalMachine machine;
      uint32_t base = memory ? nvmBase : ramBase;
      machine.fill(base, 7);
      machine.runOnFc(selectMemory(memory) + prepare(0, true, 8, size) +
                      start(true) + wait(0));
      EXPECT_TRUE(machine.isCopy(base, 8, size));
      EXPECT_EQ(*machine->translate(dataL2 + 8 + size, 1), 0x57);
      EXPECT_EQ(*machine->translate(dataL2 + 7, 1), 0x57);
      const ExternalDmaStatistics &s =
          machine->getExternalDma().getStatistics();
      EXPECT_EQ(s.bytes, size);
      EXPECT_EQ(s.transfers, 1u);
      EXPECT_EQ(s.busyCycles, 10 + size / (memory ? 2 : 1));
    }
}

TEST(ExternalDma, WritesAtFourFifthsOfTheRate) {
  ExternalMachine machine;
  for (uint32_t i = 0; i != 1024; i += 4)
    machine.writeWord(dataL2 + i, i * 3);
  machine.runOnFc(selectMemory(0) + prepare(3, false, 0, 1024) + start(false) +
                  wait(3));
  EXPECT_TRUE(machine.isCopy(ramBase, 0, 1024));
  // What nothing wrote, as in GVSoC.
  EXPECT_EQ(machine.external(ramBase)[1024], 0xff);
  EXPECT_EQ(machine->getExternalDma().getStatistics().busyCycles, 10u + 1280);
}

/// Whether the id is still busy `delay` cycles after the start.
bool isBusyAfter(uint32_t size, unsigned delay) {
  ExternalMachine machine;
  // The store takes 9 cycles, and the load sees the cycle in which it begins.
  machine.runOnFc(selectMemory(0) + prepare(0, true, 0, size) + start(true) +
                  ".rept " + std::to_string(delay - 9) +
                  "\n nop\n .endr\n lw s5, 0x24(s0)\n");
  return machine.fc().x[21];
}

/// On GVSoC 64 bytes take 74 cycles too, 1000 bytes 1011.
TEST(ExternalDma, EndsInTime) {
  EXPECT_TRUE(isBusyAfter(64, 73));
  EXPECT_FALSE(isBusyAfter(64, 74));
  EXPECT_TRUE(isBusyAfter(1000, 1009));
  EXPECT_FALSE(isBusyAfter(1000, 1010));
}

/// Rates below 1 and above a step per cycle round up once, not per step.
TEST(ExternalDma, Rates) {
  for (auto [rate, cycles] :
       {std::pair(0.3, 3334u), std::pair(3.0, 334u), std::pair(1024.0, 1u)}) {
    ExternalMachine machine(rate);
    machine.fill(ramBase, 1);
    machine.runOnFc(selectMemory(0) + prepare(0, true, 0, 1000) + start(true) +
                    wait(0));
    EXPECT_TRUE(machine.isCopy(ramBase, 0, 1000));
    EXPECT_EQ(machine->getExternalDma().getStatistics().busyCycles,
              10 + cycles);
  }
}

/// Data comes while time passes, from the front.
TEST(ExternalDma, MovesInSteps) {
  ExternalMachine machine;
  machine.fill(ramBase, 1);
  machine.runOnFc(selectMemory(0) + prepare(0, true, 0, 1024) + start(true) +
                  ".rept 500\n nop\n .endr\n");
  EXPECT_TRUE(machine.isCopy(ramBase, 0, 448));
  EXPECT_EQ(*machine->translate(dataL2 + 576, 1), 0x57);
}

/// In the order of the starts whatever the ids, one at a time, from the memory
/// that was selected at the start.
TEST(ExternalDma, RunsInOrder) {
  ExternalMachine machine;
  machine.fill(ramBase, 1);
  machine.fill(nvmBase, 100);
  const unsigned order[] = {5, 0, 7, 2, 1, 6, 3, 4};
  std::string text;
  for (unsigned i = 0; i != 8; ++i)
    text += selectMemory(i % 2) + prepare(order[i], true, 1024 * i, 1024) +
            start(true);
  // While the second runs, no other has ended.
  text += wait(5) + ".rept 20\n nop\n .endr\n lw s5, 0x24(s0)\n" +
          "lw s6, 0x3A4(s0)\n" + wait(0) + wait(4);
  machine.runOnFc(text);
  EXPECT_EQ(machine.fc().x[21], 1u);
  EXPECT_EQ(machine.fc().x[22], 1u);
  for (unsigned i = 0; i != 8; ++i)
    EXPECT_TRUE(machine.isCopy(i % 2 ? nvmBase : ramBase, 1024 * i, 1024)) << i;
  const ExternalDmaStatistics &s = machine->getExternalDma().getStatistics();
  EXPECT_EQ(s.transfers, 8u);
  EXPECT_EQ(s.busyCycles, 4 * (10u + 1024) + 4 * (10u + 512));
}

/// Code that a transfer brings is decoded anew.
TEST(ExternalDma, BringsCode) {
  ExternalMachine machine;
  auto code = assemble("li a0, 42\n ret\n");
  std::memcpy(machine.external(ramBase), code.data(), code.size());
  machine.load("li a0, 1\n ret\n nop\n nop\n", dataL2);
  machine.load(prologue.str() + selectMemory(0) + "jalr s2\n" +
               prepare(0, true, 0, alignTo(code.size(), 4)) + start(true) +
               wait(0) + "jalr s2\n" + exitWithA0.str());
  machine.start(machine.fc().index);
  machine.run();
  EXPECT_EQ(machine->getExitStatus(), 42u);
}

TEST(ExternalDma, RegistersKeepWhatIsWritten) {
  ExternalMachine machine;
  machine.runOnFc("li t0, 0x1234\n sw t0, 0x19C(s0)\n lw s5, 0x19C(s0)\n"
                  "lw s6, 0x1C(s0)\n sw t0, 4(s1)\n lw s7, 4(s1)\n"
                  "li t0, 0x1A102000\n lw s8, 0(t0)\n sw x0, 8(s0)\n"
                  "lw s9, 0x24(s0)\n");
  EXPECT_EQ(machine.fc().x[21], 0x1234u);
  EXPECT_EQ(machine.fc().x[22], 0u); // of another id
  EXPECT_EQ(machine.fc().x[23], 0x1234u);
  EXPECT_EQ(machine.fc().x[24], 0x1FFFFu);
  EXPECT_EQ(machine.fc().x[25], 0u); // no start
}

/// Cores that all sleep do not stop the engine, nor does it wake them.
TEST(ExternalDma, EndlessWaitComesAfterTheEnd) {
  ExternalMachine machine;
  machine.fill(ramBase, 1);
  machine.runOnFc(selectMemory(0) + prepare(0, true, 0, 4096) + start(true) +
                      "wfi\n",
                  Machine::Outcome::EndlessWait);
  EXPECT_TRUE(machine.isCopy(ramBase, 0, 4096));
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

struct Mistake {
  const char *name;
  std::string text, cause;
  uint32_t value;
};

class ExternalDmaErrors : public testing::TestWithParam<Mistake> {};

TEST_P(ExternalDmaErrors, Traps) {
  ExternalMachine machine;
  machine.runOnFc(GetParam().text, Machine::Outcome::Trapped);
  ASSERT_TRUE(machine->getTrapped());
  const Trap &trap = *machine->getTrapped()->trap;
  EXPECT_EQ(trap.cause, GetParam().cause);
  EXPECT_EQ(trap.value, GetParam().value);
}

std::string read(uint32_t offset, uint32_t size, StringRef change = "") {
  return prepare(0, true, offset, size) + change.str() + start(true);
}

const Mistake mistakes[] = {
    {"OutsideOfMemory", selectMemory(0) + read(externalBytes - 64, 68),
     "external transfer outside of memory", ramBase + externalBytes - 64},
    {"FarOutsideOfMemory", selectMemory(1) + read(0x100000, 4),
     "external transfer outside of memory", nvmBase + 0x100000},
    {"SizeWraps", selectMemory(0) + read(4, 0xfffffffc),
     "external transfer outside of memory", ramBase + 4},
    {"ToL1", selectMemory(0) + "li s2, 0x10000000\n" + read(0, 4),
     "external transfer outside of L2", 0x10000000},
    {"BeyondL2", selectMemory(0) + "li s2, 0x1C18FFF0\n" + read(0, 20),
     "external transfer outside of L2", 0x1C18FFF0},
    {"NoBytes", selectMemory(0) + read(0, 0), "external transfer of no bytes",
     dataL2},
    {"OddSize", selectMemory(0) + read(0, 6),
     "external transfer that is not of whole words", 6},
    {"OddDestination", selectMemory(0) + "addi s2, s2, 2\n" + read(0, 8),
     "external transfer that is not of whole words", dataL2 + 2},
    {"WriteToNvm", selectMemory(1) + prepare(0, false, 0, 4) + start(false),
     "external transfer to non-volatile memory", nvmBase},
    {"NoSuchMemory", selectMemory(2) + read(0, 4),
     "external transfer to a memory that the target lacks", 2},
    {"Busy", selectMemory(0) + read(0, 512) + read(0, 512),
     "external transfer started on an id that is busy", 0},
    {"NoClock",
     "li t0, 0x1A102000\n sw x0, 0(t0)\n" + selectMemory(0) + read(0, 4),
     "external transfer without a clock", 0},
    {"WrongCommand", selectMemory(0) + read(0, 4, "sw x0, 0x18(s3)\n"),
     "external transfer whose command does not fit its direction", 0},
    {"UnknownKind", selectMemory(0) + read(0, 4, "li t1, 0x10\n"),
     "external transfer of an unknown kind", 0x10},
    {"UnknownRegister", "sw x0, 0x28(s0)\n", "store outside of memory",
     0x1A1024A8},
    {"UnknownCommonRegister", "lw t0, 0x30(s1)\n", "load outside of memory",
     0x1A1028B0},
    {"StatusIsReadOnly", "sw x0, 0x24(s0)\n", "store outside of memory",
     0x1A1024A4},
    {"HalfWord", "lh t0, 0x24(s0)\n", "load outside of memory", 0x1A1024A4},
    {"NotForCores", "li t0, 0x80000000\n lw t0, 0(t0)\n",
     "load outside of memory", ramBase},
};

INSTANTIATE_TEST_SUITE_P(All, ExternalDmaErrors, testing::ValuesIn(mistakes),
                         [](const auto &info) {
                           return std::string(info.param.name);
                         });

TEST(ExternalDma, TargetWithoutExternalMemory) {
  TestMachine machine;
  machine.load(prologue.str() + selectMemory(0) + read(0, 4));
  machine.start(machine.fc().index);
  machine.run(Machine::Outcome::Trapped);
  EXPECT_EQ(machine->getTrapped()->trap->cause,
            "external transfer to a memory that the target lacks");
}

/// A memory with latencies is on the bus, so the engine does not have it.
TEST(ExternalDma, AddressableMemoryIsNotExternal) {
  TestMachine machine(nullptr, externalBytes);
  EXPECT_EQ(machine->getExternalDma().translate(ramBase, 4), nullptr);
  EXPECT_NE(machine->translate(ramBase, 4), nullptr);
}

} // namespace
