// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PlanProducts.cpp - Scales of the matvecs of int8 layers ------------===//

#include "BoundedValues.h"
#include "Products.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/LayerName.h"

using namespace mlir;
using namespace se::rnn;
using namespace se::quantization;

/// Scale of what lies within -1 to 1.
static constexpr float unitScale = 1.0f / 127.0f;

namespace {
class Planner {
public:
  Planner(NetworkOp network, const Layers &layers)
      : network(network), layers(layers) {}

  LogicalResult plan(MatvecOp op, Product &product);

private:
  /// What a vector is computed from, besides constants and products.
  struct Sources {
    bool hasInput = false, hasState = false;
  };
  void addSources(Value value, StringRef layer, Sources &sources);
  LogicalResult chooseScale(MatvecOp op, Product &product);
  InFlightDiagnostic fail(MatvecOp op) {
    return network.emitError() << layers.describe(op);
  }

  NetworkOp network;
  const Layers &layers;
  llvm::DenseSet<Value> seen;
};
} // namespace

/// A state belongs to the layer that computes its next value; all other values
/// from outside are inputs of the layer.
void Planner::addSources(Value value, StringRef layer, Sources &sources) {
  if (!seen.insert(value).second)
    return;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    unsigned number = argument.getArgNumber();
    Operation *next = nullptr;
    if (number >= network.getNumInputs())
      next = network.getYield()
                 .getStates()[number - network.getNumInputs()]
                 .getDefiningOp();
    bool isOwn = next && getLayerName(next->getLoc()) == layer;
    (isOwn ? sources.hasState : sources.hasInput) = true;
    return;
  }
  Operation *op = value.getDefiningOp();
  if (isa<arith::ConstantOp>(op))
    return;
  if (getLayerName(op->getLoc()) != layer) {
    sources.hasInput = true;
    return;
  }
  if (isa<MatvecOp>(op))
    return;
  for (Value operand : op->getOperands())
    addSources(operand, layer, sources);
}

LogicalResult Planner::chooseScale(MatvecOp op, Product &product) {
  const LayerPolicy &policy = layers[op];
  seen.clear();
  Sources sources;
  addSources(op.getX(), getLayerName(op.getLoc()), sources);
  std::optional<float> scale;
  if (sources.hasInput) {
    scale = policy.inputScale;
    product.zeroPoint = policy.inputZeroPoint;
  } else if (sources.hasState) {
    scale = policy.stateScale;
  }
  if (!scale && isBoundedByOne(network, op.getX()))
    scale = unitScale;
  if (scale) {
    product.scale = *scale;
    return success();
  }
  if (!sources.hasInput && !sources.hasState)
    return fail(op) << "int8 has no scale for a product of products";
  return fail(op) << "'" << (sources.hasInput ? "input_scale" : "state_scale")
                  << "' is missing, and nothing tells that the values are "
                     "within -1 to 1";
}

LogicalResult Planner::plan(MatvecOp op, Product &product) {
  if (failed(chooseScale(op, product)))
    return failure();
  std::optional<std::vector<float>> weights = readFloats(op.getW());
  if (!weights)
    return fail(op) << "int8 needs matrices that are constants";
  int64_t rows = cast<RankedTensorType>(op.getW().getType()).getDimSize(0);
  auto matrix = quantizeMatrix(*weights, rows, layers[op].isPerTensor);
  if (!matrix)
    return fail(op) << "a weight is not finite";
  product.matrix = std::move(*matrix);
  for (float rowScale : product.matrix.scales)
    product.sumScales.push_back(rowScale * product.scale);
  int64_t largest =
      product.matrix.getLargestSum() * (127 + std::abs(product.zeroPoint));
  if (largest > INT32_MAX)
    return fail(op) << "a sum of products may reach " << largest
                    << ", more than 32 bits hold";
  return success();
}

LogicalResult se::rnn::planProducts(NetworkOp network, const Layers &layers,
                                    Products &products) {
  Planner planner(network, layers);
  for (auto op : network.getBody().front().getOps<MatvecOp>())
    if (layers.getPrecision(op) == Precision::INT8 &&
        failed(planner.plan(op, products[op])))
      return failure();
  joinScales(network, layers, products);
  return success();
}
