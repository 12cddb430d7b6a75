// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ChainDots.cpp - Sums that go on from product to product ------------===//

#include "ChainDots.h"

#include "se/Dialect/Cluster/Cluster.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
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

static void chain(OpResult first, OpResult second) {
  auto from = first.getDefiningOp<cluster::DotOp>();
  auto to = second.getDefiningOp<cluster::DotOp>();
  if (!from || !to || from == to || from->getBlock() != to->getBlock() ||
      !areOnlyAdded(first, second))
    return;
  if (to->isBeforeInBlock(from)) {
    std::swap(first, second);
    std::swap(from, to);
  }
  OpOperand &start = to.getSumsMutable()[second.getResultNumber()];
  if (!matchPattern(start.get(), m_Zero()))
    return;
  // One for each branch, if not all groups have all elements.
  start.set(first);
  for (Operation *user : llvm::make_early_inc_range(second.getUsers()))
    if (auto add = dyn_cast<arith::AddIOp>(user)) {
      add.replaceAllUsesWith(second);
      add.erase();
    }
}

void schedule::chainDots(func::FuncOp function) {
  SmallVector<cluster::DotOp> dots;
  function.walk([&](cluster::DotOp dot) { dots.push_back(dot); });
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
}
