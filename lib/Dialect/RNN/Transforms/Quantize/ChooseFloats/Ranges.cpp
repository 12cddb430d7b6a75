// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Ranges.cpp - The interval of every value of a network --------------===//

#include "Ranges.h"

#include "se/Dialect/RNN/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

#include <numeric>

using namespace mlir;
using namespace se::rnn;

/// A state that gets larger than this is taken for unbounded.
static constexpr double mostOfStates = 0x1p40;
/// With a presumed state the next one may be that much larger: rounding,
/// another term of a sum, but no square of something large.
static constexpr double presumedGrowth = 4;

static Interval symmetric(double most) { return {-most, most, true}; }

static bool contains(const Interval &all, const Interval &part) {
  return all.low <= part.low && part.high <= all.high;
}

/// 0, or a power of two that is not nearer to 0.
static double roundAway(double end) {
  return end == 0
             ? 0
             : std::copysign(std::exp2(std::ceil(std::log2(fabs(end)))), end);
}

void Ranges::setInputs(const quantization::Policy &policy) {
  for (auto [input, name] :
       llvm::zip(network.getInputArguments(), network.getInputNames())) {
    std::optional<quantization::Range> range =
        policy.getSeen(cast<StringAttr>(name).getValue());
    intervals[input] = range ? Interval{presumption.margin * range->low,
                                        presumption.margin * range->high}
                             : symmetric(presumption.input);
  }
}

Interval Ranges::evaluate(Operation *op) {
  auto constant = [&](Value value) {
    auto [it, isNew] = intervals.try_emplace(value);
    if (isNew)
      it->second = getConstantInterval(value).value_or(Interval());
    return it->second;
  };
  auto get = [&](Value value) {
    return isa_and_nonnull<arith::ConstantOp>(value.getDefiningOp())
               ? constant(value)
               : intervals.lookup(value);
  };
  if (isa<arith::ConstantOp>(op))
    return constant(op->getResult(0));
  if (auto matvec = dyn_cast<MatvecOp>(op)) {
    // Products of both signs cancel, so that sums are far from their bound.
    Interval x = get(matvec.getX());
    if (x.isNonnegative())
      if (std::optional<double> sum = getFilterSum(matvec))
        return multiplyIntervals(x, {0, *sum});
    return symmetric(presumption.product);
  }
  if (auto average = getAveraged(op))
    return joinIntervals(get(average->first), get(average->second));
  SmallVector<Interval> operands;
  for (Value operand : op->getOperands())
    operands.push_back(get(operand));
  Interval y = evaluateInterval(op, operands);
  // A divisor near 0 normalizes what it divides.
  if (isa<arith::DivFOp>(op) && operands[1].distance() < 1 &&
      !op->getOperand(1).getDefiningOp<arith::ConstantOp>() &&
      y.magnitude() > presumption.quotient)
    return {y.isNonnegative() ? 0 : -presumption.quotient, presumption.quotient,
            true};
  return y;
}

std::optional<double> Ranges::getFilterSum(MatvecOp op) const {
  auto [it, isNew] = filterSums.try_emplace(op.getW());
  if (isNew)
    if (std::optional<std::vector<float>> w = readFloats(op.getW()))
      if (llvm::all_of(*w, [](float v) { return v >= 0; })) {
        int64_t columns =
            cast<RankedTensorType>(op.getW().getType()).getDimSize(1);
        double most = 0;
        for (size_t row = 0; row != w->size(); row += columns)
          most = std::max(
              most, std::accumulate(&(*w)[row], &(*w)[row] + columns, 0.0));
        it->second = most;
      }
  return it->second;
}

void Ranges::evaluateBody() {
  for (Operation &op : network.getBody().front())
    if (op.getNumResults() == 1 &&
        isa<FloatType>(getElementTypeOrSelf(op.getResult(0).getType()))) {
      Interval y = evaluate(&op);
      intervals[op.getResult(0)] = y.low <= y.high ? y : Interval();
    }
}

/// True if the interval of a state had to grow.
bool Ranges::growState(unsigned k) {
  Interval &now = intervals[network.getStateArguments()[k]];
  Interval next = intervals.lookup(network.getYield().getStates()[k]);
  if (contains(now, next))
    return false;
  if (isPinned[k] && next.magnitude() <= presumedGrowth * presumption.product)
    return false;
  Interval all = joinIntervals(now, next);
  bool canPin = flow.isGated(k) || next.isPresumed;
  if (canPin && !isPinned[k] && all.magnitude() > presumption.product) {
    isPinned[k] = true;
    now = symmetric(presumption.product);
    return true;
  }
  if (all.magnitude() > mostOfStates) {
    now = Interval();
    return true;
  }
  now = {roundAway(all.low), roundAway(all.high), all.isPresumed};
  return true;
}

Ranges::Ranges(NetworkOp network, const quantization::Policy &policy,
               const StateFlow &flow, const Presumption &presumption)
    : network(network), flow(flow), presumption(presumption),
      isPinned(network.getNumStates()) {
  setInputs(policy);
  for (auto [state, reset] :
       llvm::zip(network.getStateArguments(), network.getResetValues())) {
    Interval all{0, 0};
    if (std::optional<std::vector<float>> values = readFloats(reset))
      for (float v : *values)
        all = joinIntervals(all, {v, v});
    intervals[state] = all;
  }
  // Ends once no state grows: each can do so a few dozen times.
  bool hasGrown = true;
  while (hasGrown) {
    evaluateBody();
    hasGrown = false;
    for (unsigned k = 0; k != network.getNumStates(); ++k)
      hasGrown |= growState(k);
  }
}
