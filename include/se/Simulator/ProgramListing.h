// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs as text.

#ifndef SE_SIMULATOR_PROGRAMLISTING_H
#define SE_SIMULATOR_PROGRAMLISTING_H

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace se::sim {

/// Writes the sections with code of an ELF file, one instruction a line, with
/// address, raw word and symbols. Errors: no ELF file of 32-bit RISC-V,
/// damaged sections.
llvm::Error disassembleProgram(llvm::MemoryBufferRef program,
                               llvm::raw_ostream &os);

} // namespace se::sim

#endif // SE_SIMULATOR_PROGRAMLISTING_H
