// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- XPulpDialect.h - The xpulp dialect, without operations ---*- C++ -*-===//
//
// For those who only register it: the hundreds of operations take long to
// compile.
//
//===----------------------------------------------------------------------===//

#ifndef SE_DIALECT_XPULP_XPULPDIALECT_H
#define SE_DIALECT_XPULP_XPULPDIALECT_H

#include "mlir/IR/Dialect.h"

#include "se/Dialect/XPulp/XPulpDialect.h.inc"

#endif // SE_DIALECT_XPULP_XPULPDIALECT_H
