// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Needs.cpp - How exactly values must be computed --------------------===//

#include "Needs.h"

#include "Layers/Tensors.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace se::rnn;

/// What errors may be, of the magnitude or the floor.
static constexpr double tolerance = 0x1p-7;
/// Two values of f16 that cancel leave an error of 2^-11 of them, which is
/// within the tolerance down to this part of their magnitude.
static constexpr double leastOfDifference = 0x1p-4;

static constexpr unsigned mostRounds = 16;

/// The floor of an operand whose error is one of the result, however large the
/// operand is. What is presumed is a bound, not a size.
static double floorOfTerm(const Interval &term, double floor) {
  if (term.isPresumed || !std::isfinite(term.magnitude()))
    return floor;
  return floor >= leastOfDifference * term.magnitude() ? floor : 0;
}

static bool isConstant(Value value) {
  return isa_and_nonnull<arith::ConstantOp>(value.getDefiningOp());
}

void Needs::need(Value value, double floor) {
  if (hidden.contains(value))
    floor = std::max(floor, 1.0);
  if (floor >= getFloor(value))
    return;
  // Around a loop of states floors may fall for ever.
  if (std::isnan(floor) || rounds > mostRounds)
    floor = 0;
  floors[value] = floor;
  hasChanged = true;
}

void Needs::needSum(Value a, Value b, double sign, double floor) {
  Interval x = ranges.get(a), y = ranges.get(b);
  if (sign < 0)
    y = {-y.high, -y.low, y.isPresumed};
  if ((x.low >= 0 && y.low >= 0) || (x.high <= 0 && y.high <= 0)) {
    need(a, std::max(floor, y.distance()));
    need(b, std::max(floor, x.distance()));
    return;
  }
  need(a, floorOfTerm(x, floor));
  need(b, floorOfTerm(y, floor));
}

void Needs::needActivation(ActivationOp op, double floor) {
  Value x = op.getX();
  ActivationAttr function = op.getFunction();
  double alpha = std::fabs(function.getAlphaValue()),
         beta = std::fabs(function.getBetaValue());
  switch (function.getKind()) {
  case ActivationKind::sigmoid:
  case ActivationKind::softplus:
    return need(x, 1); // near 0 the result's relative error is that of x
  case ActivationKind::affine:
    return need(x, floorOfTerm(ranges.get(x), floor / alpha));
  case ActivationKind::hard_sigmoid:
    return need(x, floorOfTerm({-beta / alpha, beta / alpha}, floor / alpha));
  case ActivationKind::scaled_tanh:
    return need(x, floor / (alpha * beta));
  default:
    return need(x, floor);
  }
}

void Needs::needReduction(ReduceOp op, double floor) {
  Interval x = ranges.get(op.getX());
  if (op.getKind() == ReduceKind::max || op.getKind() == ReduceKind::min)
    return need(op.getX(), floor);
  bool hasOneSign = x.low >= 0 || x.high <= 0;
  need(op.getX(), hasOneSign ? floor : floorOfTerm(x, floor));
}

/// x^p, with an error of p * x^(p - 1) times that of x.
void Needs::needPower(Value base, const Interval &exponent, double floor) {
  double distance = ranges.get(base).distance();
  if (exponent.low <= 0)
    return need(base, distance);
  double p = exponent.low; // of 0 to 1 the more demanding end
  double least = std::pow(floor, 1 / std::min(p, exponent.high));
  if (p < 1)
    least *= std::pow(tolerance, 1 / p - 1);
  need(base, std::max(least, distance));
}

double Needs::getVectorFloor(MatvecOp op) const {
  if (ranges.get(op.getX()).isNonnegative())
    if (std::optional<double> sum = ranges.getFilterSum(op))
      return std::min(1.0, getFloor(op.getY()) / *sum);
  return 1;
}

void Needs::needOperands(Operation *op, double floor) {
  auto operand = [&](unsigned i) { return op->getOperand(i); };
  auto factorOf = [&](Value value) {
    return isConstant(value) ? ranges.get(value).magnitude() : 1.0;
  };
  llvm::TypeSwitch<Operation *>(op)
      .Case([&](arith::AddFOp) { needSum(operand(0), operand(1), 1, floor); })
      .Case([&](arith::SubFOp) { needSum(operand(0), operand(1), -1, floor); })
      .Case<arith::MulFOp, math::FmaOp>([&](Operation *) {
        if (operand(0) == operand(1)) {
          need(operand(0), std::sqrt(floor));
        } else {
          need(operand(0), floor / factorOf(operand(1)));
          need(operand(1), floor / factorOf(operand(0)));
        }
        if (isa<math::FmaOp>(op))
          need(operand(2), floorOfTerm(ranges.get(operand(2)), floor));
      })
      .Case([&](arith::DivFOp) {
        double distance = ranges.get(operand(1)).distance();
        need(operand(0), floor * distance);
        need(operand(1), distance);
      })
      .Case<arith::MaximumFOp, arith::MaxNumFOp>([&](Operation *) {
        need(operand(0), std::max(floor, ranges.get(operand(1)).low));
        need(operand(1), std::max(floor, ranges.get(operand(0)).low));
      })
      .Case<arith::MinimumFOp, arith::MinNumFOp>([&](Operation *) {
        need(operand(0), std::max(floor, -ranges.get(operand(1)).high));
        need(operand(1), std::max(floor, -ranges.get(operand(0)).high));
      })
      .Case([&](arith::SelectOp select) {
        need(select.getTrueValue(), floor);
        need(select.getFalseValue(), floor);
      })
      .Case([&](arith::CmpFOp) {
        for (unsigned i : {0, 1}) {
          double limit = ranges.get(operand(1 - i)).distance();
          need(operand(i), isConstant(operand(1 - i)) && limit > 0
                               ? floorOfTerm(ranges.get(operand(i)), limit)
                               : 1);
        }
      })
      .Case([&](math::SqrtOp) { needPower(operand(0), {0.5, 0.5}, floor); })
      .Case<math::LogOp, math::Log2Op, math::Log10Op, math::RsqrtOp>(
          [&](Operation *) {
            need(operand(0), ranges.get(operand(0)).distance());
          })
      .Case([&](math::PowFOp) {
        needPower(operand(0), ranges.get(operand(1)), floor);
        need(operand(1), 1);
      })
      .Case<math::ExpOp, math::Exp2Op, math::SinOp, math::CosOp>(
          [&](Operation *) {
            need(operand(0), floorOfTerm(ranges.get(operand(0)), 1));
          })
      .Case<arith::NegFOp, math::AbsFOp, math::TanhOp, math::ErfOp,
            math::Log1pOp, math::ExpM1Op, ReshapeOp, TransposeOp, BroadcastOp,
            tensor::ExtractSliceOp, tensor::ConcatOp>([&](Operation *) {
        for (Value value : op->getOperands())
          need(value, floor);
      })
      .Case([&](ActivationOp activation) { needActivation(activation, floor); })
      .Case([&](ReduceOp reduction) { needReduction(reduction, floor); })
      .Case([&](MatvecOp matvec) {
        need(matvec.getX(), getVectorFloor(matvec));
        need(matvec.getW(), 1);
      })
      .Default([&](Operation *) {
        for (Value value : op->getOperands())
          need(value, 0);
      });
}

void Needs::needStates() {
  for (auto [k, next] : llvm::enumerate(network.getYield().getStates())) {
    if (flow.isSlow(unsigned(k)))
      need(next, 0);
    else if (isHidden(unsigned(k)))
      need(next, 1);
    else if (double floor = getFloor(network.getStateArguments()[k]);
             std::isfinite(floor))
      need(next, floor);
  }
}

Needs::Needs(NetworkOp network, const Ranges &ranges, const StateFlow &flow)
    : network(network), ranges(ranges), flow(flow) {
  for (auto [k, next] : llvm::enumerate(network.getYield().getStates()))
    if (isHidden(unsigned(k)))
      hidden.insert(stripReshapes(next));
  // Errors of an output are seen relative to all of it.
  for (Value value : network.getYield().getOutputs()) {
    Interval y = ranges.get(value);
    double size = y.magnitude();
    bool isKnown = !y.isPresumed && std::isfinite(size) && size > 0;
    need(value, isKnown ? size : 1);
  }
  do {
    ++rounds;
    hasChanged = false;
    needStates();
    for (Operation &op : llvm::reverse(network.getBody().front()))
      if (op.getNumResults() == 1 && !isa<arith::ConstantOp>(op)) {
        Value result = op.getResult(0);
        double floor = getFloor(result);
        if (isa<arith::CmpFOp>(op))
          floor = 1;
        if (std::isfinite(floor))
          needOperands(&op, floor);
      }
  } while (hasChanged);
}
