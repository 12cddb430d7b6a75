// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ElementCost.cpp - Cycles of one element of a stage -----------------===//

#include "ElementCost.h"

#include "../Planning/DelayLines.h"
#include "../Planning/Pairs.h"
#include "../Planning/Positions.h"
#include "../Planning/Strips.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

namespace {
/// Follows the code that BodyEmitter makes of the values that are needed.
class Counter {
public:
  Counter(plan::StageOp stage, bool inPairs, const llvm::DenseSet<Value> &early)
      : stage(stage), inPairs(inPairs), early(early),
        ofSums(stage.getSumDependents()) {
    if (stage.getStrips())
      invariants.emplace(stage, int64_t(*stage.getStrips()));
  }

  Cost run() {
    for (Value value : stage.getYield().getValues())
      add(value);
    return cost;
  }
  /// After run().
  Cost getShared() const { return shared; }

private:
  /// How the two elements of a pair are there.
  enum class Form {
    constant, ///< lanes of it cost nothing
    lanes,    ///< put together from two scalars
    packed    ///< in one register, or as one
  };

  Form add(Value value);
  Form addValue(Value value);
  Cost getReadCost(plan::ReadOp read);
  bool areNeighbours(plan::ReadOp read);
  Form addRead(plan::ReadOp read);
  Form addElementwise(Operation *op);
  /// Two scalars become a pair. Of words there is nothing to do.
  void addPacking(Value value);
  void addExtraction(Value value);

  plan::StageOp stage;
  bool inPairs;
  const llvm::DenseSet<Value> &early;
  llvm::DenseSet<Value> ofSums; ///< what follows from them
  llvm::DenseMap<Value, Form> known;
  Cost cost, shared;
  std::optional<StripInvariants> invariants; ///< of a stage in strips
};
} // namespace

static Cost makeCost(double cycles, double bytes) {
  Cost cost;
  cost.cycles = cycles;
  cost.bytes = bytes;
  return cost;
}

void Counter::addPacking(Value value) {
  if (value.getType().getIntOrFloatBitWidth() <= 16)
    cost += makeCost(2.7, 27);
}

void Counter::addExtraction(Value value) {
  if (value.getType().isF16())
    cost += makeCost(2, 2);
}

Counter::Form Counter::add(Value value) {
  auto it = known.find(value);
  if (it != known.end())
    return it->second;
  if (!invariants || value.getDefiningOp<arith::ConstantOp>() ||
      !invariants->contains(value))
    return addValue(value);
  // It is computed before the loop over a strip, once.
  Cost turn = std::exchange(cost, Cost());
  bool pairs = std::exchange(inPairs, false);
  auto elements = std::exchange(known, llvm::DenseMap<Value, Form>());
  addValue(value);
  known = std::move(elements);
  inPairs = pairs;
  if (inPairs)
    addPacking(value);
  shared += std::exchange(cost, turn);
  return known[value] = Form::packed;
}

Counter::Form Counter::addValue(Value value) {
  Operation *op = value.getDefiningOp();
  Form form = Form::packed;
  if (!op) // a sum so far, in a register
    return Form::constant;
  if (early.contains(value)) {
    // Halves are never early.
    cost += (inPairs ? 2.0 : 1.0) * loadCost;
    form = Form::lanes;
    if (inPairs)
      addPacking(value);
  } else if (isa<arith::ConstantOp>(op)) {
    form = Form::constant;
  } else if (auto read = dyn_cast<plan::ReadOp>(op)) {
    form = addRead(read);
  } else if (isa<plan::DotOp>(op)) {
    cost += getCost(*op, inPairs);
    form = value.getType().isF16() ? Form::packed : Form::constant;
  } else {
    form = addElementwise(op);
  }
  known[value] = form;
  return form;
}

/// In a strip places follow from one another, unless they still divide.
Cost Counter::getReadCost(plan::ReadOp read) {
  Cost cost = getCost(*read, false);
  if (invariants && cost.cycles > 0 &&
      isLinearInStrip(localize(getPosition(read), int64_t(*stage.getStrips()))))
    cost = loadCost;
  return cost;
}

bool Counter::areNeighbours(plan::ReadOp read) {
  if (!beginsAtWord(read.getTensor()))
    return false;
  AffineExpr position = getPosition(read);
  if (auto strips = stage.getStrips())
    return areNeighboursInStrip(localize(position, int64_t(*strips)));
  return stage.getVectors() == 1 && schedule::areNeighbours(position);
}

Counter::Form Counter::addRead(plan::ReadOp read) {
  Cost once = getReadCost(read);
  bool isKnown = once.cycles == 0; // before all stages
  if (!inPairs) {
    cost += once;
    return Form::packed;
  }
  bool isNarrow = read.getType().getIntOrFloatBitWidth() == 16;
  if (!isKnown && areNeighbours(read)) {
    cost += once;
    if (isNarrow)
      return Form::packed;
    cost += loadCost;
  } else {
    cost += 2 * once;
  }
  addPacking(read);
  return Form::lanes;
}

Counter::Form Counter::addElementwise(Operation *op) {
  Value value = op->getResult(0);
  SmallVector<std::pair<Value, Form>> operands;
  for (Value operand : op->getOperands())
    if (!isa<TensorType>(operand.getType()) && !isa<scf::ForOp>(op))
      operands.push_back({operand, add(operand)});
  llvm::SetVector<Value> captured; // by a loop, which starts from its operands
  if (isa<scf::ForOp>(op)) {
    captured.insert_range(op->getOperands());
    getUsedValuesDefinedAbove(op->getRegions(), captured);
  }
  for (Value needed : captured)
    if (!isa<TensorType>(needed.getType()) && needed != stage.getElement())
      add(needed);
  // Sums are added one element after the other.
  bool isPair = inPairs && !isa<scf::ForOp>(op) && isPacked(op) &&
                !ofSums.contains(value);
  if (!inPairs || isPair) {
    cost += getCost(*op, isPair);
    return Form::packed;
  }
  for (auto [operand, form] : operands)
    if (form == Form::packed)
      for (int64_t lane = 0; lane != 2; ++lane)
        addExtraction(operand);
  cost += 2 * getCost(*op, false);
  if (!ofSums.contains(value))
    addPacking(value);
  return Form::lanes;
}

Cost schedule::getElementCost(plan::StageOp stage, bool inPairs,
                              const llvm::DenseSet<Value> &early) {
  return Counter(stage, inPairs, early).run();
}

Cost schedule::getStripCost(plan::StageOp stage) {
  if (!stage.getStrips())
    return Cost();
  const llvm::DenseSet<Value> early; // outlives the counter
  Counter counter(stage, /*inPairs=*/false, early);
  counter.run();
  Cost cost = counter.getShared();
  cost += stripLoopCost;
  return cost;
}

bool schedule::usesPackedHalves(plan::StageOp stage) {
  for (Operation &op : stage.getBody().front()) {
    if (op.getNumResults() != 1 || isa<arith::ConstantOp, plan::ReadOp>(op))
      continue;
    bool isHalf = op.getResult(0).getType().isF16();
    if (isa<plan::DotOp>(op) ? isHalf : !isa<scf::ForOp>(op) && isPacked(&op))
      return true;
  }
  return false;
}
