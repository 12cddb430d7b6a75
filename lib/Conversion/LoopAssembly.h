// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LoopAssembly.h - Hardware loops as assembly --------------*- C++ -*-===//
//
// A hardware loop with registers as one block of assembly. Which registers of
// the machine they are, LLVM decides.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_CONVERSION_LOOPASSEMBLY_H
#define SE_LIB_CONVERSION_LOOPASSEMBLY_H

#include "se/Dialect/XPulp/XPulp.h"

namespace se::conversion {

struct LoopAssembly {
  /// Lines of assembly, `$n` being register n of the loop, or behind those the
  /// inputs, the last of which is the count if there is a register for it.
  std::string text;
  /// The first registers are those of the iteration arguments.
  unsigned numRegisters = 0;
  /// Values from outside that the body uses.
  llvm::SmallVector<mlir::Value> inputs;
  bool readsCount = false;
  bool accessesMemory = false;
};

/// The assembly of a loop that has registers.
LoopAssembly makeLoopAssembly(xpulp::LoopOp loop);

} // namespace se::conversion

#endif // SE_LIB_CONVERSION_LOOPASSEMBLY_H
