// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Decisions.cpp - Values that something is decided by ----------------===//

#include "Decisions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace se::rnn;

/// Whether the result jumps where the operands change a little.
static bool decides(Operation *op) {
  return isa<arith::CmpFOp, arith::RemFOp, math::CeilOp, math::FloorOp,
             math::RoundOp, math::RoundEvenOp, math::TruncOp, math::IsFiniteOp,
             math::IsInfOp, math::IsNaNOp>(op);
}

llvm::DenseSet<Value> se::rnn::findDecisions(NetworkOp network) {
  llvm::DenseSet<Value> found;
  SmallVector<Value> work;
  auto add = [&](ValueRange values) {
    for (Value value : values)
      if (found.insert(value).second)
        work.push_back(value);
  };
  for (Operation &op : network.getBody().front())
    if (decides(&op))
      add(op.getOperands());
  while (!work.empty()) {
    Value value = work.pop_back_val();
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      unsigned number = argument.getArgNumber(),
               inputs = network.getNumInputs();
      if (number >= inputs)
        add(network.getYield().getStates()[number - inputs]);
      continue;
    }
    Operation *op = value.getDefiningOp();
    if (!isa<MatvecOp>(op))
      add(op->getOperands());
  }
  return found;
}
