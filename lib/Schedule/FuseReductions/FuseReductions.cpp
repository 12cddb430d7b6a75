// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FuseReductions.cpp - Rows are added up where they are computed -----===//

#include "../Cost/ElementCost.h"
#include "../Planning/Positions.h"
#include "../Planning/Schedulable.h"

#include "se/Schedule/Indexing.h"
#include "se/Schedule/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

namespace se::schedule {
#define GEN_PASS_DEF_FUSEREDUCTIONS
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule;

namespace {
/// A loop in the body of a stage that adds up rows of what another computes.
struct Reduction {
  scf::ForOp loop;
  plan::StageOp producer;
  int64_t length = 0; ///< of a row
};
} // namespace

/// The depth from which on a value can be read; 0 of what is there before.
static std::optional<uint64_t> getDepthOf(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || isa<arith::ConstantOp>(op))
    return 0;
  if (auto stage = dyn_cast<plan::StageOp>(op))
    return stage.getDepth() + 1;
  return std::nullopt;
}

static bool mayFuse(plan::StageOp producer, Value result, int64_t length,
                    const Machine &machine) {
  auto elements = int64_t(producer.getElements());
  return cast<OpResult>(result).getResultNumber() <
             producer.getNumElementResults() &&
         elements % length == 0 && elements / length >= machine.cores &&
         producer.getStrips().value_or(length) == uint64_t(length) &&
         !producer.getBatch() && !producer.getTiling() &&
         !producer.getSplit() && !producer.getPairs() &&
         (length % 2 == 0 || !usesPackedHalves(producer)) &&
         producer.getBody().getOps<plan::DotOp>().empty();
}

/// Is the place that of element `turn` of row `element`, for all of them?
static bool isRow(AffineExpr position, int64_t elements, int64_t length) {
  AffineExpr turn = getAffineDimExpr(1, position.getContext()),
             start = position.replace(
                 turn, getAffineConstantExpr(0, position.getContext()));
  if (simplifyAffineExpr(position - start, /*numDims=*/2, /*numSymbols=*/0) !=
      turn)
    return false;
  constexpr int64_t most = 1 << 20; // beyond what any memory holds
  if (elements > most)
    return false;
  for (int64_t element = 0; element != elements; ++element)
    if (evaluatePosition(start, {element, 0}) != element * length)
      return false;
  return true;
}

/// What a loop adds up, if that is rows of a stage's result.
static std::optional<Reduction> match(plan::StageOp stage, scf::ForOp loop,
                                      const Machine &machine) {
  std::optional<int64_t> upper = getConstantIntValue(loop.getUpperBound());
  if (getConstantIntValue(loop.getLowerBound()) != 0 ||
      getConstantIntValue(loop.getStep()) != 1 || !upper || *upper < 2 ||
      loop.getNumResults() != 1 || stage.getBatch() ||
      !loop.getInitArgs()[0].getDefiningOp<arith::ConstantOp>())
    return std::nullopt;
  Reduction reduction{loop, {}, *upper};
  SmallVector<plan::ReadOp> others;
  for (Operation &op : *loop.getBody()) {
    auto read = dyn_cast<plan::ReadOp>(op);
    if (!read)
      continue;
    auto producer = read.getTensor().getDefiningOp<plan::StageOp>();
    if (producer && !reduction.producer &&
        stage.getElements() * reduction.length == producer.getElements() &&
        mayFuse(producer, read.getTensor(), reduction.length, machine) &&
        isRow(getPosition(read), int64_t(stage.getElements()),
              reduction.length))
      reduction.producer = producer;
    else
      others.push_back(read);
  }
  plan::StageOp producer = reduction.producer;
  if (!producer)
    return std::nullopt;
  for (plan::ReadOp read : others) {
    std::optional<uint64_t> depth = getDepthOf(read.getTensor());
    if (!depth || *depth > producer.getDepth())
      return std::nullopt;
    // What the producer overwrites may not be read elsewhere than before.
    auto argument = dyn_cast<BlockArgument>(read.getTensor());
    auto network = producer->getParentOfType<rnn::NetworkOp>();
    if (argument && argument.getArgNumber() >= network.getNumInputs())
      return std::nullopt;
  }
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(loop.getRegion(), captured);
  for (Value value : captured)
    if (!isa<TensorType>(value.getType()) && value != stage.getElement() &&
        !value.getDefiningOp<arith::ConstantOp>())
      return std::nullopt;
  return reduction;
}

/// The producer with another result, in front of it: what the loop adds up.
static plan::StageOp addSum(const Reduction &reduction, Type type) {
  plan::StageOp old = reduction.producer;
  scf::ForOp loop = reduction.loop;
  OpBuilder b(old);
  SmallVector<Type> types(old.getResultTypes());
  types.push_back(type);
  OperationState state(old.getLoc(), old->getName(), old->getOperands(), types,
                       old->getAttrs());
  state.addRegion()->takeBody(old.getBody());
  auto stage = cast<plan::StageOp>(b.create(state));
  stage.setStrips(reduction.length);
  auto start = loop.getInitArgs()[0].getDefiningOp<arith::ConstantOp>();
  SmallVector<Attribute> sums;
  if (stage.getSums())
    llvm::append_range(sums, *stage.getSums());
  sums.push_back(start.getValue());
  stage.setSumsAttr(b.getArrayAttr(sums));
  Value sum =
      stage.getBody().addArgument(loop.getResult(0).getType(), loop.getLoc());
  plan::YieldOp yield = stage.getYield();
  b.setInsertionPoint(yield);
  IRMapping mapping;
  mapping.map(loop.getRegionIterArg(0), sum);
  AffineExpr d0 = b.getAffineDimExpr(0);
  for (Operation &op : loop.getBody()->without_terminator()) {
    auto read = dyn_cast<plan::ReadOp>(op);
    if (!read) {
      for (Value operand : op.getOperands())
        if (auto constant = operand.getDefiningOp<arith::ConstantOp>();
            constant && !mapping.contains(operand) &&
            !isa<TensorType>(operand.getType()))
          mapping.map(operand, b.clone(*constant)->getResult(0));
      b.clone(op, mapping);
      continue;
    }
    if (read.getTensor().getDefiningOp() == old) {
      unsigned number = cast<OpResult>(read.getTensor()).getResultNumber();
      mapping.map(read.getElement(), yield.getOperand(number));
      continue;
    }
    // What was there before all stages stands where the producer needs it.
    if (auto constant = read.getTensor().getDefiningOp<arith::ConstantOp>();
        constant && stage->isBeforeInBlock(constant))
      constant->moveBefore(stage);
    AffineExpr place = getPosition(read).replaceDims(
        {d0.floorDiv(reduction.length), d0 % reduction.length});
    auto map = AffineMap::get(1, 0, simplifyAffineExpr(place, 1, 0));
    SmallVector<Value> dims;
    if (map.isFunctionOfDim(0))
      dims.push_back(stage.getElement());
    else
      map = AffineMap::get(0, 0, map.getResult(0));
    auto moved =
        plan::ReadOp::create(b, read.getLoc(), read.getType(), read.getTensor(),
                             dims, AffineMapAttr::get(map));
    mapping.map(read.getElement(), moved.getElement());
  }
  Value next =
      mapping.lookupOrDefault(loop.getBody()->getTerminator()->getOperand(0));
  yield->insertOperands(yield->getNumOperands(), next);
  old.replaceAllUsesWith(stage.getResults().drop_back());
  old.erase();
  return stage;
}

/// Takes the results away that nobody reads.
static void dropUnused(plan::StageOp old) {
  unsigned perElement = old.getNumElementResults();
  SmallVector<Type> types;
  SmallVector<Value> kept, values;
  for (auto [k, result, value] :
       llvm::enumerate(old.getResults(), old.getYield().getValues()))
    if (k >= perElement || !result.use_empty()) {
      types.push_back(result.getType());
      kept.push_back(result);
      values.push_back(value);
    }
  if (kept.size() == old.getNumResults())
    return;
  OpBuilder b(old);
  OperationState state(old.getLoc(), old->getName(), old->getOperands(), types,
                       old->getAttrs());
  state.addRegion()->takeBody(old.getBody());
  auto stage = cast<plan::StageOp>(b.create(state));
  stage.getYield()->setOperands(values);
  for (auto [from, to] : llvm::zip_equal(kept, stage.getResults()))
    from.replaceAllUsesWith(to);
  old.erase();
}

/// A stage that only reads the sums as they are is no stage.
static void forward(plan::StageOp stage) {
  if (stage.getNumResults() != 1 || stage.getSums())
    return;
  auto read = stage.getYield().getOperand(0).getDefiningOp<plan::ReadOp>();
  if (!read || read.getTensor().getType() != stage.getResult(0).getType() ||
      getPosition(read) != getAffineDimExpr(0, stage.getContext()))
    return;
  stage.getResult(0).replaceAllUsesWith(read.getTensor());
  stage.erase();
}

/// Depths from 0 on, without gaps.
static void renumber(rnn::NetworkOp network) {
  uint64_t last = 0, next = 0;
  bool isFirst = true;
  for (auto stage : network.getBody().front().getOps<plan::StageOp>()) {
    if (!isFirst && stage.getDepth() != last)
      ++next;
    isFirst = false;
    last = stage.getDepth();
    stage.setDepth(next);
  }
}

namespace {
struct FuseReductionsPass
    : schedule::impl::FuseReductionsBase<FuseReductionsPass> {
  void runOnOperation() override {
    auto network = getSchedulable(getOperation());
    if (failed(network))
      return signalPassFailure();
    Machine machine(cluster::TargetAttr::lookup(*network));
    bool hasChanged = false;
    for (auto stage : llvm::make_early_inc_range(
             network->getBody().front().getOps<plan::StageOp>())) {
      if (stage.getTiling())
        continue;
      bool isFused = false;
      for (auto loop :
           llvm::make_early_inc_range(stage.getBody().getOps<scf::ForOp>()))
        if (auto reduction = match(stage, loop, machine)) {
          fuse(stage, *reduction);
          isFused = true;
        }
      hasChanged |= isFused;
      if (isFused)
        forward(stage);
    }
    if (!hasChanged)
      return;
    for (auto stage : llvm::make_early_inc_range(
             network->getBody().front().getOps<plan::StageOp>()))
      if (stage.getSums())
        dropUnused(stage);
    renumber(*network);
  }

  static void fuse(plan::StageOp stage, const Reduction &reduction) {
    scf::ForOp loop = reduction.loop;
    auto type = RankedTensorType::get({int64_t(stage.getElements())},
                                      loop.getResult(0).getType());
    if (stage.getNumResults() == 1 &&
        cast<RankedTensorType>(stage.getResult(0).getType()).getElementType() ==
            type.getElementType())
      type = cast<RankedTensorType>(stage.getResult(0).getType());
    plan::StageOp producer = addSum(reduction, type);
    OpBuilder b(loop);
    auto read = plan::ReadOp::create(
        b, loop.getLoc(), loop.getResult(0).getType(),
        producer.getResults().back(), ValueRange{stage.getElement()},
        AffineMapAttr::get(b.getMultiDimIdentityMap(1)));
    loop.getResult(0).replaceAllUsesWith(read.getElement());
    loop.erase();
  }
};
} // namespace
