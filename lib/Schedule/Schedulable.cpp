// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Schedulable.cpp - Networks that can be scheduled -------------------===//

#include "Schedulable.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/RNNScreening.h"
#include "se/Schedule/Indexing.h"
#include "se/Schedule/Plan.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// Truth values that would need memory.
static bool isStoredMask(Operation *op) {
  if (op->getNumResults() != 1 ||
      !getElementTypeOrSelf(op->getResult(0).getType()).isInteger(1))
    return false;
  auto constant = dyn_cast<arith::ConstantOp>(op);
  return isa<tensor::ConcatOp>(op) ||
         (constant && !isa<SplatElementsAttr>(constant.getValue()));
}

/// Operations that the scheduler knows how to compute element by element.
static LogicalResult checkOperations(rnn::NetworkOp network) {
  bool isScreened = false;
  for (Operation &op : network.getBody().front()) {
    if (isa<rnn::FiniteOp>(op)) {
      if (isScreened)
        return op.emitOpError("stands in the network twice");
      isScreened = true;
      continue;
    }
    if (auto constant = dyn_cast<arith::ConstantOp>(op))
      if (!rnn::hasData(constant.getValue()))
        return op.emitError("the constant's data is missing or has another "
                            "size");
    if (isStoredMask(&op))
      return op.emitOpError("is a mask in memory, which must be bytes "
                            "(--rnn-store-masks)");
    if (isa<arith::ConstantOp, rnn::YieldOp, rnn::MatvecOp, rnn::ReduceOp,
            tensor::ConcatOp>(op) ||
        isMovement(&op) || isElementwise(&op))
      continue;
    if (isa<rnn::ApplyOp>(op))
      return op.emitOpError(
          "must be inlined before scheduling (--rnn-inline-cells)");
    return op.emitOpError("has no scalar form that can be scheduled");
  }
  return success();
}

FailureOr<rnn::NetworkOp> schedule::getSchedulable(ModuleOp module) {
  if (!cluster::TargetAttr::lookup(module)) {
    module.emitError("the module has no attribute '")
        << cluster::TargetAttr::attrName
        << "', which says what to plan for (--se-attach-target)";
    return failure();
  }
  auto networks = llvm::to_vector(module.getOps<rnn::NetworkOp>());
  if (networks.size() != 1) {
    module.emitError("expected one rnn.network, found ") << networks.size();
    return failure();
  }
  if (failed(checkOperations(networks.front())))
    return failure();
  return networks.front();
}

void schedule::emitDoesNotFit(rnn::NetworkOp network, StringRef text) {
  auto [what, hint] = text.split("; ");
  InFlightDiagnostic diagnostic =
      network.emitError() << what << " on target "
                          << cluster::TargetAttr::lookup(network).getName();
  if (!hint.empty())
    diagnostic << "; " << hint;
}
