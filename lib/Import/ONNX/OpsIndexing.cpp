// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsIndexing.cpp - Operators that pick or join elements -------------===//

#include "Node.h"

#include "llvm/ADT/Sequence.h"

#include <limits>
#include <numeric>

using namespace llvm;
using namespace se::onnx_import;

void se::onnx_import::importConcat(Node &node) {
  int64_t rank = node.at(0).rank();
  int64_t axis = node.axis(node.getInt("axis", rank), rank);
  if (axis < 0)
    return;
  SmallVector<Operand, 2> parts;
  unsigned filled = 0;
  for (const Operand *x : node.inputs) {
    bool fits = x->rank() == rank && x->kind == node.at(0).kind;
    for (int64_t d = 0; fits && d < rank; ++d)
      fits = d == axis || x->shape[d] == node.at(0).shape[d];
    if (!fits)
      return node.error("shapes or types of the inputs differ: " +
                        toString(node.at(0).shape) + " and " +
                        toString(x->shape));
    parts.push_back(*x);
    filled += x->shape[axis] != 0;
  }
  Shape shape = node.at(0).shape;
  shape[axis] = 0;
  for (const Operand &x : parts) {
    if (x.open[axis] && filled > 1)
      return node.mixes(axis, "joins other values along");
    shape[axis] += x.shape[axis];
  }
  if (!countElements(shape))
    return node.error("result of shape " + toString(shape) + " is too large");
  node.push(node.e.concat(parts, axis));
}

/// Does a constant list of integers depend on the number of frames?
static bool isDynamic(const Operand *x, size_t i) {
  return x && x->tensor && x->tensor->isDynamic(i);
}

static void importSlice(Node &node) {
  const Operand &x = node.at(0);
  bool old = node.has("starts");
  // Bounds may depend on the number of frames if the slice is all of them.
  auto list = [&](unsigned input, StringRef name) -> std::optional<Ints> {
    const Operand *operand = node.find(input);
    if (old || !operand)
      return node.has(name) ? std::optional<Ints>(node.getInts(name))
                            : std::nullopt;
    if (!operand->tensor || operand->isFloat() || operand->rank() > 1) {
      node.error("input " + Twine(input) + " (" + name +
                 ") must be a constant list of integers");
      return std::nullopt;
    }
    return Ints(operand->tensor->ints.begin(), operand->tensor->ints.end());
  };
  std::optional<Ints> starts = list(1, "starts"), ends = list(2, "ends"),
                      axes = list(3, "axes"), steps = list(4, "steps");
  if (node.e.failed())
    return;
  if (!starts || !ends)
    return node.error("starts or ends are missing");
  size_t count = starts->size();
  if (!axes) {
    axes.emplace();
    for (size_t i = 0; i < count; ++i)
      axes->push_back(i);
  }
  if (!steps)
    steps.emplace(count, 1);
  if (ends->size() != count || axes->size() != count || steps->size() != count)
    return node.error("starts, ends, axes and steps differ in length");

  Shape offsets(x.rank(), 0), sizes = x.shape, strides(x.rank(), 1);
  SmallVector<bool> seen(x.rank(), false);
  for (size_t i = 0; i < count; ++i) {
    int64_t d = node.axis((*axes)[i], x.rank());
    if (d < 0)
      return;
    if (seen[d])
      return node.error("axis " + Twine(d) + " is named twice");
    seen[d] = true;
    int64_t start = (*starts)[i], end = (*ends)[i], step = (*steps)[i];
    bool dynamicEnd = !old && isDynamic(node.find(2), i);
    // From the frame of a loop's step to the next one.
    bool isStep = !old && dynamicEnd && x.open[d] && count == 1 &&
                  node.at(1).tensor->isStep && end == start + 1;
    if (!old && !isStep && isDynamic(node.find(1), i))
      return node.error("the start depends on the number of frames; export "
                        "with sequence length 1");
    constexpr int64_t all = std::numeric_limits<int32_t>::max();
    if (x.open[d]) {
      // All frames, or the last one: for each frame that is the frame itself.
      bool whole = (start == 0 || start <= -all) && step == 1 &&
                   (end >= all || dynamicEnd);
      bool last = start == -1 && end >= all && step >= 1;
      if (!whole && !last)
        return node.mixes(d, "takes some elements of");
      continue;
    }
    if (dynamicEnd)
      return node.error("the end depends on the number of frames; export with "
                        "sequence length 1");
    if (step == 0 || step == std::numeric_limits<int64_t>::min())
      return node.error("step " + Twine(step) + " is impossible");
    int64_t size = x.shape[d];
    auto clamp = [&](int64_t index, int64_t low, int64_t high) {
      return std::clamp(index < 0 ? index + size : index, low, high);
    };
    int64_t length = 0;
    if (size == 0) {
      start = 0;
    } else if (step > 0) {
      start = clamp(start, 0, size);
      end = clamp(end, 0, size);
      length = end <= start ? 0 : (end - start - 1) / step + 1;
    } else {
      start = clamp(start, 0, size - 1);
      end = clamp(end, -1, size - 1);
      length = start <= end ? 0 : (start - end - 1) / -step + 1;
    }
    offsets[d] = length ? start : 0;
    sizes[d] = length;
    // A single element has no step, however large the one given is.
    strides[d] = length > 1 ? step : 1;
  }
  if (countElements(sizes) == 0 && !x.isConstant())
    return node.error("the slice of " + toString(x.shape) + " is empty");
  if (x.isConstant())
    return node.push(node.e.slice(x, offsets, sizes, strides));
  // Backwards, element by element.
  Operand y = x;
  for (int64_t d = 0; d < x.rank(); ++d) {
    if (strides[d] > 0)
      continue;
    Ints positions;
    for (int64_t i = 0; i < sizes[d]; ++i)
      positions.push_back(offsets[d] + i * strides[d]);
    std::optional<Operand> picked = pick(node, y, positions, d);
    if (!picked)
      return;
    y = *picked;
    offsets[d] = 0;
    strides[d] = 1;
  }
  node.push(node.e.slice(y, offsets, sizes, strides));
}

/// One slice for each run of indices with one positive step.
static std::optional<Operand> gatherRuns(Node &node, const Operand &x,
                                         ArrayRef<int64_t> indices,
                                         unsigned axis) {
  SmallVector<Operand, 2> runs;
  for (size_t i = 0; i < indices.size();) {
    size_t n = 1;
    int64_t step = i + 1 < indices.size() ? indices[i + 1] - indices[i] : 1;
    if (step > 0)
      while (i + n < indices.size() &&
             indices[i + n] - indices[i + n - 1] == step)
        ++n;
    Shape offsets(x.rank(), 0), sizes = x.shape, steps(x.rank(), 1);
    offsets[axis] = indices[i];
    sizes[axis] = n;
    steps[axis] = n > 1 ? step : 1;
    runs.push_back(node.e.slice(x, offsets, sizes, steps));
    i += n;
    if (runs.size() > 4096) {
      node.error("the indices make more than 4096 slices");
      return std::nullopt;
    }
  }
  return node.e.concat(runs, axis);
}

/// The shape of `x` with `axis` split into [outer, inner].
static std::pair<Shape, Flags> splitAxis(const Operand &x, unsigned axis,
                                         int64_t outer, int64_t inner) {
  Shape shape = x.shape;
  Flags open = x.open;
  shape[axis] = inner;
  shape.insert(shape.begin() + axis, outer);
  open.insert(open.begin() + axis, false);
  return {shape, open};
}

/// Indices that name `count` elements each `length` times in a row.
static std::optional<Operand> gatherRepeated(Node &node, const Operand &x,
                                             ArrayRef<int64_t> indices,
                                             unsigned axis, size_t length) {
  Emitter &e = node.e;
  Ints once;
  for (size_t i = 0; i < indices.size(); i += length)
    once.push_back(indices[i]);
  std::optional<Operand> y = pick(node, x, once, axis);
  if (!y)
    return std::nullopt;
  auto [shape, open] = splitAxis(*y, axis, once.size(), 1);
  Operand column = e.reshape(*y, shape, open);
  shape[axis + 1] = length;
  Shape flat = y->shape;
  flat[axis] = indices.size();
  return e.reshape(e.broadcast(column, shape, open), flat, y->open);
}

/// Indices that read a matrix [m, n] of evenly spaced elements column by
/// column, as interleaving does: m of them have the step n * step.
static std::optional<Operand> gatherTransposed(Emitter &e, const Operand &x,
                                               ArrayRef<int64_t> indices,
                                               unsigned axis) {
  int64_t count = indices.size(), m = 1;
  int64_t stride = count > 1 ? indices[1] - indices[0] : 0;
  while (m < count && indices[m] - indices[m - 1] == stride)
    ++m;
  if (m < 2 || m == count || count % m != 0)
    return std::nullopt;
  int64_t n = count / m, step = indices[m] - indices[0];
  if (step < 1 || stride != n * step)
    return std::nullopt;
  for (int64_t i = 0; i < count; ++i)
    if (indices[i] != indices[0] + i / m * step + i % m * stride)
      return std::nullopt;
  Shape offsets(x.rank(), 0), sizes = x.shape, steps(x.rank(), 1);
  offsets[axis] = indices[0];
  sizes[axis] = count;
  steps[axis] = step;
  Operand part = e.slice(x, offsets, sizes, steps);
  auto [shape, open] = splitAxis(part, axis, m, n);
  Ints perm = llvm::to_vector<6>(llvm::seq<int64_t>(0, shape.size()));
  std::swap(perm[axis], perm[axis + 1]);
  return e.reshape(e.transpose(e.reshape(part, shape, open), perm), sizes,
                   x.open);
}

std::optional<Operand> se::onnx_import::pick(Node &node, const Operand &x,
                                             ArrayRef<int64_t> positions,
                                             unsigned axis) {
  Shape picked = x.shape;
  picked[axis] = positions.size();
  if (!countElements(picked) || *countElements(picked) > maxElements / 4) {
    node.error("result of shape " + toString(picked) + " is too large");
    return std::nullopt;
  }
  if (x.tensor)
    return node.e.constant(gatherTensor(*x.tensor, positions, axis));
  if (positions.empty()) {
    node.error("there are no indices");
    return std::nullopt;
  }
  // The length of the shortest row of equal indices.
  size_t length = positions.size(), run = 1;
  for (size_t i = 1; i <= positions.size(); ++i, ++run)
    if (i == positions.size() || positions[i] != positions[i - 1]) {
      length = std::gcd(length, run);
      run = 0;
    }
  if (length > 1)
    return gatherRepeated(node, x, positions, axis, length);
  if (std::optional<Operand> y = gatherTransposed(node.e, x, positions, axis))
    return y;
  return gatherRuns(node, x, positions, axis);
}

static void importGather(Node &node) {
  const Operand &x = node.at(0), &indices = node.at(1);
  int64_t axis = node.axis(node.getInt("axis", 0), x.rank());
  if (axis < 0)
    return;
  if (!indices.tensor || indices.isFloat())
    return node.error("the indices must be constant integers");
  // A loop over time takes the frame of its step, which is this one.
  bool isStep =
      indices.tensor->isStep && indices.tensor->size() == 1 && x.open[axis];
  if (indices.tensor->anyDynamic() && !isStep)
    return node.error("the indices depend on the number of frames; export "
                      "with sequence length 1");
  const std::vector<int64_t> &list = indices.tensor->ints;
  // The last frame is, for each frame, the frame itself.
  if (x.open[axis] && !isStep && !(list.size() == 1 && list[0] == -1))
    return node.mixes(axis, "takes some elements of");
  Ints positions;
  for (int64_t index : list) {
    if (index < -x.shape[axis] || index >= x.shape[axis])
      return node.error("index " + Twine(index) + " is out of range for " +
                        toString(x.shape));
    positions.push_back(index < 0 ? index + x.shape[axis] : index);
  }
  Shape shape(x.shape.begin(), x.shape.begin() + axis);
  Flags open(x.open.begin(), x.open.begin() + axis);
  shape.append(indices.shape.begin(), indices.shape.end());
  open.append(indices.rank(), false);
  shape.append(x.shape.begin() + axis + 1, x.shape.end());
  open.append(x.open.begin() + axis + 1, x.open.end());
  if (shape.size() > maxRank)
    return node.error("result with more than " + Twine(maxRank) +
                      " dimensions");
  if (std::optional<Operand> y = pick(node, x, positions, axis))
    node.push(node.e.reshape(*y, shape, open));
}

static void importSplit(Node &node) {
  const Operand &x = node.at(0);
  int64_t axis = node.axis(node.getInt("axis", 0), x.rank());
  if (axis < 0)
    return;
  std::optional<Ints> sizes = node.intsOf(1, "split");
  int64_t parts = node.getInt("num_outputs", node.numOutputs());
  if (node.e.failed())
    return;
  int64_t size = x.shape[axis];
  if (!sizes) {
    if (parts < 1 || parts != node.numOutputs())
      return node.error("has " + Twine(node.numOutputs()) + " outputs where " +
                        Twine(parts) + " are expected");
    // The last part may be smaller.
    int64_t each = (size + parts - 1) / parts;
    if (!node.has("num_outputs") && size % parts != 0)
      return node.error("cannot split " + toString(x.shape) + " into " +
                        Twine(parts) + " equal parts");
    sizes.emplace(parts, each);
    sizes->back() = size - each * (parts - 1);
  }
  if (x.open[axis] && sizes->size() > 1)
    return node.mixes(axis, "splits");
  int64_t total = 0;
  for (int64_t part : *sizes) {
    if (part < (x.isConstant() ? 0 : 1) || part > size)
      return node.error("a part of " + Twine(part) + " elements of " +
                        Twine(size));
    total += part;
  }
  if (total != size || sizes->size() != node.numOutputs())
    return node.error("the parts " + toString(*sizes) +
                      " do not match the outputs or the size " + Twine(size));
  int64_t offset = 0;
  for (int64_t part : *sizes) {
    node.push(node.e.slice(x, axis, offset, part));
    offset += part;
  }
}

/// The elements that a dimension of `size` has after it is padded (or cut).
static std::optional<Ints> paddedPositions(Node &node, StringRef mode,
                                           int64_t size, int64_t before,
                                           int64_t after) {
  if (std::max(before, after) > 1 << 20 ||
      (mode == "reflect" && std::max(before, after) >= size)) {
    node.error("pads " + Twine(before) + " and " + Twine(after) +
               " are impossible for " + Twine(size) + " elements");
    return std::nullopt;
  }
  Ints positions;
  for (int64_t i = -before; i < size + after; ++i) {
    if (mode == "edge")
      positions.push_back(std::clamp<int64_t>(i, 0, size - 1));
    else if (mode == "wrap")
      positions.push_back((i % size + size) % size);
    else
      positions.push_back(i < 0 ? -i : i < size ? i : 2 * size - 2 - i);
  }
  return positions;
}

static void importPad(Node &node) {
  std::string mode = node.getString("mode", "constant");
  std::optional<Ints> pads = node.intsOf(1, "pads");
  float value = node.getFloat("value", 0);
  std::optional<Ints> axes = node.intsOf(3, "");
  Operand result = node.at(0);
  int64_t rank = result.rank();
  if (node.e.failed())
    return;
  if (const Operand *x = node.find(2)) {
    if (!x->tensor || x->tensor->size() != 1)
      return node.error("the value must be a constant scalar");
    if (x->isFloat())
      value = x->tensor->floats[0];
  }
  if (!axes) {
    axes.emplace();
    for (int64_t d = 0; d < rank; ++d)
      axes->push_back(d);
  }
  if (!pads || pads->size() != 2 * axes->size())
    return node.error("expected two pads for each dimension");
  bool none = all_of(*pads, [](int64_t pad) { return pad == 0; });
  if (mode != "constant" && mode != "edge" && mode != "reflect" &&
      mode != "wrap")
    return node.error("mode '" + mode + "' is not supported");
  if (!result.isFloat() && !none)
    return node.error("supported for floats only");
  SmallVector<bool> seen(rank, false);
  for (const auto &[i, axis] : enumerate(*axes)) {
    int64_t d = node.axis(axis, rank);
    int64_t before = (*pads)[i], after = (*pads)[i + axes->size()];
    if (d < 0)
      return;
    if (seen[d])
      return node.error("axis " + Twine(d) + " is named twice");
    seen[d] = true;
    if (before == 0 && after == 0)
      continue;
    if (result.open[d])
      return node.mixes(d, "pads");
    int64_t size = result.shape[d];
    auto large = [](int64_t pad) {
      return pad < -maxElements || pad > maxElements;
    };
    if (large(before) || large(after) ||
        std::max<int64_t>(-before, 0) + std::max<int64_t>(-after, 0) >= size)
      return node.error("pads " + Twine(before) + " and " + Twine(after) +
                        " are impossible for " + toString(result.shape));
    if (mode != "constant") {
      std::optional<Ints> positions =
          paddedPositions(node, mode, size, before, after);
      std::optional<Operand> y =
          positions ? pick(node, result, *positions, d) : std::nullopt;
      if (!y)
        return;
      result = *y;
      continue;
    }
    // Negative pads cut off.
    int64_t low = std::max<int64_t>(-before, 0);
    int64_t high = size - std::max<int64_t>(-after, 0);
    result = node.e.slice(result, d, low, high - low);
    Shape wide = result.shape;
    wide[d] += std::max<int64_t>(before, 0) + std::max<int64_t>(after, 0);
    if (!countElements(wide))
      return node.error("result of shape " + toString(wide) + " is too large");
    SmallVector<Operand, 2> parts;
    auto border = [&](int64_t width) {
      Shape shape = result.shape;
      shape[d] = width;
      Operand one = node.e.constant(makeFloats({}, {value}));
      if (width > 0)
        parts.push_back(result.tensor ? node.e.expand(one, shape)
                                      : node.e.splat(shape, value));
    };
    border(before);
    parts.push_back(result);
    border(after);
    result = node.e.concat(parts, d);
    if (node.e.failed())
      return;
  }
  node.push(result);
}

void se::onnx_import::addIndexing(OperatorTable &table) {
  table["Concat"] = {importConcat, 1, variadic, /*moves=*/true};
  table["Slice"] = {importSlice, 1, 5, /*moves=*/true};
  table["Gather"] = {importGather, 2, 2, /*moves=*/true};
  table["Split"] = {importSplit, 1, 2, /*moves=*/true};
  table["Pad"] = {importPad, 1, 4};
}
