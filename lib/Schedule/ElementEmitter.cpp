// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ElementEmitter.cpp - Scalar code for one element -------------------===//

#include "ElementEmitter.h"

#include "se/Dialect/Cluster/StageLocation.h"
#include "se/Schedule/Indexing.h"
#include "se/Schedule/Plan.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/AffineExprVisitor.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

//===----------------------------------------------------------------------===//
// Positions
//===----------------------------------------------------------------------===//

namespace {
/// Positions are never negative, so division is unsigned.
struct IndexEmitter : AffineExprVisitor<IndexEmitter, Value> {
  IndexEmitter(ImplicitLocOpBuilder &b, ArrayRef<Value> dims)
      : b(b), dims(dims) {}

  template <typename Op> Value binary(AffineBinaryOpExpr expr) {
    Value lhs = visit(expr.getLHS());
    Value rhs = visit(expr.getRHS());
    return Op::create(b, lhs, rhs);
  }
  Value visitAddExpr(AffineBinaryOpExpr e) { return binary<arith::AddIOp>(e); }
  Value visitMulExpr(AffineBinaryOpExpr e) { return binary<arith::MulIOp>(e); }
  Value visitModExpr(AffineBinaryOpExpr e) { return binary<arith::RemUIOp>(e); }
  Value visitFloorDivExpr(AffineBinaryOpExpr e) {
    return binary<arith::DivUIOp>(e);
  }
  Value visitCeilDivExpr(AffineBinaryOpExpr) {
    llvm_unreachable("positions have no ceiling division");
  }
  Value visitSymbolExpr(AffineSymbolExpr) {
    llvm_unreachable("positions have no symbols");
  }
  Value visitConstantExpr(AffineConstantExpr e) {
    return arith::ConstantIndexOp::create(b, e.getValue());
  }
  Value visitDimExpr(AffineDimExpr e) { return dims[e.getPosition()]; }

  ImplicitLocOpBuilder &b;
  ArrayRef<Value> dims;
};
} // namespace

Value ElementEmitter::emitIndex(AffineExpr position) {
  return IndexEmitter(b, dims).visit(position);
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

void ElementEmitter::enterLoop(Value element) {
  dims.assign({element});
  known.clear();
}

Value ElementEmitter::emit(Value value, AffineExpr position, bool define) {
  if (Value scalar = known.lookup({value, position}))
    return scalar;
  Operation *op = value.getDefiningOp();
  SplatElementsAttr splat;
  Value scalar;
  Location outer = b.getLoc();
  b.setLoc(cluster::withStage(value.getLoc(), cluster::getStage(outer)));
  if (op && isa<arith::ConstantOp>(op) &&
      (splat = dyn_cast<SplatElementsAttr>(
           cast<arith::ConstantOp>(op).getValue()))) {
    scalar = arith::ConstantOp::create(
        b, cast<TypedAttr>(splat.getSplatValue<Attribute>()));
  } else if (Value element =
                 op && isa<arith::ConstantOp>(op)
                     ? readConstant({value, position, innerLength, inner,
                                     reduction, reductionPosition})
                     : Value()) {
    scalar = element;
  } else if (Value buffer = define && op && !isa<arith::ConstantOp>(op)
                                ? Value()
                                : memory(value)) {
    scalar = memref::LoadOp::create(b, buffer, emitIndex(position));
  } else {
    scalar = compute(op, position);
  }
  b.setLoc(outer);
  // Values of an inner loop do not outlive it.
  if (dims.size() == 1)
    known[{value, position}] = scalar;
  return scalar;
}

Value ElementEmitter::compute(Operation *op, AffineExpr position) {
  if (isMovement(op))
    return emit(op->getOperand(0), sourcePosition(op, position));
  if (auto matvec = dyn_cast<rnn::MatvecOp>(op))
    return emitMatvec(
        matvec, position,
        arith::ConstantOp::create(
            b, b.getZeroAttr(getElementTypeOrSelf(matvec.getY().getType()))),
        nullptr);
  if (auto reduce = dyn_cast<rnn::ReduceOp>(op))
    return emitReduce(reduce, position);
  if (auto interpolate = dyn_cast<rnn::InterpolateOp>(op))
    return emitInterpolate(interpolate, position);
  assert(isElementwise(op) && "the pass checks which operations there are");
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(emit(operand, position));
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  OperationState state(b.getLoc(), op->getName(), operands, {element},
                       op->getAttrs());
  return b.create(state)->getResult(0);
}

Value ElementEmitter::emitInterpolate(rnn::InterpolateOp op,
                                      AffineExpr position) {
  Value x = emit(op.getX(), position), table = op.getTable();
  // A slope and an offset.
  readConstant({table, getAffineConstantExpr(0, b.getContext()), 2, Value(),
                nullptr, AffineExpr(), /*isTable=*/true});
  return rnn::InterpolateOp::create(b, x, memory(table), op.getScaleAttr());
}

static Value toSingle(ImplicitLocOpBuilder &b, Value value) {
  if (value.getType().isF32())
    return value;
  return arith::ExtFOp::create(b, b.getF32Type(), value);
}

Value ElementEmitter::emitReduction(
    Operation *op, AffineExpr position, int64_t count, Value init,
    const SumPart *part, function_ref<Value(AffineExpr, Value)> body) {
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value upper = part ? part->length : arith::ConstantIndexOp::create(b, count);
  auto loop = scf::ForOp::create(b, zero, upper, one, ValueRange{init});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  inner = loop.getInductionVar();
  dims.push_back(part ? arith::AddIOp::create(b, part->begin, inner) : inner);
  innerLength = count;
  reduction = op;
  reductionPosition = position;
  Value next =
      body(getAffineDimExpr(1, b.getContext()), loop.getRegionIterArg(0));
  dims.pop_back();
  innerLength = 1;
  inner = Value();
  reduction = nullptr;
  scf::YieldOp::create(b, next);
  return loop.getResult(0);
}

Value ElementEmitter::emitPart(rnn::MatvecOp op, AffineExpr position, Value sum,
                               SumPart part) {
  return emitMatvec(op, position, sum, &part);
}

/// sum over k of W[n, k] * x[batch, k], k ascending, fused multiply-add.
Value ElementEmitter::emitMatvec(rnn::MatvecOp op, AffineExpr position,
                                 Value init, const SumPart *part) {
  auto type = cast<RankedTensorType>(op.getY().getType());
  int64_t rows = shapeOf(op.getW())[0], columns = shapeOf(op.getW())[1];
  bool isBatch = type.getNumElements() != rows;
  AffineExpr row = isBatch ? position % rows : position;
  AffineExpr batch = isBatch ? position.floorDiv(rows)
                             : getAffineConstantExpr(0, b.getContext());
  bool widen =
      type.getElementType() != getElementTypeOrSelf(op.getW().getType());
  return emitReduction(op, position, columns, init, part,
                       [&](AffineExpr k, Value sum) -> Value {
                         Value w = emit(op.getW(), row * columns + k);
                         Value x = emit(op.getX(), batch * columns + k);
                         if (widen) {
                           w = toSingle(b, w);
                           x = toSingle(b, x);
                         }
                         return math::FmaOp::create(b, w, x, sum);
                       });
}

Value ElementEmitter::emitReduce(rnn::ReduceOp op, AffineExpr position) {
  Type element = getElementTypeOrSelf(op.getY().getType());
  ArrayRef<int64_t> shape = shapeOf(op.getX());
  SmallVector<int64_t> reduced;
  int64_t count = 1;
  for (int64_t axis : op.getAxes()) {
    reduced.push_back(shape[axis]);
    count *= shape[axis];
  }
  const llvm::fltSemantics &semantics =
      cast<FloatType>(element).getFloatSemantics();
  APFloat start = APFloat::getZero(semantics);
  if (op.getKind() == rnn::ReduceKind::max)
    start = APFloat::getInf(semantics, /*Negative=*/true);
  if (op.getKind() == rnn::ReduceKind::min)
    start = APFloat::getInf(semantics);
  Value init = arith::ConstantOp::create(b, b.getFloatAttr(element, start));
  Value result = emitReduction(
      op, position, count, init, nullptr,
      [&](AffineExpr k, Value sum) -> Value {
        SmallVector<AffineExpr> index =
            delinearize(position, shapeOf(op.getY()));
        for (auto [axis, at] : llvm::zip(op.getAxes(), delinearize(k, reduced)))
          index[axis] = at;
        Value x = emit(op.getX(), linearize(index, shape, b.getContext()));
        if (x.getType() != element)
          x = toSingle(b, x);
        switch (op.getKind()) {
        case rnn::ReduceKind::sum:
        case rnn::ReduceKind::mean:
          return arith::AddFOp::create(b, sum, x);
        case rnn::ReduceKind::max:
          return arith::MaximumFOp::create(b, sum, x);
        case rnn::ReduceKind::min:
          return arith::MinimumFOp::create(b, sum, x);
        }
        llvm_unreachable("all kinds handled");
      });
  if (op.getKind() != rnn::ReduceKind::mean)
    return result;
  Value divisor =
      arith::ConstantOp::create(b, b.getFloatAttr(element, double(count)));
  return arith::DivFOp::create(b, result, divisor);
}
