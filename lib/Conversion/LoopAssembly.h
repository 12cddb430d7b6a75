// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LoopAssembly.h - Hardware loops as assembly --------------*- C++ -*-===//
//
// A straight-line hardware loop as one block of assembly. Its registers are
// numbered slots; which registers of the machine they are, LLVM decides.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_CONVERSION_LOOPASSEMBLY_H
#define SE_LIB_CONVERSION_LOOPASSEMBLY_H

#include "se/Dialect/XPulp/XPulp.h"
#include <optional>

namespace se::conversion {

struct LoopAssembly {
  /// Lines of assembly, `$n` being slot n, or from numSlots on the inputs, the
  /// last of which is the count if there is a register for it.
  std::string text;
  /// The first slots are those of the iteration arguments.
  unsigned numSlots = 0;
  /// Values from outside that the body uses.
  llvm::SmallVector<mlir::Value> inputs;
  bool countInRegister = false;
  bool accessesMemory = false;

  unsigned getNumRegisters() const {
    return numSlots + inputs.size() + countInRegister;
  }
};

/// The loop as assembly; nothing if its body has operations that are no
/// instructions, or is too long.
std::optional<LoopAssembly> makeLoopAssembly(xpulp::LoopOp loop);

} // namespace se::conversion

#endif // SE_LIB_CONVERSION_LOOPASSEMBLY_H
