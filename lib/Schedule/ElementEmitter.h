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

/// What a loop body computes now: the element `lane` behind the one that it was
/// entered with, or with `isPair` that one and its neighbour.
struct Lanes {
  int64_t lane = 0;
  bool isPair = false;
};

/// A read of an element of a constant, or of a pair. `position` is an
/// expression of d0, the element, and d1, the place in a sum.
struct ConstantAccess {
  mlir::Value constant;
  mlir::AffineExpr position;
  int64_t times; ///< per element: more than once in a sum
  Lanes lanes;
  /// A table, of which elements are read, but not known which.
  bool isTable = false;
};

/// Emits the computation of elements of tensor values, following definitions
/// until it reaches something that lies in memory: of one element, or of a pair
/// of neighbours, whose values are vectors of two.
class ElementEmitter {
public:
  using ReadSum =
      std::function<mlir::Value(rnn::MatvecOp, mlir::AffineExpr, Lanes)>;
  /// The memref that holds, for each element d0 of the loop, a value at a
  /// position; null if there is none.
  using FindEarly = std::function<mlir::Value(mlir::Value, mlir::AffineExpr)>;

  /// `memory` gives the one-dimensional memref that holds a value, if any.
  /// `readConstant` may emit a read of a constant that lies elsewhere; if it
  /// returns nothing, memory is asked. `readSum` may give what a matvec has at
  /// a position; if it returns nothing, the sum is emitted.
  ElementEmitter(
      mlir::ImplicitLocOpBuilder &builder,
      std::function<mlir::Value(mlir::Value)> memory,
      std::function<mlir::Value(const ConstantAccess &)> readConstant,
      ReadSum readSum)
      : b(builder), memory(std::move(memory)),
        readConstant(std::move(readConstant)), readSum(std::move(readSum)) {}

  /// From here on what `function` finds has been computed by a loop before.
  void setEarly(FindEarly function) { findEarly = std::move(function); }

  /// From here on `function` is told what is loaded of values in memory.
  void setObserver(std::function<void(mlir::Value, mlir::Value)> function) {
    observe = std::move(function);
  }
  /// `scalar` is the only element of `value`.
  void setScalar(mlir::Value value, mlir::Value scalar) {
    scalars[value] = scalar;
  }

  /// Starts a loop body in which d0 is `element`.
  void enterLoop(mlir::Value element);
  /// Starts one for the pair of `first` and `other`, which is null for the
  /// successor of `first`.
  void enterPair(mlir::Value first, mlir::Value other);

  /// The element of `value` at `position`, an expression of d0. With `define`
  /// it is computed even if memory holds the value, and remembered for the
  /// rest of the loop body.
  mlir::Value emit(mlir::Value value, mlir::AffineExpr position,
                   bool define = false);

  /// Stores an element, or a pair of them.
  void store(mlir::Value scalar, mlir::Value memref, mlir::AffineExpr position);

private:
  /// The index that an expression of the loop variables stands for.
  mlir::Value emitIndex(mlir::AffineExpr position);
  bool isPairable(mlir::AffineExpr position) const;
  mlir::Value getOther();
  mlir::Value compute(mlir::Operation *op, mlir::AffineExpr position);
  mlir::Value createElementwise(mlir::Operation *op, mlir::ValueRange operands);
  /// A pair whose elements are computed one after the other.
  mlir::Value emitLanes(mlir::Value value, mlir::AffineExpr position,
                        bool define);
  mlir::Value load(mlir::Value memref, mlir::AffineExpr position);
  mlir::Value emitMatvec(rnn::MatvecOp op, mlir::AffineExpr position);
  mlir::Value emitInterpolate(rnn::InterpolateOp op, mlir::AffineExpr position);
  mlir::Value emitReduce(rnn::ReduceOp op, mlir::AffineExpr position);
  /// A loop over [0, count) that carries `init`; `body` gets d1 and the carried
  /// value and returns its next value.
  mlir::Value emitReduction(
      int64_t count, mlir::Value init,
      llvm::function_ref<mlir::Value(mlir::AffineExpr, mlir::Value)> body);
  mlir::Type typeOf(mlir::Value value) const;

  mlir::ImplicitLocOpBuilder &b;
  std::function<mlir::Value(mlir::Value)> memory;
  std::function<mlir::Value(const ConstantAccess &)> readConstant;
  ReadSum readSum;
  FindEarly findEarly;
  std::function<void(mlir::Value, mlir::Value)> observe;
  llvm::DenseMap<mlir::Value, mlir::Value> scalars;
  Lanes lanes;
  int64_t times = 1; ///< of the sum that is being emitted
  llvm::SmallVector<mlir::Value, 2> dims;
  mlir::Value other; ///< of a pair that are no neighbours
  llvm::DenseMap<std::pair<mlir::Value, mlir::AffineExpr>, mlir::Value> known;
};

/// What an elementwise operation on tensors, or movement, makes of the only
/// elements of its operands.
mlir::Value emitScalar(mlir::ImplicitLocOpBuilder &b, mlir::Operation *op,
                       mlir::ValueRange operands);

/// The index that an expression of dimensions with these values stands for.
mlir::Value emitIndex(mlir::ImplicitLocOpBuilder &b, mlir::AffineExpr position,
                      llvm::ArrayRef<mlir::Value> dims);

/// Loads the element at index `at`, or a pair of which it is the first.
mlir::Value emitLoad(mlir::ImplicitLocOpBuilder &b, mlir::Value memref,
                     mlir::Value at, bool isPair);

} // namespace se::schedule

#endif // SE_SCHEDULE_ELEMENTEMITTER_H
