// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StageBody.h - What one element of a stage is -------------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_FORMSTAGES_STAGEBODY_H
#define SE_LIB_SCHEDULE_FORMSTAGES_STAGEBODY_H

#include "se/Dialect/RNN/RNN.h"

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/DenseMap.h"

#include <functional>

namespace se::schedule {

/// Makes the body of a stage: scalar operations for an element of tensors,
/// following definitions until it reaches something that is read.
///
/// Positions are expressions of d0, the element, and d1, the variable of a loop
/// in the body.
class StageBody {
public:
  /// The tensor that is read where an element of `value` is needed, or null if
  /// the element is computed.
  using FindTensor = std::function<mlir::Value(mlir::Value)>;
  /// The product of a row of a matvec at a position, or null if it is added up
  /// element by element.
  using MakeDot = std::function<mlir::Value(rnn::MatvecOp, mlir::AffineExpr)>;

  /// The builder stands in the block of the element that is one of `elements`.
  /// `isEarly` tells of a value whether it is of one element that is known
  /// before all stages.
  StageBody(mlir::ImplicitLocOpBuilder &builder, mlir::Value element,
            int64_t elements, FindTensor findTensor,
            std::function<bool(mlir::Value)> isEarly, MakeDot makeDot)
      : b(builder), dims{element}, sizes{elements},
        findTensor(std::move(findTensor)), isEarly(std::move(isEarly)),
        makeDot(std::move(makeDot)) {}

  /// The element of `value` at `position`. With `define` it is computed even if
  /// it could be read.
  mlir::Value emit(mlir::Value value, mlir::AffineExpr position,
                   bool define = false);

private:
  mlir::Value emitRead(mlir::Value tensor, mlir::AffineExpr position);
  mlir::Value compute(mlir::Value value, mlir::AffineExpr position);
  mlir::Value emitMatvec(rnn::MatvecOp op, mlir::AffineExpr position);
  mlir::Value emitReduce(rnn::ReduceOp op, mlir::AffineExpr position);
  /// A loop over [0, count) that carries `init`; `body` gets d1 and the carried
  /// value and returns its next value.
  mlir::Value emitReduction(
      int64_t count, mlir::Value init,
      llvm::function_ref<mlir::Value(mlir::AffineExpr, mlir::Value)> body);

  mlir::ImplicitLocOpBuilder &b;
  llvm::SmallVector<mlir::Value, 2> dims;
  llvm::SmallVector<int64_t, 2> sizes; ///< how many of each there are
  FindTensor findTensor;
  std::function<bool(mlir::Value)> isEarly;
  MakeDot makeDot;
  llvm::DenseMap<std::pair<mlir::Value, mlir::AffineExpr>, mlir::Value> known;
};

/// A place for plan.read and plan.dot: the map of those of `dims` that an
/// expression needs, and these.
std::pair<mlir::AffineMap, llvm::SmallVector<mlir::Value>>
makePlace(mlir::AffineExpr position, mlir::ValueRange dims);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_FORMSTAGES_STAGEBODY_H
