// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- VerifyStage.cpp - The rules of plan.stage --------------------------===//

#include "se/Dialect/Plan/Plan.h"

#include "se/Dialect/RNN/Movement.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace se;
using namespace se::plan;

/// The stages that a value of the network comes of; tensors are put together
/// and moved between stages.
static void findStages(Value value, llvm::function_ref<void(StageOp)> found) {
  Operation *op = value.getDefiningOp();
  if (auto stage = dyn_cast_or_null<StageOp>(op))
    return found(stage);
  if (isa_and_nonnull<tensor::ConcatOp, PushOp>(op) || rnn::isMovement(op))
    for (Value operand : op->getOperands())
      findStages(operand, found);
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

namespace {
/// The values that an index takes, each `step` behind the one before.
struct Values {
  int64_t first = 0, step = 1, count = 1;
  int64_t last() const { return first + (count - 1) * step; }
};
using Bounds = std::pair<int64_t, int64_t>;
} // namespace

/// Elements, or turns of loops for all of them, that are tried one by one.
static constexpr int64_t mostPoints = int64_t(1) << 22;

/// Where an expression lies at least, at most; none if it is no expression that
/// can be evaluated.
static std::optional<Bounds> getRange(AffineExpr expr, ArrayRef<Bounds> dims) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return Bounds(constant.getValue(), constant.getValue());
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return dims[dim.getPosition()];
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return std::nullopt;
  std::optional<Bounds> lhs = getRange(binary.getLHS(), dims),
                        rhs = getRange(binary.getRHS(), dims);
  if (!lhs || !rhs)
    return std::nullopt;
  Bounds range;
  bool overflows = false;
  auto by = rhs->first;
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    overflows = llvm::AddOverflow(lhs->first, rhs->first, range.first) ||
                llvm::AddOverflow(lhs->second, rhs->second, range.second);
    break;
  case AffineExprKind::Mul:
    overflows = by != rhs->second ||
                llvm::MulOverflow(lhs->first, by, range.first) ||
                llvm::MulOverflow(lhs->second, by, range.second);
    if (by < 0)
      std::swap(range.first, range.second);
    break;
  case AffineExprKind::Mod:
    // Positions are never negative, so code divides without a sign.
    if (by != rhs->second || by < 1 || lhs->first < 0)
      return std::nullopt;
    range = {0, by - 1};
    if (lhs->first / by == lhs->second / by)
      range = {lhs->first % by, lhs->second % by};
    break;
  case AffineExprKind::FloorDiv:
    if (by != rhs->second || by < 1 || lhs->first < 0)
      return std::nullopt;
    range = {lhs->first / by, lhs->second / by};
    break;
  default:
    return std::nullopt;
  }
  if (overflows)
    return std::nullopt;
  return range;
}

/// Of an expression that getRange() knows.
static int64_t evaluate(AffineExpr expr, ArrayRef<int64_t> dims) {
  SmallVector<Bounds> points;
  for (int64_t dim : dims)
    points.push_back({dim, dim});
  return getRange(expr, points)->first;
}

/// Does the place lie in [0, size) for all of these indices?
static bool liesWithin(AffineMap place, ArrayRef<Values> dims, int64_t size) {
  AffineExpr expr = place.getResult(0);
  SmallVector<Bounds> ranges;
  for (const Values &values : dims)
    ranges.push_back(std::minmax(values.first, values.last()));
  std::optional<Bounds> range = getRange(expr, ranges);
  if (!range)
    return false;
  if (range->first >= 0 && range->second < size)
    return true;
  // The bounds of a sum may be wider than the sum is. What no memory holds is
  // not looked at one by one.
  int64_t points = 1;
  for (const Values &values : dims)
    if (llvm::MulOverflow(points, values.count, points) || points > mostPoints)
      return false;
  SmallVector<int64_t> point(dims.size());
  std::function<bool(size_t)> check = [&](size_t dim) {
    if (dim == dims.size()) {
      int64_t at = evaluate(expr, point);
      return at >= 0 && at < size;
    }
    for (int64_t i = 0; i != dims[dim].count; ++i) {
      point[dim] = dims[dim].first + i * dims[dim].step;
      if (!check(dim + 1))
        return false;
    }
    return true;
  };
  return check(0);
}

//===----------------------------------------------------------------------===//
// Rules of the body
//===----------------------------------------------------------------------===//

namespace {
class BodyVerifier {
public:
  explicit BodyVerifier(StageOp stage) : stage(stage) {
    indices[stage.getElement()] = {0, 1, int64_t(stage.getElements())};
  }

  LogicalResult verify() {
    for (Operation &op : stage.getBody().front())
      if (failed(verifyOperation(&op)))
        return failure();
    return verifyBatch();
  }

private:
  LogicalResult verifyOperation(Operation *op);
  LogicalResult verifyLoop(scf::ForOp loop);
  LogicalResult verifyPlace(Operation *op, AffineMap place, ValueRange dims,
                            int64_t size);
  LogicalResult verifyBatch();

  StageOp stage;
  llvm::DenseMap<Value, Values> indices;
};
} // namespace

LogicalResult BodyVerifier::verifyPlace(Operation *op, AffineMap place,
                                        ValueRange dims, int64_t size) {
  SmallVector<Values> values;
  for (Value dim : dims) {
    auto it = indices.find(dim);
    if (it == indices.end())
      return op->emitOpError("stage-C7: a place needs numbers of elements and "
                             "of turns of a loop, and nothing else");
    values.push_back(it->second);
  }
  if (!liesWithin(place, values, size))
    return op->emitOpError("stage-C7: its place must lie in the tensor for all "
                           "elements and turns of a loop");
  return success();
}

LogicalResult BodyVerifier::verifyLoop(scf::ForOp loop) {
  std::optional<int64_t> lower = getConstantIntValue(loop.getLowerBound()),
                         upper = getConstantIntValue(loop.getUpperBound()),
                         step = getConstantIntValue(loop.getStep());
  if (loop->getParentOp() != stage || loop.getNumResults() != 1 || !lower ||
      !upper || !step || *step < 1 || *lower < 0 || *upper <= *lower ||
      *upper > INT32_MAX || *step > INT32_MAX)
    return loop.emitOpError(
        "stage-C6: loops in a body must stand side by side, "
        "carry one value, and have constant bounds and "
        "steps, with at least one turn");
  indices[loop.getInductionVar()] = {
      *lower, *step, int64_t(llvm::divideCeil(*upper - *lower, *step))};
  for (Operation &op : *loop.getBody())
    if (failed(verifyOperation(&op)))
      return failure();
  return success();
}

LogicalResult BodyVerifier::verifyOperation(Operation *op) {
  for (Value operand : op->getOperands()) {
    if (!isa<TensorType>(operand.getType()))
      continue;
    bool isEarlier = true;
    findStages(operand, [&](StageOp read) {
      isEarlier &= read.getDepth() < stage.getDepth();
    });
    if (!isEarlier)
      return op->emitOpError("stage-C4: what a stage reads must be computed at "
                             "a smaller depth than its own");
  }
  auto sizeOf = [](Value tensor) {
    return cast<RankedTensorType>(tensor.getType()).getNumElements();
  };
  if (auto read = dyn_cast<ReadOp>(op))
    return verifyPlace(op, read.getPlace(), read.getDims(),
                       sizeOf(read.getTensor()));
  if (auto dot = dyn_cast<DotOp>(op)) {
    ArrayRef<int64_t> shape =
        cast<RankedTensorType>(dot.getMatrix().getType()).getShape();
    if (op->getParentOp() != stage)
      return op->emitOpError("stage-C6: a plan.dot stands in no loop");
    if (failed(verifyPlace(op, dot.getRow(), dot.getRowDims(), shape[0])))
      return failure();
    return verifyPlace(op, dot.getStart(), dot.getStartDims(),
                       sizeOf(dot.getVector()) - shape[1] + 1);
  }
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return verifyLoop(loop);
  if (isa<YieldOp, scf::YieldOp>(op))
    return success();
  auto isScalar = [](Type type) {
    return isa<FloatType>(type) || type.isSignlessInteger();
  };
  bool isElementwise =
      isa<rnn::ActivationOp, rnn::QuantizeOp, rnn::InterpolateOp>(op) ||
      isa_and_nonnull<arith::ArithDialect, math::MathDialect>(op->getDialect());
  auto isOperand = [&](Value value) {
    if (!isa<TensorType>(value.getType()))
      return isScalar(value.getType());
    auto constant = value.getDefiningOp<arith::ConstantOp>();
    return isa<rnn::InterpolateOp>(op) && constant &&
           !isa<SplatElementsAttr>(constant.getValue());
  };
  bool isIndex = isa<arith::ConstantOp>(op) &&
                 op->getResult(0).getType().isIndex(); // a loop's bound
  if (!isElementwise || op->getNumResults() != 1 ||
      !llvm::all_of(op->getOperands(), isOperand) ||
      (!isIndex && !isScalar(op->getResult(0).getType())))
    return op->emitOpError("stage-C9: a body has elementwise operations on "
                           "scalars, and tables, which are constants");
  return success();
}

/// Rows and vectors of plan.dot.
LogicalResult BodyVerifier::verifyBatch() {
  std::optional<BatchAttr> batch = stage.getBatch();
  for (auto dot : stage.getBody().getOps<DotOp>()) {
    auto refuse = [&] {
      return dot.emitOpError("stage-C8: vectors start at a number; in a batch "
                             "that is one for each vector, and elements of one "
                             "row read the same row");
    };
    if (!batch) {
      if (!dot.getStart().isConstant())
        return refuse();
      continue;
    }
    AffineExpr element = batch->getElement().getResult(0);
    auto at = [&](AffineMap place, ValueRange dims, int64_t row,
                  int64_t vector) {
      SmallVector<int64_t> point(dims.size(), evaluate(element, {row, vector}));
      return evaluate(place.getResult(0), point);
    };
    for (int64_t row = 0; row != batch->getRows(); ++row)
      for (int64_t vector = 0; vector != batch->getVectors(); ++vector)
        if (at(dot.getStart(), dot.getStartDims(), row, vector) !=
                at(dot.getStart(), dot.getStartDims(), 0, vector) ||
            at(dot.getRow(), dot.getRowDims(), row, vector) !=
                at(dot.getRow(), dot.getRowDims(), row, 0))
          return refuse();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// plan.stage
//===----------------------------------------------------------------------===//

/// Has each element its row and vector?
static bool isComplete(BatchAttr batch, int64_t elements) {
  if (elements > mostPoints || batch.getRows() > elements ||
      batch.getVectors() > elements ||
      batch.getRows() * batch.getVectors() != elements)
    return false;
  AffineExpr element = batch.getElement().getResult(0);
  if (!getRange(element,
                {{0, batch.getRows() - 1}, {0, batch.getVectors() - 1}}))
    return false;
  llvm::BitVector seen(elements);
  for (int64_t row = 0; row != batch.getRows(); ++row)
    for (int64_t vector = 0; vector != batch.getVectors(); ++vector) {
      int64_t at = evaluate(element, {row, vector});
      if (at < 0 || at >= elements || seen.test(unsigned(at)))
        return false;
      seen.set(unsigned(at));
    }
  return true;
}

llvm::DenseSet<Value> StageOp::getSumDependents() {
  llvm::DenseSet<Value> dependents;
  auto follows = [&](Value value) {
    return dependents.contains(value) ||
           llvm::is_contained(getSumArguments(), value);
  };
  for (Operation &op : getBody().front())
    if (llvm::any_of(op.getOperands(), follows))
      dependents.insert(op.result_begin(), op.result_end());
  return dependents;
}

LogicalResult StageOp::verifyRegions() {
  Block &block = getBody().front();
  size_t numSums = getSums() ? getSums()->size() : 0;
  if (block.getNumArguments() != 1 + numSums ||
      !block.getArgument(0).getType().isIndex())
    return emitOpError("stage-C1: the block must have one argument, an index, "
                       "and one for each of sums");
  for (size_t i = 0; i != numSums; ++i) {
    auto start = dyn_cast<TypedAttr>((*getSums())[i]);
    if (!start || start.getType() != block.getArgument(1 + i).getType())
      return emitOpError("stage-C1: sums must start at numbers of the type of "
                         "the block's arguments");
  }
  if (block.empty() || !isa<YieldOp>(block.back()))
    return emitOpError("stage-C1: the body must end in plan.yield");
  auto elements = int64_t(getElements());
  if (elements < 1 || int64_t(getDepth()) < 0 ||
      (getBatch() && !isComplete(*getBatch(), elements)))
    return emitOpError("stage-C3: elements must be positive, depth not "
                       "negative, and batch give each element to one row and "
                       "vector");
  YieldOp yield = getYield();
  if (getNumResults() == 0 || numSums > getNumResults() ||
      yield.getNumOperands() != getNumResults())
    return emitOpError("stage-C2: plan.yield has ")
           << yield.getNumOperands() << " elements for " << getNumResults()
           << " results";
  auto strip = int64_t(getStrips().value_or(1));
  if (strip < 1 || elements % strip || (getPairs() && strip % 2 && getStrips()))
    return emitOpError("stage-C10: strips must divide the ")
           << elements << " elements, and be even if they are computed in "
           << "pairs, found " << strip;
  if (numSums && !getStrips())
    return emitOpError("stage-C10: sums need strips");
  if (numSums && getPairs()) {
    llvm::DenseSet<Value> dependents = getSumDependents();
    auto isDependent = [&](Value value) { return dependents.contains(value); };
    auto isLoop = [](Value value) {
      return value.getDefiningOp()->getNumRegions() != 0;
    };
    if (llvm::any_of(yield.getValues().take_front(getNumElementResults()),
                     isDependent) ||
        llvm::any_of(dependents, isLoop))
      return emitOpError("stage-C10: in pairs only sums may follow from sums, "
                         "by operations without regions");
  }
  for (auto [k, type, value] :
       llvm::enumerate(getResultTypes(), yield.getValues())) {
    auto tensor = cast<RankedTensorType>(type);
    bool isSum = k >= getNumElementResults();
    int64_t expected = isSum ? elements / strip : elements;
    if (tensor.getNumElements() != expected ||
        (isSum &&
         value.getType() !=
             block.getArgument(1 + k - getNumElementResults()).getType()) ||
        tensor.getElementType() != value.getType() ||
        !llvm::is_contained({8, 16, 32},
                            value.getType().getIntOrFloatBitWidth()))
      return emitOpError("stage-C2: a result must have ")
             << expected << " elements of " << value.getType()
             << ", with 8, 16 or 32 bits, found " << type;
  }
  uint64_t next = 0;
  bool isFirst = true;
  for (Operation *op = (*this)->getPrevNode(); op && isFirst;
       op = op->getPrevNode())
    if (auto stage = dyn_cast<StageOp>(op)) {
      isFirst = false;
      next = stage.getDepth() + 1;
    }
  if (getDepth() != next && (isFirst || getDepth() + 1 != next))
    return emitOpError("stage-C5: its depth must be that of the stage before "
                       "it or one more, found ")
           << getDepth();
  if (failed(BodyVerifier(*this).verify()))
    return failure();
  if (!getStrips())
    return success();
  if (getBatch() || getSplit() || !getBody().getOps<DotOp>().empty())
    return emitOpError(
        "stage-C10: strips go without batch, split and plan.dot");
  if (getTiling() && getTiling()->getRegisterTile() != strip)
    return emitOpError("stage-C10: the register tile must be a strip, ")
           << strip << ", found " << getTiling()->getRegisterTile();
  return success();
}
