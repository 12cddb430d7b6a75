// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- WeighLayers.cpp - What int8 costs and saves ------------------------===//

#include "Evaluate.h"
#include "Layers/Layers.h"
#include "Layers/Tensors.h"

#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/Movement.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

namespace se::rnn {
#define GEN_PASS_DEF_WEIGHLAYERS
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;
using namespace se::quantization;

// What int8 takes more than fp16, in cycles of a core, as measured
// (docs/precision.md).
/// A word of a row, of which there are half as many: loads and a product.
static constexpr double wordCycles = 2;
/// A sum: conversion and scale. With a bias, which is in the sum already, where
/// halves extend and add it.
static constexpr double sumCycles = 3.6, biasedSumCycles = -4.3;
/// An element of a vector becomes an integer, those of a batch one by one; and
/// the code for a vector, which comes to each core once.
static constexpr double elementCycles = 5, batchElementCycles = 10.5;
static constexpr double vectorCycles = 176;
/// Bytes that are saved matter if they are so large a part of the layer's, and
/// so many.
static constexpr double leastShare = 0.25;
static constexpr int64_t leastBytes = 4096;

namespace {
struct Weight {
  double cycles = 0; ///< more than in fp16
  int64_t halfBytes = 0, integerBytes = 0;

  bool pays() const {
    int64_t saved = halfBytes - integerBytes;
    return cycles < 0 || (saved >= leastBytes &&
                          double(saved) >= leastShare * double(halfBytes));
  }
};

/// Weighs the layers that a policy's base makes int8. Those of which a matvec
/// is made together go together.
class Weigher {
public:
  Weigher(NetworkOp network, const Layers &layers)
      : network(network), layers(layers) {}

  /// Layers that int8 does not pay for, and why.
  DictionaryAttr run();

private:
  void addProduct(MatvecOp op);
  void addVectors();
  std::string describe(const Weight &weight) const;
  StringAttr getName(StringRef layer) {
    return StringAttr::get(network.getContext(), layer);
  }

  NetworkOp network;
  const Layers &layers;
  llvm::EquivalenceClasses<StringAttr> units;
  llvm::DenseMap<StringAttr, Weight> weights; ///< of each unit's leader
  llvm::MapVector<Value, llvm::SetVector<StringAttr>> readers;
  llvm::DenseSet<Value> batches; ///< of vectors
};
} // namespace

/// Whether a constant is added to the product before anything else is done to
/// it, or to the sum that it is part of.
static bool hasBias(Value product) {
  llvm::SetVector<Value> sums;
  sums.insert(product);
  for (size_t i = 0; i != sums.size(); ++i)
    for (Operation *user : sums[i].getUsers()) {
      if (!isa<arith::AddFOp>(user) && !isMovement(user))
        continue;
      if (llvm::any_of(user->getOperands(), [](Value operand) {
            return operand.getDefiningOp<arith::ConstantOp>();
          }))
        return true;
      sums.insert(user->getResult(0));
    }
  return false;
}

void Weigher::addProduct(MatvecOp op) {
  StringAttr unit = units.getLeaderValue(getName(getLayerName(op.getLoc())));
  auto type = cast<RankedTensorType>(op.getW().getType());
  int64_t rows = type.getDimSize(0), columns = type.getDimSize(1),
          sums = cast<RankedTensorType>(op.getY().getType()).getNumElements();
  int64_t halfWords = llvm::divideCeil(columns, 2),
          words = llvm::divideCeil(columns, 4);
  Weight &weight = weights[unit];
  weight.cycles +=
      double(sums) * (wordCycles * double(words - halfWords) +
                      (hasBias(op.getY()) ? biasedSumCycles : sumCycles));
  weight.halfBytes += rows * 4 * halfWords;
  // Each vector of a batch has scales of its own.
  weight.integerBytes += rows * 4 * words + sums * 4;
  Value x = stripReshapes(op.getX());
  readers[x].insert(unit);
  if (sums != rows)
    batches.insert(x);
}

/// A vector's conversion is shared by those who read it.
void Weigher::addVectors() {
  for (auto &[value, names] : readers) {
    auto elements =
        double(cast<RankedTensorType>(value.getType()).getNumElements());
    double cycles =
        vectorCycles + elements * (batches.contains(value) ? batchElementCycles
                                                           : elementCycles);
    for (StringAttr unit : names)
      weights[unit].cycles += cycles / double(names.size());
  }
}

std::string Weigher::describe(const Weight &weight) const {
  return llvm::formatv("int8 would take about {0:F0} core cycles more for it, "
                       "and save {1} of {2} bytes",
                       weight.cycles, weight.halfBytes - weight.integerBytes,
                       weight.halfBytes);
}

DictionaryAttr Weigher::run() {
  SmallVector<MatvecOp> products;
  for (auto op : network.getBody().front().getOps<MatvecOp>()) {
    if (!layers.isQuantizedByBase(op) ||
        !op.getW().getDefiningOp<arith::ConstantOp>())
      continue;
    products.push_back(op);
    SmallVector<std::string> names = getLayerNames(op.getLoc());
    for (const std::string &name : names)
      units.unionSets(getName(names.front()), getName(name));
  }
  for (MatvecOp op : products)
    addProduct(op);
  addVectors();
  Builder b(network.getContext());
  SmallVector<NamedAttribute> found;
  for (const auto &entry : units) {
    StringAttr name = entry->getData();
    const Weight &weight = weights[units.getLeaderValue(name)];
    if (!weight.pays())
      found.push_back(b.getNamedAttr(name, b.getStringAttr(describe(weight))));
  }
  return b.getDictionaryAttr(found);
}

namespace {
struct WeighLayersPass : se::rnn::impl::WeighLayersBase<WeighLayersPass> {
  using WeighLayersBase::WeighLayersBase;
  explicit WeighLayersPass(const Policy &policy) : policy(policy) {}

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(loadPolicy(module, policy, precision)))
      return signalPassFailure();
    if (policy->getBase() != se::quantization::Base::INT8 &&
        policy->getBase() != se::quantization::Base::Mixed)
      return;
    if (failed(weigh(module, *policy)))
      signalPassFailure();
  }

  LogicalResult weigh(ModuleOp module, const Policy &policy) {
    if (failed(inlineCells(module)))
      return failure();
    for (auto network : module.getOps<NetworkOp>()) {
      Layers layers(policy);
      if (failed(layers.findSplit(network)))
        return failure();
      DictionaryAttr found = Weigher(network, layers).run();
      if (found.empty())
        continue;
      network->setDiscardableAttr(halfLayersAttrName, found);
      for (NamedAttribute layer : found)
        network.emitRemark()
            << "layer '" << layer.getName().getValue() << "' stays fp16: "
            << cast<StringAttr>(layer.getValue()).getValue();
    }
    return success();
  }

  std::optional<Policy> policy;
};
} // namespace

DictionaryAttr se::rnn::getHalfLayers(ModuleOp module) {
  for (auto network : module.getOps<NetworkOp>())
    if (auto layers =
            network->getAttrOfType<DictionaryAttr>(halfLayersAttrName))
      return layers;
  return DictionaryAttr::get(module.getContext());
}

std::unique_ptr<Pass> se::rnn::createWeighLayers(const Policy &policy) {
  return std::make_unique<WeighLayersPass>(policy);
}
