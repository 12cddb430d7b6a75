// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FormStages.cpp - From operations on tensors to stages --------------===//

#include "../Planning/Joins.h"
#include "../Planning/Positions.h"
#include "../Planning/Storage.h"
#include "Batch.h"
#include "Roots.h"
#include "StageBody.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/Movement.h"
#include "se/Dialect/RNN/RNNScreening.h"
#include "se/Schedule/Indexing.h"
#include "se/Schedule/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/StringMap.h"

#include <variant>

namespace se::schedule {
#define GEN_PASS_DEF_FORMSTAGES
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// Truth values that would need memory.
static bool isStoredMask(Operation *op) {
  if (op->getNumResults() != 1 ||
      !getElementTypeOrSelf(op->getResult(0).getType()).isInteger(1))
    return false;
  auto constant = dyn_cast<arith::ConstantOp>(op);
  return isa<tensor::ConcatOp>(op) ||
         (constant && !isa<SplatElementsAttr>(constant.getValue()));
}

static bool isTable(Value value) {
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  return constant && !isa<SplatElementsAttr>(constant.getValue());
}

/// Operations that can be computed element by element.
static LogicalResult checkOperations(rnn::NetworkOp network) {
  bool isScreened = false;
  for (Operation &op : network.getBody().front()) {
    if (isa<rnn::FiniteOp>(op)) {
      if (isScreened)
        return op.emitOpError("stands in the network twice");
      isScreened = true;
      continue;
    }
    if (auto constant = dyn_cast<arith::ConstantOp>(op))
      if (!rnn::hasData(constant.getValue()))
        return op.emitError("the constant's data is missing or has another "
                            "size");
    auto interpolate = dyn_cast<rnn::InterpolateOp>(op);
    if (interpolate && !isTable(interpolate.getTable()))
      return op.emitOpError("needs a constant as table, whose numbers are not "
                            "all the same");
    if (isStoredMask(&op))
      return op.emitOpError("is a mask in memory, which must be bytes "
                            "(--rnn-store-masks)");
    if (isa<arith::ConstantOp, rnn::YieldOp, rnn::MatvecOp, rnn::ReduceOp,
            tensor::ConcatOp, plan::PushOp>(op) ||
        rnn::isMovement(&op) || isElementwise(&op))
      continue;
    if (isa<rnn::ApplyOp>(op))
      return op.emitOpError(
          "must be inlined before scheduling (--rnn-inline-cells)");
    return op.emitOpError("has no scalar form that can be scheduled");
  }
  return success();
}

namespace {
class StageBuilder {
public:
  StageBuilder(rnn::NetworkOp network, bool remarks)
      : network(network), roots(network), remarks(remarks),
        b(network.getLoc(), network.getYield()) {}

  void run();

private:
  using Found = std::variant<std::pair<Value, AffineExpr>, const char *>;

  void formStage(const Loop &loop, unsigned depth);
  std::string getName(const Loop &loop);
  void emitBody(plan::StageOp stage, const Loop &loop,
                const char *whyNotShared);
  Found findVector(rnn::MatvecOp op, AffineExpr element);
  Value join(Operation *whole);
  void concatenate();
  void setYield();

  rnn::NetworkOp network;
  Roots roots;
  bool remarks;
  ImplicitLocOpBuilder b;
  llvm::StringMap<unsigned> uses; ///< of names
  /// What others read: the results of stages, and concatenations of them.
  llvm::DenseMap<Value, Value> results;
  /// Concatenations and delay lines of which stages have computed a part.
  llvm::SetVector<Operation *> wholes;
  /// The parts that stages have computed, by the operands that they are.
  llvm::DenseMap<OpOperand *, Value> parts;
};
} // namespace

/// The second stage of a node NAME is "NAME (2)".
std::string StageBuilder::getName(const Loop &loop) {
  std::string name = rnn::getLayerName(loop.jobs.front()->value.getLoc());
  unsigned number = ++uses[name];
  if (number > 1)
    name += " (" + std::to_string(number) + ")";
  return name;
}

/// The value in memory that holds the vector of a product, and from which
/// element on, an expression of d0; or why no row of it can be one.
StageBuilder::Found StageBuilder::findVector(rnn::MatvecOp op,
                                             AffineExpr element) {
  auto constant = op.getW().getDefiningOp<arith::ConstantOp>();
  if (!constant)
    return "the matrix is no constant";
  if (isa<SplatElementsAttr>(constant.getValue()))
    return "all elements of the matrix are equal";
  Type type = getElementTypeOrSelf(op.getW().getType());
  unsigned bits = type.getIntOrFloatBitWidth();
  if (bits != 8 && bits != 16 && !type.isF32())
    return "there is no instruction for these types";
  int64_t rows = shapeOf(op.getW())[0], columns = shapeOf(op.getW())[1];
  AffineExpr batch = getAffineDimExpr(0, op.getContext());
  AffineExpr k = getAffineDimExpr(1, op.getContext());
  auto [vector, position] =
      traceMovement(op.getX(), batch * columns + k,
                    [&](Value value) { return roots.contains(value); });
  bool isWhole = isa<AffineConstantExpr>(simplifyAffineExpr(
      position - (batch * columns + k), /*numDims=*/2, /*numSymbols=*/0));
  for (int64_t i = 0, e = elementsOf(op.getY()) / rows; !isWhole && i != e; ++i)
    for (int64_t j = 0; j != columns; ++j)
      if (evaluatePosition(position, {i, j}) !=
          evaluatePosition(position, {i, 0}) + j)
        return "the elements of the vector do not lie side by side";
  if (vector.getDefiningOp<arith::ConstantOp>())
    return "the vector is a constant";
  AffineExpr zero = getAffineConstantExpr(0, op.getContext());
  AffineExpr number =
      elementsOf(op.getY()) == rows ? zero : element.floorDiv(rows);
  return std::pair(vector, position.replaceDims({number, zero}));
}

/// The body of a stage. With `whyNotShared` products of batches are computed
/// element by element.
void StageBuilder::emitBody(plan::StageOp stage, const Loop &loop,
                            const char *whyNotShared) {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&stage.getBody().front());
  AffineExpr d0 = getAffineDimExpr(0, b.getContext());
  llvm::DenseSet<Value> defined;
  for (Job *job : loop.jobs)
    if (job->isDefinition())
      defined.insert(job->value);
  auto isEarly = [&](Value value) {
    return roots.isEarly(value) || value.getDefiningOp<rnn::FiniteOp>();
  };
  auto findTensor = [&](Value value) -> Value {
    Value result = results.lookup(value);
    if (result && !defined.contains(value))
      return result;
    if (auto constant = value.getDefiningOp<arith::ConstantOp>())
      return isa<SplatElementsAttr>(constant.getValue()) ? Value() : value;
    return isa<BlockArgument>(value) ? value : Value();
  };
  llvm::MapVector<Operation *, const char *> scalar;
  auto makeDot = [&](rnn::MatvecOp op, AffineExpr position) -> Value {
    Found found = findVector(op, position);
    if (const char *const *why = std::get_if<const char *>(&found)) {
      scalar.insert({op, *why});
      return Value();
    }
    auto [vector, from] = std::get<0>(found);
    if (whyNotShared && !isa<AffineConstantExpr>(from)) {
      scalar.insert({op, whyNotShared});
      return Value();
    }
    int64_t rows = shapeOf(op.getW())[0];
    AffineExpr row = elementsOf(op.getY()) == rows ? position : position % rows;
    auto [rowMap, rowDims] = makePlace(row, stage.getElement());
    auto [start, startDims] = makePlace(from, stage.getElement());
    Value tensor = results.lookup(vector);
    return plan::DotOp::create(b, getElementTypeOrSelf(op.getY().getType()),
                               op.getW(), rowDims, tensor ? tensor : vector,
                               startDims, AffineMapAttr::get(rowMap),
                               AffineMapAttr::get(start));
  };
  StageBody body(b, stage.getElement(), loop.elements, findTensor, isEarly,
                 makeDot);
  SmallVector<Value> values;
  for (Job *job : loop.jobs)
    values.push_back(body.emit(job->value, d0, job->isDefinition()));
  plan::YieldOp::create(b, values);
  auto dots = llvm::to_vector(stage.getBody().getOps<plan::DotOp>());
  if (llvm::any_of(
          dots, [](plan::DotOp dot) { return !dot.getStartDims().empty(); })) {
    const char *why;
    plan::BatchAttr batch = findBatch(loop.elements, dots, why);
    if (!batch) {
      stage.getBody().front().clear();
      return emitBody(stage, loop, why);
    }
    stage.setBatchAttr(batch);
  }
  if (remarks)
    for (auto [op, why] : scalar)
      emitRemark(op->getLoc())
          << "this product is computed element by element: " << why;
}

void StageBuilder::formStage(const Loop &loop, unsigned depth) {
  b.setLoc(loop.jobs.front()->value.getLoc());
  SmallVector<Type> types;
  for (Job *job : loop.jobs)
    types.push_back(job->value.getType());
  auto stage = plan::StageOp::create(b, getName(loop), int64_t(depth),
                                     loop.elements, TypeRange(types));
  emitBody(stage, loop, /*whyNotShared=*/nullptr);
  for (auto [job, result] : llvm::zip(loop.jobs, stage.getResults())) {
    if (job->isDefinition()) {
      results[job->value] = result;
      continue;
    }
    wholes.insert(job->root.getDefiningOp());
    parts[job->part] = result;
  }
}

/// The same of the results of stages as `whole` is of parts.
Value StageBuilder::join(Operation *whole) {
  IRMapping mapping;
  for (OpOperand &operand : whole->getOpOperands())
    if (Value part = parts.lookup(&operand))
      mapping.map(operand.get(), part);
    else if (isJoined(operand.get()))
      mapping.map(operand.get(), join(operand.get().getDefiningOp()));
  Operation *copy = b.clone(*whole, mapping);
  for (auto [operand, original] :
       llvm::zip(copy->getOpOperands(), whole->getOpOperands()))
    if (Value part = parts.lookup(&original))
      operand.set(part);
  return copy->getResult(0);
}

/// Puts those together whose last part has just been computed.
void StageBuilder::concatenate() {
  for (Operation *whole : wholes) {
    if (results.lookup(whole->getResult(0)))
      continue;
    bool isComplete = true;
    auto check = [&](OpOperand &part) { isComplete &= parts.contains(&part); };
    if (auto push = dyn_cast<plan::PushOp>(whole))
      check(push.getXMutable());
    else
      forEachPart(whole, check);
    if (isComplete)
      results[whole->getResult(0)] = join(whole);
  }
}

/// A state that stays what it is stays the network's argument.
void StageBuilder::setYield() {
  rnn::YieldOp yield = network.getYield();
  auto set = [&](OpOperand &operand, Value unchanged) {
    Value root = stripReshapes(operand.get());
    if (root == unchanged)
      return;
    Value result = results.lookup(root);
    Type type = operand.get().getType();
    if (result.getType() != type)
      result = rnn::ReshapeOp::create(b, yield.getLoc(), type, result);
    operand.set(result);
  };
  for (OpOperand &operand : yield.getOutputsMutable())
    set(operand, Value());
  for (auto [operand, state] :
       llvm::zip(yield.getStatesMutable(), network.getStateArguments()))
    set(operand, state);
}

void StageBuilder::run() {
  int64_t macs = 0;
  SmallVector<Operation *> old;
  for (Operation &op : network.getBody().front().without_terminator()) {
    if (auto matvec = dyn_cast<rnn::MatvecOp>(op))
      macs += elementsOf(matvec.getY()) * shapeOf(matvec.getW())[1];
    bool stays = isa<arith::ConstantOp, rnn::FiniteOp>(op) ||
                 llvm::any_of(op.getResults(), [&](Value value) {
                   return roots.isEarly(value);
                 });
    if (!stays)
      old.push_back(&op);
  }
  network->setAttr(plan::PlanDialect::macsAttrName, b.getI64IntegerAttr(macs));
  for (auto [depth, loops] : llvm::enumerate(roots.getDepths())) {
    for (const Loop &loop : loops)
      formStage(loop, unsigned(depth));
    concatenate();
  }
  setYield();
  for (Operation *op : llvm::reverse(old))
    op->erase();
}

namespace {
struct FormStagesPass : schedule::impl::FormStagesBase<FormStagesPass> {
  using FormStagesBase::FormStagesBase;
  void runOnOperation() override {
    for (auto network : getOperation().getOps<rnn::NetworkOp>()) {
      if (isStaged(network))
        continue;
      if (failed(checkOperations(network)))
        return signalPassFailure();
      StageBuilder(network, remarks).run();
    }
  }
};
} // namespace
