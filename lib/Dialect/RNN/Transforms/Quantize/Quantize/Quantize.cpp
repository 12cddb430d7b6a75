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
#include "se/Dialect/RNN/Movement.h"
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

static bool isMove(Operation *op) {
  return isMovement(op) || isa<tensor::ConcatOp>(op);
}

static llvm::DenseSet<Operation *> findLeaving(NetworkOp network) {
  llvm::DenseSet<Operation *> leaving;
  for (Operation &op : llvm::reverse(network.getBody().front()))
    if (isMove(&op) && llvm::all_of(op.getUsers(), [&](Operation *user) {
          return isa<YieldOp>(user) || leaving.contains(user);
        }))
      leaving.insert(&op);
  return leaving;
}

namespace {
class Quantizer {
public:
  Quantizer(NetworkOp network, const Layers &layers, const Tensors &tensors)
      : network(network), layers(layers), tensors(tensors),
        policy(layers.getPolicy()), decisions(findDecisions(network)),
        leaving(findLeaving(network)) {}

  LogicalResult run();

private:
  /// What is marked as which type.
  using Marks = llvm::MapVector<Value, quant::QuantizedType>;

  LogicalResult planState(unsigned k, Marks &states);
  LogicalResult planResults(Marks &results);
  bool isReadAsBytes(Value value) const;
  bool leaves(Operation *op) const {
    return isa<YieldOp>(op) || leaving.contains(op);
  }
  void splitMoves(Value value);
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
  /// Moves from which nothing but outputs and next states come: no operation of
  /// the frame computes with them.
  llvm::DenseSet<Operation *> leaving;
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
    if (!layer.hasByteResults || !isReadAsBytes(state))
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

/// Whether products of integers read it, all as it is: bytes of x / peak are of
/// use to none but their product. For other readers rounding would cost time
/// and resolution, and save nothing.
bool Quantizer::isReadAsBytes(Value value) const {
  bool isRead = false;
  llvm::SetVector<Value> moved;
  moved.insert(value);
  for (size_t i = 0; i != moved.size(); ++i)
    for (Operation *reader : moved[i].getUsers()) {
      if (isMovement(reader))
        moved.insert(reader->getResult(0));
      auto product = products.find(reader);
      if (product == products.end())
        continue;
      if (product->second.hasFrameScale)
        return false;
      isRead = true;
    }
  return isRead;
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

/// What leaves the network by moves of `value` from which other things come too
/// gets copies of these moves.
void Quantizer::splitMoves(Value value) {
  SetVector<Operation *> moves;
  auto addUsers = [&](Value moved) {
    for (Operation *user : moved.getUsers())
      if (isMove(user) && !leaves(user))
        moves.insert(user);
  };
  addUsers(value);
  for (size_t i = 0; i != moves.size(); ++i)
    addUsers(moves[i]->getResult(0));
  SmallVector<Operation *> lastFirst = moves.takeVector();
  llvm::sort(lastFirst,
             [](Operation *a, Operation *b) { return b->isBeforeInBlock(a); });
  for (Operation *move : lastFirst) {
    if (llvm::none_of(move->getUsers(),
                      [&](auto *user) { return leaves(user); }))
      continue;
    Operation *copy = OpBuilder(move).clone(*move);
    leaving.insert(copy);
    move->getResult(0).replaceUsesWithIf(
        copy->getResult(0),
        [&](OpOperand &use) { return leaves(use.getOwner()); });
  }
}

/// All but outputs and next states: a state is marked where it is read, and
/// stored as that.
void Quantizer::markReaders(Value value, quant::QuantizedType type) {
  splitMoves(value);
  SmallVector<OpOperand *> readers;
  for (OpOperand &use : value.getUses())
    if (!leaves(use.getOwner()))
      readers.push_back(&use);
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
    if (failed(loadPolicy(module, policy, precision, calibration)))
      return signalPassFailure();
    module.walk([](ObserveOp op) { op.erase(); });
    if (!policy->isUniform() && failed(quantize(module, *policy)))
      signalPassFailure();
  }

  LogicalResult quantize(ModuleOp module, const Policy &policy) {
    if (failed(inlineCells(module)))
      return failure();
    for (auto network : module.getOps<NetworkOp>()) {
      Tensors tensors(network);
      Layers layers(policy);
      if (failed(layers.findSplit(network)) ||
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
