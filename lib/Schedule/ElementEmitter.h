// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ElementEmitter.h - Scalar code for one element -----------*- C++ -*-===//

#ifndef SE_SCHEDULE_ELEMENTEMITTER_H
#define SE_SCHEDULE_ELEMENTEMITTER_H

#include "se/Dialect/RNN/RNN.h"

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/DenseMap.h"

#include <functional>

namespace se::schedule {

/// One read of a constant: one element, or with `inner` (a variable that runs
/// from 0 to `length`, or over a part of that) one for each of its values.
/// `position` is an expression of d0, the element of the loop, and d1, the
/// place in the sum.
struct ConstantAccess {
  mlir::Value constant;
  mlir::AffineExpr position;
  int64_t length;
  mlir::Value inner;
  /// The matvec or reduction that reads it, if any, and which element of it.
  mlir::Operation *reduction;
  mlir::AffineExpr reductionPosition;
  /// A table, of which `length` elements are read, but not known which.
  bool isTable = false;
};

/// A part of a sum: `length` products from `begin` on.
struct SumPart {
  mlir::Value begin, length;
};

/// Emits the scalar computation of elements of tensor values, following
/// definitions until it reaches something that lies in memory.
class ElementEmitter {
public:
  /// `memory` gives the one-dimensional memref that holds a value, if any.
  /// `readConstant` may emit a read of a constant that lies elsewhere; if it
  /// returns nothing, memory is asked.
  ElementEmitter(
      mlir::ImplicitLocOpBuilder &builder,
      std::function<mlir::Value(mlir::Value)> memory,
      std::function<mlir::Value(const ConstantAccess &)> readConstant)
      : b(builder), memory(std::move(memory)),
        readConstant(std::move(readConstant)) {}

  /// Starts a loop body in which d0 is `element`.
  void enterLoop(mlir::Value element);

  /// The element of `value` at `position`, an expression of d0. With `define`
  /// it is computed even if memory holds the value, and remembered for the
  /// rest of the loop body.
  mlir::Value emit(mlir::Value value, mlir::AffineExpr position,
                   bool define = false);

  /// Adds a part of the products of element `position` of a matvec to `sum`.
  mlir::Value emitPart(rnn::MatvecOp op, mlir::AffineExpr position,
                       mlir::Value sum, SumPart part);

  /// From now on the element of `value` at `position` is `scalar`.
  void define(mlir::Value value, mlir::AffineExpr position,
              mlir::Value scalar) {
    known[{value, position}] = scalar;
  }

  /// The index that an expression of the loop variables stands for.
  mlir::Value emitIndex(mlir::AffineExpr position);

private:
  mlir::Value compute(mlir::Operation *op, mlir::AffineExpr position);
  mlir::Value emitMatvec(rnn::MatvecOp op, mlir::AffineExpr position,
                         mlir::Value sum, const SumPart *part);
  mlir::Value emitInterpolate(rnn::InterpolateOp op, mlir::AffineExpr position);
  mlir::Value emitReduce(rnn::ReduceOp op, mlir::AffineExpr position);
  /// A loop over [0, count), or a part of it, that carries `init`; `body` gets
  /// d1 and the carried value and returns its next value.
  mlir::Value emitReduction(
      mlir::Operation *op, mlir::AffineExpr position, int64_t count,
      mlir::Value init, const SumPart *part,
      llvm::function_ref<mlir::Value(mlir::AffineExpr, mlir::Value)> body);

  mlir::ImplicitLocOpBuilder &b;
  std::function<mlir::Value(mlir::Value)> memory;
  std::function<mlir::Value(const ConstantAccess &)> readConstant;
  /// Of the sum that is being emitted.
  int64_t innerLength = 1;
  mlir::Value inner;
  mlir::Operation *reduction = nullptr;
  mlir::AffineExpr reductionPosition;
  llvm::SmallVector<mlir::Value, 2> dims;
  llvm::DenseMap<std::pair<mlir::Value, mlir::AffineExpr>, mlir::Value> known;
};

} // namespace se::schedule

#endif // SE_SCHEDULE_ELEMENTEMITTER_H
