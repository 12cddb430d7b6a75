// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Disassembly of single words. test/Tools/disassemble.mlir compares whole
// programs with llvm-objdump.

#include "se/ISA/Disassembler.h"
#include "se/ISA/Isa.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MathExtras.h"
#include "gtest/gtest.h"
#include <random>

using namespace llvm;
using namespace se::riscv;

namespace {

TEST(Disassembler, Forms) {
  const std::pair<uint32_t, const char *> cases[] = {
      {0x0045a50b, "p.lw a0, 4(a1!)"},
      {0xfec5a62b, "p.sw a2, -20(a1!)"},
      {0x20c5f50b, "p.lw a0, a2(a1!)"},
      {0x00c5c6a3, "p.sb a2, a3(a1)"},
      {0xb8c59557, "pv.sdotsp.b a0, a1, a2"},
      {0x148595b3, "p.clipi a1, a1, 8"},
      {0x96c58533, "vfdotpex.s.h a0, a1, a2"},
      {0x0125c07b, "lp.setup 0, a1, 0x1024"},
      {0x0640d0fb, "lp.setupi 1, 100, 0x1002"},
      {0x0055a463, "p.beqimm a1, 5, 0x1008"},
      {0xffdff0ef, "jal ra, 0xffc"},
      {0x12345537, "lui a0, 0x12345"},
      {0xc0059553, "fcvt.w.s a0, a1, rtz"},
      {0x00c5f553, "fadd.s a0, a1, a2"},
      {0xf1402573, "csrrs a0, 0xf14, zero"},
      {0x00100073, "ebreak"},
      {0x8082, "c.jr ra"},
      {0x557d, "c.li a0, -1"},
      {0x757d, "c.lui a0, 0xfffff"},
      {0x4188, "c.lw a0, 0(a1)"},
      {0x7139, "c.addi16sp sp, -64"},
      {0x852e, "c.mv a0, a1"},
      {0xbfcd, "c.j 0xff2"},
      {0xffffffff, ".word 0xffffffff"},
      {0x0000, ".half 0x0000"},
  };
  for (auto [word, text] : cases)
    EXPECT_EQ(disassemble(word, 0x1000), text);
}

TEST(Disassembler, LabelsNameTargets) {
  EXPECT_EQ(
      disassemble(0xffdff0ef, 0x1000,
                  [](uint32_t target) { return "<" + utostr(target) + ">"; }),
      "jal ra, <4092>");
}

/// Every row: the text begins with the mnemonic and has all operands.
TEST(Disassembler, EveryRow) {
  std::mt19937 random(1);
  for (const InstructionInfo &info : getInstructions())
    for (unsigned i = 0; i != 20; ++i) {
      uint32_t word = (random() & ~info.mask) | info.match;
      if (info.size == 2)
        word &= 0xffff;
      auto decoded = decode(word);
      // Illegal short forms, and words that a row with more fixed bits claims.
      if (!decoded || decoded->info != &info)
        continue;
      std::string text = disassemble(word, 0x1000);
      auto [mnemonic, rest] = StringRef(text).split(' ');
      EXPECT_EQ(mnemonic, info.mnemonic);
      SmallVector<StringRef, 5> parts, names;
      SplitString(rest, parts, ", ()!");
      SplitString(info.operands, names, ", ()!");
      const Operands &values = decoded->operands;
      if (info.has(Operand::rm) && values[Operand::rm] == 7)
        names.pop_back();
      ASSERT_EQ(parts.size(), names.size()) << text;
      for (auto [part, name] : zip_equal(parts, names)) {
        auto check = [&, part = part, name = name](StringRef operand,
                                                   Operand at) {
          if (name == operand) {
            EXPECT_EQ(part, getRegisterName(values[at])) << text;
          }
        };
        check("rd", Operand::rd);
        check("rs1", Operand::rs1);
        check("rs2", Operand::rs2);
        check("rs3", Operand::rs3);
        if (!name.starts_with("imm"))
          continue;
        Operand at = name == "imm2"   ? Operand::imm2
                     : name == "imm3" ? Operand::imm3
                                      : Operand::imm;
        int64_t number = 0;
        ASSERT_FALSE(part.getAsInteger(0, number)) << text;
        int64_t want = values[at];
        if (info.targetScale && at == info.target)
          want = uint32_t(0x1000 + want * info.targetScale);
        else if (getInfo(info.opcode).format == "u")
          want = uint32_t(want) >> 12;
        EXPECT_EQ(number, want) << text;
      }
    }
}

} // namespace
