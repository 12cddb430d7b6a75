// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Screening.cpp - Whether a frame's inputs are finite ----------------===//
//
// Before all levels each core goes through its share of the inputs. x * 0 is 0
// for finite x and NaN for all others, so one instruction for an element adds
// up whether there was another. Inputs that come from L2 are put into L1 on the
// way, where the levels read them, if there is room.
//
//===----------------------------------------------------------------------===//

#include "Scheduler.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// Elements of a turn of the loop, each with a sum of its own.
static constexpr int64_t width = 4;

void Scheduler::placeScreen() {
  if (!screen)
    return;
  for (auto [input, name] :
       llvm::zip(network.getInputArguments(), network.getInputNames()))
    if (copiesInputs && llvm::is_contained(screen.getInputs(), input))
      screenOffsets[input] =
          place(cast<StringAttr>(name).getValue(), bufferType(input),
                {0, plan.getLastRead(input)});
  auto words = [&](int64_t count) {
    return makeType(count, b.getI32Type(), cluster::Level::l1);
  };
  screenSumOffset =
      place("finite", words(std::max(cores, dmaCore + 1)), {0, 0});
  if (network->hasAttr(rnn::resetIfNotFiniteName))
    screenMaskOffset = place("finite mask", words(1), Arena::always);
}

/// Cycles of a frame on top of those of reading the inputs.
double Scheduler::getScreenCycles() {
  if (!screen)
    return 0;
  double cycles = 3 * cores + barrierCycles;
  for (Value input : screen.getInputs()) {
    int64_t turns = llvm::divideCeil(elementsOf(input), cores * width);
    cycles += loopCycles + double(turns) * (2 * width + 5);
  }
  return cycles;
}

/// Adds this core's share of `from` to the sums, and copies it to `to` unless
/// that is null.
SmallVector<Value> Scheduler::emitScan(Value from, Value to, ValueRange sums) {
  int64_t count = cast<MemRefType>(from.getType()).getNumElements();
  // Whole turns for all cores but the last one.
  int64_t share = llvm::alignTo(llvm::divideCeil(count, cores), width);
  Value end = number(count);
  Value lower = arith::MinUIOp::create(
      b, arith::MulIOp::create(b, core, number(share)), end);
  Value upper = arith::MinUIOp::create(
      b, arith::AddIOp::create(b, lower, number(share)), end);
  Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
  auto emitLoop = [&](Value lower, Value upper, int64_t step,
                      ValueRange sums) -> SmallVector<Value> {
    auto loop = scf::ForOp::create(b, lower, upper, number(step), sums);
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
      if (to)
        memref::StoreOp::create(b, elements[i], to, places[i]);
    }
    scf::YieldOp::create(b, next);
    return SmallVector<Value>(loop.getResults());
  };
  if (count % width == 0)
    return emitLoop(lower, upper, width, sums);
  Value length = arith::SubIOp::create(b, upper, lower);
  Value middle = arith::SubIOp::create(
      b, upper, arith::RemUIOp::create(b, length, number(width)));
  return emitLoop(middle, upper, 1, emitLoop(lower, middle, width, sums));
}

void Scheduler::emitScreen(Value arenaArgument) {
  enterStage(network.getLoc(), "finite inputs");
  Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
  SmallVector<Value> sums(width, zero);
  for (Value input : screen.getInputs()) {
    Value to;
    if (copiesInputs && inputOffsets.empty())
      to = view(arenaArgument, bufferType(input), screenOffsets.at(input));
    sums = emitScan(sources.lookup(input), to, sums);
    if (to)
      sources[input] = to;
  }
  Value sum = sums.front();
  for (Value other : ArrayRef(sums).drop_front())
    sum = arith::AddFOp::create(b, sum, other);
  // Each core has all sums behind the barrier; as bits they are 0 or not.
  Value words = view(arenaArgument,
                     makeType(std::max(cores, dmaCore + 1), b.getI32Type(),
                              cluster::Level::l1),
                     screenSumOffset);
  Type integer = b.getI32Type();
  memref::StoreOp::create(b, arith::BitcastOp::create(b, integer, sum), words,
                          core);
  cluster::BarrierOp::create(b);
  Value found;
  for (unsigned i = 0; i != cores; ++i) {
    Value word = memref::LoadOp::create(b, words, number(i));
    found = found ? arith::OrIOp::create(b, found, word) : word;
  }
  Value none = arith::ConstantIntOp::create(b, 0, /*width=*/32);
  Value isFinite =
      arith::CmpIOp::create(b, arith::CmpIPredicate::eq, found, none);
  screenMask = arith::ExtSIOp::create(b, integer, isFinite);
  if (!network->hasAttr(rnn::resetIfNotFiniteName))
    return;
  Value isFirst =
      arith::CmpIOp::create(b, arith::CmpIPredicate::eq, core, number(0));
  auto branch = scf::IfOp::create(b, isFirst);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  Value mask = view(arenaArgument, makeType(1, integer, cluster::Level::l1),
                    screenMaskOffset);
  memref::StoreOp::create(b, screenMask, mask, number(0));
}
