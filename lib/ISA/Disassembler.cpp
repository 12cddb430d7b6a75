// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "se/ISA/Disassembler.h"
#include "se/ISA/Isa.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>

using namespace llvm;
using namespace se::riscv;

StringRef se::riscv::getRegisterName(unsigned number) {
  static constexpr StringLiteral names[] = {
      "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
      "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
      "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
  return names[number & 31];
}

/// A register of a 16-bit form: fields of 3 bits name x8 to x15.
static unsigned getShortRegister(const InstructionInfo &info, uint32_t word,
                                 Operand operand) {
  for (const Field &field : info.fields)
    if (field.operand == operand) {
      unsigned bits = word >> field.wordBit & ((1u << field.width) - 1);
      return field.width == 3 ? 8 + bits : bits;
    }
  llvm_unreachable("no such field");
}

/// Of the operands that a row names, `name` as the assembler writes it; empty
/// for the rounding mode that the assembler leaves out.
static std::string printOperand(const Decoded &decoded, uint32_t word,
                                uint32_t pc, StringRef name,
                                function_ref<std::string(uint32_t)> label) {
  const InstructionInfo &info = *decoded.info;
  const Operands &values = decoded.operands;
  auto at = StringSwitch<std::optional<Operand>>(name)
                .Case("rd", Operand::rd)
                .Case("rs1", Operand::rs1)
                .Case("rs2", Operand::rs2)
                .Case("rs3", Operand::rs3)
                .Cases({"imm", "immc"}, Operand::imm)
                .Case("imm2", Operand::imm2)
                .Case("imm3", Operand::imm3)
                .Case("rm", Operand::rm)
                .Case("rdc", Operand::rdc)
                .Case("rs1c", Operand::rs1c)
                .Case("rs2c", Operand::rs2c)
                .Default(std::nullopt);
  if (!at)
    return name.str(); // A register that the form implies.
  if (info.targetScale && *at == info.target)
    return label(pc + values[*at] * info.targetScale);
  switch (*at) {
  case Operand::rd:
  case Operand::rs1:
  case Operand::rs2:
  case Operand::rs3:
    return getRegisterName(values[*at]).str();
  case Operand::rdc:
  case Operand::rs1c:
  case Operand::rs2c:
    return getRegisterName(getShortRegister(info, word, *at)).str();
  case Operand::rm: {
    static constexpr StringLiteral modes[] = {"rne", "rtz", "rdn", "rup",
                                              "rmm", "5",   "6",   ""};
    return modes[values[*at] & 7].str();
  }
  default:
    break;
  }
  // The assembler's number for the upper 20 bits has no zeros below.
  if (info.opcode == Opcode::LUI || info.opcode == Opcode::AUIPC)
    return formatv("{0:x}", uint32_t(values[*at]) >> 12);
  if (info.kind == Kind::Csr && *at == Operand::imm)
    return formatv("{0:x}", values[*at]);
  return itostr(values[*at]);
}

std::string se::riscv::disassemble(uint32_t word, uint32_t pc,
                                   function_ref<std::string(uint32_t)> label) {
  auto decoded = decode(word);
  if (!decoded)
    return getSize(word) == 2 ? formatv(".half {0:x+4}", uint16_t(word)).str()
                              : formatv(".word {0:x+8}", word).str();
  std::string text = decoded->info->mnemonic.str();
  std::string operands;
  for (StringRef rest = decoded->info->operands; !rest.empty();) {
    size_t length = rest.find_if_not([](char c) { return isAlnum(c); });
    if (length == 0) {
      operands += rest.front();
      rest = rest.drop_front();
      continue;
    }
    StringRef name = rest.take_front(length);
    std::string value = printOperand(*decoded, word, pc, name, label);
    if (value.empty()) // with the comma before it
      operands.resize(StringRef(operands).rtrim(", ").size());
    operands += value;
    rest = rest.drop_front(name.size());
  }
  return operands.empty() ? text : text + " " + operands;
}

std::string se::riscv::disassemble(uint32_t word, uint32_t pc) {
  return disassemble(word, pc, [](uint32_t target) {
    return "0x" + utohexstr(target, /*LowerCase=*/true);
  });
}
