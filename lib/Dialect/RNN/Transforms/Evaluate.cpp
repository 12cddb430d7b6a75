// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Evaluate.cpp - Results of ops for known operands -------------------===//

#include "Evaluate.h"

#include "se/Dialect/RNN/Movement.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace se::rnn;

namespace {
using Floats = std::vector<float>;
} // namespace

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

static Floats move(Operation *movement, const Floats &from) {
  Floats to;
  for (int64_t element : getMovedElements(movement))
    to.push_back(from[element]);
  return to;
}

static Floats concat(tensor::ConcatOp op, ArrayRef<Floats> parts) {
  ArrayRef<int64_t> shape = shapeOf(op.getResult());
  int64_t outer = 1, inner = 1;
  for (auto [i, dim] : llvm::enumerate(shape))
    (int64_t(i) < int64_t(op.getDim()) ? outer : inner) *= dim;
  Floats to;
  to.reserve(outer * inner);
  for (int64_t o = 0; o != outer; ++o)
    for (const Floats &part : parts) {
      size_t run = part.size() / outer;
      to.insert(to.end(), part.begin() + o * run, part.begin() + (o + 1) * run);
    }
  return to;
}

template <typename F> static Floats zip(ArrayRef<Floats> args, F function) {
  Floats to(args[0].size());
  for (size_t i = 0; i != to.size(); ++i)
    to[i] = function(args[0][i], args[1][i]);
  return to;
}

/// A function of double precision, so that its result is rounded once. None if
/// one is not finite: that is better seen where it happens.
template <typename F>
static std::optional<Floats> apply(const Floats &args, F function) {
  Floats to;
  to.reserve(args.size());
  for (float value : args) {
    to.push_back(float(function(double(value))));
    if (!std::isfinite(to.back()))
      return std::nullopt;
  }
  return to;
}

std::optional<Floats> se::rnn::evaluate(Operation *op, ArrayRef<Floats> args) {
  if (isMovement(op))
    return move(op, args[0]);
  using Result = std::optional<Floats>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](arith::AddFOp) { return zip(args, std::plus<float>()); })
      .Case([&](arith::SubFOp) { return zip(args, std::minus<float>()); })
      .Case([&](arith::MulFOp) { return zip(args, std::multiplies<float>()); })
      .Case([&](arith::DivFOp) { return zip(args, std::divides<float>()); })
      .Case([&](arith::NegFOp) {
        Floats to = args[0];
        for (float &value : to)
          value = -value;
        return to;
      })
      .Case([&](math::ExpOp) -> Result {
        return apply(args[0], [](double x) { return std::exp(x); });
      })
      .Case([&](math::LogOp) -> Result {
        return apply(args[0], [](double x) { return std::log(x); });
      })
      .Case([&](math::SqrtOp) -> Result {
        return apply(args[0], [](double x) { return std::sqrt(x); });
      })
      .Case([&](math::RsqrtOp) -> Result {
        return apply(args[0], [](double x) { return 1 / std::sqrt(x); });
      })
      .Case([&](math::CosOp) -> Result {
        return apply(args[0], [](double x) { return std::cos(x); });
      })
      .Case([&](math::SinOp) -> Result {
        return apply(args[0], [](double x) { return std::sin(x); });
      })
      .Case([&](math::TanhOp) -> Result {
        return apply(args[0], [](double x) { return std::tanh(x); });
      })
      .Case([&](tensor::ConcatOp concatOp) { return concat(concatOp, args); })
      .Default([](Operation *) { return std::nullopt; });
}
