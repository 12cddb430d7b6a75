// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Instructions.h - Instructions as operations, by name -----*- C++ -*-===//
//
// Hundreds of classes, which take long to compile: only for sources that name
// some of them. Others have InstructionOpInterface, of XPulp.h.
//
//===----------------------------------------------------------------------===//

#ifndef SE_DIALECT_XPULP_INSTRUCTIONS_H
#define SE_DIALECT_XPULP_INSTRUCTIONS_H

#include "se/Dialect/XPulp/XPulp.h"

#define GET_OP_CLASSES
#include "se/Dialect/XPulp/XPulpInstructions.h.inc"

#endif // SE_DIALECT_XPULP_INSTRUCTIONS_H
