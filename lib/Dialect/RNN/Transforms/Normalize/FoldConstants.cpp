// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FoldConstants.cpp - Evaluate ops on constant tensors ---------------===//

#include "Evaluate.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace se::rnn {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

static void tryFold(Operation *op) {
  if (op->getNumResults() != 1 || op->getNumOperands() == 0 ||
      !llvm::all_of(op->getOperands(), [](Value operand) {
        return operand.getDefiningOp<arith::ConstantOp>() != nullptr;
      }))
    return;
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type || !type.hasStaticShape() || !type.getElementType().isF32())
    return;
  SmallVector<std::vector<float>> args;
  for (Value operand : op->getOperands()) {
    std::optional<std::vector<float>> values = readFloats(operand);
    if (!values)
      return;
    args.push_back(std::move(*values));
  }
  std::optional<std::vector<float>> result = evaluate(op, args);
  if (!result)
    return;
  OpBuilder b(op);
  auto first = op->getOperand(0).getDefiningOp<arith::ConstantOp>();
  Value constant = arith::ConstantOp::create(
      b, op->getLoc(),
      makeConstant(type, *result, getConstantName(first.getValue())));
  op->getResult(0).replaceAllUsesWith(constant);
  op->erase();
}

void se::rnn::foldConstants(Operation *root) {
  // Post order visits operands' definitions first, so chains fold in one go.
  root->walk(tryFold);
}

namespace {
struct FoldConstantsPass : se::rnn::impl::FoldConstantsBase<FoldConstantsPass> {
  void runOnOperation() override { foldConstants(getOperation()); }
};
} // namespace
