// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Intervals.cpp - What values the elements of a tensor take ----------===//

#include "Intervals.h"

#include "BoundedValues.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace se::rnn;

static constexpr double infinity = std::numeric_limits<double>::infinity();

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

/// 0 times anything is 0 here: an end that is 0 is reached by finite values.
static double product(double a, double b) {
  return a == 0 || b == 0 ? 0 : a * b;
}

Interval se::rnn::joinIntervals(const Interval &a, const Interval &b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high),
          a.isPresumed || b.isPresumed};
}

Interval se::rnn::multiplyIntervals(const Interval &a, const Interval &b) {
  double ends[] = {product(a.low, b.low), product(a.low, b.high),
                   product(a.high, b.low), product(a.high, b.high)};
  return {*std::min_element(std::begin(ends), std::end(ends)),
          *std::max_element(std::begin(ends), std::end(ends)),
          a.isPresumed || b.isPresumed};
}

std::optional<Interval> se::rnn::invertInterval(const Interval &a) {
  if (a.distance() == 0)
    return std::nullopt;
  return Interval{1 / a.high, 1 / a.low, a.isPresumed};
}

static Interval add(const Interval &a, const Interval &b) {
  return {a.low + b.low, a.high + b.high, a.isPresumed || b.isPresumed};
}

static Interval negate(const Interval &a) {
  return {-a.high, -a.low, a.isPresumed};
}

static Interval absolute(const Interval &a) {
  return {a.distance(), a.magnitude(), a.isPresumed};
}

/// The larger one of two values. A limit proves what was presumed.
static Interval largest(const Interval &a, const Interval &b) {
  const Interval &low = a.low >= b.low ? a : b;
  const Interval &high = a.high >= b.high ? a : b;
  return {low.low, high.high, low.isPresumed || high.isPresumed};
}

static Interval divide(const Interval &a, const Interval &b) {
  if (std::optional<Interval> inverse = invertInterval(b))
    return multiplyIntervals(a, *inverse);
  bool isPresumed = a.isPresumed || b.isPresumed;
  if (a.isNonnegative() && b.isNonnegative())
    return {0, infinity, isPresumed};
  return {-infinity, infinity, isPresumed};
}

/// A function that increases, of finite f32.
template <typename F> static Interval increase(const Interval &a, F function) {
  constexpr double most = std::numeric_limits<float>::max();
  return {function(std::max(a.low, -most)), function(std::min(a.high, most)),
          a.isPresumed};
}

static double logarithm(double x) { return x > 0 ? std::log(x) : -infinity; }

static Interval power(const Interval &base, const Interval &exponent) {
  Interval all{-infinity, infinity, base.isPresumed || exponent.isPresumed};
  if (!base.isNonnegative())
    return all;
  // exp(exponent * log(base))
  Interval logarithms{logarithm(base.low), logarithm(base.high)};
  Interval exponents = multiplyIntervals(logarithms, exponent);
  return {std::exp(exponents.low), std::exp(exponents.high), all.isPresumed};
}

static Interval activate(ActivationAttr function, const Interval &x) {
  double alpha = function.getAlphaValue(), beta = function.getBetaValue();
  Interval scaled =
      multiplyIntervals(x, {alpha, alpha}); // infinite ends stay so
  switch (function.getKind()) {
  case ActivationKind::sigmoid:
  case ActivationKind::hard_sigmoid:
    return {0, 1};
  case ActivationKind::tanh:
  case ActivationKind::softsign:
    return {-1, 1};
  case ActivationKind::scaled_tanh:
    return {-std::fabs(alpha), std::fabs(alpha)};
  case ActivationKind::affine:
    return add(scaled, {beta, beta});
  case ActivationKind::relu:
  case ActivationKind::thresholded_relu:
    return {std::max(x.low, 0.0), std::max(x.high, 0.0), x.isPresumed};
  case ActivationKind::leaky_relu: {
    Interval both = joinIntervals(x, scaled);
    return alpha >= 0 && x.low >= 0 ? x : both;
  }
  case ActivationKind::elu:
    return {std::min(-std::fabs(alpha), 0.0),
            std::max({x.high, std::fabs(alpha), 0.0}), x.isPresumed};
  case ActivationKind::softplus:
    return {0, std::max(x.high, 0.0) + 1, x.isPresumed};
  }
  llvm_unreachable("all kinds handled");
}

static Interval reduce(ReduceOp op, const Interval &x) {
  if (op.getKind() != ReduceKind::sum)
    return x;
  auto from = cast<RankedTensorType>(op.getX().getType());
  double count = 1;
  for (int64_t axis : op.getAxes())
    count *= double(from.getDimSize(axis));
  return multiplyIntervals(x, {count, count});
}

//===----------------------------------------------------------------------===//
// Averages
//===----------------------------------------------------------------------===//

std::optional<std::pair<Value, Value>> se::rnn::getAveraged(Operation *sum) {
  auto op = dyn_cast<arith::AddFOp>(sum);
  if (!op)
    return std::nullopt;
  auto operandsOf = [](Value value) {
    auto mul = value.getDefiningOp<arith::MulFOp>();
    using Pairs = SmallVector<std::pair<Value, Value>>;
    return mul ? Pairs{{mul.getLhs(), mul.getRhs()},
                       {mul.getRhs(), mul.getLhs()}}
               : Pairs{};
  };
  for (auto [first, second] : {std::pair(op.getLhs(), op.getRhs()),
                               std::pair(op.getRhs(), op.getLhs())})
    for (auto [z, b] : operandsOf(second)) {
      if (!isFraction(z))
        continue;
      for (auto [complement, a] : operandsOf(first))
        if (getComplement(complement) == z)
          return std::pair(a, b);
      if (auto difference = b.getDefiningOp<arith::SubFOp>())
        if (difference.getRhs() == first)
          return std::pair(first, difference.getLhs());
    }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

Interval se::rnn::evaluateInterval(Operation *op, ArrayRef<Interval> x) {
  return llvm::TypeSwitch<Operation *, Interval>(op)
      .Case([&](arith::AddFOp) { return add(x[0], x[1]); })
      .Case([&](arith::SubFOp) { return add(x[0], negate(x[1])); })
      .Case([&](arith::MulFOp mul) {
        Interval y = multiplyIntervals(x[0], x[1]);
        if (mul.getLhs() == mul.getRhs()) // a square
          y.low = x[0].distance() * x[0].distance();
        return y;
      })
      .Case([&](arith::DivFOp) { return divide(x[0], x[1]); })
      .Case([&](arith::NegFOp) { return negate(x[0]); })
      .Case<arith::MaximumFOp, arith::MaxNumFOp>(
          [&](Operation *) { return largest(x[0], x[1]); })
      .Case<arith::MinimumFOp, arith::MinNumFOp>([&](Operation *) {
        return negate(largest(negate(x[0]), negate(x[1])));
      })
      .Case([&](arith::SelectOp) { return joinIntervals(x[1], x[2]); })
      .Case([&](arith::UIToFPOp) { return Interval{0, 1}; }) // of i1
      .Case([&](arith::SIToFPOp) { return Interval{-1, 0}; })
      .Case(
          [&](math::FmaOp) { return add(multiplyIntervals(x[0], x[1]), x[2]); })
      .Case([&](math::AbsFOp) { return absolute(x[0]); })
      .Case([&](math::CopySignOp) {
        return joinIntervals(absolute(x[0]), negate(absolute(x[0])));
      })
      .Case([&](math::SqrtOp) {
        return increase(x[0], [](double v) { return std::sqrt(fmax(v, 0)); });
      })
      .Case([&](math::RsqrtOp) {
        return divide({1, 1}, increase(x[0], [](double v) {
                        return std::sqrt(fmax(v, 0));
                      }));
      })
      .Case([&](math::ExpOp) {
        return increase(x[0], [](double v) { return std::exp(v); });
      })
      .Case([&](math::Exp2Op) {
        return increase(x[0], [](double v) { return std::exp2(v); });
      })
      .Case([&](math::ExpM1Op) {
        return increase(x[0], [](double v) { return std::expm1(v); });
      })
      .Case([&](math::LogOp) { return increase(x[0], logarithm); })
      .Case([&](math::Log2Op) {
        return increase(x[0], [](double v) { return logarithm(v) / M_LN2; });
      })
      .Case([&](math::Log10Op) {
        return increase(x[0], [](double v) { return logarithm(v) / M_LN10; });
      })
      .Case([&](math::Log1pOp) {
        return increase(x[0], [](double v) { return logarithm(1 + v); });
      })
      .Case([&](math::PowFOp) { return power(x[0], x[1]); })
      .Case<math::TanhOp, math::ErfOp, math::SinOp, math::CosOp>(
          [&](Operation *) { return Interval{-1, 1}; })
      .Case<math::FloorOp, math::CeilOp, math::RoundOp, math::RoundEvenOp>(
          [&](Operation *) { return add(x[0], {-1, 1}); })
      .Case([&](ActivationOp activation) {
        return activate(activation.getFunction(), x[0]);
      })
      .Case([&](ReduceOp reduction) { return reduce(reduction, x[0]); })
      .Case<ReshapeOp, TransposeOp, BroadcastOp, tensor::ExtractSliceOp>(
          [&](Operation *) { return x[0]; })
      .Case([&](tensor::ConcatOp) {
        Interval all = x[0];
        for (const Interval &part : x.drop_front())
          all = joinIntervals(all, part);
        return all;
      })
      .Default([](Operation *) { return Interval(); });
}

std::optional<Interval> se::rnn::getConstantInterval(Value value) {
  std::optional<std::vector<float>> values = readFloats(value);
  if (!values || values->empty())
    return std::nullopt;
  Interval all{infinity, -infinity};
  for (float v : *values)
    if (!std::isnan(v))
      all = joinIntervals(all, {v, v});
  return all.low <= all.high ? all : Interval();
}

/// Looks through `depth` operations.
static std::optional<Interval> getChoiceOfConstants(Value value,
                                                    unsigned depth) {
  if (auto constant = getConstantInterval(value))
    return constant;
  Operation *op = value.getDefiningOp();
  if (!op || depth == 0)
    return std::nullopt;
  if (isa<arith::UIToFPOp, arith::SIToFPOp>(op))
    return evaluateInterval(op, {Interval()});
  if (!isa<arith::SelectOp, arith::AddFOp, arith::SubFOp, arith::MulFOp,
           arith::NegFOp, arith::MaximumFOp, arith::MinimumFOp, ReshapeOp,
           TransposeOp, BroadcastOp, tensor::ExtractSliceOp, tensor::ConcatOp>(
          op))
    return std::nullopt;
  SmallVector<Interval> operands;
  for (Value operand : op->getOperands()) {
    bool isCondition = isa<arith::SelectOp>(op) && operands.empty();
    std::optional<Interval> choice =
        isCondition ? Interval() : getChoiceOfConstants(operand, depth - 1);
    if (!choice)
      return std::nullopt;
    operands.push_back(*choice);
  }
  return evaluateInterval(op, operands);
}

std::optional<Interval> se::rnn::getChoiceOfConstants(Value value) {
  // Each operand is looked at anew, and again where it is one twice.
  constexpr unsigned mostDepth = 8;
  return ::getChoiceOfConstants(value, mostDepth);
}
