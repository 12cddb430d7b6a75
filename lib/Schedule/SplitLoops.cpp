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

#include "Planner.h"

#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

namespace {
enum class Origin { constant, sums, other };
} // namespace

static bool isWide(Value value) {
  Type element = getElementTypeOrSelf(value.getType());
  return element.isF32() || element.isInteger(32);
}

/// What the element of `value` at a position is computed from. Arithmetic on 32
/// bits belongs to the sums, what is behind a rounding to fewer does not.
static Origin getOrigin(Value value, AffineExpr position, const Record &record,
                        const llvm::DenseSet<Value> &known) {
  if (value.getDefiningOp<arith::ConstantOp>())
    return Origin::constant;
  Operation *op = value.getDefiningOp();
  if (!op || known.contains(value))
    return Origin::other;
  if (isMovement(op))
    return getOrigin(op->getOperand(0), sourcePosition(op, position), record,
                     known);
  if (auto matvec = dyn_cast<rnn::MatvecOp>(op)) {
    bool isSum = llvm::any_of(record.blocks, [&](const RowBlock &block) {
      return block.find(matvec, position) >= 0;
    });
    return isSum ? Origin::sums : Origin::other;
  }
  if (!isElementwise(op) || isa<rnn::RNNDialect>(op->getDialect()) ||
      !llvm::all_of(op->getOperands(), isWide))
    return Origin::other;
  Origin origin = Origin::constant;
  for (Value operand : op->getOperands()) {
    Origin from = getOrigin(operand, position, record, known);
    if (from == Origin::other)
      return from;
    if (from == Origin::sums)
      origin = from;
  }
  return origin;
}

/// Emits the elements of a loop into a function that is thrown away, to see
/// where they reach values of sums.
void Planner::findEarlyValues(GroupedLoop &loop) {
  OpBuilder::InsertionGuard guard(b);
  AffineExpr d0 = getAffineDimExpr(0, b.getContext());
  auto scratch = func::FuncOp::create(
      b, "scratch", b.getFunctionType({b.getIndexType()}, TypeRange()));
  mlir::Block *entry = scratch.addEntryBlock();
  b.setInsertionPointToStart(entry);
  llvm::DenseSet<Value> defined = getDefined(*loop.loop), known;
  for (Value buffer : plan.getBuffers())
    if (!defined.contains(buffer))
      known.insert(buffer);
  auto getPlace = [&](Value value) -> Value {
    if (!isSource(value) && !known.contains(value))
      return Value();
    return memref::AllocaOp::create(b, bufferType(value));
  };
  ElementEmitter emitter(
      b, getPlace, [](const ConstantAccess &) { return Value(); },
      [](rnn::MatvecOp, AffineExpr, Lanes) { return Value(); });
  if (screen)
    emitter.setScalar(screen.getMask(),
                      arith::ConstantIntOp::create(b, -1, /*width=*/32));
  emitter.setEarly([&](Value value, AffineExpr position) -> Value {
    // A mask is compared again from what it is made of.
    if (getElementTypeOrSelf(value.getType()).isInteger(1) ||
        getOrigin(value, position, loop.record, known) != Origin::sums)
      return Value();
    bool isNew = llvm::none_of(loop.early, [&](const EarlyValue &early) {
      return early.value == value && early.position == position;
    });
    if (isNew)
      loop.early.push_back({value, position});
    return memref::AllocaOp::create(
        b, makeType(loop.rowCount, getElementTypeOrSelf(value.getType()),
                    cluster::Level::l1));
  });
  if (loop.inPairs)
    emitter.enterPair(scratch.getArgument(0), Value());
  else
    emitter.enterLoop(scratch.getArgument(0));
  for (Job *job : loop.loop->jobs)
    emitter.emit(job->value, d0, job->isDefinition);
  loop.late = (loop.inPairs ? 0.5 : 1.0) * getCost(*entry);
  scratch.erase();
}

/// Splits resident loops, where there is room for what lies between. Others
/// wait for their weights, not for instructions.
void Planner::splitLoops() {
  for (auto [level, loops] : llvm::enumerate(plan.getLevels()))
    for (const Loop &entry : loops) {
      GroupedLoop &loop =
          *llvm::find_if(records.getLoops(), [&](const GroupedLoop &known) {
            return known.loop == &entry;
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
        Type type = getElementTypeOrSelf(early.value.getType());
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
            "sums of " + made->getStageName(entry),
            makeType(loop.rowCount, getElementTypeOrSelf(early.value.getType()),
                     cluster::Level::l1),
            {unsigned(level), unsigned(level)});
    }
}
