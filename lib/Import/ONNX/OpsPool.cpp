// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsPool.cpp - Pools over windows -----------------------------------===//
//
// Windows of more than one dimension are taken one dimension after the other.
//
//===----------------------------------------------------------------------===//

#include "Node.h"

#include <limits>

using namespace llvm;
using namespace se::onnx_import;
using se::rnn::ReduceKind;

namespace {
/// The windows along one dimension.
struct Windows {
  int64_t kernel, stride, dilation, before, after, count;

  /// Elements and padding that a window may cover, from the first window on.
  int64_t covered() const {
    return (count - 1) * stride + (kernel - 1) * dilation + 1;
  }
};
} // namespace

/// The windows along dimension `i` behind batch and channels.
static std::optional<Windows> windowsOf(Node &node, unsigned i, int64_t size) {
  Ints kernel = node.getInts("kernel_shape"), pads = node.getInts("pads"),
       strides = node.getInts("strides"), dilations = node.getInts("dilations");
  std::string autoPad = node.getString("auto_pad", "NOTSET");
  bool ceil = node.getInt("ceil_mode", 0);
  auto numberOf = [](const Ints &list, size_t at, int64_t otherwise) {
    return at < list.size() ? list[at] : otherwise;
  };
  Windows w;
  w.kernel = numberOf(kernel, i, 0);
  w.stride = numberOf(strides, i, 1);
  w.dilation = numberOf(dilations, i, 1);
  w.before = numberOf(pads, i, 0);
  w.after = numberOf(pads, i + kernel.size(), 0);
  auto large = [](int64_t number) { return number > 1 << 16; };
  if (w.kernel < 1 || w.stride < 1 || w.dilation < 1 || w.before < 0 ||
      w.after < 0 || large(w.kernel) || large(w.stride) || large(w.dilation) ||
      large(w.before) || large(w.after)) {
    node.error("kernel_shape, strides, dilations or pads are impossible");
    return std::nullopt;
  }
  int64_t extent = (w.kernel - 1) * w.dilation + 1;
  if (autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER") {
    w.count = (size - 1) / w.stride + 1;
    int64_t padding =
        std::max<int64_t>((w.count - 1) * w.stride + extent - size, 0);
    w.before = (padding + (autoPad == "SAME_LOWER")) / 2;
    w.after = padding - w.before;
    return w;
  }
  if (autoPad == "VALID")
    w.before = w.after = 0;
  int64_t room = size + w.before + w.after - extent;
  if (room < 0) {
    node.error("a window of " + Twine(extent) + " in a dimension of " +
               Twine(size));
    return std::nullopt;
  }
  w.count = (room + (ceil ? w.stride - 1 : 0)) / w.stride + 1;
  // No window starts in the padding behind the last element.
  if (ceil && (w.count - 1) * w.stride >= size + w.before)
    --w.count;
  return w;
}

/// Joins the elements of each window; beyond the ends there is `fill`.
static Operand slide(Emitter &e, Operand x, unsigned axis, const Windows &w,
                     bool isMax) {
  int64_t size = x.shape[axis];
  bool tiles = w.before == 0 && w.after == 0 && w.dilation == 1 &&
               w.stride == w.kernel && w.count * w.kernel == size;
  if (tiles) {
    Shape shape = x.shape;
    Flags open = x.open;
    shape[axis] = w.count;
    shape.insert(shape.begin() + axis + 1, w.kernel);
    open.insert(open.begin() + axis + 1, false);
    Operand y = e.reduce(isMax ? ReduceKind::max : ReduceKind::sum,
                         e.reshape(x, shape, open), {int64_t(axis) + 1});
    return e.squeeze(y, {int64_t(axis) + 1});
  }
  float fill = isMax ? -std::numeric_limits<float>::infinity() : 0.0f;
  auto border = [&](int64_t width) {
    Shape shape = x.shape;
    shape[axis] = width;
    return e.expand(e.constant(makeFloats({}, {fill})), shape);
  };
  SmallVector<Operand, 2> parts{x};
  if (w.before > 0)
    parts.insert(parts.begin(), border(w.before));
  if (int64_t behind = w.covered() - w.before - size; behind > 0)
    parts.push_back(border(behind));
  Operand padded = e.concat(parts, axis);
  Operand result;
  for (int64_t k = 0; k < w.kernel && !e.failed(); ++k) {
    Shape offsets(x.rank(), 0), sizes = padded.shape, steps(x.rank(), 1);
    offsets[axis] = k * w.dilation;
    sizes[axis] = w.count;
    steps[axis] = w.count > 1 ? w.stride : 1;
    Operand taken = e.slice(padded, offsets, sizes, steps);
    result = k == 0
                 ? taken
                 : e.binary(isMax ? Binary::Max : Binary::Add, result, taken);
  }
  return result;
}

/// 1 / the number of elements of each window. With `withPads` padding counts,
/// but not what ceil_mode adds behind it.
static Operand weightsOf(Emitter &e, const Windows &w, int64_t size,
                         bool withPads) {
  std::vector<float> weights;
  for (int64_t i = 0; i < w.count; ++i) {
    int64_t count = 0;
    for (int64_t k = 0; k < w.kernel; ++k) {
      int64_t at = i * w.stride + k * w.dilation - w.before;
      count += withPads ? at < size + w.after : at >= 0 && at < size;
    }
    weights.push_back(1.0f / float(std::max<int64_t>(count, 1)));
  }
  bool same = all_equal(weights);
  int64_t length = same ? 1 : int64_t(weights.size());
  weights.resize(length);
  return e.constant(makeFloats({length}, std::move(weights)));
}

void se::onnx_import::importPool(Node &node) {
  Emitter &e = node.e;
  Operand x = node.at(0);
  bool isMax = node.op() == "MaxPool";
  bool withPads = node.getInt("count_include_pad", 0);
  node.ignore("storage_order");
  int64_t spatial = x.rank() - 2;
  if (spatial < 1 || int64_t(node.getInts("kernel_shape").size()) != spatial)
    return node.error("kernel_shape does not match input " + toString(x.shape));
  if (node.wants(1))
    return node.error("the result of indices is not supported");
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t axis = i + 2, size = x.shape[axis];
    if (x.open[axis] && node.getInts("kernel_shape")[i] != 1)
      return node.mixes(axis, "joins elements of");
    std::optional<Windows> w = windowsOf(node, i, size);
    if (!w)
      return;
    bool single = w->kernel == 1 && w->stride == 1 && !w->before && !w->after;
    if (single)
      continue;
    if (x.open[axis])
      return node.mixes(axis, "joins elements of");
    x = slide(e, x, axis, *w, isMax);
    if (e.failed())
      return;
    if (isMax)
      continue;
    Operand weights = weightsOf(e, *w, size, withPads);
    Shape shape(spatial - i, 1);
    shape[0] = weights.shape[0];
    x = e.binary(Binary::Mul, x, e.reshape(weights, shape));
  }
  node.push(x);
}

void se::onnx_import::importGlobalPool(Node &node) {
  const Operand &x = node.at(0);
  Ints axes;
  for (int64_t d = 2; d < x.rank(); ++d)
    axes.push_back(d);
  if (axes.empty())
    return node.error("input " + toString(x.shape) +
                      " must have three dimensions or more");
  if (!reducesOpen(node, x, axes))
    node.push(node.e.reduce(node.op() == "GlobalMaxPool" ? ReduceKind::max
                                                         : ReduceKind::mean,
                            x, axes));
}

void se::onnx_import::addPools(OperatorTable &table) {
  table["MaxPool"] = {importPool, 1, 1};
  table["AveragePool"] = {importPool, 1, 1};
  table["GlobalMaxPool"] = {importGlobalPool, 1, 1};
  table["GlobalAveragePool"] = {importGlobalPool, 1, 1};
}
