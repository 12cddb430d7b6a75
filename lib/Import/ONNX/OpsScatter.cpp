// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsScatter.cpp - Picking and replacing elements by constant indices ===//

#include "Node.h"

using namespace llvm;
using namespace se::onnx_import;

/// Operand `input` as constant integers that do not depend on the frames.
static TensorPtr indicesOf(Node &node, unsigned input) {
  const Operand &x = node.at(input);
  if (x.tensor && x.kind == Tensor::Kind::Int && !x.tensor->anyDynamic())
    return x.tensor;
  node.error("the indices must be constant integers");
  return nullptr;
}

/// `index` counted from 0, or -1 with an error.
static int64_t position(Node &node, int64_t index, int64_t size) {
  int64_t result = index < 0 ? index + size : index;
  if (index >= -size && result < size)
    return result;
  node.error("index " + Twine(index) + " is out of range for " + Twine(size) +
             " elements");
  return -1;
}

/// Reports an open dimension other than those from `from` on.
static bool touchesOpen(Node &node, const Operand &x, int64_t from = maxRank) {
  for (int64_t d = 0; d < std::min<int64_t>(from, x.rank()); ++d)
    if (x.open[d]) {
      node.mixes(d, "takes some elements of");
      return true;
    }
  return false;
}

/// The flat position of each element of `indices` if its place along `axis` is
/// the index. Nothing after an error.
static std::optional<Ints> flatPositions(Node &node, const Operand &x,
                                         const Tensor &indices, int64_t axis) {
  Shape strides(x.rank(), 1);
  for (int64_t d = x.rank() - 2; d >= 0; --d)
    strides[d] = strides[d + 1] * x.shape[d + 1];
  bool fits = int64_t(indices.shape.size()) == x.rank();
  for (int64_t d = 0; fits && d < x.rank(); ++d)
    fits = d == axis || indices.shape[d] <= x.shape[d];
  if (!fits) {
    node.error("indices of shape " + toString(indices.shape) +
               " do not match " + toString(x.shape));
    return std::nullopt;
  }
  Ints result;
  Shape place(x.rank(), 0);
  for (int64_t index : indices.ints) {
    int64_t at = position(node, index, x.shape[axis]);
    if (at < 0)
      return std::nullopt;
    int64_t flat = 0;
    for (int64_t d = 0; d < x.rank(); ++d)
      flat += (d == axis ? at : place[d]) * strides[d];
    result.push_back(flat);
    for (int64_t d = x.rank() - 1; d >= 0 && ++place[d] == indices.shape[d];
         --d)
      place[d] = 0;
  }
  return result;
}

static void importGatherElements(Node &node) {
  const Operand &x = node.at(0);
  int64_t axis = node.axis(node.getInt("axis", 0), x.rank());
  TensorPtr indices = axis < 0 ? nullptr : indicesOf(node, 1);
  if (!indices || touchesOpen(node, x))
    return;
  std::optional<Ints> positions = flatPositions(node, x, *indices, axis);
  if (!positions)
    return;
  Operand flat = node.e.reshape(x, {*countElements(x.shape)});
  if (std::optional<Operand> y = pick(node, flat, *positions, 0))
    node.push(node.e.reshape(*y, indices->shape));
}

namespace {
/// Tuples of indices: each names one slice of the operand.
struct Tuples {
  Ints positions;     ///< of the slice, in row-major order
  int64_t rows = 0;   ///< how many slices the operand has
  Shape outer, slice; ///< shape of the tuples, and of one slice
  Flags sliceOpen;
};
} // namespace

/// Tuples in the last dimension of `indices`, which index dimensions of `x`
/// from `first` on. Nothing after an error.
static std::optional<Tuples> tuplesOf(Node &node, const Operand &x,
                                      const Tensor &indices) {
  int64_t length = indices.shape.empty() ? 0 : indices.shape.back();
  if (length < 1 || length > x.rank()) {
    node.error("indices of shape " + toString(indices.shape) +
               " do not match " + toString(x.shape));
    return std::nullopt;
  }
  if (touchesOpen(node, x, length))
    return std::nullopt;
  Tuples tuples;
  tuples.outer.assign(indices.shape.begin(), indices.shape.end() - 1);
  tuples.slice.assign(x.shape.begin() + length, x.shape.end());
  tuples.sliceOpen.assign(x.open.begin() + length, x.open.end());
  tuples.rows = *countElements(ArrayRef<int64_t>(x.shape).take_front(length));
  for (size_t i = 0; i < indices.ints.size(); i += length) {
    int64_t row = 0;
    for (int64_t d = 0; d < length; ++d) {
      int64_t at = position(node, indices.ints[i + d], x.shape[d]);
      if (at < 0)
        return std::nullopt;
      row = row * x.shape[d] + at;
    }
    tuples.positions.push_back(row);
  }
  return tuples;
}

/// [number, elements of a slice].
static Operand asRows(Emitter &e, const Operand &x, const Tuples &tuples,
                      int64_t rows) {
  return e.reshape(x, {rows, *countElements(tuples.slice)},
                   {false, is_contained(tuples.sliceOpen, true)});
}

static void importGatherND(Node &node) {
  Emitter &e = node.e;
  Operand x = node.at(0);
  int64_t batch = node.getInt("batch_dims", 0);
  TensorPtr indices = indicesOf(node, 1);
  if (!indices)
    return;
  Operand list = e.constant(indices);
  // Batches of one element are no batches.
  if (batch < 0 || batch >= std::min<int64_t>(x.rank(), list.rank()))
    return node.error("batch_dims " + Twine(batch) + " is out of range");
  Shape front(x.shape.begin(), x.shape.begin() + batch);
  Flags frontOpen(x.open.begin(), x.open.begin() + batch);
  if (countElements(front) != 1 ||
      countElements(ArrayRef<int64_t>(list.shape).take_front(batch)) != 1)
    return node.error("batch_dims are supported for dimensions of size 1 only");
  Ints axes;
  for (int64_t d = 0; d < batch; ++d)
    axes.push_back(d);
  x = e.squeeze(x, axes);
  list = e.squeeze(list, axes);
  std::optional<Tuples> tuples = tuplesOf(node, x, *list.tensor);
  if (!tuples)
    return;
  std::optional<Operand> rows =
      pick(node, asRows(e, x, *tuples, tuples->rows), tuples->positions, 0);
  if (!rows)
    return;
  Shape shape = front;
  Flags open = frontOpen;
  shape.append(tuples->outer);
  open.append(tuples->outer.size(), false);
  shape.append(tuples->slice);
  open.append(tuples->sliceOpen);
  node.push(e.reshape(*rows, shape, open));
}

/// `rows` with those at `positions` replaced by (or joined with) `updates`.
static std::optional<Operand> replaceRows(Node &node, const Operand &rows,
                                          Operand updates,
                                          ArrayRef<int64_t> positions) {
  Emitter &e = node.e;
  std::string reduction = node.getString("reduction", "none");
  // The last update of a row stands.
  int64_t count = rows.shape[0];
  Ints source;
  for (int64_t i = 0; i < count; ++i)
    source.push_back(i);
  for (const auto &[i, at] : enumerate(positions)) {
    if (source[at] >= count && reduction != "none") {
      node.error(
          "an index that stands twice is not supported with reduction '" +
          reduction + "'");
      return std::nullopt;
    }
    source[at] = count + i;
  }
  if (reduction != "none") {
    std::optional<Operand> old = pick(node, rows, positions, 0);
    if (!old)
      return std::nullopt;
    std::optional<Binary> kind;
    if (reduction == "add")
      kind = Binary::Add;
    else if (reduction == "mul")
      kind = Binary::Mul;
    else if (reduction == "max")
      kind = Binary::Max;
    else if (reduction == "min")
      kind = Binary::Min;
    if (!kind) {
      node.error("reduction '" + reduction + "' is unknown");
      return std::nullopt;
    }
    updates = e.binary(*kind, *old, updates);
  }
  if (rows.kind != updates.kind) {
    node.error("data and updates are of different types");
    return std::nullopt;
  }
  return pick(node, e.concat({rows, updates}, 0), source, 0);
}

static void importScatterND(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0), &updates = node.at(2);
  TensorPtr indices = indicesOf(node, 1);
  std::optional<Tuples> tuples =
      indices ? tuplesOf(node, x, *indices) : std::nullopt;
  if (!tuples)
    return;
  Shape expected = tuples->outer;
  expected.append(tuples->slice);
  if (updates.shape != expected)
    return node.error("updates of shape " + toString(updates.shape) +
                      " instead of " + toString(expected));
  for (int64_t d = 0; d < int64_t(tuples->outer.size()); ++d)
    if (updates.open[d])
      return node.mixes(d, "places elements of");
  if (tuples->positions.empty())
    return node.push(x);
  std::optional<Operand> rows = replaceRows(
      node, asRows(e, x, *tuples, tuples->rows),
      asRows(e, updates, *tuples, tuples->positions.size()), tuples->positions);
  if (rows)
    node.push(e.reshape(*rows, x.shape, x.open));
}

static void importScatterElements(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0), &updates = node.at(2);
  int64_t axis = node.axis(node.getInt("axis", 0), x.rank());
  TensorPtr indices = axis < 0 ? nullptr : indicesOf(node, 1);
  if (!indices || touchesOpen(node, x) || touchesOpen(node, updates))
    return;
  if (updates.shape != indices->shape)
    return node.error("updates of shape " + toString(updates.shape) +
                      " instead of " + toString(indices->shape));
  std::optional<Ints> positions = flatPositions(node, x, *indices, axis);
  if (!positions)
    return;
  std::optional<Operand> flat = replaceRows(
      node, e.reshape(x, {*countElements(x.shape)}),
      e.reshape(updates, {*countElements(updates.shape)}), *positions);
  if (flat)
    node.push(e.reshape(*flat, x.shape));
}

void se::onnx_import::addScatters(OperatorTable &table) {
  table["GatherElements"] = {importGatherElements, 2, 2, /*moves=*/true};
  table["GatherND"] = {importGatherND, 2, 2, /*moves=*/true};
  table["ScatterND"] = {importScatterND, 3, 3};
  table["ScatterElements"] = {importScatterElements, 3, 3};
  table["Scatter"] = {importScatterElements, 3, 3};
}
