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

namespace {
/// A position simplified, and where it lies.
struct Bounded {
  AffineExpr expr;
  int64_t least, most;
};
} // namespace

/// Terms of a sum.
static void collectTerms(AffineExpr sum, SmallVectorImpl<AffineExpr> &terms) {
  if (sum.getKind() != AffineExprKind::Add)
    return terms.push_back(sum);
  auto binary = cast<AffineBinaryOpExpr>(sum);
  collectTerms(binary.getLHS(), terms);
  collectTerms(binary.getRHS(), terms);
}

/// (e floordiv c) * c + e mod c is e.
static AffineExpr joinParts(AffineExpr sum) {
  SmallVector<AffineExpr> terms;
  collectTerms(sum, terms);
  for (AffineExpr &mod : terms) {
    if (mod.getKind() != AffineExprKind::Mod)
      continue;
    auto part = cast<AffineBinaryOpExpr>(mod);
    AffineExpr rest = part.getLHS().floorDiv(part.getRHS()) * part.getRHS();
    auto other = llvm::find(terms, rest);
    if (other == terms.end())
      continue;
    mod = part.getLHS();
    terms.erase(other);
    AffineExpr joined = getAffineConstantExpr(0, sum.getContext());
    for (AffineExpr term : terms)
      joined = joined + term;
    return joinParts(joined);
  }
  return sum;
}

static Bounded simplify(AffineExpr position, ArrayRef<int64_t> sizes) {
  if (auto constant = dyn_cast<AffineConstantExpr>(position))
    return {position, constant.getValue(), constant.getValue()};
  if (auto dim = dyn_cast<AffineDimExpr>(position))
    return {position, 0, sizes[dim.getPosition()] - 1};
  auto binary = cast<AffineBinaryOpExpr>(position);
  Bounded lhs = simplify(binary.getLHS(), sizes),
          rhs = simplify(binary.getRHS(), sizes);
  int64_t by = rhs.least;
  switch (position.getKind()) {
  case AffineExprKind::Add:
    return {joinParts(lhs.expr + rhs.expr), lhs.least + rhs.least,
            lhs.most + rhs.most};
  case AffineExprKind::Mul:
    return {lhs.expr * rhs.expr, std::min(lhs.least * by, lhs.most * by),
            std::max(lhs.least * by, lhs.most * by)};
  case AffineExprKind::Mod:
  case AffineExprKind::FloorDiv: {
    bool isMod = position.getKind() == AffineExprKind::Mod;
    AffineExpr zero = getAffineConstantExpr(0, position.getContext());
    // Of the sum of multiples and a rest that is less, each is one of both.
    SmallVector<AffineExpr> terms;
    collectTerms(lhs.expr, terms);
    AffineExpr multiples = zero, others = zero;
    for (AffineExpr term : terms)
      (term.isMultipleOf(by) ? multiples : others) =
          (term.isMultipleOf(by) ? multiples : others) + term;
    Bounded rest = others == lhs.expr ? lhs : simplify(others, sizes);
    if (lhs.least >= 0 && rest.least >= 0 && rest.most < by) {
      AffineExpr quotient = multiples.floorDiv(by);
      if (isMod)
        return {rest.expr, rest.least, rest.most};
      return {quotient, lhs.least / by, lhs.most / by};
    }
    if (isMod)
      return {lhs.expr % rhs.expr, 0, by - 1};
    return {lhs.expr.floorDiv(rhs.expr), lhs.least / by, lhs.most / by};
  }
  default:
    llvm_unreachable("positions have no other operations");
  }
}

AffineExpr schedule::simplifyPosition(AffineExpr position,
                                      ArrayRef<int64_t> sizes) {
  return simplify(position, sizes).expr;
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
