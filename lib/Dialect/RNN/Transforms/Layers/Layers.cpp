// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Layers.cpp - The policy of each operation --------------------------===//

#include "Layers.h"

#include "Marks.h"

#include "SplitGates.h"
#include "Tensors.h"

#include "se/Dialect/RNN/Choices.h"
#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace se::rnn;
using namespace se::quantization;

/// The locations of what was fused.
static SmallVector<Location> getParts(Location location) {
  if (auto fused = dyn_cast<FusedLoc>(location))
    return SmallVector<Location>(fused.getLocations());
  return {location};
}

LogicalResult Layers::findEntries(NetworkOp network) {
  for (Operation &op : network.getBody().front()) {
    if (isa<arith::ConstantOp, YieldOp>(op))
      continue;
    for (Location part : getParts(op.getLoc())) {
      std::string layer = getLayerName(part);
      for (const std::string &name : {layer, getGateName(part)}) {
        if (entries.contains(name))
          continue;
        auto entry = policy.find(name, layer);
        if (!entry)
          return network.emitError(llvm::toString(entry.takeError()));
        entries[name] = *entry;
      }
    }
  }
  return success();
}

LogicalResult Layers::check(NetworkOp network) const {
  // Of layers, and of matrices, which may be a gate's.
  llvm::DenseSet<const Policy::Entry *> matched, products;
  for (Operation &op : network.getBody().front()) {
    if (isa<arith::ConstantOp, YieldOp>(op))
      continue;
    for (Location part : getParts(op.getLoc()))
      for (const Policy::Entry &entry : policy.getEntries()) {
        if (entry.matches(getLayerName(part)))
          matched.insert(&entry);
        else if (!isa<MatvecOp>(op) || !entry.matches(getGateName(part)))
          continue;
        if (isa<MatvecOp>(op))
          products.insert(&entry);
      }
  }
  auto fail = [&](const Policy::Entry &entry) {
    return network.emitError() << policy.getName() << ": layers: '"
                               << entry.pattern << "' matches no layer ";
  };
  for (const Policy::Entry &entry : policy.getEntries()) {
    if (products.contains(&entry))
      continue;
    if (!matched.contains(&entry))
      return fail(entry) << "of the network";
    if (entry.layer.precision == Precision::INT8)
      return fail(entry) << "with a matrix, which is what int8 is for";
  }
  return success();
}

/// Layers that the policy's base makes int8, if they can be: those that the
/// network names, or else those that it has.
void Layers::findQuantized(NetworkOp network) {
  if (policy.getBase() != Base::Mixed && policy.getBase() != Base::INT8)
    return;
  auto names = network->getAttrOfType<ArrayAttr>(quantizedLayersAttrName);
  if (!names)
    chooseQuantized(network);
  else
    for (auto name : names.getAsRange<StringAttr>())
      quantized.insert(name.getValue());
  if (auto names = network->getAttrOfType<DictionaryAttr>(halfLayersAttrName))
    for (NamedAttribute name : names)
      if (quantized.erase(name.getName()))
        halves.insert(name.getName());
}

llvm::StringSet<> se::rnn::findLayersWithConstants(NetworkOp network) {
  llvm::StringSet<> names;
  for (auto op : network.getBody().front().getOps<MatvecOp>())
    if (op.getW().getDefiningOp<arith::ConstantOp>())
      for (const std::string &name : getLayerNames(op.getLoc()))
        names.insert(name);
  return names;
}

/// Those of which a matrix is part of a recurrence, or all with a matrix.
void Layers::chooseQuantized(NetworkOp network) {
  if (policy.getBase() == Base::Mixed)
    quantized = findRecurrentLayers(network);
  auto matvecs = network.getBody().front().getOps<MatvecOp>();
  if (policy.getBase() == Base::INT8)
    for (MatvecOp op : matvecs)
      for (const std::string &name : getLayerNames(op.getLoc()))
        quantized.insert(name);
  llvm::StringSet<> withConstants = findLayersWithConstants(network);
  for (MatvecOp op : matvecs)
    for (const std::string &name : getLayerNames(op.getLoc()))
      if (!withConstants.contains(name) && quantized.erase(name))
        network.emitWarning()
            << "layer '" << name << "' stays fp16: int8 needs "
            << "matrices that are constants";
  SmallVector<StringRef> names(quantized.keys());
  llvm::sort(names);
  network->setAttr(quantizedLayersAttrName,
                   Builder(network.getContext()).getStrArrayAttr(names));
}

LogicalResult Layers::find(NetworkOp network) {
  findQuantized(network);
  return findEntries(network);
}

LogicalResult Layers::findSplit(NetworkOp network) {
  if (failed(find(network)))
    return failure();
  for (auto op : network.getBody().front().getOps<MatvecOp>())
    if (!isSplit(op) && canSeparate(op))
      return op.emitOpError("is of layers or gates with different entries in "
                            "the policy: --rnn-split-layers comes first");
  return success();
}

bool Layers::isGateApart(Location location) const {
  std::string layer = getLayerName(location);
  return &get(getGateName(location), layer) != &get(layer, layer);
}

bool Layers::isSplit(MatvecOp op) const {
  SmallVector<const LayerPolicy *> found;
  for (Location part : getParts(op.getLoc()))
    found.push_back(&get(getGateName(part), getLayerName(part)));
  for (Operation *user : op->getUsers())
    if (isa<tensor::ExtractSliceOp>(user) && isOfLayer(user, op))
      found.push_back(&(*this)[user]);
  return llvm::all_equal(found);
}

const LayerPolicy &Layers::get(StringRef gate, StringRef layer) const {
  if (auto it = entries.find(gate); it != entries.end() && it->second)
    return it->second->layer;
  if (halves.contains(layer))
    return half;
  return quantized.contains(layer) ? policy.getQuantized()
                                   : policy.getDefault();
}

const LayerPolicy &Layers::operator[](Operation *op) const {
  Location first = getParts(op->getLoc()).front();
  return get(getGateName(first), getLayerName(first));
}

Precision Layers::getPrecision(Operation *op) const {
  Precision precision = (*this)[op].precision;
  auto matvec = dyn_cast<MatvecOp>(op);
  bool isComputed = matvec && !getMarkedProduct(matvec) &&
                    !matvec.getW().getDefiningOp<arith::ConstantOp>();
  return isComputed && precision == Precision::INT8 ? Precision::FP16
                                                    : precision;
}

bool Layers::isQuantizedByBase(Operation *op) const {
  Location first = getParts(op->getLoc()).front();
  for (const std::string &name : {getGateName(first), getLayerName(first)})
    if (entries.lookup(name))
      return false;
  return quantized.contains(getLayerName(first));
}

std::string Layers::describe(Operation *op) const {
  std::string name = getGateName(getParts(op->getLoc()).front());
  const Policy::Entry *entry = entries.lookup(name);
  std::string text = (policy.getName() + ": ").str();
  if (entry)
    text += "layers: '" + entry->pattern + "': ";
  return text + "layer '" + name + "': ";
}

LogicalResult se::rnn::loadPolicy(ModuleOp module,
                                  std::optional<Policy> &policy,
                                  StringRef precision, StringRef calibration) {
  if (policy)
    return success();
  llvm::Expected<Policy> loaded = Policy::load(precision, calibration);
  if (!loaded)
    return module.emitError(llvm::toString(loaded.takeError()));
  policy = *loaded;
  return success();
}
