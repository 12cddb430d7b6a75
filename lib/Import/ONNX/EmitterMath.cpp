// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- EmitterMath.cpp - Arithmetic: IR, or computed if constant ----------===//

#include "Emitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir;
using namespace se::onnx_import;

static bool isComparison(Binary kind) {
  return kind == Binary::Equal || kind == Binary::Less ||
         kind == Binary::Greater;
}

template <typename T> static bool compare(Binary kind, T a, T b) {
  if (kind == Binary::Equal)
    return a == b;
  return kind == Binary::Less ? a < b : a > b;
}

static float computeFloat(Binary kind, float a, float b) {
  switch (kind) {
  case Binary::Add:
    return a + b;
  case Binary::Sub:
    return a - b;
  case Binary::Mul:
    return a * b;
  case Binary::Div:
    return a / b;
  case Binary::Max:
    return std::isnan(a) || std::isnan(b) ? a + b : std::max(a, b);
  case Binary::Min:
    return std::isnan(a) || std::isnan(b) ? a + b : std::min(a, b);
  default:
    return std::pow(a, b);
  }
}

/// Integers wrap around as they do in ONNX Runtime. Nothing for x / 0 and for
/// powers, which shapes do not need.
static std::optional<int64_t> computeInt(Binary kind, int64_t a, int64_t b) {
  uint64_t ua = a, ub = b;
  switch (kind) {
  case Binary::Add:
    return int64_t(ua + ub);
  case Binary::Sub:
    return int64_t(ua - ub);
  case Binary::Mul:
    return int64_t(ua * ub);
  case Binary::Div:
    if (b == 0 || (b == -1 && a == std::numeric_limits<int64_t>::min()))
      return std::nullopt;
    return a / b;
  case Binary::Max:
    return std::max(a, b);
  case Binary::Min:
    return std::min(a, b);
  default:
    return std::nullopt;
  }
}

std::optional<Operand> Emitter::compute(Binary kind, const Operand &a,
                                        const Operand &b,
                                        ArrayRef<int64_t> shape) {
  if (!mayCompute(shape) || !mayCompute(shape))
    return std::nullopt;
  TensorPtr x = broadcastTensor(*a.tensor, shape);
  TensorPtr y = broadcastTensor(*b.tensor, shape);
  auto result = std::make_shared<Tensor>();
  result->shape.assign(shape.begin(), shape.end());
  result->name = x->name.empty() ? y->name : x->name;
  result->kind = isComparison(kind) ? Tensor::Kind::Bool : x->kind;
  for (int64_t i = 0, e = x->size(); i < e; ++i) {
    if (isComparison(kind)) {
      result->ints.push_back(x->isFloat()
                                 ? compare(kind, x->floats[i], y->floats[i])
                                 : compare(kind, x->ints[i], y->ints[i]));
    } else if (x->isFloat()) {
      result->floats.push_back(computeFloat(kind, x->floats[i], y->floats[i]));
    } else {
      std::optional<int64_t> value = computeInt(kind, x->ints[i], y->ints[i]);
      if (!value) {
        error("integer operation that cannot be computed (division by zero?)");
        return std::nullopt;
      }
      result->ints.push_back(*value);
    }
  }
  if (!x->dynamic.empty() || !y->dynamic.empty())
    for (int64_t i = 0, e = x->size(); i < e; ++i)
      result->dynamic.push_back(x->isDynamic(i) || y->isDynamic(i));
  return constant(result);
}

Operand Emitter::binary(Binary kind, const Operand &a, const Operand &b) {
  Shape shape;
  Flags open;
  if (!broadcastShapes({&a, &b}, shape, open))
    return a;
  if (a.isFloat() != b.isFloat()) {
    error("one operand is of integers, the other of floats");
    return a;
  }
  if (a.tensor && b.tensor) {
    std::optional<Operand> result = compute(kind, a, b, shape);
    return result ? *result : splat(shape, 0.0f);
  }
  Value x = get(broadcast(a, shape, open)), y = get(broadcast(b, shape, open));
  Value result;
  switch (kind) {
  case Binary::Add:
    result = arith::AddFOp::create(builder, loc, x, y);
    break;
  case Binary::Sub:
    result = arith::SubFOp::create(builder, loc, x, y);
    break;
  case Binary::Mul:
    result = arith::MulFOp::create(builder, loc, x, y);
    break;
  case Binary::Div:
    result = arith::DivFOp::create(builder, loc, x, y);
    break;
  case Binary::Max:
    result = arith::MaximumFOp::create(builder, loc, x, y);
    break;
  case Binary::Min:
    result = arith::MinimumFOp::create(builder, loc, x, y);
    break;
  case Binary::Pow:
    result = math::PowFOp::create(builder, loc, x, y);
    break;
  default:
    error("comparison of values that are not constant");
    return a;
  }
  return wrap(result, open);
}

Operand Emitter::binary(Binary kind, const Operand &a, float b) {
  return binary(kind, a, constant(makeFloats({}, {b})));
}

static float computeFloat(Unary kind, float x) {
  switch (kind) {
  case Unary::Neg:
    return -x;
  case Unary::Abs:
    return std::fabs(x);
  case Unary::Sqrt:
    return std::sqrt(x);
  case Unary::Exp:
    return std::exp(x);
  case Unary::Log:
    return std::log(x);
  case Unary::Reciprocal:
    return 1.0f / x;
  case Unary::Floor:
    return std::floor(x);
  default:
    return std::ceil(x);
  }
}

std::optional<Operand> Emitter::compute(Unary kind, const Operand &x) {
  bool isInt = kind == Unary::Neg || kind == Unary::Abs || kind == Unary::Not;
  if (!mayCompute(x.shape))
    return std::nullopt;
  if (x.isFloat() ? kind == Unary::Not : !isInt) {
    error("operand of the wrong type");
    return std::nullopt;
  }
  auto result = std::make_shared<Tensor>(*x.tensor);
  result->isStep = false;
  for (float &value : result->floats)
    value = computeFloat(kind, value);
  for (int64_t &value : result->ints) {
    if (kind == Unary::Not)
      value = !value;
    else if (kind == Unary::Neg || value < 0)
      value = int64_t(-uint64_t(value));
  }
  return constant(result);
}

Operand Emitter::unary(Unary kind, const Operand &x) {
  if (x.tensor) {
    std::optional<Operand> result = compute(kind, x);
    return result ? *result : x;
  }
  Value result;
  switch (kind) {
  case Unary::Neg:
    result = arith::NegFOp::create(builder, loc, x.value);
    break;
  case Unary::Abs:
    result = math::AbsFOp::create(builder, loc, x.value);
    break;
  case Unary::Sqrt:
    result = math::SqrtOp::create(builder, loc, x.value);
    break;
  case Unary::Exp:
    result = math::ExpOp::create(builder, loc, x.value);
    break;
  case Unary::Log:
    result = math::LogOp::create(builder, loc, x.value);
    break;
  case Unary::Reciprocal:
    return binary(Binary::Div, splat(x.shape, 1.0f), x);
  default:
    error("supported for constants only");
    return x;
  }
  return wrap(result, x.open);
}

Operand Emitter::activation(se::rnn::ActivationAttr function,
                            const Operand &x) {
  Value value = get(x);
  return wrap(se::rnn::ActivationOp::create(builder, loc, value.getType(),
                                            function, value),
              x.open);
}

Operand Emitter::activation(se::rnn::ActivationKind kind, const Operand &x) {
  return activation(se::rnn::ActivationAttr::get(builder.getContext(), kind),
                    x);
}

Operand Emitter::reduce(se::rnn::ReduceKind kind, const Operand &x,
                        ArrayRef<int64_t> axes) {
  Shape shape = x.shape;
  for (int64_t axis : axes)
    shape[axis] = 1;
  Value value = get(x);
  return wrap(se::rnn::ReduceOp::create(
                  builder, loc, typeOf(shape),
                  se::rnn::ReduceKindAttr::get(builder.getContext(), kind),
                  value, builder.getDenseI64ArrayAttr(axes)),
              x.open);
}

Operand Emitter::matvec(const Operand &W, const Operand &x) {
  Shape shape = x.shape;
  shape.back() = W.shape[0];
  Value weights = get(W), value = get(x);
  return wrap(
      se::rnn::MatvecOp::create(builder, loc, typeOf(shape), weights, value),
      x.open);
}

Operand Emitter::linear(const Operand &W, const Operand &x, const Operand &b) {
  Shape shape = x.shape;
  shape.back() = W.shape[0];
  Value weights = get(W), value = get(x), bias = get(b);
  return wrap(se::rnn::LinearOp::create(builder, loc, typeOf(shape), weights,
                                        value, bias),
              x.open);
}
