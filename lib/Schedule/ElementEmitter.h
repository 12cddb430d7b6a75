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
/// from 0 to `length`) one for each of its values. `position` is an expression
/// of d0, the element of the loop, and d1, `inner`.
struct ConstantAccess {
  mlir::Value constant;
  mlir::AffineExpr position;
  int64_t length;
  mlir::Value inner;
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

  /// The index that an expression of the loop variables stands for.
  mlir::Value emitIndex(mlir::AffineExpr position);

private:
  mlir::Value compute(mlir::Operation *op, mlir::AffineExpr position);
  mlir::Value emitMatvec(rnn::MatvecOp op, mlir::AffineExpr position);
  mlir::Value emitReduce(rnn::ReduceOp op, mlir::AffineExpr position);
  /// A loop over [0, count) that carries `init`; `body` gets d1 and the carried
  /// value and returns its next value.
  mlir::Value emitReduction(
      int64_t count, mlir::Value init,
      llvm::function_ref<mlir::Value(mlir::AffineExpr, mlir::Value)> body);

  mlir::ImplicitLocOpBuilder &b;
  std::function<mlir::Value(mlir::Value)> memory;
  std::function<mlir::Value(const ConstantAccess &)> readConstant;
  int64_t innerLength = 1;
  llvm::SmallVector<mlir::Value, 2> dims;
  llvm::DenseMap<std::pair<mlir::Value, mlir::AffineExpr>, mlir::Value> known;
};

} // namespace se::schedule

#endif // SE_SCHEDULE_ELEMENTEMITTER_H
