// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ChainDots.cpp - Sums that go on from product to product ------------===//

#include "ChainDots.h"

#include "se/Dialect/Cluster/Cluster.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace se;

/// Whether all that reads either of two values is their sum.
static bool areOnlyAdded(Value first, Value second) {
  auto isAdded = [&](Value value, Value other) {
    return llvm::all_of(value.getUsers(), [&](Operation *user) {
      auto add = dyn_cast<arith::AddIOp>(user);
      return isOpTriviallyDead(user) ||
             (add && llvm::is_contained(add->getOperands(), other));
    });
  };
  return first != second && isAdded(first, second) && isAdded(second, first);
}

/// The dot that gives a sum in each turn of the loop whose result it is, to go
/// on from there in the next; on cores that have a part of it.
static OpResult findTurn(OpResult sum) {
  auto loop = sum.getDefiningOp<scf::ForOp>();
  if (!loop)
    return {};
  auto turn =
      dyn_cast<OpResult>(loop.getYieldedValues()[sum.getResultNumber()]);
  if (auto branch = turn ? turn.getDefiningOp<scf::IfOp>() : nullptr)
    turn = dyn_cast<OpResult>(
        branch.thenYield().getOperand(turn.getResultNumber()));
  auto dot = turn ? turn.getDefiningOp<cluster::DotOp>() : nullptr;
  bool goesOn = dot && dot.getSums()[turn.getResultNumber()] ==
                           loop.getRegionIterArg(sum.getResultNumber());
  return goesOn ? turn : OpResult();
}

/// Where two sums that are added come from: the second one's dot can go on from
/// what the first one's gives.
static bool isBefore(OpResult first, OpResult second) {
  return first.getOwner() != second.getOwner() &&
         first.getOwner()->getBlock() == second.getOwner()->getBlock() &&
         first.getOwner()->isBeforeInBlock(second.getOwner());
}

/// The sum of two sums is what became of `second`.
static void replaceAdditions(OpResult second) {
  // One for each branch, if not all groups have all elements.
  for (Operation *user : llvm::make_early_inc_range(second.getUsers()))
    if (auto add = dyn_cast<arith::AddIOp>(user)) {
      add.replaceAllUsesWith(second);
      add.erase();
    }
}

static void chain(OpResult first, OpResult second) {
  if (!first.getDefiningOp<cluster::DotOp>() ||
      !second.getDefiningOp<cluster::DotOp>() || !areOnlyAdded(first, second))
    return;
  if (isBefore(second, first))
    std::swap(first, second);
  if (!isBefore(first, second))
    return;
  auto to = second.getDefiningOp<cluster::DotOp>();
  OpOperand &start = to.getSumsMutable()[second.getResultNumber()];
  if (!matchPattern(start.get(), m_Zero()))
    return;
  start.set(first);
  replaceAdditions(second);
}

/// The same for sums that go on from turn to turn of one loop.
static void chainTurns(OpResult first, OpResult second) {
  OpResult from = findTurn(first), to = findTurn(second);
  if (!from || !to || !areOnlyAdded(first, second))
    return;
  if (isBefore(to, from)) {
    std::swap(first, second);
    std::swap(from, to);
  }
  auto loop = cast<scf::ForOp>(first.getOwner());
  if (!isBefore(from, to) ||
      !matchPattern(loop.getInitArgs()[first.getResultNumber()], m_Zero()))
    return;
  auto getStart = [](OpResult sum) -> OpOperand & {
    auto dot = cast<cluster::DotOp>(sum.getOwner());
    return dot.getSumsMutable()[sum.getResultNumber()];
  };
  getStart(from).set(loop.getRegionIterArg(second.getResultNumber()));
  getStart(to).set(from);
  // The other one is carried no more.
  unsigned unused = first.getResultNumber();
  loop.getBody()->getTerminator()->setOperand(unused,
                                              loop.getRegionIterArg(unused));
  replaceAdditions(second);
}

//===----------------------------------------------------------------------===//
// Constants that are added
//===----------------------------------------------------------------------===//

/// Whether two values are computed alike from the same values.
static bool isSame(Value first, Value second) {
  if (first == second)
    return true;
  Operation *one = first.getDefiningOp(), *other = second.getDefiningOp();
  return one && other && isPure(one) &&
         OperationEquivalence::isEquivalentTo(
             one, other, [](Value a, Value b) { return success(isSame(a, b)); },
             nullptr, OperationEquivalence::IgnoreLocations);
}

/// Where a view begins in memory that holds what it shows.
static Value getBegin(Value memref) {
  auto view = memref.getDefiningOp<memref::ViewOp>();
  return view ? view.getByteShift() : Value();
}

/// The dot that a sum starts with: the first of a chain.
static OpResult getStart(OpResult sum) {
  auto dot = sum.getDefiningOp<cluster::DotOp>();
  auto before = dyn_cast<OpResult>(dot.getSums()[sum.getResultNumber()]);
  if (before && before.getDefiningOp<cluster::DotOp>() &&
      before.getOwner()->getBlock() == dot->getBlock())
    return getStart(before);
  return sum;
}

/// `value`, computed before `place` if it is not there yet.
static Value moveBefore(Value value, Operation *place, OpBuilder &builder) {
  Operation *op = value.getDefiningOp();
  Operation *ancestor =
      op ? place->getBlock()->findAncestorOpInBlock(*op) : nullptr;
  if (!ancestor || ancestor->isBeforeInBlock(place))
    return value;
  IRMapping mapping;
  for (Value operand : op->getOperands())
    mapping.map(operand, moveBefore(operand, place, builder));
  return builder.clone(*op, mapping)->getResult(0);
}

/// A sum that is only read to add an element of the record which holds the
/// weights starts with that element.
static void startWithConstant(OpResult sum) {
  OpResult start = getStart(sum);
  auto dot = start.getDefiningOp<cluster::DotOp>();
  OpOperand &initial = dot.getSumsMutable()[start.getResultNumber()];
  if (!matchPattern(initial.get(), m_Zero()))
    return;
  memref::LoadOp constant;
  SmallVector<arith::AddIOp> adds;
  for (Operation *user : sum.getUsers()) {
    if (isOpTriviallyDead(user))
      continue;
    auto add = dyn_cast<arith::AddIOp>(user);
    if (!add)
      return;
    // In each branch, if not all groups have all elements.
    auto load = (add.getLhs() == sum ? add.getRhs() : add.getLhs())
                    .getDefiningOp<memref::LoadOp>();
    if (!load || !getBegin(load.getMemref()) ||
        getBegin(load.getMemref()) != getBegin(dot.getW()) ||
        (constant &&
         !isSame(load.getIndices().front(), constant.getIndices().front())))
      return;
    constant = load;
    adds.push_back(add);
  }
  if (!constant)
    return;
  OpBuilder builder(dot);
  initial.set(memref::LoadOp::create(
      builder, constant.getLoc(), constant.getMemref(),
      moveBefore(constant.getIndices().front(), dot, builder)));
  for (arith::AddIOp add : adds) {
    add.replaceAllUsesWith(sum);
    add.erase();
  }
}

/// The same for sums of one loop after those of another.
static void chainLoops(OpResult first, OpResult second) {
  if (isBefore(second, first))
    std::swap(first, second);
  if (!isBefore(first, second) || !findTurn(first) || !findTurn(second) ||
      !areOnlyAdded(first, second))
    return;
  auto loop = cast<scf::ForOp>(second.getOwner());
  OpOperand &start = loop.getInitArgsMutable()[second.getResultNumber()];
  if (!matchPattern(start.get(), m_Zero()))
    return;
  start.set(first);
  replaceAdditions(second);
}

void schedule::chainDots(func::FuncOp function) {
  SmallVector<cluster::DotOp> dots;
  SmallVector<scf::ForOp> loops;
  function.walk([&](cluster::DotOp dot) { dots.push_back(dot); });
  function.walk([&](scf::ForOp loop) { loops.push_back(loop); });
  auto findOther = [](Value sum) {
    for (Operation *user : sum.getUsers())
      if (auto add = dyn_cast<arith::AddIOp>(user))
        return dyn_cast<OpResult>(add.getLhs() == sum ? add.getRhs()
                                                      : add.getLhs());
    return OpResult();
  };
  for (cluster::DotOp dot : dots)
    for (OpResult sum : dot->getResults())
      if (OpResult other = findOther(sum))
        chain(sum, other);
  for (scf::ForOp loop : loops)
    for (OpResult sum : loop->getResults())
      if (OpResult other = findOther(sum))
        sum.getOwner() == other.getOwner() ? chainTurns(sum, other)
                                           : chainLoops(sum, other);
  for (cluster::DotOp dot : dots)
    for (OpResult sum : dot->getResults())
      startWithConstant(sum);
}
