// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Sizes.cpp - What a precision makes of a network's data -------------===//

#include "se/Driver/Sizes.h"

#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"
#include "se/Pipelines/Phases.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/OwningOpRef.h"

using namespace mlir;
using namespace se;
namespace json = llvm::json;

namespace {
struct Size {
  int64_t elements = 0, bytes = 0;
  void add(Type type) {
    auto tensor = cast<RankedTensorType>(type);
    elements += tensor.getNumElements();
    bytes += llvm::divideCeil(
        tensor.getNumElements() * tensor.getElementTypeBitWidth(), 8);
  }
  json::Object toJSON() const {
    return json::Object{{"elements", elements}, {"bytes", bytes}};
  }
};
} // namespace

/// Whether `value` is a sum of products of integers, moved or not.
static bool isIntegerSum(Value value) {
  Operation *op = value.getDefiningOp();
  while (
      isa_and_nonnull<rnn::ReshapeOp, rnn::TransposeOp, rnn::BroadcastOp,
                      tensor::ExtractSliceOp, arith::SIToFPOp, arith::AddIOp>(
          op)) {
    value = op->getOperand(0);
    op = value.getDefiningOp();
  }
  return isa_and_nonnull<rnn::MatvecOp>(op) &&
         cast<RankedTensorType>(value.getType()).getElementType().isInteger(32);
}

/// Scales of sums. Offsets of zero points are part of biases.
static bool isScale(arith::ConstantOp op) {
  return llvm::any_of(op->getUsers(), [&](Operation *user) {
    return isa<arith::MulFOp, math::FmaOp>(user) &&
           (user->getOperand(0) == op   ? isIntegerSum(user->getOperand(1))
            : user->getOperand(1) == op ? isIntegerSum(user->getOperand(0))
                                        : false);
  });
}

std::optional<json::Object> se::getSizes(ModuleOp module) {
  // Constants of an inlined cell are those of its layer.
  OwningOpRef<ModuleOp> copy(module.clone());
  module = *copy;
  if (getPhase(module) != Phase::Legalized || failed(rnn::inlineCells(module)))
    return std::nullopt;
  auto networks = module.getOps<rnn::NetworkOp>();
  if (!llvm::hasSingleElement(networks))
    return std::nullopt;
  rnn::NetworkOp network = *networks.begin();
  Size matrices, vectors, scales, tables, states, activations;
  module.walk([&](arith::ConstantOp op) {
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (!type || op->use_empty())
      return;
    auto elements = dyn_cast<ElementsAttr>(op.getValue());
    if (elements && elements.isSplat())
      return; // part of the code
    auto isUsedBy = [&](auto predicate) {
      return llvm::any_of(op->getUses(), predicate);
    };
    if (isUsedBy([](OpOperand &use) {
          return isa<rnn::InterpolateOp>(use.getOwner());
        }))
      tables.add(type);
    else if (isUsedBy([](OpOperand &use) {
               return isa<rnn::MatvecOp>(use.getOwner()) &&
                      use.getOperandNumber() == 0;
             }))
      matrices.add(type);
    else
      (isScale(op) ? scales : vectors).add(type);
  });
  for (Attribute type : network.getStateTypes())
    states.add(cast<TypeAttr>(type).getValue());
  // What products read, each once.
  llvm::DenseSet<Value> seen;
  module.walk([&](rnn::MatvecOp op) {
    if (seen.insert(op.getX()).second)
      activations.add(op.getX().getType());
  });
  int64_t parameters = matrices.elements + vectors.elements;
  return json::Object{
      {"parameters", json::Object{{"matrices", matrices.toJSON()},
                                  {"vectors", vectors.toJSON()},
                                  {"scales", scales.toJSON()},
                                  {"tables", tables.toJSON()},
                                  {"bytes", matrices.bytes + vectors.bytes +
                                                scales.bytes + tables.bytes},
                                  {"fp16_bytes", 2 * parameters},
                                  {"fp32_bytes", 4 * parameters}}},
      {"states", states.toJSON()},
      {"activations", activations.toJSON()}};
}
