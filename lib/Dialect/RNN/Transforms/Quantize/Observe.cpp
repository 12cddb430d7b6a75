// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Observe.cpp - Tensors whose values are collected -------------------===//

#include "BoundedValues.h"
#include "Layers/Tensors.h"

#include "se/Dialect/RNN/Transforms/Observed.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

namespace se::rnn {
#define GEN_PASS_DEF_OBSERVE
#define GEN_PASS_DEF_EXPOSEOBSERVED
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

namespace {
struct ObservePass : se::rnn::impl::ObserveBase<ObservePass> {
  void runOnOperation() override {
    if (failed(inlineCells(getOperation())))
      return signalPassFailure();
    for (auto network : getOperation().getOps<NetworkOp>()) {
      OpBuilder b(&getContext());
      Tensors tensors(network);
      for (const auto &[value, name] : tensors.get()) {
        b.setInsertionPointAfterValue(value);
        Operation *op = value.getDefiningOp();
        auto observe = ObserveOp::create(
            b, op ? op->getLoc() : network.getLoc(), value, name);
        if (isFraction(value) || isBoundedByOne(network, value))
          observe->setAttr(boundedAttr, b.getUnitAttr());
      }
    }
  }
};

struct ExposeObservedPass
    : se::rnn::impl::ExposeObservedBase<ExposeObservedPass> {
  void runOnOperation() override {
    for (auto network : getOperation().getOps<NetworkOp>())
      expose(network);
  }

  void expose(NetworkOp network) {
    Builder b(&getContext());
    SmallVector<Attribute> types(network.getOutputTypes().getValue());
    SmallVector<Attribute> names(network.getOutputNames().getValue());
    auto outputs = network.getYield().getOutputsMutable();
    for (auto op : llvm::make_early_inc_range(
             network.getBody().front().getOps<ObserveOp>())) {
      types.push_back(TypeAttr::get(op.getX().getType()));
      names.push_back(b.getStringAttr((observedPrefix + op.getTensor()).str()));
      outputs.append(op.getX());
      op.erase();
    }
    network.setOutputTypesAttr(b.getArrayAttr(types));
    network.setOutputNamesAttr(b.getArrayAttr(names));
  }
};
} // namespace
