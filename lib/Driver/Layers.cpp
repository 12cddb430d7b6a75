// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Layers.cpp - What each layer computes with -------------------------===//

#include "se/Driver/Layers.h"

#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Observed.h"
#include "se/Dialect/RNN/Transforms/Passes.h"
#include "se/Driver/Sizes.h"

#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace se;
namespace json = llvm::json;

/// By layer, the tensors that its matrices are multiplied by, as calibration
/// calls them.
using ReadTensors = llvm::StringMap<std::vector<std::string>>;

namespace {
/// What is known of layers besides their types; all of it may be empty.
struct LayerKnowledge {
  ReadTensors reads;
  const quantization::Calibration *calibration = nullptr;
  ArrayRef<quantization::Candidate> candidates;
};
} // namespace

/// Adds `tensor` to the layers whose matrices read `value`, also behind
/// reshapes.
static void addReaders(Value value, StringRef tensor, ReadTensors &reads) {
  for (Operation *user : value.getUsers()) {
    if (auto reshape = dyn_cast<rnn::ReshapeOp>(user))
      addReaders(reshape.getY(), tensor, reads);
    auto matvec = dyn_cast<rnn::MatvecOp>(user);
    if (!matvec || matvec.getX() != value)
      continue;
    for (const std::string &layer : rnn::getLayerNames(matvec.getLoc()))
      if (!llvm::is_contained(reads[layer], tensor))
        reads[layer].push_back(tensor.str());
  }
}

/// Of a module before phase `legalized`, which stays as it is.
static FailureOr<ReadTensors> getReadTensors(ModuleOp module) {
  OwningOpRef<ModuleOp> copy(module.clone());
  PassManager passes(module.getContext());
  passes.addPass(rnn::createObserve());
  if (failed(lowerTo(*copy, Phase::Normalized, {})) ||
      failed(passes.run(*copy)))
    return failure();
  ReadTensors reads;
  copy->walk([&](rnn::ObserveOp op) {
    addReaders(op.getX(), op.getTensor(), reads);
    if (!op.getX().getDefiningOp())
      return;
    // A state is observed where its next value is computed.
    auto network = op->getParentOfType<rnn::NetworkOp>();
    for (auto [state, argument] :
         llvm::zip(network.getStateNames(), network.getStateArguments()))
      if (cast<StringAttr>(state).getValue() == op.getTensor())
        addReaders(argument, op.getTensor(), reads);
  });
  return reads;
}

/// "int8", "fp16", "fp32": as precisions are called.
static std::string getTypeName(Type type) {
  Type element = getElementTypeOrSelf(type);
  return (element.isInteger() ? "int" : "fp") +
         llvm::utostr(element.getIntOrFloatBitWidth());
}

namespace {
/// Products of the same layers.
struct Products {
  SmallVector<std::string> layers;
  std::vector<std::string> weights, vectors; ///< types, each once
  int64_t elements = 0, bytes = 0;           ///< of matrices
};
} // namespace

static void addOnce(std::vector<std::string> &list, std::string text) {
  if (!llvm::is_contained(list, text))
    list.push_back(std::move(text));
}

/// What is known of layers that are computed as one.
static void addKnowledge(json::Object &entry, ArrayRef<std::string> names,
                         bool isInteger, const LayerKnowledge &known) {
  bool hasErrors =
      isInteger && known.calibration &&
      known.calibration->method.kind == quantization::Method::OutputError;
  json::Array errors;
  for (const std::string &name : names) {
    auto found = known.reads.find(name);
    if (found == known.reads.end() || !hasErrors)
      continue;
    for (const std::string &tensor : found->second)
      if (const auto *statistics = known.calibration->find(tensor);
          statistics && statistics->best)
        errors.push_back(json::Object{{"tensor", tensor},
                                      {"error", statistics->best->error}});
  }
  if (!errors.empty())
    entry["output_errors"] = std::move(errors);
  for (const quantization::Candidate &candidate : known.candidates)
    if (candidate.wide.empty() && candidate.layers.size() == 1 &&
        llvm::is_contained(names, candidate.layers.front()))
      entry["int8_loss"] = candidate.loss;
}

/// The key "layers".
static json::Array describeLayers(ModuleOp module,
                                  const LayerKnowledge &known) {
  OwningOpRef<ModuleOp> copy(module.clone());
  if (failed(rnn::inlineCells(*copy)))
    return {};
  std::vector<Products> all;
  copy->walk([&](rnn::MatvecOp op) {
    SmallVector<std::string> layers = rnn::getLayerNames(op.getLoc());
    auto found = llvm::find_if(all, [&](const Products &products) {
      return products.layers == layers;
    });
    if (found == all.end()) {
      found = all.emplace(all.end());
      found->layers = std::move(layers);
    }
    Products &products = *found;
    auto type = cast<ShapedType>(op.getW().getType());
    addOnce(products.weights, getTypeName(type));
    addOnce(products.vectors, getTypeName(op.getX().getType()));
    products.elements += type.getNumElements();
    products.bytes += llvm::divideCeil(
        type.getNumElements() * type.getElementTypeBitWidth(), 8);
  });
  json::Array result;
  for (const Products &products : all) {
    json::Object entry{{"names", json::Array(products.layers)},
                       {"weights", json::Array(products.weights)},
                       {"vectors", json::Array(products.vectors)},
                       {"elements", products.elements},
                       {"bytes", products.bytes}};
    addKnowledge(entry, products.layers,
                 llvm::is_contained(products.weights, "int8"), known);
    result.push_back(std::move(entry));
  }
  return result;
}

FailureOr<json::Object>
se::legalizeAndDescribe(ModuleOp module, const PipelineOptions &options,
                        ArrayRef<quantization::Candidate> candidates) {
  LayerKnowledge known;
  known.calibration = options.policy.getCalibration();
  known.candidates = candidates;
  std::optional<Phase> phase = getPhase(module);
  if (known.calibration && phase && *phase <= Phase::Normalized) {
    auto reads = getReadTensors(module);
    if (failed(reads))
      return failure();
    known.reads = std::move(*reads);
  }
  if (failed(lowerTo(module, Phase::Legalized, options)))
    return failure();
  json::Object result;
  if (auto sizes = getSizes(module))
    result["sizes"] = std::move(*sizes);
  json::Array halfLayers;
  for (NamedAttribute layer : rnn::getHalfLayers(module))
    halfLayers.push_back(json::Object{
        {"layer", layer.getName().getValue()},
        {"reason", cast<StringAttr>(layer.getValue()).getValue()}});
  if (!halfLayers.empty())
    result["fp16_layers"] = std::move(halfLayers);
  if (json::Array layers = describeLayers(module, known); !layers.empty())
    result["layers"] = std::move(layers);
  for (const quantization::Candidate &candidate : candidates)
    if (candidate.isChosen)
      result["loss"] = candidate.loss;
  return result;
}
