// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StageBody.cpp - What one element of a stage is ---------------------===//

#include "StageBody.h"

#include "se/Dialect/Plan/Plan.h"
#include "se/Dialect/RNN/Movement.h"
#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

std::pair<AffineMap, SmallVector<Value>>
schedule::makePlace(AffineExpr position, ValueRange dims) {
  SmallVector<Value> used;
  SmallVector<AffineExpr> replacements;
  MLIRContext *context = position.getContext();
  for (auto [i, dim] : llvm::enumerate(dims)) {
    if (!position.isFunctionOfDim(unsigned(i))) {
      replacements.push_back(getAffineConstantExpr(0, context));
      continue;
    }
    replacements.push_back(getAffineDimExpr(unsigned(used.size()), context));
    used.push_back(dim);
  }
  return {AffineMap::get(unsigned(used.size()), 0,
                         position.replaceDims(replacements)),
          used};
}

Value StageBody::emitRead(Value tensor, AffineExpr position) {
  auto [place, used] = makePlace(simplifyPosition(position, sizes), dims);
  return plan::ReadOp::create(b, getElementTypeOrSelf(tensor.getType()), tensor,
                              used, AffineMapAttr::get(place));
}

Value StageBody::emit(Value value, AffineExpr position, bool define) {
  if (Value scalar = known.lookup({value, position}))
    return scalar;
  Operation *op = value.getDefiningOp();
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  Location outer = b.getLoc();
  b.setLoc(value.getLoc());
  Value tensor = constant || !op || !define ? findTensor(value) : Value();
  Value scalar;
  if (constant && !tensor)
    scalar = arith::ConstantOp::create(
        b, cast<TypedAttr>(cast<SplatElementsAttr>(constant.getValue())
                               .getSplatValue<Attribute>()));
  else if (tensor)
    scalar = emitRead(tensor, position);
  else
    scalar = compute(value, position);
  b.setLoc(outer);
  // Values of an inner loop do not outlive it.
  if (dims.size() == 1)
    known[{value, position}] = scalar;
  return scalar;
}

Value StageBody::compute(Value value, AffineExpr position) {
  Operation *op = value.getDefiningOp();
  if (rnn::isMovement(op))
    return emit(op->getOperand(0), sourcePosition(op, position));
  if (isEarly(value))
    return emitRead(value, getAffineConstantExpr(0, b.getContext()));
  if (auto matvec = dyn_cast<rnn::MatvecOp>(op)) {
    Value dot = dims.size() == 1 ? makeDot(matvec, position) : Value();
    return dot ? dot : emitMatvec(matvec, position);
  }
  if (auto reduce = dyn_cast<rnn::ReduceOp>(op))
    return emitReduce(reduce, position);
  assert(isElementwise(op) && "the pass checks which operations there are");
  SmallVector<Value> operands;
  if (auto interpolate = dyn_cast<rnn::InterpolateOp>(op)) {
    // Which line is read is not known.
    operands = {emit(interpolate.getX(), position), interpolate.getTable()};
  } else {
    for (Value operand : op->getOperands())
      operands.push_back(emit(operand, position));
  }
  OperationState state(b.getLoc(), op->getName(), operands,
                       {getElementTypeOrSelf(op->getResult(0).getType())},
                       op->getAttrs());
  return b.create(state)->getResult(0);
}

static Value toSingle(ImplicitLocOpBuilder &b, Value value) {
  if (value.getType().isF32())
    return value;
  return arith::ExtFOp::create(b, b.getF32Type(), value);
}

Value StageBody::emitReduction(int64_t count, Value init,
                               function_ref<Value(AffineExpr, Value)> body) {
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value upper = arith::ConstantIndexOp::create(b, count);
  auto loop = scf::ForOp::create(b, zero, upper, one, ValueRange{init});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  dims.push_back(loop.getInductionVar());
  sizes.push_back(count);
  Value next =
      body(getAffineDimExpr(1, b.getContext()), loop.getRegionIterArg(0));
  dims.pop_back();
  sizes.pop_back();
  scf::YieldOp::create(b, next);
  return loop.getResult(0);
}

/// The sum over k of W[n, k] * x[batch, k] in the order of cluster.dot. If
/// products of f16 are an odd number, the missing one is +0.
Value StageBody::emitMatvec(rnn::MatvecOp op, AffineExpr position) {
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

Value StageBody::emitReduce(rnn::ReduceOp op, AffineExpr position) {
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
