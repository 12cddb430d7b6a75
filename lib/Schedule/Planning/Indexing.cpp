// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Indexing.cpp - Element positions through data movement -------------===//

#include "se/Schedule/Indexing.h"

#include "se/Dialect/RNN/Movement.h"
#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

ArrayRef<int64_t> schedule::shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

int64_t schedule::elementsOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getNumElements();
}

SmallVector<AffineExpr> schedule::delinearize(AffineExpr position,
                                              ArrayRef<int64_t> shape) {
  SmallVector<AffineExpr> index(
      shape.size(), getAffineConstantExpr(0, position.getContext()));
  // Unit dimensions have index 0; the outermost other one needs no modulo.
  int outermost = -1;
  for (int i = 0, e = shape.size(); i != e && outermost < 0; ++i)
    if (shape[i] != 1)
      outermost = i;
  int64_t stride = 1;
  for (int i = shape.size() - 1; i >= 0; --i) {
    if (shape[i] == 1)
      continue;
    index[i] = position.floorDiv(stride);
    if (i != outermost)
      index[i] = index[i] % shape[i];
    stride *= shape[i];
  }
  return index;
}

AffineExpr schedule::linearize(ArrayRef<AffineExpr> index,
                               ArrayRef<int64_t> shape, MLIRContext *context) {
  AffineExpr position = getAffineConstantExpr(0, context);
  int64_t stride = 1;
  for (int i = shape.size() - 1; i >= 0; --i) {
    if (shape[i] != 1)
      position = index[i] * stride + position;
    stride *= shape[i];
  }
  return position;
}

AffineExpr schedule::sourcePosition(Operation *op, AffineExpr position) {
  if (isa<rnn::ReshapeOp>(op))
    return position;
  rnn::Movement movement = *rnn::getMovement(op);
  ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
  SmallVector<AffineExpr> index = delinearize(position, shape);
  SmallVector<size_t> dims;
  for (auto [dim, stride] : llvm::enumerate(movement.strides))
    if (stride != 0 && shape[dim] != 1)
      dims.push_back(dim);
  // As if the operand was counted from its last dimension on.
  llvm::stable_sort(dims, [&](size_t a, size_t b) {
    return movement.strides[a] < movement.strides[b];
  });
  AffineExpr source = getAffineConstantExpr(0, op->getContext());
  for (size_t dim : dims)
    source = index[dim] * movement.strides[dim] + source;
  return source + movement.start;
}

Value schedule::stripReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<rnn::ReshapeOp>())
    value = reshape.getX();
  return value;
}

bool schedule::isElementwise(Operation *op) {
  if (isa<arith::ConstantOp>(op) || op->getNumResults() != 1)
    return false;
  return isa<rnn::ActivationOp, rnn::QuantizeOp, rnn::InterpolateOp>(op) ||
         isa_and_nonnull<arith::ArithDialect, math::MathDialect>(
             op->getDialect());
}

int64_t schedule::evaluatePosition(AffineExpr position,
                                   ArrayRef<int64_t> dims) {
  if (auto constant = dyn_cast<AffineConstantExpr>(position))
    return constant.getValue();
  if (auto dim = dyn_cast<AffineDimExpr>(position))
    return dims[dim.getPosition()];
  auto binary = cast<AffineBinaryOpExpr>(position);
  int64_t lhs = evaluatePosition(binary.getLHS(), dims);
  int64_t rhs = evaluatePosition(binary.getRHS(), dims);
  switch (position.getKind()) {
  case AffineExprKind::Add:
    return lhs + rhs;
  case AffineExprKind::Mul:
    return lhs * rhs;
  case AffineExprKind::Mod:
    return lhs % rhs;
  case AffineExprKind::FloorDiv:
    return lhs / rhs;
  default:
    llvm_unreachable("positions have no other operations");
  }
}

std::pair<Value, AffineExpr>
schedule::traceMovement(Value value, AffineExpr position,
                        function_ref<bool(Value)> isEnd) {
  while (Operation *op = value.getDefiningOp()) {
    if (!rnn::isMovement(op) || isEnd(value))
      break;
    position = sourcePosition(op, position);
    value = op->getOperand(0);
  }
  return {value, position};
}
