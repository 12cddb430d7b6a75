// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.h - From scheduled to selected and llvm -----------*- C++ -*-===//

#ifndef SE_CONVERSION_PASSES_H
#define SE_CONVERSION_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace se::conversion {
/// On cluster.program, between se-lower-cluster and se-make-entry-points: the
/// section of each constant that is not in L2, by name.
inline constexpr llvm::StringLiteral sectionsAttrName = "cluster.sections";

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "se/Conversion/Passes.h.inc"
} // namespace se::conversion

#endif // SE_CONVERSION_PASSES_H
