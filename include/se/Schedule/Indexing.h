// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Indexing.h - Element positions through data movement -----*- C++ -*-===//
//
// All tensors are addressed by the row-major (linear) position of an element.
// A position is an affine expression of loop variables; data movement (reshape,
// transpose, slice, broadcast) maps the position in its result to the position
// in its operand and costs nothing else.
//
//===----------------------------------------------------------------------===//

#ifndef SE_SCHEDULE_INDEXING_H
#define SE_SCHEDULE_INDEXING_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Operation.h"

namespace se::schedule {

/// The index along each dimension of `shape` of the element at `position`.
llvm::SmallVector<mlir::AffineExpr> delinearize(mlir::AffineExpr position,
                                                llvm::ArrayRef<int64_t> shape);

/// The inverse of delinearize.
mlir::AffineExpr linearize(llvm::ArrayRef<mlir::AffineExpr> index,
                           llvm::ArrayRef<int64_t> shape,
                           mlir::MLIRContext *context);

/// The position in the operand of movement `op` of the element that is at
/// `position` in its result.
mlir::AffineExpr sourcePosition(mlir::Operation *op, mlir::AffineExpr position);

/// The value that `value` comes from through movement alone, the first of those
/// for which `isEnd`, if any; and the position there of the element that is at
/// `position` in `value`.
std::pair<mlir::Value, mlir::AffineExpr>
traceMovement(mlir::Value value, mlir::AffineExpr position,
              llvm::function_ref<bool(mlir::Value)> isEnd);

/// `value` without the reshapes that made it: the same elements at the same
/// positions.
mlir::Value stripReshapes(mlir::Value value);

/// True if element i of the op's result is computed from elements i of its
/// operands by arith, math, an activation or a quantization; a table is read as
/// a whole.
bool isElementwise(mlir::Operation *op);

/// The value of an expression of dimensions with these values.
int64_t evaluatePosition(mlir::AffineExpr position,
                         llvm::ArrayRef<int64_t> dims);

/// The same for dimensions d0, d1... from 0 on, below `sizes`.
mlir::AffineExpr simplifyPosition(mlir::AffineExpr position,
                                  llvm::ArrayRef<int64_t> sizes);

/// Shape of a tensor value.
llvm::ArrayRef<int64_t> shapeOf(mlir::Value value);

/// Number of elements of a tensor value.
int64_t elementsOf(mlir::Value value);

} // namespace se::schedule

#endif // SE_SCHEDULE_INDEXING_H
