// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsComparison.cpp - Truth values and what is chosen by them --------===//

#include "Node.h"

#include <limits>

using namespace llvm;
using namespace se::onnx_import;

template <Binary kind> static void importComparison(Node &node) {
  node.push(node.e.binary(kind, node.at(0), node.at(1)));
}

static void importNot(Node &node) {
  node.push(node.e.unary(Unary::Not, node.at(0)));
}

static void importWhere(Node &node) {
  node.push(node.e.select(node.at(0), node.at(1), node.at(2)));
}

static void importIsNaN(Node &node) {
  const Operand &x = node.at(0);
  node.push(node.e.unary(Unary::Not, node.e.binary(Binary::Equal, x, x)));
}

static void importIsInf(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0);
  bool positive = node.getInt("detect_positive", 1),
       negative = node.getInt("detect_negative", 1);
  float infinity = std::numeric_limits<float>::infinity();
  if (positive && negative)
    node.push(e.binary(Binary::Equal, e.unary(Unary::Abs, x), infinity));
  else if (positive || negative)
    node.push(e.binary(Binary::Equal, x, positive ? infinity : -infinity));
  else
    node.push(e.binary(Binary::Less, x, -infinity));
}

/// x < 0 ? -1 : x > 0 ? 1 : x, so that zeros and NaN stay.
static void importSign(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0);
  if (x.kind == Tensor::Kind::Int)
    return node.push(e.binary(Binary::Min, e.binary(Binary::Max, x, -1.0f), 1));
  Operand one = e.constant(makeFloats({}, {1.0f})),
          minus = e.constant(makeFloats({}, {-1.0f}));
  Operand rest = e.select(e.binary(Binary::Greater, x, 0.0f), one, x);
  node.push(e.select(e.binary(Binary::Less, x, 0.0f), minus, rest));
}

/// The first (or last) position along the axis that holds the extreme.
static void importArg(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0);
  bool isMax = node.op() == "ArgMax", keep = node.getInt("keepdims", 1),
       last = node.getInt("select_last_index", 0);
  int64_t axis = node.axis(node.getInt("axis", 0), x.rank());
  if (axis < 0)
    return;
  if (x.open[axis])
    return node.mixes(axis, "compares elements of");
  int64_t size = x.shape[axis];
  if (size == 0 || !x.isFloat())
    return node.error("supported for floats along a dimension that is not "
                      "empty only");
  using se::rnn::ReduceKind;
  std::vector<float> positions;
  for (int64_t i = 0; i < size; ++i)
    positions.push_back(float(i));
  Shape column(x.rank() - axis, 1);
  column[0] = size;
  Operand extreme =
      e.reduce(isMax ? ReduceKind::max : ReduceKind::min, x, {axis});
  Operand found = e.select(e.binary(Binary::Equal, x, extreme),
                           e.constant(makeFloats(column, std::move(positions))),
                           last ? 0.0f : float(size - 1));
  Operand index = e.asInt(
      e.reduce(last ? ReduceKind::max : ReduceKind::min, found, {axis}));
  node.push(keep ? index : e.squeeze(index, {axis}));
}

void se::onnx_import::addComparisons(OperatorTable &table) {
  table["Equal"] = {importComparison<Binary::Equal>, 2, 2};
  table["Less"] = {importComparison<Binary::Less>, 2, 2};
  table["LessOrEqual"] = {importComparison<Binary::LessOrEqual>, 2, 2};
  table["Greater"] = {importComparison<Binary::Greater>, 2, 2};
  table["GreaterOrEqual"] = {importComparison<Binary::GreaterOrEqual>, 2, 2};
  table["And"] = {importComparison<Binary::And>, 2, 2};
  table["Or"] = {importComparison<Binary::Or>, 2, 2};
  table["Xor"] = {importComparison<Binary::Xor>, 2, 2};
  table["Not"] = {importNot, 1, 1};
  table["Where"] = {importWhere, 3, 3};
  table["IsNaN"] = {importIsNaN, 1, 1};
  table["IsInf"] = {importIsInf, 1, 1};
  table["Sign"] = {importSign, 1, 1};
  table["ArgMax"] = {importArg, 1, 1};
  table["ArgMin"] = {importArg, 1, 1};
}
