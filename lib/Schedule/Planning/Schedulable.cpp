// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Schedulable.cpp - What can be planned and scheduled ----------------===//

#include "Schedulable.h"

#include "StageError.h"
#include "Storage.h"

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/Plan/Plan.h"
#include "se/Dialect/RNN/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace se;

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
  if (!isStaged(networks.front())) {
    networks.front().emitError(
        "the network does not consist of stages (--se-form-stages)");
    return failure();
  }
  for (auto constant :
       networks.front().getBody().front().getOps<arith::ConstantOp>())
    if (!rnn::hasData(constant.getValue())) {
      constant.emitError("the constant's data is missing or has another size");
      return failure();
    }
  return networks.front();
}

FailureOr<rnn::NetworkOp> schedule::getTiled(ModuleOp module) {
  auto network = getSchedulable(module);
  if (failed(network))
    return failure();
  if (!(*network)->hasAttr(plan::StreamAttr::attrName)) {
    network->emitError("the network has no attribute '")
        << plan::StreamAttr::attrName
        << "', which says how its parameters flow (--se-choose-tiling)";
    return failure();
  }
  for (auto stage : network->getBody().getOps<plan::StageOp>())
    if (!stage.getTiling()) {
      stage.emitError("stage '")
          << stage.getName() << "' has no tiling (--se-choose-tiling)";
      return failure();
    }
  return network;
}

void schedule::emitDoesNotFit(rnn::NetworkOp network, llvm::Error error) {
  Operation *culprit = network;
  llvm::handleAllErrors(std::move(error), [&](const llvm::ErrorInfoBase &info) {
    if (info.isA<StageError>())
      culprit = static_cast<const StageError &>(info).getStage();
    std::string text = info.message();
    auto [what, hint] = StringRef(text).split("; ");
    InFlightDiagnostic diagnostic =
        emitError(culprit->getLoc())
        << what << " on target "
        << cluster::TargetAttr::lookup(network).getName();
    if (!hint.empty())
      diagnostic << "; " << hint;
  });
}
