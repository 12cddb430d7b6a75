// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LayerAttributes.cpp - Names of layers in text ----------------------===//
//
// Rewriting keeps locations, printing keeps attributes.
//
//===----------------------------------------------------------------------===//

#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace se::rnn {
#define GEN_PASS_DEF_READLAYERS
#define GEN_PASS_DEF_WRITELAYERS
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

void se::rnn::writeLayers(ModuleOp module) {
  auto write = [](Block &block, bool isInCell) {
    for (Operation &op : block) {
      if (isa<arith::ConstantOp, YieldOp>(op))
        continue;
      if (Attribute layer = getLayerAttribute(op.getLoc(), isInCell))
        op.setAttr(layerAttrName, layer);
    }
  };
  for (auto network : module.getOps<NetworkOp>())
    write(network.getBody().front(), /*isInCell=*/false);
  for (auto cell : module.getOps<CellOp>())
    write(cell.getBody().front(), /*isInCell=*/true);
}

void se::rnn::readLayers(ModuleOp module) {
  module.walk([](Operation *op) {
    if (Attribute layer = op->removeAttr(layerAttrName))
      op->setLoc(getNamedLocation(layer, op->getLoc()));
  });
}

namespace {
struct WriteLayersPass : se::rnn::impl::WriteLayersBase<WriteLayersPass> {
  void runOnOperation() override { writeLayers(getOperation()); }
};

struct ReadLayersPass : se::rnn::impl::ReadLayersBase<ReadLayersPass> {
  void runOnOperation() override { readLayers(getOperation()); }
};
} // namespace
