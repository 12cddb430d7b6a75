// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- EmitterSelect.cpp - Selections and changes of type -----------------===//

#include "Emitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <cmath>

using namespace mlir;
using namespace se::onnx_import;
using Kind = Tensor::Kind;

/// Elements of constants that have `c`'s shape, also those of shapes that
/// depend on the number of frames.
static TensorPtr choose(const Tensor &c, const Tensor &a, const Tensor &b) {
  auto result = std::make_shared<Tensor>(b);
  result->isStep = false;
  result->dynamic.assign(b.size(), false);
  for (int64_t i = 0, n = c.size(); i < n; ++i) {
    bool first = c.ints[i];
    if (first && a.isFloat())
      result->floats[i] = a.floats[i];
    else if (first)
      result->ints[i] = a.ints[i];
    result->dynamic[i] = c.isDynamic(i) || (first ? a : b).isDynamic(i);
  }
  return result;
}

Operand Emitter::select(const Operand &condition, const Operand &x,
                        const Operand &y) {
  Shape shape;
  Flags open;
  if (!broadcastShapes({&condition, &x, &y}, shape, open))
    return x;
  if (!condition.isBool() || x.kind != y.kind) {
    error("operands of the wrong types");
    return x;
  }
  if (const Tensor *mask = condition.tensor.get()) {
    if (x.tensor && y.tensor) {
      Operand c = expand(condition, shape), a = expand(x, shape),
              b = expand(y, shape);
      return failed() ? y : constant(choose(*c.tensor, *a.tensor, *b.tensor));
    }
    // A mask of one value decides at import.
    if (!mask->anyDynamic() && mask->size() > 0 && llvm::all_equal(mask->ints))
      return broadcast(mask->ints[0] ? x : y, shape, open);
  }
  // Truth values choose as logic does.
  if (x.isBool())
    return binary(Binary::Or, binary(Binary::And, condition, x),
                  binary(Binary::And, unary(Unary::Not, condition), y));
  Value c = getAny(broadcast(condition, shape, open));
  Value yes = getAny(broadcast(x, shape, open)),
        no = getAny(broadcast(y, shape, open));
  return wrapLike(x, arith::SelectOp::create(builder, loc, c, yes, no), open);
}

Operand Emitter::select(const Operand &condition, const Operand &x, float y) {
  return select(condition, x, constant(makeFloats({}, {y})));
}

Operand Emitter::select(const Operand &condition, float x, float y) {
  return select(condition, constant(makeFloats({}, {x})), y);
}

Operand Emitter::toFloat(const Operand &x) {
  Operand result = x;
  if (x.tensor && !x.isFloat()) {
    auto tensor = std::make_shared<Tensor>(*x.tensor);
    tensor->kind = Kind::Float;
    tensor->floats.assign(tensor->ints.begin(), tensor->ints.end());
    tensor->ints.clear();
    return constant(std::move(tensor));
  }
  if (x.isBool())
    return select(x, 1.0f, 0.0f);
  result.kind = Kind::Float;
  return result;
}

Operand Emitter::toInt(const Operand &x) {
  if (x.kind == Kind::Int)
    return x;
  if (!x.tensor) {
    Operand result = x.isBool() ? toFloat(x) : unary(Unary::Truncate, x);
    result.kind = Kind::Int;
    return result;
  }
  auto tensor = std::make_shared<Tensor>(*x.tensor);
  tensor->kind = Kind::Int;
  for (float value : x.tensor->floats) {
    if (!(std::fabs(value) < 9e18f)) {
      error("a cast of " + Twine(std::to_string(value)) + " to an integer");
      return x;
    }
    tensor->ints.push_back(int64_t(value));
  }
  tensor->floats.clear();
  return constant(std::move(tensor));
}

Operand Emitter::toBool(const Operand &x) {
  if (x.isBool())
    return x;
  if (!x.tensor) {
    // A NaN is true.
    Value zeros = splat(x.shape, 0.0f).value;
    return wrap(arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNE,
                                      x.value, zeros),
                x.open);
  }
  auto tensor = std::make_shared<Tensor>(*x.tensor);
  tensor->kind = Kind::Bool;
  for (float value : x.tensor->floats)
    tensor->ints.push_back(value != 0);
  for (int64_t &value : tensor->ints)
    value = value != 0;
  tensor->floats.clear();
  return constant(std::move(tensor));
}

Operand Emitter::asInt(const Operand &x) {
  if (x.tensor)
    return toInt(x);
  Operand result = x;
  result.kind = Kind::Int;
  return result;
}

Operand Emitter::toOutput(const Operand &x) {
  if (x.unquantized)
    error("is quantized at run time; give out floats instead");
  return x.tensor ? x : toFloat(x);
}
