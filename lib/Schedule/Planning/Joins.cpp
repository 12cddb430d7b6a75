// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Joins.cpp - What is put together of several results ----------------===//

#include "Joins.h"

#include "se/Dialect/RNN/Movement.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// Of a movement without loss: along which dimensions it goes backwards; none
/// if it is no such slice.
static std::optional<SmallVector<bool>>
getReversed(tensor::ExtractSliceOp slice) {
  ArrayRef<int64_t> from = slice.getSourceType().getShape();
  if (slice.getType().getShape() != from)
    return std::nullopt;
  SmallVector<bool> reversed;
  for (auto [offset, stride, size] :
       llvm::zip(slice.getStaticOffsets(), slice.getStaticStrides(), from)) {
    reversed.push_back(stride == -1);
    if (size != 1 && !(stride == 1 && offset == 0) &&
        !(stride == -1 && offset == size - 1))
      return std::nullopt;
  }
  return reversed;
}

/// Whether each element of the operand becomes one of the result.
static bool isBijection(Operation *op) {
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
    return getReversed(slice).has_value();
  return isa<rnn::ReshapeOp, rnn::TransposeOp>(op);
}

/// Where an element of the operand is in the result of such a movement.
static AffineExpr getMovedPlace(Operation *op, AffineExpr place) {
  ArrayRef<int64_t> from = shapeOf(op->getOperand(0)),
                    to = shapeOf(op->getResult(0));
  return llvm::TypeSwitch<Operation *, AffineExpr>(op)
      .Case([&](tensor::ExtractSliceOp slice) {
        SmallVector<bool> reversed = *getReversed(slice);
        SmallVector<AffineExpr> index = delinearize(place, from);
        for (size_t i = 0; i != index.size(); ++i)
          if (reversed[i])
            index[i] = from[i] - 1 - index[i];
        return linearize(index, to, op->getContext());
      })
      .Case([&](rnn::TransposeOp transpose) {
        SmallVector<AffineExpr> index = delinearize(place, from), moved;
        for (int64_t dim : transpose.getPermutation())
          moved.push_back(index[dim]);
        return linearize(moved, to, op->getContext());
      })
      .Default(place);
}

/// Where an element of a part is in a concatenation.
static AffineExpr getPlaceOfPart(tensor::ConcatOp concat, unsigned number,
                                 AffineExpr place) {
  int64_t dim = concat.getDim(), offset = 0;
  for (Value part : concat.getInputs().take_front(number))
    offset += shapeOf(part)[dim];
  SmallVector<AffineExpr> index =
      delinearize(place, shapeOf(concat.getInputs()[number]));
  index[dim] = index[dim] + offset;
  return linearize(index, shapeOf(concat.getResult()), concat.getContext());
}

/// Whether operations of the network compute it.
static bool isComputed(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!rnn::isMovement(op))
      return !isa<arith::ConstantOp>(op);
    value = op->getOperand(0);
  }
  return false;
}

bool schedule::isJoined(Value value) {
  // What lies in memory is read where it is.
  if (!isComputed(value))
    return false;
  while (value.hasOneUse()) {
    Operation *op = value.getDefiningOp();
    if (!op || !(isa<tensor::ConcatOp>(op) || isBijection(op)))
      return false;
    Operation *user = *value.user_begin();
    if (isa<tensor::ConcatOp>(user))
      return true;
    if (user->getNumResults() != 1)
      return false;
    value = user->getResult(0);
  }
  return false;
}

void schedule::forEachPart(Operation *concat,
                           function_ref<void(OpOperand &)> found) {
  for (OpOperand &operand : concat->getOpOperands())
    if (isJoined(operand.get()))
      forEachPart(operand.get().getDefiningOp(), found);
    else
      found(operand);
}

std::pair<Value, AffineExpr> schedule::findWhole(OpOperand &part) {
  OpOperand *operand = &part;
  AffineExpr place = getAffineDimExpr(0, part.getOwner()->getContext());
  int64_t elements = elementsOf(part.get());
  while (true) {
    Operation *op = operand->getOwner();
    if (auto concat = dyn_cast<tensor::ConcatOp>(op))
      place = getPlaceOfPart(concat, operand->getOperandNumber(), place);
    else
      place = getMovedPlace(op, place);
    Value result = op->getResult(0);
    if (!isJoined(result))
      return {result, simplifyPosition(place, {elements})};
    operand = &*result.use_begin();
  }
}
