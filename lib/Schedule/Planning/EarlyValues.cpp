// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- EarlyValues.cpp - What is known before all stages ------------------===//

#include "EarlyValues.h"

#include "se/Dialect/RNN/Movement.h"
#include "se/Dialect/RNN/RNNScreening.h"
#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace se;

llvm::SetVector<Value> schedule::findEarlyValues(rnn::NetworkOp network) {
  llvm::SetVector<Value> early;
  auto isSplat = [](Value value) {
    auto constant = value.getDefiningOp<arith::ConstantOp>();
    return constant && isa<SplatElementsAttr>(constant.getValue());
  };
  auto isKnown = [&](Value operand) {
    return early.contains(operand) || isSplat(operand);
  };
  for (Operation &op : network.getBody().front()) {
    if (auto finite = dyn_cast<rnn::FiniteOp>(op)) {
      early.insert_range(finite.getPeaks());
      continue;
    }
    bool isSimple = (isElementwise(&op) && !isa<rnn::InterpolateOp>(op)) ||
                    rnn::isMovement(&op);
    if (isSimple && elementsOf(op.getResult(0)) == 1 &&
        llvm::all_of(op.getOperands(), isKnown) &&
        !llvm::all_of(op.getOperands(), isSplat))
      early.insert(op.getResult(0));
  }
  return early;
}
