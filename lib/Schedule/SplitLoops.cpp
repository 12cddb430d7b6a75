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

#include "ElementCost.h"
#include "Planner.h"

#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

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
  if (Operation *op = value.getDefiningOp())
    for (Value operand : op->getOperands())
      findEarly(operand, early, seen);
}

/// What a stage computes of sums and constants alone, and the cost of the rest.
void Planner::findEarlyValues(GroupedLoop &loop) {
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

/// Splits resident loops, where there is room for what lies between. Others
/// wait for their weights, not for instructions.
void Planner::splitLoops() {
  for (auto [depth, stages] : llvm::enumerate(storage.getDepths()))
    for (plan::StageOp stage : stages) {
      GroupedLoop &loop =
          *llvm::find_if(records.getLoops(), [&](const GroupedLoop &known) {
            return known.stage == stage;
          });
      const Record &record = loop.record;
      if (record.blocks.empty() || record.vectors > 1 || !loop.isResident() ||
          loop.getCodeBytes() <= double(loop.cacheBytes) ||
          loop.getGroups() < 2 * int64_t(cores))
        continue;
      findEarlyValues(loop);
      // There is nothing to gain if the rest is short.
      if (double(record.group) * loop.late.bytes < double(loop.cacheBytes) / 4)
        continue;
      int64_t bytes = 0;
      auto getBytes = [&](const EarlyValue &early) {
        Type type = early.value.getType();
        return int64_t(
            llvm::alignTo(loop.rowCount * type.getIntOrFloatBitWidth() / 8,
                          Arena::alignment));
      };
      for (const EarlyValue &early : loop.early)
        bytes += getBytes(early);
      if (arena.getSize() + bytes > made->l1Available)
        continue;
      double before = getLoopCycles(loop, options.machine);
      loop.isSplit = true;
      double more = getLoopCycles(loop, options.machine) - before;
      tiling.computeCycles += more;
      tiling.cycles += more;
      for (EarlyValue &early : loop.early)
        early.offset = place(
            ("sums of " + stage.getName()).str(),
            makeType(loop.rowCount, early.value.getType(), cluster::Level::l1),
            {unsigned(depth), unsigned(depth)});
    }
}
