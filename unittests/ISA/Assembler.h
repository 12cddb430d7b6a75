// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Assembles test programs in process, with LLVM's assembler for
// rv32imc_zicsr_zfinx_zhinx. Xpulp instructions are written with .insn.

#ifndef SE_UNITTESTS_ISA_ASSEMBLER_H
#define SE_UNITTESTS_ISA_ASSEMBLER_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace se::riscv {

/// The bytes of the text section. Fails the running test on a syntax error or
/// an undefined label.
std::vector<uint8_t> assemble(llvm::StringRef text);

/// The first instruction of `text` as a word.
uint32_t assembleWord(llvm::StringRef text);

/// A word as LLVM's disassembler writes it, or "" if it is no instruction.
std::string disassemble(uint32_t word);

} // namespace se::riscv

#endif // SE_UNITTESTS_ISA_ASSEMBLER_H
