// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CellBody.h - The body of a cell, with known sizes --------*- C++ -*-===//

#ifndef SE_DIALECT_RNN_TRANSFORMS_CELLBODY_H
#define SE_DIALECT_RNN_TRANSFORMS_CELLBODY_H

#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"

namespace se::rnn {

/// Fills a cell with the body of another one, for known argument types, options
/// and weights. Rules instantiate-C3 to C7 (Normalize.td).
class CellBody {
public:
  /// What the results of an application within the body are: its own, or those
  /// of operations before it. `absent` are weights that are to be left out.
  using Expand =
      llvm::function_ref<mlir::FailureOr<llvm::SmallVector<mlir::Value>>(
          ApplyOp, llvm::ArrayRef<unsigned> absent)>;
  /// An error at the application, which names the place in the cell.
  using Fail = llvm::function_ref<mlir::LogicalResult(
      llvm::StringRef rule, mlir::Location inCell, const llvm::Twine &text)>;

  CellBody(mlir::OpBuilder b, mlir::DictionaryAttr options, Expand expand,
           Fail fail)
      : b(b), options(options), expand(expand), fail(fail) {}

  void map(mlir::Value argument, mlir::Value known) {
    mapping.map(argument, known);
  }
  void setAbsent(mlir::Value weight) { absent.insert(weight); }

  /// Outputs, then next states, with the types that they turn out to have.
  mlir::LogicalResult build(CellOp from);
  llvm::ArrayRef<mlir::Value> getOutputs() const { return outputs; }
  llvm::ArrayRef<mlir::Value> getNextStates() const { return nextStates; }

private:
  mlir::LogicalResult build(mlir::Operation *op);
  mlir::LogicalResult buildChoice(ChooseOp op);
  mlir::LogicalResult buildWithAbsent(mlir::Operation *op);
  mlir::LogicalResult buildApply(ApplyOp op);
  mlir::LogicalResult buildSlice(mlir::Operation *op);
  mlir::LogicalResult buildExpansion(mlir::tensor::ExpandShapeOp op);
  std::optional<llvm::SmallVector<mlir::OpFoldResult>>
  toConstants(llvm::SmallVector<mlir::OpFoldResult> sizes);
  mlir::LogicalResult buildYield(YieldOp op);
  mlir::LogicalResult closeOperands(mlir::Operation *op);
  std::optional<llvm::SmallVector<int64_t>> getOwnShape(mlir::Value value);
  mlir::FailureOr<mlir::Value> close(mlir::Value value,
                                     llvm::ArrayRef<int64_t> shape);
  mlir::LogicalResult applyOption(mlir::Operation *op);
  mlir::LogicalResult finish(mlir::Operation *from, mlir::Operation *op);
  mlir::LogicalResult describe(mlir::Operation *from, mlir::Operation *op,
                               const llvm::Twine &otherwise);
  /// `value` is what `other` is.
  void equate(mlir::Value value, mlir::Value other);

  mlir::OpBuilder b;
  mlir::DictionaryAttr options;
  Expand expand;
  Fail fail;
  mlir::IRMapping mapping;
  llvm::DenseSet<mlir::Value> absent;
  /// Values that get their shape where they are used.
  llvm::DenseMap<mlir::Value, mlir::Operation *> open;
  llvm::SmallVector<mlir::Value> outputs, nextStates;
};

/// Names of the options that a cell knows, and what kind of value each has.
enum class OptionKind { Function, Number, Choice };
llvm::MapVector<mlir::StringRef, OptionKind> getOptions(CellOp cell);

} // namespace se::rnn

#endif // SE_DIALECT_RNN_TRANSFORMS_CELLBODY_H
