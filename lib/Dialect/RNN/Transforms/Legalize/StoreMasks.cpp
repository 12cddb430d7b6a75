// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StoreMasks.cpp - Truth values that lie in memory are bytes ---------===//

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/TypeUtilities.h"

namespace se::rnn {
#define GEN_PASS_DEF_STOREMASKS
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

static bool isMask(Value value) {
  return getElementTypeOrSelf(value.getType()).isInteger(1);
}

static RankedTensorType bytesOf(Value value) {
  return cast<RankedTensorType>(value.getType())
      .clone(IntegerType::get(value.getContext(), 8));
}

/// A splat is no memory but a number in the code.
static void storeConstant(arith::ConstantOp op) {
  auto mask = dyn_cast<DenseIntElementsAttr>(op.getValue());
  if (!mask || mask.isSplat())
    return;
  std::vector<int64_t> bytes;
  for (bool value : mask.getValues<bool>())
    bytes.push_back(value);
  OpBuilder b(op);
  Value stored = arith::ConstantOp::create(
      b, op.getLoc(), makeIntegers(bytesOf(op), bytes, "mask"));
  Value read =
      arith::TruncIOp::create(b, op.getLoc(), op.getResult().getType(), stored);
  op.getResult().replaceAllUsesWith(read);
  op.erase();
}

static void storeConcat(tensor::ConcatOp op) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  SmallVector<Value> parts;
  for (Value part : op.getInputs())
    parts.push_back(arith::ExtUIOp::create(b, loc, bytesOf(part), part));
  Value stored = tensor::ConcatOp::create(b, loc, bytesOf(op.getResult()),
                                          op.getDim(), parts);
  op.getResult().replaceAllUsesWith(
      arith::TruncIOp::create(b, loc, op.getResult().getType(), stored)
          .getResult());
  op.erase();
}

namespace {
struct StoreMasksPass : se::rnn::impl::StoreMasksBase<StoreMasksPass> {
  void runOnOperation() override {
    for (auto network : getOperation().getOps<NetworkOp>())
      for (Operation &op :
           llvm::make_early_inc_range(network.getBody().front())) {
        if (op.getNumResults() != 1 || !isMask(op.getResult(0)))
          continue;
        if (auto constant = dyn_cast<arith::ConstantOp>(op))
          storeConstant(constant);
        else if (auto concat = dyn_cast<tensor::ConcatOp>(op))
          storeConcat(concat);
      }
  }
};
} // namespace
