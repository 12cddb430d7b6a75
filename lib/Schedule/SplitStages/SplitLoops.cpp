// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SplitLoops.cpp - Loops whose code is too long ----------------------===//
//
// A core fetches the instructions of a loop that its own cache holds without
// waiting. If a loop with sums is longer, it is split: the first loop computes
// the sums, and what follows from them and constants alone; the second one the
// rest. Between them lies what is narrowest, in general the arguments of
// activations.
//
//===----------------------------------------------------------------------===//

#include "../Cost/ElementCost.h"
#include "../Planning/Planner.h"
#include "../Planning/StageError.h"

#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

namespace {
enum class Origin { constant, sums, other };
} // namespace

static bool isWide(Value value) {
  return value.getType().isF32() || value.getType().isInteger(32);
}

/// What a value of a stage's body is computed from. Arithmetic on 32 bits
/// belongs to the sums, what is behind a rounding to fewer does not.
static Origin getOrigin(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return Origin::other;
  if (isa<arith::ConstantOp>(op))
    return Origin::constant;
  if (auto read = dyn_cast<plan::ReadOp>(op))
    return read.getTensor().getDefiningOp<arith::ConstantOp>()
               ? Origin::constant
               : Origin::other;
  if (isa<plan::DotOp>(op))
    return Origin::sums;
  if (!isElementwise(op) || isa<rnn::RNNDialect>(op->getDialect()) ||
      !llvm::all_of(op->getOperands(), isWide))
    return Origin::other;
  Origin origin = Origin::constant;
  for (Value operand : op->getOperands()) {
    Origin from = getOrigin(operand);
    if (from == Origin::other)
      return from;
    if (from == Origin::sums)
      origin = from;
  }
  return origin;
}

/// Where the computation of `value` reaches values of sums, in order.
static void findEarly(Value value, llvm::SetVector<Value> &early,
                      llvm::DenseSet<Value> &seen) {
  if (!seen.insert(value).second || isa<TensorType>(value.getType()))
    return;
  // A mask is compared again from what it is made of.
  if (!value.getType().isInteger(1) && getOrigin(value) == Origin::sums) {
    early.insert(value);
    return;
  }
  Operation *op = value.getDefiningOp();
  if (!op)
    return;
  llvm::SetVector<Value> needed(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), needed); // of a loop
  for (Value operand : needed)
    findEarly(operand, early, seen);
}

/// What a stage computes of sums and constants alone, and the cost of the rest.
void Planner::findEarlyValues(StageLoop &loop) {
  llvm::SetVector<Value> early;
  llvm::DenseSet<Value> seen;
  for (Value value : loop.stage.getYield().getValues())
    findEarly(value, early, seen);
  for (Value value : early)
    loop.early.push_back({value});
  loop.late =
      (loop.inPairs ? 0.5 : 1.0) *
      getElementCost(loop.stage, loop.inPairs, {early.begin(), early.end()});
}

void Planner::placeEarlyValues(StageLoop &loop, unsigned depth) {
  plan::StageOp stage = loop.stage;
  for (EarlyValue &early : loop.early)
    early.offset =
        place(("sums of " + stage.getName()).str(),
              makeType(loop.rows, early.value.getType(), cluster::Level::l1),
              {depth, depth});
}

/// Resident loops whose code is too long. Others wait for their weights, not
/// for instructions.
static bool mayGain(const StageLoop &loop, unsigned cores) {
  return !loop.panel.blocks.empty() && loop.panel.vectors == 1 &&
         loop.isResident() && loop.getCodeBytes() > double(loop.cacheBytes) &&
         loop.getRegisterTiles() >= 2 * int64_t(cores);
}

/// Splits stages where that is faster and there is room for what lies between.
llvm::Error Planner::splitStages() {
  if (llvm::Error error = planTiles())
    return error;
  placePorts();
  for (StageLoop &loop : stageLoops.getLoops()) {
    plan::StageOp stage = loop.stage;
    if (stage.getSplit()) {
      findEarlyValues(loop);
      placeEarlyValues(loop, unsigned(stage.getDepth()));
      continue;
    }
    if (!mayGain(loop, cores))
      continue;
    findEarlyValues(loop);
    // There is nothing to gain if the rest is short.
    if (double(loop.panel.registerTile) * loop.late.bytes <
        double(loop.cacheBytes) / 4)
      continue;
    int64_t bytes = 0;
    for (const EarlyValue &early : loop.early)
      bytes += llvm::alignTo(
          loop.rows * early.value.getType().getIntOrFloatBitWidth() / 8,
          Arena::alignment);
    if (arena.getSize() + bytes > made->l1Available)
      continue;
    stage.setSplit(true);
    placeEarlyValues(loop, unsigned(stage.getDepth()));
  }
  return llvm::Error::success();
}

/// Does what the stages say.
llvm::Error Planner::takeSplits() {
  for (StageLoop &loop : stageLoops.getLoops()) {
    plan::StageOp stage = loop.stage;
    if (!stage.getSplit())
      continue;
    if (loop.panel.blocks.empty() || loop.panel.vectors > 1 ||
        !loop.isResident())
      return llvm::make_error<StageError>(
          stage, "stage '" + stage.getName() +
                     "': a stage that is split has sums of single vectors, "
                     "and its parameters stay in l1");
    findEarlyValues(loop);
    double before = getLoopCycles(loop, options.machine);
    loop.isSplit = true;
    double more = getLoopCycles(loop, options.machine) - before;
    tiling.computeCycles += more;
    tiling.cycles += more;
    placeEarlyValues(loop, unsigned(stage.getDepth()));
  }
  return llvm::Error::success();
}
