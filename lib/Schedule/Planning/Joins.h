// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Joins.h - What is put together of several results --------*- C++ -*-===//
//
// A concatenation is not copied: its parts are stored where they belong in it.
// A part may be moved on its way there, reversed for example, or be a
// concatenation itself, if nothing else reads it.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_SCHEDULE_PLANNING_JOINS_H
#define SE_LIB_SCHEDULE_PLANNING_JOINS_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace se::schedule {

/// Whether the value, of a concatenation or of a movement that each element
/// survives, only becomes a part of a concatenation.
bool isJoined(mlir::Value value);

/// The operands of which a concatenation is put together in the end: those of
/// its parts that are not joined, and of what is joined behind the others.
void forEachPart(mlir::Operation *concat,
                 llvm::function_ref<void(mlir::OpOperand &)> found);

/// The concatenation that an operand of one, or of what is joined, belongs to
/// in the end, and where there the operand's element d0 is.
std::pair<mlir::Value, mlir::AffineExpr> findWhole(mlir::OpOperand &part);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_JOINS_H
