// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "se/Simulator/Emulation.h"
#include "se/Simulator/FloatOps.h"
#include "se/Simulator/Semantics.h"
#include "llvm/Support/ErrorHandling.h"

using namespace se::sim;

#define GET_ISA_EMULATION
#include "se/Target/Isa/Isa.inc"

llvm::ArrayRef<EmulatedFunction> se::sim::getEmulatedFunctions() {
  static const EmulatedFunction functions[] = {
#define SE_EMULATED(name, ...)                                                 \
  {Opcode::name, "se_xpulp_" #name, reinterpret_cast<void *>(&se_xpulp_##name)},
#define GET_ISA_EMULATED
#include "se/Target/Isa/Isa.inc"
  };
  return functions;
}

uint32_t se::sim::emulate(Opcode opcode, llvm::ArrayRef<uint32_t> o) {
  switch (opcode) {
#define SE_EMULATED(name, ...)                                                 \
  case Opcode::name:                                                           \
    return se_xpulp_##name(__VA_ARGS__);
#define GET_ISA_EMULATED
#include "se/Target/Isa/Isa.inc"
  default:
    llvm_unreachable("no computing operation");
  }
}
