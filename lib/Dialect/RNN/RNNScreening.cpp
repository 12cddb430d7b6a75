// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RNNScreening.cpp - What is found in a whole frame ------------------===//

#include "se/Dialect/RNN/RNNScreening.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace se::rnn;

#define GET_OP_CLASSES
#include "se/Dialect/RNN/RNNScreening.cpp.inc"

static bool isOne(Value value) {
  return cast<ShapedType>(value.getType()).getShape() == ArrayRef<int64_t>(1);
}

LogicalResult FiniteOp::verify() {
  auto network = cast<NetworkOp>((*this)->getParentOp());
  auto isInput = [&](Value value) {
    return llvm::is_contained(network.getInputArguments(), value);
  };
  if (getInputs().empty() || !llvm::all_of(getInputs(), isInput))
    return emitOpError("finite-C1: the operands must be inputs of the network");
  for (Value result : getResults())
    if (!isOne(result))
      return emitOpError("finite-C2: the results must have shape [1]");
  if (!getPeaks().empty() && getPeaks().size() != getInputs().size())
    return emitOpError("finite-C3: there must be no peaks, or one for each of "
                       "the ")
           << getInputs().size() << " operands, found " << getPeaks().size();
  return success();
}

LogicalResult PeakOp::verify() {
  if (!isOne(getY()) || getElementTypeOrSelf(getY().getType()) !=
                            getElementTypeOrSelf(getX().getType()))
    return emitOpError("peak-C1: the result must have shape [1] and the "
                       "operand's element type");
  if (!(getAtLeast().isFiniteNonZero() && !getAtLeast().isNegative()))
    return emitOpError("peak-C2: `at_least` must be finite and more than 0");
  return success();
}
