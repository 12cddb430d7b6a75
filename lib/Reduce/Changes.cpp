// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Changes.cpp - What may be left out of a network --------------------===//

#include "se/Reduce/Reduce.h"

#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace se;
using rnn::NetworkOp;

/// The module's network, if there is one.
static NetworkOp getNetwork(ModuleOp module) {
  auto networks = module.getOps<NetworkOp>();
  return networks.empty() ? NetworkOp() : *networks.begin();
}

static ArrayAttr without(ArrayAttr array, unsigned number) {
  SmallVector<Attribute> elements(array.begin(), array.end());
  elements.erase(elements.begin() + number);
  return ArrayAttr::get(array.getContext(), elements);
}

template <unsigned (NetworkOp::*count)()>
static unsigned countParts(ModuleOp module) {
  NetworkOp network = getNetwork(module);
  return network ? (network.*count)() : 0;
}

static bool dropOutput(ModuleOp module, unsigned number) {
  NetworkOp network = getNetwork(module);
  if (network.getNumOutputs() == 1)
    return false;
  network.getYield().getOutputsMutable().erase(number);
  network.setOutputNamesAttr(without(network.getOutputNames(), number));
  network.setOutputTypesAttr(without(network.getOutputTypes(), number));
  return true;
}

/// Results of operations that something reads.
static SmallVector<OpResult> getResults(ModuleOp module) {
  SmallVector<OpResult> results;
  module.walk([&](Operation *op) {
    if (!op->hasTrait<OpTrait::ConstantLike>() &&
        isa_and_nonnull<NetworkOp, rnn::CellOp>(op->getParentOp()))
      for (OpResult result : op->getResults())
        if (!result.use_empty())
          results.push_back(result);
  });
  // From behind, much falls away with one.
  std::reverse(results.begin(), results.end());
  return results;
}

static unsigned countResults(ModuleOp module) {
  return unsigned(getResults(module).size());
}

/// A value is all that the network computes.
static bool yieldOnly(ModuleOp module, unsigned first, unsigned count) {
  if (count != 1)
    return false;
  NetworkOp network = getNetwork(module);
  OpResult result = getResults(module)[first];
  auto type = dyn_cast<RankedTensorType>(result.getType());
  if (!network || result.getOwner()->getParentOp() != network || !type ||
      !isa<FloatType>(type.getElementType()))
    return false;
  Builder b(module.getContext());
  network.getYield().getOutputsMutable().assign(result);
  SmallVector<Value> states(network.getStateArguments());
  network.getYield().getStatesMutable().assign(states);
  network.setOutputNamesAttr(b.getStrArrayAttr({"y"}));
  network.setOutputTypesAttr(b.getTypeArrayAttr({type}));
  return true;
}

/// A state that keeps its reset value.
static bool dropState(ModuleOp module, unsigned number) {
  NetworkOp network = getNetwork(module);
  unsigned argument = network.getNumInputs() + number;
  Block &body = network.getBody().front();
  OpBuilder b = OpBuilder::atBlockBegin(&body);
  auto reset = cast<TypedAttr>(network.getResetValues()[number]);
  body.getArgument(argument).replaceAllUsesWith(
      arith::ConstantOp::create(b, network.getLoc(), reset));
  network.getYield().getStatesMutable().erase(number);
  body.eraseArgument(argument);
  network.setStateNamesAttr(without(network.getStateNames(), number));
  network.setStateTypesAttr(without(network.getStateTypes(), number));
  network.setResetValuesAttr(without(network.getResetValues(), number));
  return true;
}

/// An input that is zero.
static bool dropInput(ModuleOp module, unsigned number) {
  NetworkOp network = getNetwork(module);
  if (network.getNumInputs() == 1)
    return false;
  Block &body = network.getBody().front();
  BlockArgument argument = body.getArgument(number);
  OpBuilder b = OpBuilder::atBlockBegin(&body);
  argument.replaceAllUsesWith(arith::ConstantOp::create(
      b, network.getLoc(), b.getZeroAttr(argument.getType())));
  body.eraseArgument(number);
  network.setInputNamesAttr(without(network.getInputNames(), number));
  network.setInputTypesAttr(without(network.getInputTypes(), number));
  return true;
}

/// Replaces results by what `find` gives, if it gives something.
static bool replaceResults(ModuleOp module, unsigned first, unsigned count,
                           llvm::function_ref<Value(OpResult)> find) {
  bool isChanged = false;
  SmallVector<OpResult> results = getResults(module);
  for (OpResult result : ArrayRef(results).slice(first, count)) {
    Value value = find(result);
    if (!value)
      continue;
    result.replaceAllUsesWith(value);
    isChanged = true;
  }
  return isChanged;
}

static bool useZeros(ModuleOp module, unsigned first, unsigned count) {
  return replaceResults(module, first, count, [](OpResult result) -> Value {
    auto type = dyn_cast<RankedTensorType>(result.getType());
    if (!type || !type.hasStaticShape() ||
        !type.getElementType().isIntOrFloat())
      return nullptr;
    OpBuilder b(result.getOwner());
    return arith::ConstantOp::create(b, result.getLoc(), b.getZeroAttr(type));
  });
}

/// The first operand of the same type, or the last one.
template <bool isLast>
static bool useOperand(ModuleOp module, unsigned first, unsigned count) {
  return replaceResults(module, first, count, [](OpResult result) -> Value {
    SmallVector<Value> operands(result.getOwner()->getOperands());
    if (isLast)
      std::reverse(operands.begin(), operands.end());
    for (Value operand : operands)
      if (operand.getType() == result.getType())
        return operand;
    return nullptr;
  });
}

/// An argument of the same type, an input if there is one.
static bool useArgument(ModuleOp module, unsigned first, unsigned count) {
  return replaceResults(module, first, count, [](OpResult result) -> Value {
    for (BlockArgument argument : result.getOwner()->getBlock()->getArguments())
      if (argument.getType() == result.getType())
        return argument;
    return nullptr;
  });
}

static SmallVector<arith::ConstantOp> getConstants(ModuleOp module) {
  SmallVector<arith::ConstantOp> constants;
  module.walk([&](arith::ConstantOp op) {
    if (auto values = dyn_cast<ElementsAttr>(op.getValue());
        values && !values.isSplat())
      constants.push_back(op);
  });
  return constants;
}

static unsigned countConstants(ModuleOp module) {
  return unsigned(getConstants(module).size());
}

/// All elements become the first one.
static bool makeSplat(ModuleOp module, unsigned number) {
  arith::ConstantOp op = getConstants(module)[number];
  auto type = cast<ShapedType>(op.getType());
  auto values = dyn_cast<DenseElementsAttr>(op.getValue());
  TypedAttr value;
  if (values)
    value = DenseElementsAttr::get(type, *values.value_begin<Attribute>());
  else
    value = OpBuilder(op).getZeroAttr(type);
  op.setValueAttr(value);
  return true;
}

static SmallVector<rnn::CellOp> getUnusedCells(ModuleOp module) {
  SmallVector<rnn::CellOp> cells;
  for (auto cell : module.getOps<rnn::CellOp>())
    if (SymbolTable::symbolKnownUseEmpty(cell, module))
      cells.push_back(cell);
  return cells;
}

static unsigned countCells(ModuleOp module) {
  return unsigned(getUnusedCells(module).size());
}

static bool dropCell(ModuleOp module, unsigned number) {
  getUnusedCells(module)[number].erase();
  return true;
}

static unsigned countOne(ModuleOp) { return 1; }

/// Equal operations become one, as by any compiler.
static bool mergeEqual(ModuleOp module, unsigned) {
  PassManager passes(module.getContext());
  passes.addPass(createCSEPass());
  return succeeded(passes.run(module));
}

/// One part after the other, the last one first, so that numbers stay.
template <bool (*change)(ModuleOp, unsigned)>
static bool each(ModuleOp module, unsigned first, unsigned count) {
  bool isChanged = false;
  for (unsigned number = first + count; number-- != first;)
    isChanged |= change(module, number);
  return isChanged;
}

ArrayRef<Change> se::getChanges() {
  static const Change changes[] = {
      {countResults, yieldOnly},
      {countParts<&NetworkOp::getNumOutputs>, each<dropOutput>},
      {countParts<&NetworkOp::getNumStates>, each<dropState>},
      {countResults, useZeros},
      {countResults, useArgument},
      {countResults, useOperand</*isLast=*/true>},
      {countResults, useOperand</*isLast=*/false>},
      {countParts<&NetworkOp::getNumInputs>, each<dropInput>},
      {countCells, each<dropCell>},
      {countSizes, each<shrinkSize>},
      {countConstants, each<makeSplat>},
      {countOne, each<mergeEqual>},
  };
  return changes;
}
