// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- InstructionText.cpp - Assembly of instructions ---------------------===//

#include "InstructionText.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace se;
using riscv::Operand;

std::string conversion::getInstructionText(
    const riscv::InstructionInfo &info, const riscv::Operands &immediates,
    llvm::function_ref<std::string(Operand)> getRegister) {
  constexpr unsigned dynamicRounding = 7;
  riscv::Operands operands = immediates;
  operands[Operand::rm] = dynamicRounding;
  const uint32_t word = riscv::encode(info, operands);
  // What stands in the place of a register: an operand, or, written as one, the
  // bits of something else.
  auto slot = [&](unsigned bit) -> std::string {
    for (const riscv::Field &field : info.fields)
      if (field.wordBit == bit && field.operand <= Operand::rs3)
        return getRegister(field.operand);
    return "x" + std::to_string(word >> bit & 31);
  };
  unsigned opcode = word & 127, f3 = word >> 12 & 7;
  std::string rd = slot(7), rs1 = slot(15);
  auto format = [&](auto... arguments) {
    return llvm::formatv(".insn {0} {1}, {2}, {3}, {4}, {5}", info.format,
                         opcode, f3, arguments...)
        .str();
  };
  if (info.format == "r")
    return format(word >> 25, rd, rs1) + ", " + slot(20);
  if (info.format == "r4")
    return format(word >> 25 & 3, rd, rs1) + ", " + slot(20) + ", " + slot(27);
  if (info.format == "i")
    return format(rd, rs1, llvm::SignExtend32<12>(word >> 20));
  if (info.format == "s")
    return llvm::formatv(
        ".insn s {0}, {1}, {2}, {3}({4})", opcode, f3, slot(20),
        llvm::SignExtend32<12>((word >> 25) << 5 | (word >> 7 & 31)), rs1);
  llvm_unreachable("no form of .insn");
}
