// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Tensors.cpp - The tensors of a network that have a range -----------===//

#include "Tensors.h"

#include "se/Dialect/RNN/LayerName.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace se::rnn;

Value se::rnn::stripReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getX();
  return value;
}

/// Collects elementwise users. Slices of `value` are values of their own.
static bool isStored(Value value, StringRef layer,
                     llvm::SetVector<Operation *> &elementwise) {
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (auto yield = dyn_cast<YieldOp>(user)) {
      if (use.getOperandNumber() < yield.getOutputs().size())
        return true;
    } else if (isa<MatvecOp, ReduceOp, tensor::ConcatOp>(user)) {
      return true;
    } else if (isa<ReshapeOp, TransposeOp, BroadcastOp>(user)) {
      if (::isStored(user->getResult(0), layer, elementwise))
        return true;
    } else if (!isa<ObserveOp, tensor::ExtractSliceOp>(user)) {
      elementwise.insert(user);
    }
  }
  return false;
}

bool se::rnn::isStored(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || isa<arith::ConstantOp>(op) ||
      !isa<FloatType>(getElementTypeOrSelf(value.getType())))
    return false;
  std::string layer = getLayerName(op->getLoc());
  llvm::SetVector<Operation *> elementwise;
  if (::isStored(value, layer, elementwise))
    return true;
  return elementwise.size() > 1 &&
         llvm::any_of(elementwise, [&](Operation *user) {
           return getLayerName(user->getLoc()) != layer;
         });
}

std::string Tensors::makeUnique(std::string name) {
  if (used.insert(name).second)
    return name;
  name.resize(std::min(name.rfind('#'), name.size()));
  unsigned &number = lastNumbers.try_emplace(name, 1).first->second;
  std::string numbered;
  do
    numbered = name + "#" + std::to_string(++number);
  while (!used.insert(numbered).second);
  return numbered;
}

/// The name of an input or state.
static StringRef getArgumentName(NetworkOp network, BlockArgument argument) {
  unsigned number = argument.getArgNumber(), inputs = network.getNumInputs();
  Attribute name = number < inputs ? network.getInputNames()[number]
                                   : network.getStateNames()[number - inputs];
  return cast<StringAttr>(name).getValue();
}

void Tensors::add(Value value) {
  value = stripReshapes(value);
  Operation *op = value.getDefiningOp();
  if (names.contains(value) || isa_and_nonnull<arith::ConstantOp>(op) ||
      !isa<FloatType>(getElementTypeOrSelf(value.getType())))
    return;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (!isNamedByNext(argument))
      names[value] = getArgumentName(network, argument).str();
  } else if (std::optional<unsigned> state = getState(value)) {
    names[value] =
        getArgumentName(network, network.getStateArguments()[*state]).str();
  } else {
    names[value] = makeUnique(getLayerName(op->getLoc()));
  }
}

/// A state whose next value is computed in the frame, for it in the first
/// place.
bool Tensors::isNamedByNext(BlockArgument state) const {
  unsigned inputs = network.getNumInputs(), number = state.getArgNumber();
  if (number < inputs)
    return false;
  Value next = stripReshapes(network.getYield().getStates()[number - inputs]);
  return next.getDefiningOp() && !next.getDefiningOp<arith::ConstantOp>() &&
         getState(next) == number - inputs;
}

std::optional<unsigned> Tensors::getState(Value value) const {
  if (isa<BlockArgument>(value))
    return std::nullopt;
  auto it = states.find(value);
  return it == states.end() ? std::nullopt : std::optional(it->second);
}

Tensors::Tensors(NetworkOp network) : network(network) {
  // Names of inputs and states are taken.
  for (ArrayAttr list : {network.getInputNames(), network.getStateNames()})
    for (Attribute name : list)
      used.insert(cast<StringAttr>(name).getValue());
  for (auto [k, next] : llvm::enumerate(network.getYield().getStates()))
    states.try_emplace(stripReshapes(next), unsigned(k));
  for (Operation &op : network.getBody().front()) {
    if (auto matvec = dyn_cast<MatvecOp>(op))
      add(matvec.getX());
    else if (auto yield = dyn_cast<YieldOp>(op))
      for (Value value : yield.getOperands())
        add(value);
    for (Value result : op.getResults())
      if (!isa<ReshapeOp>(op) && isStored(result))
        add(result);
  }
  for (BlockArgument state : network.getStateArguments())
    if (!state.use_empty())
      add(state);
}

StringRef Tensors::getName(Value value) const {
  value = stripReshapes(value);
  if (auto it = names.find(value); it != names.end())
    return it->second;
  if (auto argument = dyn_cast<BlockArgument>(value))
    return getArgumentName(network, argument);
  return "";
}
