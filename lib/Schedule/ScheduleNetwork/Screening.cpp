// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Screening.cpp - Whether a frame's inputs are finite ----------------===//
//
// x * 0 is 0 for finite x and NaN for all others, so one instruction for an
// element adds up whether there was another. Where only the first depth reads
// inputs, each core adds up what it loads there, and all cores repeat that
// depth with zeros if any of them has found something. Otherwise each core goes
// through its share of the inputs before all stages, which then mask them.
// Inputs that come from L2 are put into L1 on the way, where the stages read
// them, if there is room; zeros take their place there if one is not finite.
// Peaks (rnn.finite) are found on the same way, and what is computed of nothing
// else before all stages, by each core.
//
//===----------------------------------------------------------------------===//

#include "../Planning/Screening.h"
#include "BodyEmitter.h"
#include "KernelEmitter.h"

#include "se/Dialect/Cluster/Uniform.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// This core's share of `count` elements: whole turns for all but the last one.
std::pair<Value, Value> KernelEmitter::emitScreenShare(int64_t count) {
  int64_t share = llvm::alignTo(llvm::divideCeil(count, cores), screenWidth);
  Value end = number(count);
  Value lower = arith::MinUIOp::create(
      b, arith::MulIOp::create(b, core, number(share)), end);
  Value upper = arith::MinUIOp::create(
      b, arith::AddIOp::create(b, lower, number(share)), end);
  return {lower, upper};
}

/// Adds this core's share of `from` to the first `screenWidth` of `found`,
/// compares it with the others if there are any, and copies it to `to` unless
/// that is null.
SmallVector<Value> KernelEmitter::emitScan(Value from, Value to,
                                           ValueRange found) {
  int64_t count = cast<MemRefType>(from.getType()).getNumElements();
  auto [lower, upper] = emitScreenShare(count);
  bool comparesToo = found.size() > screenWidth;
  Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
  auto emitLoop = [&](Value lower, Value upper, int64_t step,
                      ValueRange found) -> SmallVector<Value> {
    auto loop = scf::ForOp::create(b, lower, upper, number(step), found);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> places, elements, next(loop.getRegionIterArgs());
    for (int64_t i = 0; i != step; ++i) {
      Value place = loop.getInductionVar();
      if (i)
        place = arith::AddIOp::create(b, place, number(i));
      places.push_back(place);
      elements.push_back(memref::LoadOp::create(b, from, places[i]));
    }
    for (int64_t i = 0; i != step; ++i) {
      next[i] = math::FmaOp::create(b, elements[i], zero, next[i]);
      if (comparesToo)
        next[screenWidth + i] = arith::MaxNumFOp::create(
            b, math::AbsFOp::create(b, elements[i]), next[screenWidth + i]);
      if (to)
        memref::StoreOp::create(b, elements[i], to, places[i]);
    }
    scf::YieldOp::create(b, next);
    return SmallVector<Value>(loop.getResults());
  };
  if (count % screenWidth == 0)
    return emitLoop(lower, upper, screenWidth, found);
  Value length = arith::SubIOp::create(b, upper, lower);
  Value middle = arith::SubIOp::create(
      b, upper, arith::RemUIOp::create(b, length, number(screenWidth)));
  return emitLoop(middle, upper, 1,
                  emitLoop(lower, middle, screenWidth, found));
}

Value KernelEmitter::getFindings(Value arena, Type type, int64_t offset) {
  return view(arena, makeType(schedule.getFindings(), type, cluster::Level::l1),
              offset);
}

template <typename Op> static Value combine(OpBuilder &b, ValueRange values) {
  Value all = values.front();
  for (Value value : values.drop_front())
    all = Op::create(b, value.getLoc(), all, value);
  return all;
}

void KernelEmitter::emitScreen(Value arenaArgument) {
  enterStage(network.getLoc(), "finite inputs");
  Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
  SmallVector<Value> sums(screenWidth, zero), copies;
  for (auto [k, input] : llvm::enumerate(screen.getInputs())) {
    Value to;
    if (schedule.screening == plan::Screening::copy &&
        schedule.inputOffsets.empty())
      to = view(arenaArgument, bufferType(input),
                schedule.screenOffsets.at(input));
    SmallVector<Value> found = sums;
    if (schedule.needsPeak(k))
      found.append(screenWidth, zero);
    found = emitScan(sources.lookup(input), to, found);
    sums.assign(found.begin(), found.begin() + screenWidth);
    if (schedule.needsPeak(k))
      memref::StoreOp::create(
          b,
          combine<arith::MaxNumFOp>(b, ArrayRef(found).drop_front(screenWidth)),
          getFindings(arenaArgument, b.getF32Type(),
                      schedule.screenPeakOffsets[k]),
          core);
    if (to)
      sources[input] = to;
    copies.push_back(sources[input]);
  }
  emitVerdict(arenaArgument, combine<arith::AddFOp>(b, sums));
  if (schedule.screening == plan::Screening::copy) {
    emitZeros(copies);
  } else {
    Value isFinite = arith::XOrIOp::create(
        b, screenFound, arith::ConstantIntOp::create(b, 1, /*width=*/1));
    screenMask = arith::ExtSIOp::create(b, b.getI32Type(), isFinite);
  }
  emitEarly(arenaArgument);
}

/// The inputs' copies become zeros if something was found.
void KernelEmitter::emitZeros(ValueRange copies) {
  screenMask = arith::ConstantIntOp::create(b, -1, /*width=*/32);
  auto branch = scf::IfOp::create(b, screenFound);
  branch->setAttr(cluster::uniformName, b.getUnitAttr());
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
  for (Value copy : copies) {
    auto type = cast<MemRefType>(copy.getType());
    auto [lower, upper] = emitScreenShare(type.getNumElements());
    auto loop = scf::ForOp::create(b, lower, upper, number(1));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    memref::StoreOp::create(b, zero, copy, loop.getInductionVar());
  }
  cluster::BarrierOp::create(b);
}

/// What is computed of peaks alone.
void KernelEmitter::emitEarly(Value arenaArgument) {
  Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
  for (auto [k, peak] : llvm::enumerate(screen.getPeaks())) {
    if (!schedule.needsPeak(k))
      continue;
    Value words = getFindings(arenaArgument, b.getF32Type(),
                              schedule.screenPeakOffsets[k]);
    SmallVector<Value> found;
    for (unsigned i = 0; i != cores; ++i)
      found.push_back(memref::LoadOp::create(b, words, number(i)));
    early[peak] = arith::SelectOp::create(b, screenFound, zero,
                                          combine<arith::MaxNumFOp>(b, found));
  }
  for (Operation *op : storage.getEarlyOps()) {
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(getEarly(operand));
    early[op->getResult(0)] = emitScalar(b, op, operands);
  }
}

/// Of an early value, or a constant.
Value KernelEmitter::getEarly(Value value) {
  if (Value scalar = early.lookup(value))
    return scalar;
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  auto splat = cast<SplatElementsAttr>(constant.getValue());
  return arith::ConstantOp::create(
      b, cast<TypedAttr>(splat.getSplatValue<Attribute>()));
}

/// Each core has the sums of all behind the barrier; as bits they are 0 or not.
void KernelEmitter::emitVerdict(Value arenaArgument, Value sum) {
  Type integer = b.getI32Type();
  Value sums = getFindings(arenaArgument, integer, schedule.screenSumOffset);
  Value bits = arith::BitcastOp::create(b, integer, sum);
  memref::StoreOp::create(b, bits, sums, core);
  cluster::BarrierOp::create(b);
  Value found;
  for (unsigned i = 0; i != cores; ++i) {
    Value word = memref::LoadOp::create(b, sums, number(i));
    found = found ? Value(arith::OrIOp::create(b, found, word)) : word;
  }
  Value none = arith::ConstantIntOp::create(b, 0, /*width=*/32);
  screenFound = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, found, none);
  if (!network->hasAttr(rnn::resetIfNotFiniteName))
    return;
  Value isFirst =
      arith::CmpIOp::create(b, arith::CmpIPredicate::eq, core, number(0));
  auto branch = scf::IfOp::create(b, isFirst);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  Value isFinite =
      arith::CmpIOp::create(b, arith::CmpIPredicate::eq, found, none);
  memref::StoreOp::create(b, arith::ExtSIOp::create(b, integer, isFinite),
                          view(arenaArgument,
                               makeType(1, integer, cluster::Level::l1),
                               schedule.screenMaskOffset),
                          number(0));
}

void KernelEmitter::addToScreen(Value value, Value scalar) {
  if (!llvm::is_contained(screen.getInputs(), value))
    return;
  Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
  auto add = [&](Value element) {
    screenSum = math::FmaOp::create(b, element, zero, screenSum);
  };
  if (!isa<VectorType>(scalar.getType()))
    return add(scalar);
  for (int64_t lane = 0; lane != 2; ++lane)
    add(b.createOrFold<vector::ExtractOp>(scalar, lane));
}

void KernelEmitter::emitFirstDepth(Value arenaArgument) {
  ArrayRef<plan::StageOp> stages = storage.getDepths().front();
  Value sum = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
  screenMask = arith::ConstantIntOp::create(b, -1, /*width=*/32);
  for (plan::StageOp stage : stages) {
    if (storage.readsInput(stage))
      screenSum = sum;
    emitStage(stage);
    if (screenSum)
      sum = screenSum;
    screenSum = Value();
  }
  enterStage(network.getLoc(), "finite inputs");
  emitVerdict(arenaArgument, sum);
  auto again = scf::IfOp::create(b, screenFound);
  again->setAttr(cluster::uniformName, b.getUnitAttr());
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(again.thenBlock());
  screenMask = arith::ConstantIntOp::create(b, 0, /*width=*/32);
  for (plan::StageOp stage : stages)
    if (storage.readsInput(stage))
      emitStage(stage);
  cluster::BarrierOp::create(b);
}
