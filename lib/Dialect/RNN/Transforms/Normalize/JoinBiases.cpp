// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- JoinBiases.cpp - One bias for all products of a sum ----------------===//

#include "se/Dialect/RNN/Movement.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace se::rnn {
#define GEN_PASS_DEF_JOINBIASES
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

/// Is it the same in every frame: a constant, or a weight of a cell?
static bool isKnown(Value value) {
  if (Operation *op = value.getDefiningOp())
    return isa<arith::ConstantOp>(op) ||
           (isMovement(op) && isKnown(op->getOperand(0)));
  auto argument = cast<BlockArgument>(value);
  auto cell = dyn_cast<CellOp>(argument.getOwner()->getParentOp());
  return cell &&
         argument.getArgNumber() >= cell.getNumInputs() + cell.getNumStates();
}

static bool isProduct(Value value) {
  Operation *op = value.getDefiningOp();
  return op && (isa<MatvecOp>(op) ||
                (isMovement(op) && isProduct(op->getOperand(0))));
}

/// The terms of a sum, in order.
static void collect(Value sum, bool isRoot, SmallVectorImpl<Value> &terms) {
  auto add = sum.getDefiningOp<arith::AddFOp>();
  if (!add || (!isRoot && !add->hasOneUse()))
    return terms.push_back(sum);
  collect(add.getLhs(), false, terms);
  collect(add.getRhs(), false, terms);
}

static void join(arith::AddFOp root) {
  // The whole sum, not a part of it.
  if (root->hasOneUse() && isa<arith::AddFOp>(*root->user_begin()))
    return;
  SmallVector<Value> terms;
  collect(root, /*isRoot=*/true, terms);
  auto rest = llvm::to_vector(llvm::make_filter_range(
      terms, [](Value term) { return !isKnown(term); }));
  auto biases = llvm::to_vector(llvm::make_filter_range(terms, isKnown));
  if (biases.size() < 2 || !llvm::any_of(rest, isProduct))
    return;
  ImplicitLocOpBuilder b(root.getLoc(), root);
  auto addAll = [&](ArrayRef<Value> values) {
    Value sum = values.front();
    for (Value value : values.drop_front()) {
      auto add = arith::AddFOp::create(b, sum, value);
      add->setAttrs(root->getAttrs());
      sum = add;
    }
    return sum;
  };
  rest.push_back(addAll(biases));
  root.replaceAllUsesWith(addAll(rest));
  root.erase();
}

namespace {
struct JoinBiasesPass : se::rnn::impl::JoinBiasesBase<JoinBiasesPass> {
  void runOnOperation() override {
    SmallVector<arith::AddFOp> sums;
    getOperation().walk([&](arith::AddFOp op) {
      if (isa<NetworkOp, CellOp>(op->getParentOp()))
        sums.push_back(op);
    });
    for (arith::AddFOp op : llvm::reverse(sums))
      join(op);
  }
};
} // namespace
