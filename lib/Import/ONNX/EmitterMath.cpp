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
using Kind = Tensor::Kind;

static bool isComparison(Binary kind) {
  return kind >= Binary::Equal && kind <= Binary::GreaterOrEqual;
}
static bool isLogic(Binary kind) { return kind >= Binary::And; }

template <typename T> static bool compare(Binary kind, T a, T b) {
  switch (kind) {
  case Binary::Equal:
    return a == b;
  case Binary::Less:
    return a < b;
  case Binary::LessOrEqual:
    return a <= b;
  case Binary::Greater:
    return a > b;
  case Binary::GreaterOrEqual:
    return a >= b;
  case Binary::And:
    return a && b;
  case Binary::Or:
    return a || b;
  default:
    return !a != !b;
  }
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
  case Binary::FMod:
    return std::fmod(a, b);
  case Binary::Mod:
    return a - std::floor(a / b) * b;
  default:
    return std::pow(a, b);
  }
}

/// Integers wrap around as they do in ONNX Runtime. Nothing for x / 0 and for
/// powers, which shapes do not need.
static std::optional<int64_t> computeInt(Binary kind, int64_t a, int64_t b) {
  uint64_t ua = a, ub = b;
  bool divides =
      b != 0 && !(b == -1 && a == std::numeric_limits<int64_t>::min());
  switch (kind) {
  case Binary::Add:
    return int64_t(ua + ub);
  case Binary::Sub:
    return int64_t(ua - ub);
  case Binary::Mul:
    return int64_t(ua * ub);
  case Binary::Div:
    if (!divides)
      return std::nullopt;
    return a / b;
  case Binary::Max:
    return std::max(a, b);
  case Binary::Min:
    return std::min(a, b);
  case Binary::FMod:
  case Binary::Mod:
    if (!divides)
      return std::nullopt;
    // Of the divisor's sign, as in Python.
    return kind == Binary::Mod && a % b != 0 && (a < 0) != (b < 0) ? a % b + b
                                                                   : a % b;
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
  bool isTruth = isComparison(kind) || isLogic(kind);
  auto result = std::make_shared<Tensor>();
  result->shape.assign(shape.begin(), shape.end());
  result->name = x->name.empty() ? y->name : x->name;
  result->kind = isTruth ? Kind::Bool : x->kind;
  for (int64_t i = 0, e = x->size(); i < e; ++i) {
    if (isTruth) {
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

static StringRef describe(Kind kind) {
  return kind == Kind::Float ? "floats"
         : kind == Kind::Int ? "integers"
                             : "truth values";
}

static std::optional<arith::CmpFPredicate> predicateOf(Binary kind) {
  switch (kind) {
  case Binary::Equal:
    return arith::CmpFPredicate::OEQ;
  case Binary::Less:
    return arith::CmpFPredicate::OLT;
  case Binary::LessOrEqual:
    return arith::CmpFPredicate::OLE;
  case Binary::Greater:
    return arith::CmpFPredicate::OGT;
  case Binary::GreaterOrEqual:
    return arith::CmpFPredicate::OGE;
  default:
    return std::nullopt;
  }
}

Operand Emitter::binary(Binary kind, const Operand &a, const Operand &b) {
  Shape shape;
  Flags open;
  if (!broadcastShapes({&a, &b}, shape, open))
    return a;
  if (a.kind != b.kind) {
    error("one operand is of " + describe(a.kind) + ", the other of " +
          describe(b.kind));
    return a;
  }
  bool fits = isLogic(kind) ? a.isBool()
              : a.isBool()  ? kind == Binary::Equal
              : a.isFloat() ? true
                            : kind != Binary::Pow;
  if (!fits) {
    error("operands of " + describe(a.kind) + " are not supported");
    return a;
  }
  if (a.tensor && b.tensor) {
    std::optional<Operand> result = compute(kind, a, b, shape);
    return result ? *result : splat(shape, 0.0f);
  }
  // Integers are computed with as floats.
  bool isInt = a.kind == Kind::Int;
  Value x = getAny(broadcast(isInt ? toFloat(a) : a, shape, open));
  Value y = getAny(broadcast(isInt ? toFloat(b) : b, shape, open));
  Value result;
  if (std::optional<arith::CmpFPredicate> predicate = predicateOf(kind);
      predicate && !a.isBool())
    return wrap(arith::CmpFOp::create(builder, loc, *predicate, x, y), open);
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
  case Binary::FMod:
    result = arith::RemFOp::create(builder, loc, x, y);
    break;
  case Binary::Mod: {
    Operand dividend = wrap(x, open), divisor = wrap(y, open);
    Operand count = unary(Unary::Floor, binary(Binary::Div, dividend, divisor));
    result = getAny(
        binary(Binary::Sub, dividend, binary(Binary::Mul, count, divisor)));
    break;
  }
  case Binary::And:
    result = arith::AndIOp::create(builder, loc, x, y);
    break;
  case Binary::Or:
    result = arith::OrIOp::create(builder, loc, x, y);
    break;
  case Binary::Xor:
    result = arith::XOrIOp::create(builder, loc, x, y);
    break;
  default: // Equal of truth values
    return unary(Unary::Not,
                 wrap(arith::XOrIOp::create(builder, loc, x, y), open));
  }
  Operand wrapped = wrap(result, open);
  if (isInt && kind == Binary::Div)
    return toInt(wrapped);
  wrapped.kind = a.kind;
  return wrapped;
}

Operand Emitter::binary(Binary kind, const Operand &a, float b) {
  Operand number = constant(makeFloats({}, {b}));
  if (a.kind == Kind::Int)
    number = toInt(number);
  return binary(kind, a, number);
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
  case Unary::Ceil:
    return std::ceil(x);
  case Unary::Round:
    return std::nearbyint(x);
  case Unary::Truncate:
    return std::trunc(x);
  case Unary::Erf:
    return std::erf(x);
  case Unary::Sin:
    return std::sin(x);
  case Unary::Cos:
    return std::cos(x);
  case Unary::Tan:
    return std::tan(x);
  case Unary::Asin:
    return std::asin(x);
  case Unary::Acos:
    return std::acos(x);
  case Unary::Atan:
    return std::atan(x);
  case Unary::Sinh:
    return std::sinh(x);
  case Unary::Cosh:
    return std::cosh(x);
  case Unary::Asinh:
    return std::asinh(x);
  case Unary::Acosh:
    return std::acosh(x);
  default:
    return std::atanh(x);
  }
}

/// Is the function one of operands of `type`?
static bool takes(Unary kind, Kind type) {
  if (type == Kind::Bool)
    return kind == Unary::Not;
  if (type == Kind::Float)
    return kind != Unary::Not;
  return kind == Unary::Neg || kind == Unary::Abs;
}

std::optional<Operand> Emitter::compute(Unary kind, const Operand &x) {
  if (!mayCompute(x.shape))
    return std::nullopt;
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

template <typename Op>
static Value create(OpBuilder &builder, Location loc, Value x) {
  return Op::create(builder, loc, x);
}

/// The functions that are one operation of math.
static Value (*functionOf(Unary kind))(OpBuilder &, Location, Value) {
  switch (kind) {
  case Unary::Neg:
    return create<arith::NegFOp>;
  case Unary::Abs:
    return create<math::AbsFOp>;
  case Unary::Sqrt:
    return create<math::SqrtOp>;
  case Unary::Exp:
    return create<math::ExpOp>;
  case Unary::Log:
    return create<math::LogOp>;
  case Unary::Floor:
    return create<math::FloorOp>;
  case Unary::Ceil:
    return create<math::CeilOp>;
  case Unary::Round:
    return create<math::RoundEvenOp>;
  case Unary::Truncate:
    return create<math::TruncOp>;
  case Unary::Erf:
    return create<math::ErfOp>;
  case Unary::Sin:
    return create<math::SinOp>;
  case Unary::Cos:
    return create<math::CosOp>;
  case Unary::Tan:
    return create<math::TanOp>;
  case Unary::Asin:
    return create<math::AsinOp>;
  case Unary::Acos:
    return create<math::AcosOp>;
  case Unary::Atan:
    return create<math::AtanOp>;
  case Unary::Sinh:
    return create<math::SinhOp>;
  case Unary::Cosh:
    return create<math::CoshOp>;
  case Unary::Asinh:
    return create<math::AsinhOp>;
  case Unary::Acosh:
    return create<math::AcoshOp>;
  case Unary::Atanh:
    return create<math::AtanhOp>;
  default:
    return nullptr;
  }
}

Operand Emitter::unary(Unary kind, const Operand &x) {
  if (!takes(kind, x.kind)) {
    error("operand of the wrong type");
    return x;
  }
  if (x.tensor) {
    std::optional<Operand> result = compute(kind, x);
    return result ? *result : x;
  }
  if (kind == Unary::Reciprocal)
    return binary(Binary::Div, splat(x.shape, 1.0f), x);
  if (kind == Unary::Not) {
    Value truth = arith::ConstantOp::create(
        builder, loc, DenseElementsAttr::get(typeOf(x.shape, x.kind), true));
    return wrap(arith::XOrIOp::create(builder, loc, x.value, truth), x.open);
  }
  return wrapLike(x, functionOf(kind)(builder, loc, x.value), x.open);
}
