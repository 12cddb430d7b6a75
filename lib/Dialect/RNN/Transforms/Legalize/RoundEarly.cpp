// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RoundEarly.cpp - Round before values are moved ---------------------===//

#include "EraseDead.h"

#include "se/Dialect/RNN/Movement.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace se::rnn {
#define GEN_PASS_DEF_ROUNDEARLY
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

/// Rounds the operand that a movement reads. A value that was as narrow before
/// is taken as it was.
static Value roundOperand(OpBuilder &b, arith::TruncFOp like, Value operand) {
  Type element = cast<RankedTensorType>(like.getType()).getElementType();
  auto type = cast<RankedTensorType>(operand.getType()).clone(element);
  if (auto extend = operand.getDefiningOp<arith::ExtFOp>();
      extend && extend.getIn().getType() == type)
    return extend.getIn();
  OperationState state(like.getLoc(), like->getName(), operand, type,
                       like->getAttrs());
  return b.create(state)->getResult(0);
}

/// Rounds all that `movement` moves, if nobody needs it unrounded. Then it and
/// the roundings behind it go. Returns what stands before it.
static Operation *roundBefore(Operation *movement) {
  auto users = llvm::to_vector(movement->getUsers());
  auto like = dyn_cast_if_present<arith::TruncFOp>(
      users.empty() ? nullptr : users.front());
  if (!like || llvm::any_of(users, [&](Operation *user) {
        return !isa<arith::TruncFOp>(user) ||
               user->getResult(0).getType() != like.getType();
      }))
    return movement->getPrevNode();
  OpBuilder b(movement);
  SmallVector<Value> operands;
  for (Value operand : movement->getOperands())
    operands.push_back(roundOperand(b, like, operand));
  OperationState state(movement->getLoc(), movement->getName(), operands,
                       like.getType(), movement->getAttrs());
  Value moved = b.create(state)->getResult(0);
  for (Operation *user : users) {
    user->getResult(0).replaceAllUsesWith(moved);
    user->erase();
  }
  Operation *before = movement->getPrevNode();
  movement->erase();
  return before;
}

namespace {
struct RoundEarlyPass : se::rnn::impl::RoundEarlyBase<RoundEarlyPass> {
  void runOnOperation() override {
    for (Operation &op : *getOperation().getBody()) {
      if (!isa<NetworkOp, CellOp>(op))
        continue;
      Block &block = op.getRegion(0).front();
      // From the end on, so that a rounding passes one movement after another.
      Operation *at = &block.back();
      while (at)
        at = isMovement(at) || isa<tensor::ConcatOp>(at) ? roundBefore(at)
                                                         : at->getPrevNode();
      eraseDead(block);
    }
  }
};
} // namespace
