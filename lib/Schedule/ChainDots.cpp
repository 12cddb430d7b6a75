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

/// The dot whose result a sum is, if need be in the last turn of a loop or on
/// cores that have a part of it.
static OpResult findDot(Value sum) {
  auto result = dyn_cast_or_null<OpResult>(sum);
  if (!result || result.getDefiningOp<cluster::DotOp>())
    return result;
  unsigned number = result.getResultNumber();
  if (auto loop = result.getDefiningOp<scf::ForOp>())
    return findDot(loop.getYieldedValues()[number]);
  if (auto branch = result.getDefiningOp<scf::IfOp>())
    return findDot(branch.thenYield().getOperand(number));
  return {};
}

static OpOperand &getInitial(OpResult ofDot) {
  auto dot = cast<cluster::DotOp>(ofDot.getOwner());
  return dot.getSumsMutable()[ofDot.getResultNumber()];
}

/// The operands that make a sum, which may go on from turn to turn and from
/// loop to loop, start with 0; none if it does not.
static SmallVector<OpOperand *> findStarts(Value sum) {
  OpResult ofDot = findDot(sum);
  if (!ofDot)
    return {};
  auto result = cast<OpResult>(sum);
  unsigned number = result.getResultNumber();
  SmallVector<OpOperand *> starts{&getInitial(ofDot)};
  Value before = starts.front()->get();
  if (auto loop = result.getDefiningOp<scf::ForOp>()) {
    if (before != loop.getRegionIterArg(number))
      return {};
    starts = {&loop.getInitArgsMutable()[number]};
    before = starts.front()->get();
  } else if (auto branch = result.getDefiningOp<scf::IfOp>()) {
    starts.push_back(&branch.elseYield()->getOpOperand(number));
    if (before != starts.back()->get())
      return {};
  }
  if (matchPattern(before, m_Zero()))
    return starts;
  return findStarts(before);
}

/// The sum of two sums becomes what the second one is if it starts with the
/// first.
static bool chain(OpResult first, OpResult second) {
  SmallVector<OpOperand *> starts = findStarts(second);
  if (!findDot(first) || starts.empty())
    return false;
  Operation *before = first.getOwner();
  Operation *start =
      before->getBlock()->findAncestorOpInBlock(*starts.front()->getOwner());
  if (!start || !before->isBeforeInBlock(start))
    return false;
  for (OpOperand *operand : starts)
    operand->set(first);
  // One for each branch, if not all groups have all elements.
  for (Operation *user : llvm::make_early_inc_range(second.getUsers()))
    if (auto add = dyn_cast<arith::AddIOp>(user)) {
      add.replaceAllUsesWith(second);
      add.erase();
    }
  return true;
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

void schedule::chainDots(func::FuncOp function) {
  SmallVector<OpResult> sums;
  function.walk([&](Operation *op) {
    if (isa<cluster::DotOp, scf::ForOp, scf::IfOp>(op))
      llvm::copy_if(op->getResults(), std::back_inserter(sums), findDot);
  });
  auto findOther = [](Value sum) {
    for (Operation *user : sum.getUsers())
      if (auto add = dyn_cast<arith::AddIOp>(user))
        return dyn_cast<OpResult>(add.getLhs() == sum ? add.getRhs()
                                                      : add.getLhs());
    return OpResult();
  };
  for (OpResult sum : sums)
    if (OpResult other = findOther(sum))
      if (areOnlyAdded(sum, other) && !chain(sum, other))
        chain(other, sum);
  for (OpResult sum : sums)
    if (sum.getDefiningOp<cluster::DotOp>())
      startWithConstant(sum);
}
