// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instructions as functions, against the reference. How the simulator executes
// them is tested with it.

#include "se/ISA/Emulation.h"
#include "RandomOperands.h"
#include "Reference.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace se::riscv;

namespace {

class EmulationTest : public testing::Test {
protected:
  /// Any bits, or floats of similar size, which meet more often than by chance.
  uint32_t randomValue() {
    switch (random() % 3) {
    case 0:
      return 0x3f000000 + (random() & 0x81ffffff);
    case 1:
      return 0x3c003c00 ^ (random() & 0x8fff8fff);
    default:
      return random();
    }
  }

  std::mt19937 random{6789};
};

/// The operands in the order of the function (Emulation.h).
SmallVector<uint32_t> getOperands(const InstructionInfo &info,
                                  const Operands &operands, const Sources &s) {
  SmallVector<uint32_t> result;
  if (info.readsRd)
    result.push_back(s.rd);
  const std::pair<Operand, uint32_t> registers[] = {
      {Operand::rs1, s.rs1}, {Operand::rs2, s.rs2}, {Operand::rs3, s.rs3}};
  for (auto [operand, value] : registers)
    if (info.has(operand))
      result.push_back(value);
  for (Operand operand : {Operand::imm, Operand::imm2, Operand::imm3})
    if (info.has(operand))
      result.push_back(operands[operand]);
  return result;
}

TEST_F(EmulationTest, EveryFunction) {
  ASSERT_FALSE(getEmulatedFunctions().empty());
  for (const EmulatedFunction &function : getEmulatedFunctions()) {
    const InstructionInfo &info = getInfo(function.opcode);
    EXPECT_EQ(function.name.str(), "se_xpulp_" + info.name.str());
    for (unsigned i = 0; i != 500; ++i) {
      Operands operands = randomOperands(info, random);
      Sources s = {};
      for (uint32_t *value : {&s.rd, &s.rs1, &s.rs2, &s.rs3})
        *value = randomValue();
      s.imm = operands[Operand::imm];
      s.imm2 = operands[Operand::imm2];
      restrict(info, s);
      auto expected = reference(info, s);
      ASSERT_TRUE(expected) << "no reference for " << info.name.str();
      ASSERT_EQ(emulate(function.opcode, getOperands(info, operands, s)),
                *expected)
          << formatv("{0}: rd {1:x8} rs1 {2:x8} rs2 {3:x8} rs3 {4:x8} imm {5} "
                     "imm2 {6}",
                     info.name, s.rd, s.rs1, s.rs2, s.rs3, s.imm, s.imm2)
                 .str();
    }
  }
}

} // namespace
