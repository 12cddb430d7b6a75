// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Layers.cpp - The policy of each operation --------------------------===//

#include "Layers.h"

#include "Tensors.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/LayerName.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace se::rnn;
using namespace se::quantization;

/// Replaces a matvec that was fused from several by one for each slice of its
/// result.
static void separate(MatvecOp op, Tensors &tensors) {
  std::optional<std::vector<float>> weights = readFloats(op.getW());
  auto users = llvm::to_vector(op->getUsers());
  if (!weights || !llvm::all_of(users, llvm::IsaPred<tensor::ExtractSliceOp>))
    return;
  auto type = cast<RankedTensorType>(op.getW().getType());
  int64_t columns = type.getDimSize(1);
  StringRef name =
      getConstantName(op.getW().getDefiningOp<arith::ConstantOp>().getValue());
  OpBuilder b(op);
  for (Operation *user : users) {
    auto slice = cast<tensor::ExtractSliceOp>(user);
    int64_t first = slice.getStaticOffsets().back();
    int64_t rows = slice.getType().getShape().back();
    auto part = ArrayRef(*weights).slice(first * columns, rows * columns);
    Value w = arith::ConstantOp::create(
        b, slice.getLoc(),
        makeConstant(type.clone({rows, columns}), part, name));
    Value y =
        MatvecOp::create(b, slice.getLoc(), slice.getType(), w, op.getX());
    tensors.replace(slice.getResult(), y);
    slice.replaceAllUsesWith(y);
    slice.erase();
  }
  op.erase();
}

LogicalResult Layers::findEntries(NetworkOp network) {
  for (Operation &op : network.getBody().front()) {
    if (isa<arith::ConstantOp, YieldOp>(op))
      continue;
    for (const std::string &name : getLayerNames(op.getLoc())) {
      if (entries.contains(name))
        continue;
      auto entry = policy.find(name);
      if (!entry)
        return network.emitError(llvm::toString(entry.takeError()));
      entries[name] = *entry;
    }
  }
  return success();
}

LogicalResult Layers::checkEntries(NetworkOp network) const {
  llvm::DenseSet<const Policy::Entry *> matched, products;
  for (Operation &op : network.getBody().front())
    if (!isa<arith::ConstantOp, YieldOp>(op))
      for (const std::string &name : getLayerNames(op.getLoc()))
        for (const Policy::Entry &entry : policy.getEntries())
          if (entry.matches(name)) {
            matched.insert(&entry);
            if (isa<MatvecOp>(op))
              products.insert(&entry);
          }
  auto fail = [&](const Policy::Entry &entry) {
    return network.emitError() << policy.getName() << ": layers: '"
                               << entry.pattern << "' matches no layer ";
  };
  for (const Policy::Entry &entry : policy.getEntries()) {
    if (!matched.contains(&entry))
      return fail(entry) << "of the network";
    if (entry.layer.precision == Precision::INT8 && !products.contains(&entry))
      return fail(entry) << "with a matrix, which is what int8 is for";
  }
  return success();
}

/// Layers that the policy's base makes int8, if they can be.
void Layers::findQuantized(NetworkOp network) {
  if (policy.getBase() == Base::Mixed)
    quantized = findRecurrentLayers(network);
  auto matvecs = network.getBody().front().getOps<MatvecOp>();
  if (policy.getBase() == Base::INT8)
    for (MatvecOp op : matvecs)
      for (const std::string &name : getLayerNames(op.getLoc()))
        quantized.insert(name);
  for (MatvecOp op : matvecs)
    for (const std::string &name : getLayerNames(op.getLoc()))
      if (!op.getW().getDefiningOp<arith::ConstantOp>() &&
          quantized.erase(name))
        network.emitWarning()
            << "layer '" << name << "' stays fp16: int8 needs "
            << "matrices that are constants";
}

LogicalResult Layers::add(NetworkOp network, Tensors &tensors) {
  findQuantized(network);
  if (failed(findEntries(network)) || failed(checkEntries(network)))
    return failure();
  for (auto op : llvm::make_early_inc_range(
           network.getBody().front().getOps<MatvecOp>())) {
    SmallVector<const LayerPolicy *> found;
    for (const std::string &name : getLayerNames(op.getLoc()))
      found.push_back(&get(name));
    if (!llvm::all_equal(found))
      separate(op, tensors);
  }
  return success();
}

const LayerPolicy &Layers::get(StringRef name) const {
  if (auto it = entries.find(name); it != entries.end() && it->second)
    return it->second->layer;
  return quantized.contains(name) ? policy.getQuantized() : policy.getDefault();
}

const LayerPolicy &Layers::operator[](Operation *op) const {
  return get(getLayerName(op->getLoc()));
}

std::string Layers::describe(Operation *op) const {
  std::string name = getLayerName(op->getLoc());
  const Policy::Entry *entry = entries.lookup(name);
  std::string text = (policy.getName() + ": ").str();
  if (entry)
    text += "layers: '" + entry->pattern + "': ";
  return text + "layer '" + name + "': ";
}
