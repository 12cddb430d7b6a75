// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What instructions do besides computing: loads, stores, branches, jumps,
// loops, control registers. With SemanticsTest this covers the whole table,
// which Completeness checks.

#include "TestMachine.h"
#include "llvm/Support/MathExtras.h"
#include "gtest/gtest.h"
#include <random>
#include <set>

using namespace llvm;
using namespace se::sim;

namespace {

std::mt19937 randomNumbers(7);

struct Width {
  unsigned bytes;
  bool isSigned;
};

/// From the name: [p.|f]l{b,bu,h,hu,w}, s{b,h,w}. flh extends the sign.
std::optional<Width> getWidth(StringRef mnemonic) {
  bool isFloat = mnemonic.starts_with("f");
  mnemonic.consume_front("p.");
  mnemonic.consume_front("f");
  if (!mnemonic.consume_front("l") && !mnemonic.consume_front("s"))
    return std::nullopt;
  if (mnemonic == "b" || mnemonic == "bu")
    return Width{1, mnemonic == "b"};
  if (mnemonic == "h" || mnemonic == "hu")
    return Width{2, mnemonic == "h" || isFloat};
  if (mnemonic == "w")
    return Width{4, false};
  return std::nullopt;
}

/// What the assembler form says: "rd, imm(rs1!)" adds imm afterwards.
struct AddressForm {
  Operand offset;
  bool isPost;
};
AddressForm getAddressForm(StringRef operands) {
  StringRef offset = operands.split(", ").second.split('(').first;
  Operand operand = offset == "imm"   ? Operand::imm
                    : offset == "rs2" ? Operand::rs2
                                      : Operand::rs3;
  return {operand, operands.contains('!')};
}

bool isTestedHere(const InstructionInfo &info) {
  return (info.kind == Kind::Load || info.kind == Kind::Store) &&
         getWidth(info.mnemonic);
}

TEST(Memory, LoadsAndStores) {
  TestMachine machine;
  machine.load("nop");
  machine.start(0);
  Core &core = machine->getCore(0);
  for (const InstructionInfo &info : getInstructions()) {
    if (info.size != 4 || !isTestedHere(info))
      continue;
    auto [bytes, isSigned] = *getWidth(info.mnemonic);
    AddressForm form = getAddressForm(info.operands);
    for (unsigned i = 0; i != 300; ++i) {
      uint8_t content[8];
      for (uint8_t &byte : content)
        byte = randomNumbers();
      machine.write(dataL1, content);
      uint32_t address = dataL1 + randomNumbers() % (9 - bytes);
      int32_t offset = int32_t(randomNumbers() % 4096) - 2048;
      uint32_t value = randomNumbers();
      // Registers: x5 base, x6 data, x7 offset.
      Operands operands;
      operands[Operand::rd] = 6;
      operands[Operand::rs1] = 5;
      operands[Operand::rs2] = form.offset == Operand::rs2 ? 7 : 6;
      operands[Operand::rs3] = 7;
      operands[Operand::imm] = offset;
      core.x[5] = form.isPost ? address : address - offset;
      core.x[6] = value;
      core.x[7] = offset;
      machine.writeWord(codeBase, encode(info, operands));
      core.next = machine->fetch(core, codeBase);
      execute(*machine, core, core.time + 1);
      ASSERT_FALSE(core.trap);

      EXPECT_EQ(core.x[5], form.isPost ? address + offset : address - offset)
          << info.name.str();
      uint64_t before = 0, after = 0;
      std::memcpy(&before, content, 8);
      std::memcpy(&after, machine->translate(dataL1, 8), 8);
      unsigned shift = 8 * (address - dataL1);
      uint64_t mask = maskTrailingOnes<uint64_t>(8 * bytes) << shift;
      if (info.kind == Kind::Load) {
        uint32_t want = uint32_t((before & mask) >> shift);
        if (isSigned)
          want = SignExtend32(want, 8 * bytes);
        EXPECT_EQ(core.x[6], want) << info.name.str();
        EXPECT_EQ(before, after);
      } else {
        EXPECT_EQ(after, (before & ~mask) | (uint64_t(value) << shift & mask))
            << info.name.str();
      }
    }
  }
}

TEST(Memory, BaseRegisterZeroStaysZero) {
  TestMachine machine;
  // Address 0 is L1 for a cluster core.
  machine.writeWord(0x10000000, 42);
  machine.load(".insn i 0x0B, 2, x10, 4(x0)\n add x11, x0, x0");
  machine.start(0);
  Core &core = machine->getCore(0);
  execute(*machine, core, 2);
  EXPECT_EQ(core.x[10], 42u);
  EXPECT_EQ(core.x[11], 0u);
}

TEST(Memory, Aliases) {
  TestMachine machine;
  machine.writeWord(0x10000010, 0x11111111);
  machine.writeWord(0x1C000010, 0x22222222);
  machine.load("lw x5, 0x10(x0)\n" + exitWithA0.str());
  machine.start(0);
  machine.start(machine.fc().index);
  machine.run();
  EXPECT_EQ(machine->getCore(0).x[5], 0x11111111u);
  EXPECT_EQ(machine.fc().x[5], 0x22222222u);
}

TEST(Memory, TestAndSet) {
  TestMachine machine;
  machine.writeWord(dataL1, 7);
  machine.load("lui a1, 0x10101\n lw a0, 0(a1)\n" + exitWithA0.str());
  machine.start(0);
  machine.run();
  EXPECT_EQ(machine->getCore(0).x[10] & 0x7fffffff, 7u);
  EXPECT_EQ(machine.readWord(dataL1), 0xffffffffu);
}

TEST(Memory, FillPatternAndExternalMemory) {
  TestMachine machine(nullptr, 0x4000000);
  machine.load("lui a1, 0x83FFF\n lw a2, 0x7FC(a1)\n sw a1, 0x7FC(a1)\n"
               "li a0, 0\n" +
               exitWithA0.str());
  machine.start(0);
  machine.run();
  EXPECT_EQ(machine->getCore(0).x[12], 0x57575757u);
  EXPECT_EQ(machine.readWord(0x83FFF7FC), 0x83FFF000u);
}

/// Code that a program overwrites is executed as it is now.
TEST(Memory, SelfModifyingCode) {
  TestMachine machine;
  uint32_t word = assembleWord(".option norvc\n addi a0, a0, 16");
  machine.load(R"(
    .option norvc
    li a0, 0
    li a3, 2
    auipc a1, 0
  1: addi a0, a0, 1
    sw a2, 4(a1)
    addi a3, a3, -1
    bnez a3, 1b
  )" + exitWithA0.str());
  machine.fc().x[12] = word;
  machine.start(machine.fc().index);
  machine.run();
  EXPECT_EQ(machine->getExitStatus(), 17u);
}

struct BranchCase {
  const char *text;
  uint32_t a, b;
  bool taken;
};

TEST(Control, Branches) {
  const uint32_t minus = ~0u;
  const BranchCase cases[] = {
      {"beq a1, a2, 1f", 5, 5, true},
      {"beq a1, a2, 1f", 5, 6, false},
      {"bne a1, a2, 1f", 5, 6, true},
      {"bne a1, a2, 1f", 5, 5, false},
      {"blt a1, a2, 1f", minus, 1, true},
      {"blt a1, a2, 1f", 1, minus, false},
      {"blt a1, a2, 1f", 3, 3, false},
      {"bge a1, a2, 1f", 3, 3, true},
      {"bge a1, a2, 1f", minus, 1, false},
      {"bltu a1, a2, 1f", 1, minus, true},
      {"bltu a1, a2, 1f", minus, 1, false},
      {"bgeu a1, a2, 1f", minus, 1, true},
      {"bltu a1, a2, 1f", 7, 7, false},
      {"bgeu a1, a2, 1f", 7, 7, true},
      {"bgeu a1, a2, 1f", 1, 2, false},
      // p.beqimm a1, -3 and p.bneimm a1, -3, over two instructions.
      {".word (29<<20)|(11<<15)|(2<<12)|(12<<7)|0x63", minus - 2, 0, true},
      {".word (29<<20)|(11<<15)|(2<<12)|(12<<7)|0x63", 29, 0, false},
      {".word (29<<20)|(11<<15)|(3<<12)|(12<<7)|0x63", 29, 0, true},
      {".word (29<<20)|(11<<15)|(3<<12)|(12<<7)|0x63", minus - 2, 0, false}};
  for (const BranchCase &c : cases) {
    TestMachine machine;
    machine.load(".option norvc\n li a0, 1\n" + std::string(c.text) +
                 "\n li a0, 0\n nop\n 1:\n" + exitWithA0.str());
    machine.fc().x[11] = c.a;
    machine.fc().x[12] = c.b;
    machine.start(machine.fc().index);
    machine.run();
    EXPECT_EQ(machine->getExitStatus(), uint32_t(c.taken)) << c.text;
  }
}

TEST(Control, JumpsAndLinks) {
  TestMachine machine;
  machine.load(R"(
    .option norvc
    jal ra, 1f        # 0
    nop               # 4
  1: auipc a1, 0      # 8
    addi a1, a1, 17   # 12: odd, the bit is dropped
    jalr a2, 0(a1)    # 16 -> 24
    nop               # 20
    sub a0, a2, ra
  )" + exitWithA0.str());
  machine.start(machine.fc().index);
  machine.run();
  EXPECT_EQ(machine.fc().x[1], codeBase + 4);
  EXPECT_EQ(machine->getExitStatus(), 16u);
}

/// A loop whose body crosses into the next page of decoded code.
TEST(Control, CodeAcrossPages) {
  TestMachine machine;
  machine.load("li a0, 0\n li a1, 3\n 1: addi a0, a0, 1\n"
               ".rept 3000\n nop\n .endr\n addi a1, a1, -1\n"
               "beqz a1, 2f\n j 1b\n 2:\n" +
                   exitWithA0.str(),
               codeBase + 2);
  machine.start(machine.fc().index, codeBase + 2);
  machine.run();
  EXPECT_EQ(machine->getExitStatus(), 3u);
}

std::string setup(unsigned loop, const char *count, const char *last) {
  return (Twine(".word (((") + last + " - .)/2) << 20) | (" + count +
          " << 15) | (4 << 12) | (" + Twine(loop) + " << 7) | 0x7B\n")
      .str();
}

TEST(Control, HardwareLoops) {
  struct {
    std::string text;
    uint32_t result;
  } const cases[] = {
      // lp.setup: one instruction, and none of its iterations more.
      {"li a1, 7\n" + setup(0, "11", "1f") + "1: addi a0, a0, 1\n", 7},
      // A count of zero runs the body once.
      {"li a1, 0\n" + setup(0, "11", "1f") + "1: addi a0, a0, 1\n", 1},
      // lp.setupi with 5 iterations, body of two instructions.
      {".word (5 << 20) | (4 << 15) | (5 << 12) | 0x7B\n"
       "addi a0, a0, 1\n addi a0, a0, 2\n",
       15},
      // Nested, both end at different instructions.
      {"li a1, 3\n li a2, 4\n" + setup(1, "11", "2f") + setup(0, "12", "1f") +
           "addi a0, a0, 1\n 1: nop\n 2: nop\n",
       12},
      // Nested, ending at the same instruction.
      {"li a1, 3\n li a2, 4\n" + setup(1, "11", "1f") + setup(0, "12", "1f") +
           "nop\n 1: addi a0, a0, 1\n",
       12},
      // lp.starti, lp.endi, lp.counti, loop 1: end is 12 bytes after lp.endi.
      {".word (6 << 20) | (0 << 12) | (1 << 7) | 0x7B\n"
       ".word (6 << 20) | (1 << 12) | (1 << 7) | 0x7B\n"
       ".word (9 << 20) | (3 << 12) | (1 << 7) | 0x7B\n"
       "addi a0, a0, 1\n addi a0, a0, 1\n",
       18},
      // lp.count.
      {"li a1, 6\n"
       ".word (6 << 20) | (0 << 12) | 0x7B\n"
       ".word (6 << 20) | (1 << 12) | 0x7B\n"
       ".word (11 << 15) | (2 << 12) | 0x7B\n"
       "addi a0, a0, 1\n addi a0, a0, 1\n",
       12},
  };
  for (auto &c : cases) {
    TestMachine machine;
    machine.load(".option norvc\n li a0, 0\n" + c.text + exitWithA0.str());
    machine.start(0);
    machine.run();
    EXPECT_EQ(machine->getExitStatus(), c.result) << c.text;
  }
}

TEST(Control, ControlRegisters) {
  TestMachine machine;
  machine.load(R"(
    li a1, 0xff
    csrrw a2, mscratch, a1
    csrrs a3, mscratch, x0
    csrrci a4, mscratch, 15
    csrrsi a5, mscratch, 1
    csrrc a6, mscratch, a1
    csrrwi a7, mscratch, 9
    csrr s2, mhartid
    csrr s3, mscratch
    li a0, 0
  )" + exitWithA0.str());
  machine.start(machine.fc().index);
  machine.run();
  auto &x = machine.fc().x;
  EXPECT_EQ(x[12], 0u);
  EXPECT_EQ(x[13], 0xffu);
  EXPECT_EQ(x[14], 0xffu);
  EXPECT_EQ(x[15], 0xf0u);
  EXPECT_EQ(x[16], 0xf1u);
  EXPECT_EQ(x[17], 0x00u);
  EXPECT_EQ(x[18], 0x3E0u);
  EXPECT_EQ(x[19], 9u);
}

/// No row without a test: SemanticsTest fails by itself for a computing
/// instruction without reference; the others are these.
TEST(Completeness, EveryRowIsTested) {
  const std::set<std::string> byName = {
      // Control.*
      "BEQ", "BNE", "BLT", "BGE", "BLTU", "BGEU", "P_BEQIMM", "P_BNEIMM", "JAL",
      "JALR", "LP_STARTI", "LP_ENDI", "LP_COUNT", "LP_COUNTI", "LP_SETUP",
      "LP_SETUPI", "CSRRW", "CSRRS", "CSRRC", "CSRRWI", "CSRRSI", "CSRRCI",
      // Errors.* and Timing.*
      "ECALL", "EBREAK", "WFI", "FENCE", "FENCE_I", "P_ELW"};
  for (const InstructionInfo &info : getInstructions()) {
    bool isTested = info.size == 2 || info.kind == Kind::Compute ||
                    isTestedHere(info) || byName.count(info.name.str());
    EXPECT_TRUE(isTested) << info.name.str();
  }
}

} // namespace
