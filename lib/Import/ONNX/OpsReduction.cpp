// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsReduction.cpp - Reductions and running sums ---------------------===//

#include "Node.h"

#include "llvm/ADT/StringSwitch.h"

#include <limits>

using namespace llvm;
using namespace se::onnx_import;
using se::rnn::ReduceKind;

bool se::onnx_import::reducesOpen(Node &node, const Operand &x,
                                  ArrayRef<int64_t> axes) {
  for (int64_t d : axes)
    if (x.open[d]) {
      node.mixes(d, "reduces");
      return true;
    }
  return false;
}

/// The product along `axis`, by halves: few operations, and as exact as pairs.
static Operand product(Emitter &e, Operand x, int64_t axis) {
  while (x.shape[axis] > 1 && !e.failed()) {
    int64_t size = x.shape[axis], half = size / 2;
    Operand pairs = e.binary(Binary::Mul, e.slice(x, axis, 0, half),
                             e.slice(x, axis, half, half));
    x = size % 2 ? e.concat({pairs, e.slice(x, axis, size - 1, 1)}, axis)
                 : pairs;
  }
  return x;
}

/// max + log(sum(exp(x - max))): no exponent overflows.
static Operand logSumExp(Emitter &e, const Operand &x, ArrayRef<int64_t> axes) {
  Operand max = e.reduce(ReduceKind::max, x, axes);
  // Nothing is subtracted from infinities.
  float infinity = std::numeric_limits<float>::infinity();
  Operand isInfinite =
      e.binary(Binary::Equal, e.unary(Unary::Abs, max), infinity);
  Operand zero = e.constant(makeFloats({}, {0.0f}));
  Operand finite = e.select(isInfinite, zero, max);
  Operand powers = e.unary(Unary::Exp, e.binary(Binary::Sub, x, finite));
  Operand sum = e.reduce(ReduceKind::sum, powers, axes);
  return e.binary(Binary::Add, e.unary(Unary::Log, sum), finite);
}

/// Of integers, of which shapes are made.
static std::optional<Operand> reduceIntegers(Node &node, Operand x,
                                             ArrayRef<int64_t> axes) {
  auto kind = StringSwitch<std::optional<Binary>>(node.op())
                  .Case("ReduceSum", Binary::Add)
                  .Case("ReduceProd", Binary::Mul)
                  .Case("ReduceMax", Binary::Max)
                  .Case("ReduceMin", Binary::Min)
                  .Default(std::nullopt);
  constexpr int64_t most = 1024;
  for (int64_t axis : axes) {
    if (!kind || x.kind != Tensor::Kind::Int || x.shape[axis] > most) {
      node.error("supported for floats, and for sums, products, maxima and "
                 "minima of up to " +
                 Twine(most) + " integers");
      return std::nullopt;
    }
    Operand joined = node.e.slice(x, axis, 0, 1);
    for (int64_t i = 1; i < x.shape[axis] && !node.e.failed(); ++i)
      joined = node.e.binary(*kind, joined, node.e.slice(x, axis, i, 1));
    x = joined;
  }
  return x;
}

static void importReduce(Node &node) {
  Emitter &e = node.e;
  Operand x = node.at(0);
  std::optional<Ints> axes = node.intsOf(1, "axes");
  bool keep = node.getInt("keepdims", 1);
  bool nothing = node.getInt("noop_with_empty_axes", 0);
  if (e.failed())
    return;
  if (!axes || axes->empty()) {
    axes.emplace();
    for (int64_t d = 0; d < (nothing ? 0 : x.rank()); ++d)
      axes->push_back(d);
  }
  if (!node.axesOf(*axes, x.rank()) || reducesOpen(node, x, *axes))
    return;
  if (countElements(x.shape) == 0)
    return node.error("there are no elements");
  if (!x.isFloat()) {
    if (std::optional<Operand> y = reduceIntegers(node, x, *axes))
      node.push(keep ? *y : e.squeeze(*y, *axes));
    return;
  }
  StringRef op = node.op();
  if (op == "ReduceLogSumExp") {
    if (!axes->empty())
      x = logSumExp(e, x, *axes);
  } else if (op == "ReduceProd") {
    for (int64_t axis : *axes)
      x = product(e, x, axis);
  } else {
    if (op == "ReduceL2" || op == "ReduceSumSquare")
      x = e.binary(Binary::Mul, x, x);
    else if (op == "ReduceL1")
      x = e.unary(Unary::Abs, x);
    ReduceKind kind = op == "ReduceMean"  ? ReduceKind::mean
                      : op == "ReduceMax" ? ReduceKind::max
                      : op == "ReduceMin" ? ReduceKind::min
                                          : ReduceKind::sum;
    if (!axes->empty())
      x = e.reduce(kind, x, *axes);
    if (op == "ReduceL2")
      x = e.unary(Unary::Sqrt, x);
    else if (op == "ReduceLogSum")
      x = e.unary(Unary::Log, x);
  }
  node.push(keep ? x : e.squeeze(x, *axes));
}

/// CumSum and CumProd: with steps of 1, 2, 4, ... each element is joined with
/// the one so far before it.
template <Binary kind> static void importCumulative(Node &node) {
  Emitter &e = node.e;
  Operand x = node.at(0);
  bool exclusive = node.getInt("exclusive", 0),
       reverse = node.getInt("reverse", 0);
  std::optional<Ints> axes = node.intsOf(1, "axis");
  if (e.failed())
    return;
  if (axes->size() != 1)
    return node.error("one axis is expected");
  int64_t axis = node.axis((*axes)[0], x.rank());
  if (axis < 0)
    return;
  if (x.open[axis])
    return node.mixes(axis, "accumulates along");
  if (!x.isFloat() || countElements(x.shape) == 0)
    return node.error("supported for floats only");
  int64_t size = x.shape[axis];
  // Moved by `step` towards the end that the sum runs to; `fill` comes in.
  auto join = [&](const Operand &kept, const Operand &rest) {
    return reverse ? e.concat({rest, kept}, axis)
                   : e.concat({kept, rest}, axis);
  };
  auto first = [&](const Operand &x, int64_t count) {
    return e.slice(x, axis, reverse ? size - count : 0, count);
  };
  auto last = [&](const Operand &x, int64_t count) {
    return e.slice(x, axis, reverse ? 0 : size - count, count);
  };
  if (exclusive) {
    Shape border = x.shape;
    border[axis] = 1;
    Operand neutral = e.expand(
        e.constant(makeFloats({}, {kind == Binary::Mul ? 1.0f : 0.0f})),
        border);
    x = size == 1 ? neutral : join(neutral, first(x, size - 1));
  }
  for (int64_t step = 1; step < size && !e.failed(); step *= 2) {
    Operand before = first(x, size - step), here = last(x, size - step);
    Operand joined = e.binary(kind, here, before);
    x = join(first(x, step), joined);
  }
  node.push(x);
}

void se::onnx_import::addReductions(OperatorTable &table) {
  for (StringRef op : {"ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin",
                       "ReduceL1", "ReduceL2", "ReduceSumSquare",
                       "ReduceLogSum", "ReduceLogSumExp", "ReduceProd"})
    table[op] = {importReduce, 1, 2};
  table["CumSum"] = {importCumulative<Binary::Add>, 2, 2};
  table["CumProd"] = {importCumulative<Binary::Mul>, 2, 2};
}
