// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A second opinion on what instructions compute: written from descriptions of
// them (docs/hardware/isa.md, the RISC-V specification) with APInt and APFloat,
// without the simulator's helpers.

#ifndef SE_UNITTESTS_ISA_REFERENCE_H
#define SE_UNITTESTS_ISA_REFERENCE_H

#include "se/ISA/Isa.h"
#include <optional>

namespace se::riscv {

/// The operands of one execution: values of registers, immediates as decoded.
struct Sources {
  uint32_t rd, rs1, rs2, rs3;
  int32_t imm, imm2;
  unsigned rm;
  uint32_t pc;
};

/// The new value of rd; empty if the reference does not know the instruction,
/// as those of one part know none of the others.
std::optional<uint32_t> reference(const InstructionInfo &info,
                                  const Sources &s);
std::optional<uint32_t> referenceInteger(const InstructionInfo &info,
                                         const Sources &s);
std::optional<uint32_t> referenceScalarXpulp(const InstructionInfo &info,
                                             const Sources &s);
std::optional<uint32_t> referenceSimd(const InstructionInfo &info,
                                      const Sources &s);
std::optional<uint32_t> referenceFloat(const InstructionInfo &info,
                                       const Sources &s);

/// The reference for the bound of p.clip covers sensible bounds.
void restrict(const InstructionInfo &info, Sources &s);

} // namespace se::riscv

#endif // SE_UNITTESTS_ISA_REFERENCE_H
