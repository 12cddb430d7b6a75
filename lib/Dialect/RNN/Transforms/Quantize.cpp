// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Quantize.cpp - Choose what is quantized, and how -------------------===//

#include "Decisions.h"
#include "Evaluate.h"
#include "Floats.h"
#include "Grids.h"
#include "Marks.h"
#include "Products.h"

#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"

namespace se::rnn {
#define GEN_PASS_DEF_QUANTIZE
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;
using namespace se::quantization;

namespace {
class Quantizer {
public:
  Quantizer(NetworkOp network, const Layers &layers, const Tensors &tensors)
      : network(network), layers(layers), tensors(tensors),
        policy(layers.getPolicy()), decisions(findDecisions(network)) {}

  LogicalResult run();

private:
  /// What is marked as which type.
  using Marks = llvm::MapVector<Value, quant::QuantizedType>;

  LogicalResult planState(unsigned k, Marks &states);
  LogicalResult planResults(Marks &results);
  bool isReadAsBytes(Value value) const;
  void markReaders(Value value, quant::QuantizedType type);
  InFlightDiagnostic failRange(Operation *op, Value value) {
    return network.emitError()
           << (op ? layers.describe(op) : (policy.getName() + ": ").str())
           << "no scale for tensor '" << tensors.getName(value)
           << "': " << getRangeHint(policy);
  }

  NetworkOp network;
  const Layers &layers;
  const Tensors &tensors;
  const Policy &policy;
  Products products;
  /// What is no signal: it keeps its floats, whatever the policy says.
  llvm::DenseSet<Value> decisions;
};
} // namespace

/// Whether only matvecs read it. What else reads a state needs its small
/// changes from frame to frame, which would be lost on a coarse grid.
static bool isVector(Value value) {
  return llvm::all_of(value.getUsers(), [](Operation *user) {
    return isa<MatvecOp>(user) ||
           (isa<ReshapeOp>(user) && isVector(user->getResult(0)));
  });
}

LogicalResult Quantizer::planState(unsigned k, Marks &states) {
  Value state = network.getStateArguments()[k];
  Operation *next =
      stripReshapes(network.getYield().getStates()[k]).getDefiningOp();
  if (!next || state.use_empty() || isSingleState(network, k))
    return success();
  const LayerPolicy &layer = layers[next];
  MLIRContext *context = network.getContext();
  if (isVector(state)) {
    if (!layer.hasByteResults)
      return success();
    std::optional<Grid> grid = getGrid(network, state, tensors, policy);
    if (!grid)
      return failRange(next, state);
    states[state] = getQuantizedType(context, 8, *grid);
    return success();
  }
  if (layer.cellState != StatePrecision::INT16 ||
      layer.precision == Precision::FP32 || decisions.contains(state))
    return success();
  std::optional<float> scale = getWideScale(network, k, tensors, policy);
  if (!scale)
    return failRange(next, state);
  states[state] = getQuantizedType(context, 16, {*scale, 0});
  return success();
}

/// Whether a product of integers reads it as it is. For outputs and other
/// readers rounding would cost time and resolution, and save nothing.
bool Quantizer::isReadAsBytes(Value value) const {
  llvm::SetVector<Value> moved;
  moved.insert(value);
  for (size_t i = 0; i != moved.size(); ++i)
    for (OpOperand &use : moved[i].getUses()) {
      Operation *reader = use.getOwner();
      if (onlyBecomesState(use))
        continue;
      if (isElementMovement(reader))
        moved.insert(reader->getResult(0));
      else if (auto it = products.find(reader);
               it != products.end() && !it->second.hasFrameScale)
        return true;
    }
  return false;
}

LogicalResult Quantizer::planResults(Marks &results) {
  for (const auto &[value, name] : tensors.get()) {
    Operation *op = value.getDefiningOp();
    if (!op || !layers[op].hasByteResults || isSingle(op))
      continue;
    // A state that nothing else reads is what its cell_state says. What is
    // moved has been rounded where it was made.
    if (!isStored(value) || decisions.contains(value) ||
        isa<TransposeOp, BroadcastOp>(op) || !isReadAsBytes(value))
      continue;
    std::optional<Grid> grid = getGrid(network, value, tensors, policy);
    if (!grid)
      return failRange(op, value);
    results[value] = getQuantizedType(network.getContext(), 8, *grid);
  }
  return success();
}

/// The uses of `value` but for those that become a state, perhaps moved. A
/// reshape that has both kinds of uses is made twice.
static void findReaders(Value value, SmallVectorImpl<OpOperand *> &readers) {
  for (OpOperand &use : llvm::make_early_inc_range(value.getUses())) {
    if (onlyBecomesState(use))
      continue;
    auto reshape = dyn_cast<ReshapeOp>(use.getOwner());
    if (!reshape) {
      readers.push_back(&use);
      continue;
    }
    SmallVector<OpOperand *> inner;
    findReaders(reshape.getY(), inner);
    if (inner.empty())
      continue;
    OpBuilder b(reshape);
    Operation *copy = b.clone(*reshape);
    for (OpOperand *reader : inner)
      reader->set(copy->getResult(0));
    readers.push_back(&copy->getOpOperand(0));
    if (reshape->use_empty())
      reshape.erase();
  }
}

/// All but next states: a state is marked where it is read, and stored as that.
void Quantizer::markReaders(Value value, quant::QuantizedType type) {
  SmallVector<OpOperand *> readers;
  findReaders(value, readers);
  if (readers.empty())
    return;
  OpBuilder b(network.getContext());
  b.setInsertionPointAfterValue(value);
  Operation *op = value.getDefiningOp();
  Location loc = op ? op->getLoc() : readers.front()->getOwner()->getLoc();
  Value marked = mark(b, loc, value, type);
  for (OpOperand *reader : readers)
    reader->set(marked);
}

LogicalResult Quantizer::run() {
  // All is decided before any mark hides what computes a value.
  Marks states, results;
  if (failed(planProducts(network, layers, tensors, products)))
    return failure();
  for (unsigned k = 0; k != network.getNumStates(); ++k)
    if (failed(planState(k, states)))
      return failure();
  if (failed(planResults(results)))
    return failure();
  // A scale for each frame, which a product may get, comes before its mark.
  for (const Marks &marks : {states, results})
    for (const auto &[value, type] : marks)
      markReaders(value, type);
  markProducts(network, products);
  return success();
}

namespace {
struct QuantizePass : se::rnn::impl::QuantizeBase<QuantizePass> {
  using QuantizeBase::QuantizeBase;
  explicit QuantizePass(const Policy &policy) : policy(policy) {}

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (!policy) {
      auto loaded = Policy::load(precision, calibration);
      if (!loaded) {
        module.emitError(llvm::toString(loaded.takeError()));
        return signalPassFailure();
      }
      policy = *loaded;
    }
    if (!policy->isUniform() && failed(quantize(module, *policy)))
      signalPassFailure();
  }

  LogicalResult quantize(ModuleOp module, const Policy &policy) {
    if (failed(inlineCells(module)))
      return failure();
    for (auto network : module.getOps<NetworkOp>()) {
      Tensors tensors(network);
      Layers layers(policy);
      if (failed(layers.add(network, tensors)) ||
          failed(Quantizer(network, layers, tensors).run()))
        return failure();
    }
    return success();
  }

  std::optional<Policy> policy;
};
} // namespace

std::unique_ptr<Pass> se::rnn::createQuantize(const Policy &policy) {
  return std::make_unique<QuantizePass>(policy);
}
