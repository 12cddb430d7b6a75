// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every instruction that computes, on random and on special operands, against
// the reference.

#include "RandomOperands.h"
#include "Reference.h"
#include "TestMachine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "gtest/gtest.h"
#include <random>

using namespace llvm;
using namespace se;
using namespace se::sim;

namespace {

/// Zero, signs, limits, one-bit values; and NaNs, infinities, subnormals and
/// limits of the three float formats, alone and in both halves.
constexpr uint32_t specials[] = {
    0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff,
    0x80000000, 0x80000001, 0xffffffff, 0xfffffffe, 0xffff8000, 0xffffff80, 31,
    32, 33, 0x00010001, 0x80008000, 0x7fff7fff, 0xffff0000,
    // binary32
    0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001,
    0xffc12345, 0x00000001, 0x807fffff, 0x00800000, 0x7f7fffff, 0x4f000000,
    0xcf000000, 0x4effffff, 0x4f800000, 0x3effffff, 0x3f000000, 0x3fc00000,
    0x40200000, 0xbf000000, 0x477fe000, 0x477ff000, 0x477fefff, 0x33000000,
    0x33000001, 0x387fc000, 0x38800000,
    // binary16, one and two lanes
    0x3c00, 0xbc00, 0x7c00, 0xfc00, 0x7e00, 0x7c01, 0xfe34, 0x0001, 0x83ff,
    0x0400, 0x7bff, 0x77ff, 0x7800, 0x3800, 0x3e00, 0x4100, 0x3c003c00,
    0x7c00fc00, 0x7e007c01, 0x00010400, 0x7bff7bff, 0xbc003c00, 0x80000000,
    // bfloat16
    0x3f80, 0x7f80, 0x7fc0, 0x7f81, 0x0080, 0x7f7f, 0x3f803f80, 0x7f7f0001};

/// Runs single instructions on the fabric controller.
class SemanticsTest : public testing::Test {
protected:
  uint32_t randomValue() {
    // Floats of similar size meet more often than by chance.
    switch (random() % 5) {
    case 0:
      return specials[random() % std::size(specials)];
    case 1:
      return 0x3f000000 + (random() & 0x81ffffff);
    case 2:
      return 0x3c003c00 ^ (random() & 0x8fff8fff);
    default:
      return random();
    }
  }

  Sources randomSources() {
    Sources s = {};
    s.rd = randomValue();
    s.rs1 = randomValue();
    s.rs2 = randomValue();
    s.rs3 = randomValue();
    s.pc = codeBase;
    return s;
  }

  /// Sets operand fields: registers are x5 (rd), x6, x7, x8.
  Operands randomOperands(const InstructionInfo &info) {
    Operands operands = riscv::randomOperands(info, random);
    operands[Operand::rd] = 5;
    operands[Operand::rs1] = 6;
    operands[Operand::rs2] = 7;
    operands[Operand::rs3] = 8;
    operands[Operand::rm] = 0;
    return operands;
  }

  uint32_t execute(uint32_t word, const Sources &s) {
    machine.writeWord(codeBase, word);
    Core &core = machine.fc();
    core.x[5] = s.rd;
    core.x[6] = s.rs1;
    core.x[7] = s.rs2;
    core.x[8] = s.rs3;
    core.next = machine->fetch(core, codeBase);
    se::sim::execute(*machine, core, core.time + 1);
    EXPECT_FALSE(core.trap) << core.trap->cause;
    return core.x[5];
  }

  void SetUp() override {
    machine.load("nop");
    machine.start(machine.fc().index);
  }

  /// Compares one execution; false stops a loop after the first difference.
  bool compare(const InstructionInfo &info, Operands operands, Sources s) {
    s.imm = operands[Operand::imm];
    s.imm2 = operands[Operand::imm2];
    auto expected = reference(info, s);
    EXPECT_TRUE(expected) << "no reference for " << info.name.str();
    if (!expected)
      return false;
    uint32_t found = execute(encode(info, operands), s);
    EXPECT_EQ(found, *expected)
        << formatv("{0}: rd {1:x8} rs1 {2:x8} rs2 {3:x8} rs3 {4:x8} imm {5} "
                   "imm2 {6} rm {7}: {8:x8}, reference {9:x8}",
                   info.name, s.rd, s.rs1, s.rs2, s.rs3, s.imm, s.imm2, s.rm,
                   found, *expected)
               .str();
    return found == *expected;
  }

  TestMachine machine;
  std::mt19937 random{12345};
};

TEST_F(SemanticsTest, RandomOperands) {
  for (const InstructionInfo &info : getInstructions()) {
    if (info.size != 4 || info.kind != Kind::Compute)
      continue;
    for (unsigned i = 0; i != 1500; ++i) {
      Sources s = randomSources();
      restrict(info, s);
      if (!compare(info, randomOperands(info), s))
        break;
    }
  }
}

TEST_F(SemanticsTest, SpecialOperands) {
  for (const InstructionInfo &info : getInstructions()) {
    if (info.size != 4 || info.kind != Kind::Compute)
      continue;
    bool same = true;
    for (uint32_t a : specials)
      for (uint32_t b : specials) {
        Sources s = randomSources();
        s.rs1 = a;
        s.rs2 = b;
        restrict(info, s);
        same = same && compare(info, randomOperands(info), s);
      }
  }
}

/// Results written to x0 vanish, and sources may equal the destination.
TEST_F(SemanticsTest, RegisterZeroAndOverlap) {
  for (const InstructionInfo &info : getInstructions()) {
    if (info.size != 4 || info.kind != Kind::Compute)
      continue;
    for (unsigned i = 0; i != 20; ++i) {
      Sources s = randomSources();
      restrict(info, s);
      Operands operands = randomOperands(info);
      operands[Operand::rd] = 0;
      execute(encode(info, operands), s);
      EXPECT_EQ(machine.fc().x[0], 0u) << info.name.str();

      operands = randomOperands(info);
      operands[Operand::rs1] = operands[Operand::rs2] = 5;
      s.rs1 = s.rs2 = s.rd;
      restrict(info, s);
      if (info.mnemonic == "p.clip")
        continue;
      if (!compare(info, operands, s))
        break;
    }
  }
}

/// Rounding modes other than the default, static and dynamic.
TEST_F(SemanticsTest, RoundingModes) {
  for (const InstructionInfo &info : getInstructions()) {
    bool isPacked = info.mnemonic.starts_with("vf");
    if (info.size != 4 || info.kind != Kind::Compute ||
        (!info.has(Operand::rm) && !isPacked))
      continue;
    for (unsigned rm = 0; rm != 5; ++rm)
      for (unsigned i = 0; i != 200; ++i) {
        Sources s = randomSources();
        s.rm = rm;
        Operands operands = randomOperands(info);
        bool isDynamic = i % 2 || isPacked;
        operands[Operand::rm] = isDynamic ? 7 : rm;
        machine.fc().frm = isDynamic ? rm : 0;
        if (!compare(info, operands, s))
          break;
      }
    machine.fc().frm = 0;
  }
}

/// All binary16 values, and all that round to them or lie beside a tie.
TEST_F(SemanticsTest, HalfConversionsExhaustive) {
  const InstructionInfo *widen = nullptr, *narrow = nullptr;
  for (const InstructionInfo &info : getInstructions()) {
    if (info.mnemonic == "fcvt.s.h")
      widen = &info;
    if (info.mnemonic == "fcvt.h.s")
      narrow = &info;
  }
  ASSERT_TRUE(widen && narrow);
  Operands operands = randomOperands(*widen);
  for (uint32_t half = 0; half != 0x10000; ++half) {
    Sources s = randomSources();
    s.rs1 = half | 0xabcd0000;
    ASSERT_TRUE(compare(*widen, operands, s));
    uint32_t single = *reference(*widen, s);
    for (uint32_t delta : {0u, 1u, 0xfffu, 0x1000u, 0x1001u}) {
      s.rs1 = single + delta;
      ASSERT_TRUE(compare(*narrow, operands, s));
    }
  }
}

} // namespace
