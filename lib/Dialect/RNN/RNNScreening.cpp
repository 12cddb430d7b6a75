// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RNNScreening.cpp - Frames that are not finite ----------------------===//

#include "se/Dialect/RNN/RNNScreening.h"

using namespace mlir;
using namespace se::rnn;

#define GET_OP_CLASSES
#include "se/Dialect/RNN/RNNScreening.cpp.inc"

LogicalResult FiniteOp::verify() {
  auto network = cast<NetworkOp>((*this)->getParentOp());
  auto isInput = [&](Value value) {
    return llvm::is_contained(network.getInputArguments(), value);
  };
  if (getInputs().empty() || !llvm::all_of(getInputs(), isInput))
    return emitOpError("finite-C1: the operands must be inputs of the network");
  if (getMask().getType().getShape() != ArrayRef<int64_t>(1))
    return emitOpError("finite-C2: the result must have shape [1]");
  return success();
}
