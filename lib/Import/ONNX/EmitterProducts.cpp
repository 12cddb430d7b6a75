// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- EmitterProducts.cpp - Activations, reductions and products ---------===//

#include "Emitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <cmath>

using namespace mlir;
using namespace se::onnx_import;

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

/// In row-major order, as rnn.reduce does it.
Operand Emitter::compute(se::rnn::ReduceKind kind, const Tensor &x,
                         ArrayRef<int64_t> axes) {
  using se::rnn::ReduceKind;
  Shape shape = x.shape;
  for (int64_t axis : axes)
    shape[axis] = 1;
  if (!mayCompute(x.shape))
    return splat(shape, 0.0f);
  int64_t count = *countElements(shape);
  // Where each element goes: the position of its result.
  std::vector<int64_t> positions;
  for (int64_t i = 0; i < count; ++i)
    positions.push_back(i);
  TensorPtr target =
      broadcastTensor(*makeInts(shape, std::move(positions)), x.shape);
  bool extreme = kind == ReduceKind::max || kind == ReduceKind::min;
  std::vector<float> values(count, 0.0f);
  std::vector<bool> seen(count, false);
  for (int64_t i = 0, e = x.size(); i < e; ++i) {
    float element = x.floats[i], &value = values[target->ints[i]];
    std::vector<bool>::reference known = seen[target->ints[i]];
    if (!extreme)
      value += element;
    else if (!known || std::isnan(element) ||
             (kind == ReduceKind::max ? element > value : element < value))
      value = element;
    known = true;
  }
  if (kind == ReduceKind::mean)
    for (float &value : values)
      value /= float(x.size() / count);
  return constant(makeFloats(shape, std::move(values), x.name));
}

Operand Emitter::reduce(se::rnn::ReduceKind kind, const Operand &x,
                        ArrayRef<int64_t> axes) {
  if (x.tensor && x.isFloat() && !x.tensor->anyDynamic() &&
      x.tensor->size() > 0)
    return compute(kind, *x.tensor, axes);
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

/// The product of two constants; sums as in rnn.matvec.
static TensorPtr computeProduct(const Tensor &a, const Tensor &b) {
  int64_t groups = a.shape[0], L = a.shape[1], R = b.shape[1], K = a.shape[2];
  std::vector<float> values;
  values.reserve(groups * L * R);
  for (int64_t g = 0; g < groups; ++g)
    for (int64_t l = 0; l < L; ++l)
      for (int64_t r = 0; r < R; ++r) {
        float sum = 0;
        const float *x = &a.floats[(g * L + l) * K];
        const float *y = &b.floats[(g * R + r) * K];
        for (int64_t k = 0; k < K; ++k)
          sum = std::fma(x[k], y[k], sum);
        values.push_back(sum);
      }
  return makeFloats({groups, L, R}, std::move(values),
                    a.name.empty() ? b.name : a.name);
}

Operand Emitter::contract(const Operand &a, const Operand &b) {
  int64_t groups = a.shape[0], L = a.shape[1], R = b.shape[1], K = a.shape[2];
  Shape shape{groups, L, R};
  Flags open{a.open[0] || b.open[0], a.open[1], b.open[1]};
  if (!countElements(shape) || groups * L * R > maxElements / K) {
    error("a product of shape " + toString(shape) + " with sums of " +
          Twine(K) + " is too large");
    return splat(shape, 0.0f);
  }
  if (a.tensor && b.tensor && a.isFloat() && b.isFloat() &&
      !a.tensor->anyDynamic() && !b.tensor->anyDynamic())
    // A product costs more than its elements.
    return mayCompute({groups, L, R, K / 64 + 1})
               ? constant(computeProduct(*a.tensor, *b.tensor))
               : splat(shape, 0.0f);
  if (a.tensor)
    return transpose(contract(b, a), {0, 2, 1});
  // One matvec for each group, unless there are many of tiny matrices.
  constexpr int64_t manyGroups = 16, tinyMatrix = 64;
  if (K > 1 && (groups <= manyGroups || R * K > tinyMatrix)) {
    SmallVector<Operand, 2> parts;
    for (int64_t g = 0; g < groups; ++g) {
      Operand vectors = slice(a, 0, g, 1);
      parts.push_back(matvec(reshape(slice(b, 0, g, 1), {R, K}), vectors));
    }
    Operand result = concat(parts, 0);
    result.open = open;
    return result;
  }
  Operand x =
      reshape(a, {groups, L, 1, K}, {a.open[0], a.open[1], false, false});
  Operand y =
      reshape(b, {groups, 1, R, K}, {b.open[0], false, b.open[1], false});
  Operand products = binary(Binary::Mul, x, y);
  Operand sums =
      K == 1 ? products : reduce(se::rnn::ReduceKind::sum, products, {3});
  return reshape(sums, shape, open);
}
