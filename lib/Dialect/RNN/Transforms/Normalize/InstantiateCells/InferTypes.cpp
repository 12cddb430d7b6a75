// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- InferTypes.cpp - Shapes of results from operands -------------------===//

#include "InferTypes.h"

#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace se::rnn;

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

bool se::rnn::isElementwise(Operation *op) {
  return isa<ActivationOp, ChooseOp>(op) ||
         OpTrait::hasElementwiseMappableTraits(op);
}

using Shape = SmallVector<int64_t>;

static std::optional<Shape> getProductShape(Value w, Value x) {
  Shape shape(typeOf(x).getShape());
  if (typeOf(w).getRank() != 2 || shape.empty())
    return std::nullopt;
  shape.back() = typeOf(w).getDimSize(0);
  return shape;
}

/// The one open size, if there is one, from the number of elements.
static std::optional<Shape> getReshaped(ReshapeOp op) {
  Shape shape(typeOf(op.getY()).getShape());
  int64_t *open = nullptr, rest = typeOf(op.getX()).getNumElements();
  for (int64_t &size : shape) {
    if (ShapedType::isDynamic(size)) {
      open = &size;
      continue;
    }
    if (size == 0 || rest % size != 0)
      return std::nullopt;
    rest /= size;
  }
  if (open)
    *open = rest;
  return shape;
}

/// The shape of the only result; nothing if operands contradict each other.
static std::optional<Shape> getShape(Operation *op) {
  using Result = std::optional<Shape>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case<MatvecOp, LinearOp>(
          [](auto op) { return getProductShape(op.getW(), op.getX()); })
      .Case([](ReduceOp op) -> Result {
        Shape shape(typeOf(op.getX()).getShape());
        for (int64_t axis : op.getAxes()) {
          if (axis < 0 || axis >= int64_t(shape.size()))
            return std::nullopt;
          shape[axis] = 1;
        }
        return shape;
      })
      .Case([](TransposeOp op) -> Result {
        Shape shape;
        for (int64_t dim : op.getPermutation())
          shape.push_back(typeOf(op.getX()).getDimSize(dim));
        return shape;
      })
      .Case([](ReshapeOp op) { return getReshaped(op); })
      .Case([](tensor::ConcatOp op) -> Result {
        auto rank = typeOf(op.getInputs()[0]).getRank();
        if (llvm::any_of(op.getInputs(), [&](Value input) {
              return typeOf(input).getRank() != rank;
            }))
          return std::nullopt;
        Shape shape(typeOf(op.getInputs()[0]).getShape());
        shape[op.getDim()] = 0;
        for (Value input : op.getInputs())
          shape[op.getDim()] += typeOf(input).getDimSize(op.getDim());
        return shape;
      })
      .Case([](tensor::InsertSliceOp op) -> Result {
        return Shape(op.getDestType().getShape());
      })
      .Case([](tensor::CastOp op) -> Result {
        return Shape(typeOf(op.getSource()).getShape());
      })
      .Case([](tensor::CollapseShapeOp op) -> Result {
        return Shape(tensor::CollapseShapeOp::inferCollapsedType(
                         op.getSrcType(), op.getReassociationMaps())
                         .getShape());
      })
      .Default([](Operation *op) -> Result {
        // Elementwise, or of known shape in the text.
        for (Value operand : op->getOperands())
          if (isElementwise(op) && isa<RankedTensorType>(operand.getType()))
            return Shape(typeOf(operand).getShape());
        return Shape(typeOf(op->getResult(0)).getShape());
      });
}

Inferred se::rnn::inferResultTypes(Operation *op) {
  // Already, or numbers.
  bool areTensors =
      llvm::all_of(op->getResultTypes(), llvm::IsaPred<RankedTensorType>);
  if (!areTensors || op->getNumResults() == 0)
    return Inferred::Known;
  if (auto split = dyn_cast<SplitOp>(op)) {
    SmallVector<Type> types;
    if (failed(SplitOp::inferReturnTypes(
            op->getContext(), std::nullopt, op->getOperands(),
            op->getDiscardableAttrDictionary(), op->getPropertiesStorage(), {},
            types)))
      return Inferred::Contradiction;
    for (auto [result, type] : llvm::zip(op->getResults(), types))
      result.setType(type);
    return Inferred::Known;
  }
  RankedTensorType said = typeOf(op->getResult(0));
  bool isOpen = !said.hasStaticShape();
  if (isa<FillOp, BroadcastOp>(op) && isOpen)
    return Inferred::Open;
  if (isa<ReshapeOp>(op) &&
      llvm::count_if(said.getShape(), ShapedType::isDynamic) > 1)
    return Inferred::Open;
  std::optional<Shape> shape = getShape(op);
  if (!shape || failed(verifyCompatibleShape(said.getShape(), *shape)))
    return Inferred::Contradiction;
  if (llvm::any_of(*shape, ShapedType::isDynamic))
    return Inferred::Open;
  op->getResult(0).setType(said.clone(*shape));
  return Inferred::Known;
}
