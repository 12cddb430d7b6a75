// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PlanProducts.cpp - Scales of the matvecs of int8 layers ------------===//

#include "BoundedValues.h"
#include "Grids.h"
#include "Products.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/LayerName.h"
#include "se/Quantization/Weights.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace se::rnn;
using namespace se::quantization;

namespace {
class Planner {
public:
  Planner(NetworkOp network, const Layers &layers, const Tensors &tensors)
      : network(network), layers(layers), tensors(tensors) {}

  LogicalResult plan(MatvecOp op, Product &product);

private:
  /// What a vector is computed from, besides constants and products.
  struct Sources {
    bool hasInput = false, hasState = false;
  };
  void addSources(Value value, StringRef layer, Sources &sources);
  LogicalResult chooseGrid(MatvecOp op, Product &product);
  LogicalResult checkSums(MatvecOp op, ArrayRef<float> weights,
                          const Product &product);
  std::optional<Grid> getFrameGrid(MatvecOp op);
  InFlightDiagnostic fail(MatvecOp op) {
    return network.emitError() << layers.describe(op);
  }

  NetworkOp network;
  const Layers &layers;
  const Tensors &tensors;
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

/// Of a vector that is to have a scale for each frame: a single one.
std::optional<Grid> Planner::getFrameGrid(MatvecOp op) {
  Value x = stripReshapes(op.getX());
  auto type = cast<RankedTensorType>(op.getX().getType());
  std::optional<TensorRange> range =
      layers.getPolicy().getRange(tensors.getName(x));
  if (!range || !range->frame || isFraction(x) || isBoundedByOne(network, x) ||
      type.getNumElements() != type.getShape().back())
    return std::nullopt;
  return makeGrid(*range->frame);
}

LogicalResult Planner::chooseGrid(MatvecOp op, Product &product) {
  Grid &grid = product.grid;
  const LayerPolicy &policy = layers[op];
  seen.clear();
  Sources sources;
  addSources(op.getX(), getLayerName(op.getLoc()), sources);
  if (sources.hasInput && policy.inputScale) {
    grid = {*policy.inputScale, policy.inputZeroPoint};
    return success();
  }
  if (!sources.hasInput && sources.hasState && policy.stateScale) {
    grid = {*policy.stateScale, 0};
    return success();
  }
  if (std::optional<Grid> frame = getFrameGrid(op)) {
    grid = *frame;
    product.hasFrameScale = true;
    return success();
  }
  std::optional<Grid> found =
      getGrid(network, op.getX(), tensors, layers.getPolicy());
  if (!found)
    return fail(op) << "no scale for tensor '" << tensors.getName(op.getX())
                    << "': " << getRangeHint(layers.getPolicy())
                    << (sources.hasInput   ? ", or 'input_scale'"
                        : sources.hasState ? ", or 'state_scale'"
                                           : "");
  grid = *found;
  return success();
}

LogicalResult Planner::plan(MatvecOp op, Product &product) {
  if (failed(chooseGrid(op, product)))
    return failure();
  std::optional<std::vector<float>> weights = readFloats(op.getW());
  if (!weights)
    return fail(op) << "int8 needs matrices that are constants";
  int64_t rows = cast<RankedTensorType>(op.getW().getType()).getDimSize(0);
  product.isPerTensor = layers[op].isPerTensor;
  auto scales = chooseRowScales(*weights, rows, product.isPerTensor);
  if (!scales)
    return fail(op) << "a weight is not finite";
  product.scales = *scales;
  return checkSums(op, *weights, product);
}

/// Whether 32 bits hold all sums. With less than 66000 columns they do.
LogicalResult Planner::checkSums(MatvecOp op, ArrayRef<float> weights,
                                 const Product &product) {
  int64_t mostOfVector = 127 + std::abs(product.grid.zeroPoint);
  auto columns = int64_t(weights.size() / product.scales.size());
  if (columns * 127 * mostOfVector <= INT32_MAX)
    return success();
  int64_t largest =
      quantizeMatrix(weights, product.scales).getLargestSum() * mostOfVector;
  if (largest > INT32_MAX)
    return fail(op) << "a sum of products may reach " << largest
                    << ", more than 32 bits hold";
  return success();
}

LogicalResult se::rnn::planProducts(NetworkOp network, const Layers &layers,
                                    const Tensors &tensors,
                                    Products &products) {
  Planner planner(network, layers, tensors);
  // Products of two computed values stay floats beside those of a layer's
  // constants.
  llvm::StringSet<> withConstants = findLayersWithConstants(network);
  auto isFloat = [&](MatvecOp op) {
    return !op.getW().getDefiningOp<arith::ConstantOp>() &&
           llvm::all_of(getLayerNames(op.getLoc()),
                        [&](const std::string &name) {
                          return withConstants.contains(name);
                        });
  };
  for (auto op : network.getBody().front().getOps<MatvecOp>())
    if (layers[op].precision == Precision::INT8 && !isFloat(op) &&
        failed(planner.plan(op, products[op])))
      return failure();
  return success();
}
