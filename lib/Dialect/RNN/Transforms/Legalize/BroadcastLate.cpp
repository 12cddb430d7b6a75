// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- BroadcastLate.cpp - Computing before values are repeated -----------===//

#include "EraseDead.h"

#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/TypeUtilities.h"

namespace se::rnn {
#define GEN_PASS_DEF_BROADCASTLATE
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

static SplatElementsAttr getSplat(Value value) {
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  return constant ? dyn_cast<SplatElementsAttr>(constant.getValue())
                  : SplatElementsAttr();
}

/// The shape that all operands but splats are broadcast from.
static std::optional<ArrayRef<int64_t>> findShape(Operation *op) {
  std::optional<ArrayRef<int64_t>> shape;
  for (Value operand : op->getOperands()) {
    if (getSplat(operand))
      continue;
    auto broadcast = operand.getDefiningOp<BroadcastOp>();
    if (!broadcast)
      return std::nullopt;
    ArrayRef<int64_t> from =
        cast<RankedTensorType>(broadcast.getX().getType()).getShape();
    if (shape && *shape != from)
      return std::nullopt;
    shape = from;
  }
  return shape;
}

static bool isElementwise(Operation *op) {
  return op->getNumResults() == 1 && op->getNumRegions() == 0 &&
         isa<RankedTensorType>(op->getResult(0).getType()) &&
         (op->hasTrait<OpTrait::Elementwise>() ||
          isa<ActivationOp, QuantizeOp>(op));
}

/// Does the operation before its operands are broadcast.
static void move(Operation *op, ArrayRef<int64_t> shape) {
  OpBuilder b(op);
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    if (SplatElementsAttr splat = getSplat(operand))
      operands.push_back(arith::ConstantOp::create(
          b, operand.getLoc(),
          splat.resizeSplat(
              cast<RankedTensorType>(operand.getType()).clone(shape))));
    else
      operands.push_back(operand.getDefiningOp<BroadcastOp>().getX());
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  OperationState state(op->getLoc(), op->getName(), operands,
                       {type.clone(shape)}, op->getAttrs());
  Value small = b.create(state)->getResult(0);
  op->replaceAllUsesWith(BroadcastOp::create(b, op->getLoc(), type, small));
  op->erase();
}

namespace {
struct BroadcastLatePass : se::rnn::impl::BroadcastLateBase<BroadcastLatePass> {
  void runOnOperation() override {
    for (Operation &op : *getOperation().getBody())
      if (isa<NetworkOp, CellOp>(op))
        moveAll(op.getRegion(0).front());
  }

  static void moveAll(Block &block) {
    for (Operation &op : llvm::make_early_inc_range(block))
      if (isElementwise(&op))
        if (auto shape = findShape(&op))
          move(&op, *shape);
    eraseDead(block);
  }
};
} // namespace
