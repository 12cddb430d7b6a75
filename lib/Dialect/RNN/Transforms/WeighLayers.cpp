// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- WeighLayers.cpp - What int8 costs and saves ------------------------===//

#include "Layers.h"
#include "Tensors.h"

#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
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

// Instructions, as measured (docs/precision.md).
/// A word of a row: loads and a product.
static constexpr double wordCycles = 2.2;
/// A sum of integers becomes a float: conversion, scale, multiplication.
static constexpr double sumCycles = 3.8;
/// An element of a vector becomes an integer, more than what it takes as a half.
static constexpr double elementCycles = 12;
/// Bytes that are saved matter if they are so large a part of the layer's, and
/// so many.
static constexpr double leastShare = 0.25;
static constexpr int64_t leastBytes = 4096;

namespace {
struct Weight {
  double halves = 0, integers = 0; ///< cycles
  int64_t halfBytes = 0, integerBytes = 0;

  bool pays() const {
    int64_t saved = halfBytes - integerBytes;
    return integers < halves ||
           (saved >= leastBytes &&
            double(saved) >= leastShare * double(halfBytes));
  }
};

/// Weighs the layers that a policy's base makes int8. Those of which a matvec is
/// made together go together.
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
};
} // namespace

void Weigher::addProduct(MatvecOp op) {
  StringAttr unit = units.getLeaderValue(getName(getLayerName(op.getLoc())));
  auto type = cast<RankedTensorType>(op.getW().getType());
  int64_t rows = type.getDimSize(0), columns = type.getDimSize(1);
  auto sums = double(
      cast<RankedTensorType>(op.getY().getType()).getNumElements());
  int64_t halfWords = llvm::divideCeil(columns, 2),
          words = llvm::divideCeil(columns, 4);
  Weight &weight = weights[unit];
  weight.halves += sums * wordCycles * double(halfWords);
  weight.integers += sums * (wordCycles * double(words) + sumCycles);
  weight.halfBytes += rows * 4 * halfWords;
  // Each vector of a batch has scales of its own.
  weight.integerBytes += rows * 4 * words + int64_t(sums) * 4;
  readers[stripReshapes(op.getX())].insert(unit);
}

/// A vector's conversion is shared by those who read it.
void Weigher::addVectors() {
  for (auto &[value, names] : readers) {
    auto elements =
        double(cast<RankedTensorType>(value.getType()).getNumElements());
    for (StringAttr unit : names)
      weights[unit].integers +=
          elements * elementCycles / double(names.size());
  }
}

std::string Weigher::describe(const Weight &weight) const {
  return llvm::formatv("int8 would take about {0:F0} % more cycles for it, and "
                       "save {1} of {2} bytes",
                       100 * (weight.integers / weight.halves - 1),
                       weight.halfBytes - weight.integerBytes,
                       weight.halfBytes);
}

DictionaryAttr Weigher::run() {
  SmallVector<MatvecOp> products;
  for (auto op : network.getBody().front().getOps<MatvecOp>()) {
    if (!layers.isQuantizedByBase(op))
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
      found.push_back(
          b.getNamedAttr(name, b.getStringAttr(describe(weight))));
  }
  return b.getDictionaryAttr(found);
}

namespace {
struct WeighLayersPass : se::rnn::impl::WeighLayersBase<WeighLayersPass> {
  using WeighLayersBase::WeighLayersBase;
  explicit WeighLayersPass(const Policy &policy) : policy(policy) {}

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (!policy) {
      auto loaded = Policy::load(precision);
      if (!loaded) {
        module.emitError(llvm::toString(loaded.takeError()));
        return signalPassFailure();
      }
      policy = *loaded;
    }
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
      Tensors tensors(network);
      Layers layers(policy);
      if (failed(layers.add(network, tensors)))
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
