// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ExpandMath.h - Functions of math as arithmetic -----------*- C++ -*-===//

#ifndef SE_LIB_CONVERSION_EXPANDMATH_H
#define SE_LIB_CONVERSION_EXPANDMATH_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/PatternMatch.h"

namespace se::conversion {

/// Functions of f32 in terms of exp, log, log2, tanh, erf and instructions.
/// Their divisions may have any divisor, infinity and zero included.
void populateFunctionPatterns(mlir::RewritePatternSet &patterns);

/// exp, log, log2, tanh and erf of f32 as arithmetic. Divisors lie within
/// 2^-100 to 2^116.
void populateBasicFunctionPatterns(mlir::RewritePatternSet &patterns);

} // namespace se::conversion

#endif // SE_LIB_CONVERSION_EXPANDMATH_H
