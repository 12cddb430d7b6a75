// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ChainDots.h - Sums that go on from product to product ----*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_CHAINDOTS_H
#define SE_LIB_SCHEDULE_CHAINDOTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace se::schedule {

/// Of two integer sums of products that are added, the second goes on where the
/// first ended, so that they take one register and no addition. (Sums of floats
/// would be rounded in another order.) The first one starts with a constant
/// that is added, if the record of its weights has it.
void chainDots(mlir::func::FuncOp function);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_CHAINDOTS_H
