// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- InstructionText.h - Assembly of instructions -------------*- C++ -*-===//

#ifndef SE_LIB_CONVERSION_INSTRUCTIONTEXT_H
#define SE_LIB_CONVERSION_INSTRUCTIONTEXT_H

#include "se/ISA/Isa.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <string>

namespace se::conversion {

/// The `.insn` line of a row, without a line break, for assemblers that do not
/// know it. `getRegister` gives the text of a register operand; the rounding
/// mode is the dynamic one. The row has a format.
std::string
getInstructionText(const riscv::InstructionInfo &info,
                   const riscv::Operands &immediates,
                   llvm::function_ref<std::string(riscv::Operand)> getRegister);

} // namespace se::conversion

#endif // SE_LIB_CONVERSION_INSTRUCTIONTEXT_H
