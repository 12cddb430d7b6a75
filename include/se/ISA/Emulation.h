// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instructions as functions: what an operation of the xpulp dialect computes,
// by the semantics of the instruction table that the simulator executes.

#ifndef SE_ISA_EMULATION_H
#define SE_ISA_EMULATION_H

#include "se/ISA/Isa.h"

namespace se::riscv {

/// The function of a row, `uint32_t se_xpulp_ROW(uint32_t...)`: of rd if the
/// instruction reads it, rs1, rs2, rs3 and the immediates, as far as it has
/// them. It rounds to nearest.
struct EmulatedFunction {
  Opcode opcode;
  llvm::StringLiteral name;
  void *address;
};

/// Those rows that are operations and compute.
llvm::ArrayRef<EmulatedFunction> getEmulatedFunctions();

/// The result of such a row; operands in the order above.
uint32_t emulate(Opcode opcode, llvm::ArrayRef<uint32_t> operands);

} // namespace se::riscv

#endif // SE_ISA_EMULATION_H
