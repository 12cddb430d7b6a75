// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "se/ISA/Emulation.h"
#include "se/ISA/FloatOps.h"
#include "se/ISA/Semantics.h"
#include "llvm/Support/ErrorHandling.h"

using namespace se::riscv;

#define GET_ISA_EMULATION
#include "se/ISA/Isa.inc"

llvm::ArrayRef<EmulatedFunction> se::riscv::getEmulatedFunctions() {
  static const EmulatedFunction functions[] = {
#define SE_EMULATED(name, ...)                                                 \
  {Opcode::name, "se_xpulp_" #name, reinterpret_cast<void *>(&se_xpulp_##name)},
#define GET_ISA_EMULATED
#include "se/ISA/Isa.inc"
  };
  return functions;
}

uint32_t se::riscv::emulate(Opcode opcode, llvm::ArrayRef<uint32_t> o) {
  switch (opcode) {
#define SE_EMULATED(name, ...)                                                 \
  case Opcode::name:                                                           \
    return se_xpulp_##name(__VA_ARGS__);
#define GET_ISA_EMULATED
#include "se/ISA/Isa.inc"
  default:
    llvm_unreachable("no computing operation");
  }
}
