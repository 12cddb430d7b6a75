// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The encodings of the table, against LLVM's assembler for what LLVM knows and
// against .insn forms and words written by hand for the rest.

#include "Assembler.h"
#include "RandomOperands.h"
#include "se/ISA/Isa.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "gtest/gtest.h"
#include <random>

using namespace llvm;
using namespace se::riscv;

namespace {

std::mt19937 &getRandom() {
  static std::mt19937 random(1);
  return random;
}

Operands randomOperands(const InstructionInfo &info) {
  return se::riscv::randomOperands(info, getRandom());
}

/// Groups that LLVM assembles with the features of Assembler.h.
bool isKnownToLlvm(const InstructionInfo &info) {
  static const StringSet<> groups = {"I", "M", "Zicsr", "Zfinx", "Zhinx"};
  // Moves between register files do not exist in Zfinx.
  return groups.contains(info.group) && !info.mnemonic.starts_with("fmv.");
}

std::string registerName(int32_t number) {
  return "x" + std::to_string(number);
}

/// The instruction as assembly text.
std::string print(const InstructionInfo &info, const Operands &operands) {
  static constexpr StringLiteral roundings[] = {"rne", "rtz", "rdn", "rup",
                                                "rmm", "",    "",    "dyn"};
  int32_t imm = operands[Operand::imm];
  if (info.format == "u")
    imm = int32_t(uint32_t(imm) >> 12);
  std::string text = info.operands.str();
  auto replace = [&](StringRef name, const std::string &value) {
    size_t at = text.find(name);
    if (at != std::string::npos)
      text.replace(at, name.size(), value);
  };
  replace("imm2", std::to_string(operands[Operand::imm2]));
  replace("imm", std::to_string(imm));
  replace("rd", registerName(operands[Operand::rd]));
  replace("rs1", registerName(operands[Operand::rs1]));
  replace("rs2", registerName(operands[Operand::rs2]));
  replace("rs3", registerName(operands[Operand::rs3]));
  replace("rm", roundings[operands[Operand::rm]].str());
  return info.mnemonic.str() + " " + text;
}

std::vector<uint32_t> toWords(ArrayRef<uint8_t> bytes) {
  std::vector<uint32_t> words(bytes.size() / 4);
  std::memcpy(words.data(), bytes.data(), words.size() * 4);
  return words;
}

TEST(Encoding, AgreesWithLlvm) {
  std::string text = ".option norvc\n";
  std::vector<std::pair<uint32_t, std::string>> expected;
  for (const InstructionInfo &info : getInstructions()) {
    if (info.size != 4 || !isKnownToLlvm(info))
      continue;
    for (unsigned i = 0; i != 20; ++i) {
      Operands operands = randomOperands(info);
      int32_t &rm = operands[Operand::rm];
      if (rm == 5 || rm == 6)
        rm = 7;
      std::string line = print(info, operands);
      text += line + "\n";
      uint32_t word = encode(info, operands);
      // LLVM writes the fence that orders everything.
      if (info.name == "FENCE")
        word |= 0xff << 20;
      expected.push_back({word, line});
    }
  }
  std::vector<uint32_t> words = toWords(assemble(text));
  ASSERT_EQ(words.size(), expected.size());
  for (auto [word, want] : zip_equal(words, expected))
    EXPECT_EQ(utohexstr(word), utohexstr(want.first)) << want.second;
}

TEST(Encoding, DecodeInvertsEncode) {
  for (const InstructionInfo &info : getInstructions()) {
    if (info.size != 4)
      continue;
    for (unsigned i = 0; i != 200; ++i) {
      Operands operands = randomOperands(info);
      uint32_t word = encode(info, operands);
      auto decoded = decode(word);
      ASSERT_TRUE(decoded) << info.name.str();
      // A row with more fixed bits may claim some of the words.
      if (decoded->info != &info) {
        EXPECT_GT(popcount(decoded->info->mask), popcount(info.mask))
            << info.name.str() << " " << decoded->info->name.str();
        continue;
      }
      for (unsigned o = 0; o != numOperands; ++o)
        EXPECT_EQ(decoded->operands.value[o], operands.value[o])
            << info.name.str();
    }
  }
}

TEST(Encoding, NamesAreUnique) {
  StringSet<> names;
  for (const InstructionInfo &info : getInstructions())
    EXPECT_TRUE(names.insert(info.name).second) << info.name.str();
}

/// Every half word: an instruction for LLVM if and only if for us, and the same
/// full instruction.
TEST(Encoding, CompressedAgreesWithLlvm) {
  std::string text;
  std::vector<uint16_t> expected;
  for (uint32_t half = 0; half != 0x10000; ++half) {
    if (getSize(half) != 2)
      continue;
    auto decoded = decode(half);
    std::string known = disassemble(half);
    // The float forms, which LLVM does not have with Zfinx.
    unsigned f3 = half >> 13;
    if ((half & 3) != 1 && (f3 == 3 || f3 == 7)) {
      EXPECT_TRUE(decoded);
      continue;
    }
    // LLVM has more names for forms without effect (hints).
    if (half == 0)
      known.clear(); // "unimp", which traps
    ASSERT_EQ(decoded.has_value(), !known.empty())
        << formatv("{0:x4}: {1}", half, known).str();
    if (!decoded)
      continue;
    const InstructionInfo &full = getInfo(decoded->info->opcode);
    // What has no effect assembles to another form; so does c.mv.
    bool isHint =
        full.kind == Kind::Compute &&
        (decoded->operands[Operand::rd] == 0 ||
         (full.has(Operand::imm) && decoded->operands[Operand::imm] == 0));
    if (isHint || full.kind == Kind::System || decoded->info->name == "C_MV")
      continue;
    // The assembler prefers c.addi where it can.
    if (decoded->info->name == "C_ADDI16SP" &&
        isInt<6>(decoded->operands[Operand::imm]))
      continue;
    text += print(full, decoded->operands) + "\n";
    expected.push_back(uint16_t(half));
  }
  std::vector<uint8_t> bytes = assemble(text);
  size_t at = 0;
  for (uint16_t half : expected) {
    ASSERT_LT(at + 1, bytes.size());
    uint32_t found = bytes[at] | bytes[at + 1] << 8;
    at += getSize(found);
    EXPECT_EQ(found, half) << disassemble(half);
  }
}

/// Bits written by hand, not by the table: opcodes of docs/hardware/isa.md.
TEST(Encoding, XpulpByHand) {
  struct {
    const char *text, *name;
  } const forms[] = {
      {".insn i 0x0B, 2, x10, -4(x11)", "P_LW_POST"},
      {".insn r 0x0B, 7, 0x10, x10, x11, x12", "P_LW_POST_REG"},
      {".insn r 0x03, 7, 0x10, x10, x11, x12", "P_LW_REG"},
      {".insn s 0x2B, 2, x12, 8(x11)", "P_SW_POST"},
      {".insn r 0x2B, 6, 0, x13, x11, x12", "P_SW_POST_REG"},
      {".insn i 0x03, 6, x10, 28(x11)", "P_ELW"},
      {".insn r 0x33, 0, 0x02, x10, x11, x0", "P_ABS"},
      {".insn r 0x33, 5, 0x04, x10, x11, x12", "P_ROR"},
      {".insn r 0x33, 0, 0x08, x10, x11, x0", "P_FF1"},
      {".insn r 0x33, 1, 0x0A, x10, x11, x8", "P_CLIPI"},
      {".insn r 0x33, 5, 0x0A, x10, x11, x12", "P_CLIP"},
      {".insn r 0x33, 0, 0x21, x10, x11, x12", "P_MAC"},
      {".insn r 0x5B, 0, 0x45, x10, x11, x12", "P_MULSN"},
      {".insn r 0x5B, 0, 0x40, x10, x11, x12", "P_MULS"},
      {".insn r 0x5B, 4, 0x65, x10, x11, x12", "P_MULHHSNR"},
      {".insn r 0x5B, 1, 0x45, x10, x11, x12", "P_MACSN"},
      {".insn r 0x5B, 2, 0x03, x10, x11, x12", "P_ADDNI"},
      {".insn r 0x5B, 6, 0x43, x10, x11, x12", "P_ADDURNI"},
      {".insn r 0x5B, 7, 0x03, x10, x11, x12", "P_SUBRNI"},
      {".insn r 0x5B, 6, 0x20, x10, x11, x12", "P_ADDRN"},
      {".insn r 0x33, 0, 0x67, x10, x11, x3", "P_EXTRACTI"},
      {".insn r 0x33, 2, 0x67, x10, x11, x3", "P_INSERTI"},
      {".insn r 0x33, 1, 0x40, x10, x11, x12", "P_EXTRACTU"},
      {".insn r 0x57, 1, 0x00, x10, x11, x12", "PV_ADD_B_V"},
      {".insn r 0x57, 4, 0x10, x10, x11, x12", "PV_MIN_H_SC"},
      {".insn r 0x57, 6, 0x24, x10, x11, x2", "PV_SRA_H_SCI"},
      {".insn r 0x57, 1, 0x4C, x10, x11, x12", "PV_DOTSP_B_V"},
      {".insn r 0x57, 1, 0x5C, x10, x11, x12", "PV_SDOTSP_B_V"},
      {".insn r 0x57, 0, 0x5C, x10, x11, x12", "PV_SDOTSP_H_V"},
      {".insn r 0x57, 5, 0x5C, x10, x11, x12", "PV_SDOTSP_B_SC"},
      {".insn r 0x57, 1, 0x54, x10, x11, x12", "PV_SDOTUSP_B_V"},
      {".insn r 0x57, 1, 0x60, x10, x11, x12", "PV_SHUFFLE_B"},
      {".insn r 0x57, 1, 0x64, x10, x11, x12", "PV_SHUFFLE2_B"},
      {".insn r 0x57, 0, 0x68, x10, x11, x12", "PV_PACK_H"},
      {".insn r 0x57, 7, 0x3D, x10, x11, x1", "B_PV_EXTRACT"},
      {".insn r 0x57, 1, 0x38, x10, x11, x0", "PV_ABS_B"},
      {".insn r 0x33, 2, 0x41, x10, x11, x12", "VF_H_ADD_V"},
      {".insn r 0x33, 2, 0x48, x10, x11, x12", "VF_H_MAC_V"},
      {".insn r 0x33, 6, 0x48, x10, x11, x12", "VF_H_MAC_R"},
      {".insn r 0x33, 1, 0x48, x10, x11, x12", "VF_AH_MAC_V"},
      {".insn r 0x33, 0, 0x4B, x10, x11, x12", "VFDOTPEX_S_H"},
      {".insn r 0x33, 4, 0x4B, x10, x11, x12", "VFDOTPEX_S_R_H"},
      {".insn r 0x33, 1, 0x4B, x10, x11, x12", "VFDOTPEX_S_AH"},
      {".insn r 0x33, 2, 0x58, x10, x11, x12", "VFCPKA_H_S"},
      {".insn r 0x33, 2, 0x4C, x10, x11, x2", "VFCVT_X_H"},
      {".insn r 0x33, 2, 0x4C, x10, x11, x3", "VFCVT_H_X"},
      {".insn r 0x53, 0, 0x2A, x10, x11, x12", "FMACEX_S_H"},
      {".insn r 0x53, 0, 0x20, x10, x11, x6", "FCVT_S_AH"},
      {".insn r 0x53, 5, 0x22, x10, x11, x0", "FCVT_AH_S"},
      // lp.setup 1, x5, last at pc + 16
      {".word (8 << 20) | (5 << 15) | (4 << 12) | (1 << 7) | 0x7B", "LP_SETUP"},
      {".word (100 << 20) | (8 << 15) | (5 << 12) | 0x7B", "LP_SETUPI"},
      {".word (8 << 20) | (0 << 12) | (1 << 7) | 0x7B", "LP_STARTI"},
      {".word (5 << 15) | (2 << 12) | (1 << 7) | 0x7B", "LP_COUNT"},
      // p.beqimm x11, -3, 8
      {".word (29 << 20) | (11 << 15) | (2 << 12) | (8 << 7) | 0x63",
       "P_BEQIMM"},
  };
  for (auto &form : forms) {
    auto decoded = decode(assembleWord(form.text));
    ASSERT_TRUE(decoded) << form.text;
    EXPECT_EQ(decoded->info->name.str(), form.name) << form.text;
    if (decoded->info->has(Operand::rd)) {
      EXPECT_EQ(decoded->operands[Operand::rd], 10);
      EXPECT_EQ(decoded->operands[Operand::rs1], 11);
    }
  }
}

TEST(Encoding, IllegalWords) {
  for (uint32_t word : {0x00000000u, 0xffffffffu,
                        0x0000202fu,  // amoadd.w
                        0x02007053u,  // fadd.d
                        0x00003003u}) // ld
    EXPECT_FALSE(decode(word)) << utohexstr(word);
}

} // namespace
