// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Tokens.h - Every transfer is waited for once -------------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_VERIFY_TOKENS_H
#define SE_LIB_SCHEDULE_VERIFY_TOKENS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LogicalResult.h"

namespace se::schedule::proof {

/// Reports a token that is not waited for, or handed on to a loop or out of a
/// region, exactly once on every path.
mlir::LogicalResult verifyTokens(mlir::ModuleOp module);

} // namespace se::schedule::proof

#endif // SE_LIB_SCHEDULE_VERIFY_TOKENS_H
