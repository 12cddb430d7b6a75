// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- BoundedValues.cpp - Values that stay within -1 to 1 ----------------===//

#include "BoundedValues.h"

#include "se/Dialect/RNN/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace se::rnn;

static bool isWithin(std::optional<std::vector<float>> values, float least) {
  return values && llvm::all_of(*values, [&](float value) {
           return value >= least && value <= 1.0f;
         });
}

bool se::rnn::isFraction(Value value) {
  auto activation = value.getDefiningOp<ActivationOp>();
  if (!activation)
    return false;
  ActivationKind kind = activation.getFunction().getKind();
  return kind == ActivationKind::sigmoid ||
         kind == ActivationKind::hard_sigmoid;
}

Value se::rnn::getComplement(Value value) {
  auto sub = value.getDefiningOp<arith::SubFOp>();
  if (!sub || !isWithin(readFloats(sub.getLhs()), 1.0f))
    return Value();
  return sub.getRhs();
}

/// Whether `value` is 1 - z with z from 0 to 1.
static bool isComplement(Value value) {
  Value z = getComplement(value);
  return z && isFraction(z);
}

namespace {
class BoundedValues {
public:
  explicit BoundedValues(NetworkOp network) : network(network) {}
  bool check(Value value);

private:
  bool evaluate(Value value);
  bool checkAverage(arith::AddFOp op);
  bool checkState(unsigned k);

  NetworkOp network;
  /// States that are assumed to be bounded while their next values are
  /// checked.
  llvm::DenseSet<Value> assumed;
  /// What was found; a value may be reached in many ways.
  llvm::DenseMap<Value, bool> known;
  unsigned depth = 0;
};
} // namespace

/// (1 - z) * a + z * b with z from 0 to 1 lies between a and b.
bool BoundedValues::checkAverage(arith::AddFOp op) {
  auto first = op.getLhs().getDefiningOp<arith::MulFOp>();
  auto second = op.getRhs().getDefiningOp<arith::MulFOp>();
  if (!first || !second)
    return false;
  for (auto [weight, a] : {std::pair(first.getLhs(), first.getRhs()),
                           std::pair(first.getRhs(), first.getLhs())})
    for (auto [other, b] : {std::pair(second.getLhs(), second.getRhs()),
                            std::pair(second.getRhs(), second.getLhs())})
      if (((isComplement(weight) && getComplement(weight) == other) ||
           (isComplement(other) && getComplement(other) == weight)) &&
          check(a) && check(b))
        return true;
  return false;
}

bool BoundedValues::checkState(unsigned k) {
  if (!assumed.insert(network.getStateArguments()[k]).second)
    return true;
  return isWithin(readFloats(network.getResetValues()[k]), -1.0f) &&
         check(network.getYield().getStates()[k]);
}

bool BoundedValues::check(Value value) {
  if (auto it = known.find(value); it != known.end())
    return it->second;
  // What is farther back is taken for unknown.
  constexpr unsigned mostDepth = 100;
  if (depth == mostDepth)
    return false;
  ++depth;
  bool isBounded = evaluate(value);
  --depth;
  return known[value] = isBounded;
}

bool BoundedValues::evaluate(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    unsigned number = argument.getArgNumber();
    return number >= network.getNumInputs() &&
           checkState(number - network.getNumInputs());
  }
  if (auto values = readFloats(value))
    return isWithin(std::move(values), -1.0f);
  return llvm::TypeSwitch<Operation *, bool>(value.getDefiningOp())
      .Case([](ActivationOp op) {
        ActivationKind kind = op.getFunction().getKind();
        return isFraction(op.getY()) || kind == ActivationKind::tanh ||
               kind == ActivationKind::softsign;
      })
      .Case([&](arith::MulFOp op) {
        return check(op.getLhs()) && check(op.getRhs());
      })
      .Case([&](arith::AddFOp op) { return checkAverage(op); })
      .Case([](arith::SubFOp op) { return isComplement(op); })
      .Case<ReshapeOp, TransposeOp, BroadcastOp, tensor::ExtractSliceOp,
            tensor::ConcatOp>([&](Operation *op) {
        return llvm::all_of(op->getOperands(),
                            [&](Value v) { return check(v); });
      })
      .Default([](Operation *) { return false; });
}

bool se::rnn::isBoundedByOne(NetworkOp network, Value value) {
  return BoundedValues(network).check(value);
}
