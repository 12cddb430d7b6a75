// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SE_UNITTESTS_ISA_RANDOMOPERANDS_H
#define SE_UNITTESTS_ISA_RANDOMOPERANDS_H

#include "se/ISA/Isa.h"
#include "llvm/Support/MathExtras.h"
#include <random>

namespace se::riscv {

/// Random values for the operand fields of a row.
inline Operands randomOperands(const InstructionInfo &info,
                               std::mt19937 &random) {
  Operands operands;
  for (const Field &field : info.fields)
    operands[field.operand] |=
        int32_t((random() & llvm::maskTrailingOnes<uint32_t>(field.width))
                << field.operandBit);
  for (const Field &field : info.fields)
    if (field.signedWidth)
      operands[field.operand] =
          llvm::SignExtend32(operands[field.operand], field.signedWidth);
  return operands;
}

} // namespace se::riscv

#endif // SE_UNITTESTS_ISA_RANDOMOPERANDS_H
