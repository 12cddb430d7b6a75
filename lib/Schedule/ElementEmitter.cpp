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
#include "mlir/Dialect/Vector/IR/VectorOps.h"
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

Value schedule::emitIndex(ImplicitLocOpBuilder &b, AffineExpr position,
                          ArrayRef<Value> dims) {
  return IndexEmitter(b, dims).visit(position);
}

Value ElementEmitter::emitIndex(AffineExpr position) {
  return schedule::emitIndex(b, position, dims);
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/// Are the elements of a pair neighbours, the first at an even place? It is if
/// d0 is.
bool ElementEmitter::isPairable(AffineExpr position) const {
  if (other)
    return false;
  MLIRContext *context = position.getContext();
  AffineExpr d0 = getAffineDimExpr(0, context);
  auto offset = simplifyAffineExpr(position - d0, /*numDims=*/2,
                                   /*numSymbols=*/0);
  auto constant = dyn_cast<AffineConstantExpr>(offset);
  return constant && constant.getValue() % 2 == 0;
}

Value schedule::emitLoad(ImplicitLocOpBuilder &b, Value memref, Value at,
                         bool isPair) {
  if (!isPair)
    return memref::LoadOp::create(b, memref, at);
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  auto type = VectorType::get({2}, element);
  // Two halves are a word.
  if (element.getIntOrFloatBitWidth() == 16)
    return vector::LoadOp::create(b, type, memref, at);
  Value next =
      arith::AddIOp::create(b, at, arith::ConstantIndexOp::create(b, 1));
  SmallVector<Value> lanes{memref::LoadOp::create(b, memref, at),
                           memref::LoadOp::create(b, memref, next)};
  return vector::FromElementsOp::create(b, type, lanes);
}

void ElementEmitter::enterLoop(Value element) {
  dims.assign({element});
  lanes = Lanes();
  other = Value();
  known.clear();
}

void ElementEmitter::enterPair(Value first, Value second) {
  enterLoop(first);
  lanes.isPair = true;
  other = second;
}

/// The second element of the pair whose first is d0.
Value ElementEmitter::getOther() {
  if (other)
    return other;
  return arith::AddIOp::create(b, dims[0],
                               arith::ConstantIndexOp::create(b, 1));
}

/// What an element of `value`, or a pair of them, is in the emitted code.
Type ElementEmitter::typeOf(Value value) const {
  Type element = getElementTypeOrSelf(value.getType());
  return lanes.isPair ? Type(VectorType::get({2}, element)) : element;
}

Value ElementEmitter::load(Value memref, AffineExpr position) {
  return emitLoad(b, memref, emitIndex(position), lanes.isPair);
}

void ElementEmitter::store(Value scalar, Value memref, AffineExpr position) {
  if (!lanes.isPair) {
    memref::StoreOp::create(b, scalar, memref, emitIndex(position));
    return;
  }
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  if (isPairable(position) && element.getIntOrFloatBitWidth() == 16) {
    vector::StoreOp::create(b, scalar, memref, emitIndex(position));
    return;
  }
  Value first = dims[0];
  for (int64_t lane = 0; lane != 2; ++lane) {
    if (lane)
      dims[0] = getOther();
    memref::StoreOp::create(b, vector::ExtractOp::create(b, scalar, lane),
                            memref, emitIndex(position));
  }
  dims[0] = first;
}

Value ElementEmitter::emitLanes(Value value, AffineExpr position, bool define) {
  Type type = typeOf(value);
  Value first = dims[0];
  SmallVector<Value> scalars;
  auto pairs = std::move(known);
  for (int64_t lane = 0; lane != 2; ++lane) {
    known.clear();
    lanes = {lane, false};
    if (lane)
      dims[0] = getOther();
    scalars.push_back(emit(value, position, define));
  }
  known = std::move(pairs);
  lanes = {0, true};
  dims[0] = first;
  return vector::FromElementsOp::create(b, cast<VectorType>(type), scalars);
}

Value ElementEmitter::emit(Value value, AffineExpr position, bool define) {
  if (Value scalar = known.lookup({value, position}))
    return scalar;
  Operation *op = value.getDefiningOp();
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  SplatElementsAttr splat;
  Value scalar;
  Location outer = b.getLoc();
  b.setLoc(cluster::withStage(value.getLoc(), cluster::getStage(outer)));
  // Values of sums, which are emitted in loops of their own, are not early.
  Value early =
      findEarly && dims.size() == 1 ? findEarly(value, position) : Value();
  bool isInMemory = constant || !op || (!define && memory(value));
  if (early) {
    scalar = emitLoad(b, early, dims.front(), lanes.isPair);
  } else if (constant &&
             (splat = dyn_cast<SplatElementsAttr>(constant.getValue()))) {
    auto element = cast<TypedAttr>(splat.getSplatValue<Attribute>());
    if (lanes.isPair)
      element = SplatElementsAttr::get(cast<VectorType>(typeOf(value)),
                                       Attribute(element));
    scalar = arith::ConstantOp::create(b, element);
  } else if (isInMemory && lanes.isPair && !isPairable(position)) {
    scalar = emitLanes(value, position, define);
  } else if (Value element = constant
                                 ? readConstant({value, position, times, lanes})
                                 : Value()) {
    scalar = element;
  } else if (isInMemory) {
    scalar = load(memory(value), position);
    if (observe)
      observe(value, scalar);
  } else {
    scalar = compute(op, position);
  }
  b.setLoc(outer);
  // Values of an inner loop do not outlive it.
  if (dims.size() == 1)
    known[{value, position}] = scalar;
  return scalar;
}

/// Operations that instructions do for two halves at a time.
static bool isPacked(Operation *op) {
  auto isHalf = [](Type type) { return getElementTypeOrSelf(type).isF16(); };
  if (isa<rnn::QuantizeOp>(op))
    return isHalf(op->getOperand(0).getType());
  if (!isHalf(op->getResult(0).getType()))
    return false;
  if (isa<arith::TruncFOp>(op))
    return getElementTypeOrSelf(op->getOperand(0).getType()).isF32();
  return isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::NegFOp,
             math::FmaOp>(op);
}

static Value create(ImplicitLocOpBuilder &b, Operation *op, ValueRange operands,
                    Type type) {
  OperationState state(b.getLoc(), op->getName(), operands, {type},
                       op->getAttrs());
  return b.create(state)->getResult(0);
}

Value schedule::emitScalar(ImplicitLocOpBuilder &b, Operation *op,
                           ValueRange operands) {
  if (isMovement(op))
    return operands.front();
  return create(b, op, operands,
                getElementTypeOrSelf(op->getResult(0).getType()));
}

Value ElementEmitter::createElementwise(Operation *op, ValueRange operands) {
  Type type = typeOf(op->getResult(0));
  if (!lanes.isPair || isPacked(op))
    return create(b, op, operands, type);
  SmallVector<Value> results;
  for (int64_t lane = 0; lane != 2; ++lane) {
    SmallVector<Value> scalars;
    for (Value operand : operands)
      scalars.push_back(b.createOrFold<vector::ExtractOp>(operand, lane));
    results.push_back(create(b, op, scalars, getElementTypeOrSelf(type)));
  }
  return vector::FromElementsOp::create(b, cast<VectorType>(type), results);
}

Value ElementEmitter::compute(Operation *op, AffineExpr position) {
  if (isMovement(op))
    return emit(op->getOperand(0), sourcePosition(op, position));
  if (auto matvec = dyn_cast<rnn::MatvecOp>(op))
    if (Value sum = readSum(matvec, position, lanes))
      return sum;
  if (Value scalar = scalars.lookup(op->getResult(0))) {
    if (!lanes.isPair)
      return scalar;
    return vector::FromElementsOp::create(
        b, cast<VectorType>(typeOf(op->getResult(0))),
        ValueRange{scalar, scalar});
  }
  if (isa<rnn::MatvecOp, rnn::ReduceOp>(op)) {
    if (lanes.isPair)
      return emitLanes(op->getResult(0), position, /*define=*/true);
    if (auto matvec = dyn_cast<rnn::MatvecOp>(op))
      return emitMatvec(matvec, position);
    return emitReduce(cast<rnn::ReduceOp>(op), position);
  }
  if (auto interpolate = dyn_cast<rnn::InterpolateOp>(op))
    return emitInterpolate(interpolate, position);
  assert(isElementwise(op) && "the pass checks which operations there are");
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(emit(operand, position));
  return createElementwise(op, operands);
}

Value ElementEmitter::emitInterpolate(rnn::InterpolateOp op,
                                      AffineExpr position) {
  Value x = emit(op.getX(), position), table = op.getTable();
  // A slope and an offset.
  readConstant({table, getAffineConstantExpr(0, b.getContext()), 2, lanes,
                /*isTable=*/true});
  return rnn::InterpolateOp::create(b, x, memory(table), op.getScaleAttr());
}

static Value toSingle(ImplicitLocOpBuilder &b, Value value) {
  if (value.getType().isF32())
    return value;
  return arith::ExtFOp::create(b, b.getF32Type(), value);
}

Value ElementEmitter::emitReduction(
    int64_t count, Value init, function_ref<Value(AffineExpr, Value)> body) {
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value upper = arith::ConstantIndexOp::create(b, count);
  auto loop = scf::ForOp::create(b, zero, upper, one, ValueRange{init});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  dims.push_back(loop.getInductionVar());
  times = count;
  Value next =
      body(getAffineDimExpr(1, b.getContext()), loop.getRegionIterArg(0));
  dims.pop_back();
  times = 1;
  scf::YieldOp::create(b, next);
  return loop.getResult(0);
}

/// The sum over k of W[n, k] * x[batch, k] in the order of cluster.dot. If
/// products of f16 are an odd number, the missing one is +0.
Value ElementEmitter::emitMatvec(rnn::MatvecOp op, AffineExpr position) {
  auto type = cast<RankedTensorType>(op.getY().getType());
  int64_t rows = shapeOf(op.getW())[0], columns = shapeOf(op.getW())[1];
  bool isBatch = type.getNumElements() != rows;
  AffineExpr row = isBatch ? position % rows : position;
  AffineExpr batch = isBatch ? position.floorDiv(rows)
                             : getAffineConstantExpr(0, b.getContext());
  Type element = getElementTypeOrSelf(op.getW().getType());
  Type sumType = type.getElementType();
  auto factors = [&](AffineExpr k) {
    Value w = emit(op.getW(), row * columns + k);
    Value x = emit(op.getX(), batch * columns + k);
    if (isa<FloatType>(sumType) && sumType != element)
      return std::pair(toSingle(b, w), toSingle(b, x));
    return std::pair(w, x);
  };
  Value init = arith::ConstantOp::create(b, b.getZeroAttr(sumType));
  if (isa<IntegerType>(sumType))
    return emitReduction(columns, init, [&](AffineExpr k, Value sum) -> Value {
      auto [w, x] = factors(k);
      Value product =
          arith::MulIOp::create(b, arith::ExtSIOp::create(b, sumType, w),
                                arith::ExtSIOp::create(b, sumType, x));
      return arith::AddIOp::create(b, sum, product);
    });
  // Every `step`th product from the first one on.
  auto emitSum = [&](int64_t first, int64_t step) -> Value {
    int64_t count = llvm::divideCeil(columns - first, step);
    return emitReduction(count, init, [&](AffineExpr k, Value sum) -> Value {
      auto [w, x] = factors(k * step + first);
      return math::FmaOp::create(b, w, x, sum);
    });
  };
  if (sumType.isF32() && element.isF32())
    return emitSum(0, 1);
  if (sumType.isF16()) {
    Value even = emitSum(0, 2), odd = columns > 1 ? emitSum(1, 2) : init;
    if (columns % 2)
      odd = arith::AddFOp::create(b, odd, init); // the missing product
    return arith::AddFOp::create(b, even, odd);
  }
  // Two products at a time.
  Value sum = init;
  if (columns > 1)
    sum = emitReduction(
        columns / 2, init, [&](AffineExpr word, Value sum) -> Value {
          auto [w0, x0] = factors(word * 2);
          auto [w1, x1] = factors(word * 2 + 1);
          Value both =
              math::FmaOp::create(b, x1, w1, arith::MulFOp::create(b, x0, w0));
          return arith::AddFOp::create(b, sum, both);
        });
  if (columns % 2) {
    auto [w, x] = factors(getAffineConstantExpr(columns - 1, b.getContext()));
    Value last = arith::AddFOp::create(b, arith::MulFOp::create(b, x, w), init);
    sum = arith::AddFOp::create(b, sum, last);
  }
  return sum;
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
  Value result =
      emitReduction(count, init, [&](AffineExpr k, Value sum) -> Value {
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
