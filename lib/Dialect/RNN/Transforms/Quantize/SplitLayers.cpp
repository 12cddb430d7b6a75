// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SplitLayers.cpp - A matvec for each entry of a policy --------------===//

#include "Layers/Layers.h"
#include "Layers/SplitGates.h"

#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace se::rnn {
#define GEN_PASS_DEF_SPLITLAYERS
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;
using se::quantization::Policy;

static void splitLayers(NetworkOp network, const Layers &layers) {
  Block &block = network.getBody().front();
  llvm::StringSet<> apart;
  for (auto op : block.getOps<tensor::ExtractSliceOp>())
    if (layers.isGateApart(op.getLoc()))
      apart.insert(getLayerName(op.getLoc()));
  splitGates(network, [&](Location location) {
    return apart.contains(getLayerName(location));
  });
  // Slices may have slices.
  for (bool hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (auto op : llvm::make_early_inc_range(block.getOps<MatvecOp>()))
      if (!layers.isSplit(op) && canSeparate(op)) {
        separateSlices(op);
        hasChanged = true;
      }
  }
}

namespace {
struct SplitLayersPass : se::rnn::impl::SplitLayersBase<SplitLayersPass> {
  using SplitLayersBase::SplitLayersBase;
  explicit SplitLayersPass(const Policy &policy) : policy(policy) {}

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(loadPolicy(module, policy, precision)))
      return signalPassFailure();
    if (!policy->isUniform() && failed(split(module, *policy)))
      signalPassFailure();
  }

  static LogicalResult split(ModuleOp module, const Policy &policy) {
    if (failed(inlineCells(module)))
      return failure();
    for (auto network : module.getOps<NetworkOp>()) {
      Layers layers(policy);
      if (failed(layers.find(network)))
        return failure();
      splitLayers(network, layers);
      if (failed(layers.check(network)))
        return failure();
    }
    return success();
  }

  std::optional<Policy> policy;
};
} // namespace

std::unique_ptr<Pass> se::rnn::createSplitLayers(const Policy &policy) {
  return std::make_unique<SplitLayersPass>(policy);
}
