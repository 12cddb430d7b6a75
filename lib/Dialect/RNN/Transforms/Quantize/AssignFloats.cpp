// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- AssignFloats.cpp - What the floats of each operation become --------===//

#include "Floats.h"
#include "Layers/Layers.h"

#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace se::rnn {
#define GEN_PASS_DEF_ASSIGNFLOATS
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;
using namespace se::quantization;

static FloatKind getKind(Operation *op, const Layers &layers) {
  Precision precision = layers.getPrecision(op);
  if (precision == Precision::FP32 || isSingle(op))
    return FloatKind::f32;
  if (precision == Precision::INT8)
    return FloatKind::int8;
  return layers[op].hasHalfSums && isa<MatvecOp>(op) ? FloatKind::f16_sums
                                                     : FloatKind::f16;
}

/// Whether a matvec reads a state, behind reshapes or a mark.
static bool isVector(Value state) {
  return llvm::any_of(state.getUsers(), [](Operation *user) {
    if (isa<MatvecOp>(user))
      return true;
    if (isa<ReshapeOp>(user))
      return isVector(user->getResult(0));
    return isa<quant::QuantizeCastOp>(user) && user->hasOneUse() &&
           llvm::any_of(user->user_begin()->getUsers(),
                        llvm::IsaPred<MatvecOp>);
  });
}

/// A state is of the layer that computes the next one.
static bool isHalf(NetworkOp network, unsigned k, const Layers &layers) {
  if (isSingleState(network, k))
    return false;
  Operation *next = network.getYield().getStates()[k].getDefiningOp();
  const LayerPolicy &layer = layers[next ? next : network];
  if (layer.precision == Precision::FP32)
    return false;
  // What is stored as i16 is computed in f32.
  return isVector(network.getStateArguments()[k]) ||
         layer.cellState == StatePrecision::FP16;
}

static void assign(NetworkOp network, const Layers &layers) {
  MLIRContext *context = network.getContext();
  for (Operation &op : network.getBody().front())
    if (!isa<arith::ConstantOp>(op) && !op.hasAttr(floatsAttrName))
      op.setAttr(floatsAttrName,
                 FloatKindAttr::get(context, getKind(&op, layers)));
  if (network->hasAttr(halfStatesAttrName))
    return;
  SmallVector<Attribute> names;
  for (auto [k, name] : llvm::enumerate(network.getStateNames()))
    if (isHalf(network, unsigned(k), layers))
      names.push_back(name);
  network->setAttr(halfStatesAttrName, ArrayAttr::get(context, names));
}

namespace {
struct AssignFloatsPass : se::rnn::impl::AssignFloatsBase<AssignFloatsPass> {
  using AssignFloatsBase::AssignFloatsBase;
  explicit AssignFloatsPass(const Policy &policy) : policy(policy) {}

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(loadPolicy(module, policy, precision)))
      return signalPassFailure();
    if (policy->isUniform() &&
        policy->getBase() == se::quantization::Base::FP32)
      return;
    // A cell may have other types in each layer.
    if (failed(inlineCells(module)))
      return signalPassFailure();
    for (auto network : module.getOps<NetworkOp>()) {
      Layers layers(*policy);
      if (!policy->isUniform() && failed(layers.findSplit(network)))
        return signalPassFailure();
      assign(network, layers);
    }
  }

  std::optional<Policy> policy;
};
} // namespace

std::unique_ptr<Pass> se::rnn::createAssignFloats(const Policy &policy) {
  return std::make_unique<AssignFloatsPass>(policy);
}
