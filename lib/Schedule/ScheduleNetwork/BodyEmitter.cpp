// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- BodyEmitter.cpp - Code for one element of a stage ------------------===//

#include "BodyEmitter.h"

#include "../Planning/DelayLines.h"
#include "../Planning/Pairs.h"
#include "../Planning/Positions.h"

#include "se/Dialect/Cluster/StageLocation.h"
#include "se/Dialect/RNN/Movement.h"
#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/AffineExprVisitor.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/RegionUtils.h"

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

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

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

static Value create(ImplicitLocOpBuilder &b, Operation *op, ValueRange operands,
                    Type type) {
  OperationState state(b.getLoc(), op->getName(), operands, {type},
                       op->getAttrs());
  return b.create(state)->getResult(0);
}

Value schedule::emitScalar(ImplicitLocOpBuilder &b, Operation *op,
                           ValueRange operands) {
  if (rnn::isMovement(op))
    return operands.front();
  return create(b, op, operands,
                getElementTypeOrSelf(op->getResult(0).getType()));
}

Value BodyEmitter::emitIndex(AffineExpr position) {
  if (stripLoop)
    position = localize(position, int64_t(*stage.getStrips()));
  return schedule::emitIndex(b, position, dims);
}

bool BodyEmitter::isPairable(AffineExpr position) {
  if (stripLoop)
    return areNeighboursInStrip(
        localize(position, int64_t(*stage.getStrips())));
  return !other && areNeighbours(position);
}

void BodyEmitter::enterElement(Value element) {
  dims[0] = element;
  lanes = Lanes();
  other = Value();
  known.clear();
}

void BodyEmitter::enterPair(Value first, Value second) {
  enterElement(first);
  lanes.isPair = true;
  other = second;
}

void BodyEmitter::enterStrip(Value strip, scf::ForOp loop, bool inPairs) {
  enterElement(strip);
  lanes.isPair = inPairs;
  stripLoop = loop;
  for (auto &values : hoisted)
    values.clear();
}

void BodyEmitter::enterStripElement(Value number, ValueRange sums) {
  known.clear();
  dims[2] = number;
  for (auto [argument, sum] : llvm::zip_equal(stage.getSumArguments(), sums))
    known[argument] = sum;
}

void BodyEmitter::storeSum(Value sum, Value memref, AffineExpr position) {
  memref::StoreOp::create(b, sum, memref,
                          schedule::emitIndex(b, position, dims));
}

/// What tells elements of a pair apart.
Value &BodyEmitter::getNumber() { return dims[stripLoop ? 2 : 0]; }

/// The number of the second element of the pair.
Value BodyEmitter::getOther() {
  if (other)
    return other;
  return arith::AddIOp::create(b, getNumber(),
                               arith::ConstantIndexOp::create(b, 1));
}

/// What a value of the body is in the emitted code.
Type BodyEmitter::typeOf(Value value) const {
  return lanes.isPair ? Type(VectorType::get({2}, value.getType()))
                      : value.getType();
}

void BodyEmitter::store(Value scalar, Value memref, AffineExpr position,
                        bool atWord) {
  if (!lanes.isPair) {
    memref::StoreOp::create(b, scalar, memref, emitIndex(position));
    return;
  }
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  if (atWord && isPairable(position) && element.getIntOrFloatBitWidth() == 16) {
    vector::StoreOp::create(b, scalar, memref, emitIndex(position));
    return;
  }
  Value &number = getNumber(), first = number;
  for (int64_t lane = 0; lane != 2; ++lane) {
    if (lane)
      number = getOther();
    memref::StoreOp::create(b, vector::ExtractOp::create(b, scalar, lane),
                            memref, emitIndex(position));
  }
  number = first;
}

Value BodyEmitter::emitLanes(Type type, function_ref<Value()> emitLane) {
  Value &number = getNumber(), first = number;
  SmallVector<Value> scalars;
  auto pairs = std::move(known);
  for (int64_t lane = 0; lane != 2; ++lane) {
    known.clear();
    lanes = {lane, false};
    if (lane)
      number = getOther();
    scalars.push_back(emitLane());
  }
  known = std::move(pairs);
  lanes = {0, true};
  number = first;
  return vector::FromElementsOp::create(b, cast<VectorType>(type), scalars);
}

Value BodyEmitter::emit(Value value) {
  if (!stripLoop || value.getDefiningOp<arith::ConstantOp>() ||
      !invariants.contains(value))
    return emitValue(value);
  // Before the loop, where all that it needs goes as well.
  if (Value scalar = hoisted[lanes.isPair].lookup(value))
    return scalar;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(stripLoop);
  auto inLoop = std::move(known);
  known.clear();
  Value scalar;
  if (lanes.isPair) {
    lanes.isPair = false;
    Value one = emit(value);
    lanes.isPair = true;
    scalar = vector::FromElementsOp::create(b, cast<VectorType>(typeOf(value)),
                                            ValueRange{one, one});
  } else {
    scalar = emitValue(value);
  }
  known = std::move(inLoop);
  return hoisted[lanes.isPair][value] = scalar;
}

Value BodyEmitter::emitValue(Value value) {
  if (Value scalar = known.lookup(value))
    return scalar;
  Operation *op = value.getDefiningOp();
  Location outer = b.getLoc();
  b.setLoc(cluster::withStage(op->getLoc(), cluster::getStage(outer)));
  Value scalar;
  if (Value early = memory.findEarly(value))
    scalar = emitLoad(b, early, dims[0], lanes.isPair);
  else if (auto constant = dyn_cast<arith::ConstantOp>(op))
    scalar = emitConstant(constant);
  else if (auto read = dyn_cast<plan::ReadOp>(op))
    scalar = emitRead(read);
  else if (auto dot = dyn_cast<plan::DotOp>(op))
    scalar = memory.readSum(dot, lanes);
  else if (auto loop = dyn_cast<scf::ForOp>(op))
    scalar = emitLoop(loop);
  else
    scalar = emitElementwise(op);
  b.setLoc(outer);
  return known[value] = scalar;
}

Value BodyEmitter::emitConstant(arith::ConstantOp op) {
  TypedAttr value = op.getValue();
  if (lanes.isPair)
    value =
        SplatElementsAttr::get(cast<VectorType>(typeOf(op)), Attribute(value));
  return arith::ConstantOp::create(b, value);
}

Value BodyEmitter::emitRead(plan::ReadOp read) {
  Value tensor = read.getTensor();
  if (Value scalar = memory.getScalar(tensor)) {
    if (!lanes.isPair)
      return scalar;
    return vector::FromElementsOp::create(b, cast<VectorType>(typeOf(read)),
                                          ValueRange{scalar, scalar});
  }
  AffineExpr position = getPosition(read);
  if (lanes.isPair && !(isPairable(position) && beginsAtWord(tensor)))
    return emitLanes(typeOf(read), [&] { return emitRead(read); });
  if (Value field = memory.readField(read, lanes))
    return field;
  Value scalar =
      emitLoad(b, memory.getMemory(tensor), emitIndex(position), lanes.isPair);
  memory.observe(tensor, scalar);
  return scalar;
}

/// A sum, element by element.
Value BodyEmitter::emitLoop(scf::ForOp loop) {
  if (lanes.isPair)
    return emitLanes(typeOf(loop.getResult(0)), [&] { return emitLoop(loop); });
  Value init = emit(loop.getInitArgs().front());
  Value lower = emit(loop.getLowerBound()), step = emit(loop.getStep()),
        upper = emit(loop.getUpperBound());
  // What the body needs from outside stands before it.
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(loop.getRegion(), captured);
  for (Value value : captured)
    if (!isa<TensorType>(value.getType()) && value != stage.getElement())
      emit(value);
  auto copy = scf::ForOp::create(b, lower, upper, step, ValueRange{init});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(copy.getBody());
  dims[1] = copy.getInductionVar();
  known[loop.getRegionIterArg(0)] = copy.getRegionIterArg(0);
  for (Operation &op : loop.getBody()->without_terminator())
    for (Value result : op.getResults())
      emit(result);
  scf::YieldOp::create(b, emit(loop.getBody()->getTerminator()->getOperand(0)));
  return copy.getResult(0);
}

SmallVector<Value> BodyEmitter::emitSums() {
  ValueRange next =
      stage.getYield().getValues().drop_front(stage.getNumElementResults());
  SmallVector<Value> sums;
  if (!lanes.isPair) {
    for (Value sum : next)
      sums.push_back(emit(sum));
    return sums;
  }
  for (Value argument : stage.getSumArguments())
    sums.push_back(known.lookup(argument));
  for (int64_t lane = 0; lane != 2; ++lane) {
    llvm::DenseMap<Value, Value> following;
    for (auto [argument, sum] : llvm::zip_equal(stage.getSumArguments(), sums))
      following[argument] = sum;
    for (auto [sum, value] : llvm::zip_equal(sums, next))
      sum = emitInLane(value, lane, following);
  }
  return sums;
}

/// Of one element of a pair; `following` are the sums before it, and what
/// follows from them.
Value BodyEmitter::emitInLane(Value value, int64_t lane,
                              llvm::DenseMap<Value, Value> &following) {
  if (Value scalar = following.lookup(value))
    return scalar;
  Operation *op = value.getDefiningOp();
  if (!ofSums.contains(value))
    return b.createOrFold<vector::ExtractOp>(emit(value), lane);
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(isa<TensorType>(operand.getType())
                           ? memory.getMemory(operand)
                           : emitInLane(operand, lane, following));
  return following[value] = create(b, op, operands, value.getType());
}

Value BodyEmitter::emitElementwise(Operation *op) {
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(isa<TensorType>(operand.getType())
                           ? memory.getMemory(operand)
                           : emit(operand));
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
