// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instruction words as text, by the instruction table.

#ifndef SE_ISA_DISASSEMBLER_H
#define SE_ISA_DISASSEMBLER_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>

namespace se::riscv {

/// By the calling convention: "zero", "ra", "sp", ..., "t6".
llvm::StringRef getRegisterName(unsigned number);

/// The instruction at `pc`, e.g. "p.lw a0, 4(a1!)"; of a short word only the
/// lower half counts. What is no instruction is ".word" or ".half" and the
/// number. `label` says what to write for a place in the code; without, its
/// address.
std::string disassemble(uint32_t word, uint32_t pc,
                        llvm::function_ref<std::string(uint32_t)> label);
std::string disassemble(uint32_t word, uint32_t pc);

} // namespace se::riscv

#endif // SE_ISA_DISASSEMBLER_H
