// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsResize.cpp - Repeating and regrouping elements ------------------===//

#include "Node.h"

#include <cmath>

using namespace llvm;
using namespace se::onnx_import;

static void importTile(Node &node) {
  Emitter &e = node.e;
  Operand x = node.at(0);
  std::optional<Ints> repeats = node.intsOf(1, "repeats");
  if (e.failed())
    return;
  if (int64_t(repeats->size()) != x.rank())
    return node.error("repeats " + toString(*repeats) + " do not match " +
                      toString(x.shape));
  for (const auto &[d, count] : enumerate(*repeats)) {
    Shape wide = x.shape, flat = x.shape;
    if (count == 1)
      continue;
    if (count < 1 || count > maxElements / std::max<int64_t>(flat[d], 1))
      return node.error("repeats " + toString(*repeats) + " are impossible");
    if (x.open[d])
      return node.mixes(d, "repeats");
    flat[d] *= count;
    if (!countElements(flat))
      return node.error("result of shape " + toString(flat) + " is too large");
    wide.insert(wide.begin() + d, 1);
    Flags open = x.open;
    open.insert(open.begin() + d, false);
    Operand y = e.reshape(x, wide, open);
    wide[d] = count;
    y = x.tensor ? e.expand(y, wide) : e.broadcast(y, wide, open);
    x = e.reshape(y, flat, x.open);
  }
  node.push(x);
}

/// Reports an open dimension that would be joined with others.
static bool regroupsOpen(Node &node, const Operand &x) {
  for (int64_t d = 1; d < x.rank(); ++d)
    if (x.open[d]) {
      node.mixes(d, "merges other dimensions with");
      return true;
    }
  return false;
}

static void importDepthToSpace(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0);
  int64_t b = node.getInt("blocksize", 0);
  std::string mode = node.getString("mode", "DCR");
  if (b < 1 || b > 1024 || x.rank() != 4 || x.shape[1] % (b * b) != 0 ||
      (mode != "DCR" && mode != "CRD"))
    return node.error("input " + toString(x.shape) + ", blocksize " + Twine(b) +
                      " and mode '" + mode + "' do not fit");
  if (regroupsOpen(node, x))
    return;
  int64_t n = x.shape[0], c = x.shape[1] / (b * b), h = x.shape[2],
          w = x.shape[3];
  // [n, c, h, row, w, column] in the end.
  Operand y =
      mode == "DCR"
          ? e.transpose(e.reshape(x, {n, b, b, c, h, w}), {0, 3, 4, 1, 5, 2})
          : e.transpose(e.reshape(x, {n, c, b, b, h, w}), {0, 1, 4, 2, 5, 3});
  node.push(e.reshape(y, {n, c, h * b, w * b}, x.open));
}

static void importSpaceToDepth(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0);
  int64_t b = node.getInt("blocksize", 0);
  if (b < 1 || b > 1024 || x.rank() != 4 || x.shape[2] % b != 0 ||
      x.shape[3] % b != 0)
    return node.error("input " + toString(x.shape) + " and blocksize " +
                      Twine(b) + " do not fit");
  if (regroupsOpen(node, x))
    return;
  int64_t n = x.shape[0], c = x.shape[1], h = x.shape[2] / b,
          w = x.shape[3] / b;
  Operand y = e.transpose(e.reshape(x, {n, c, h, b, w, b}), {0, 3, 5, 1, 2, 4});
  node.push(e.reshape(y, {n, c * b * b, h, w}, x.open));
}

/// The place in an input of `size` of place `i` in an output of `length`, as
/// ONNX Runtime computes it in f32.
static std::optional<float> originOf(StringRef mode, float i, float scale,
                                     int64_t size, int64_t length) {
  if (mode == "half_pixel" || (mode == "pytorch_half_pixel" && length > 1))
    return (i + 0.5f) / scale - 0.5f;
  if (mode == "pytorch_half_pixel")
    return 0.0f;
  if (mode == "asymmetric")
    return i / scale;
  if (mode == "align_corners")
    return length == 1 ? 0.0f : i * float(size - 1) / float(length - 1);
  return std::nullopt;
}

static std::optional<float> roundTo(StringRef mode, float x) {
  if (mode == "round_prefer_floor")
    return std::ceil(x - 0.5f);
  if (mode == "round_prefer_ceil")
    return std::floor(x + 0.5f);
  if (mode == "floor")
    return std::floor(x);
  if (mode == "ceil")
    return std::ceil(x);
  return std::nullopt;
}

/// Resize and the older Upsample: nearest neighbours only.
static void importResize(Node &node) {
  Operand x = node.at(0);
  bool old = node.op() == "Upsample" || node.opset < 11;
  std::string mode = node.getString("mode", "nearest");
  std::string origin = node.getString("coordinate_transformation_mode",
                                      old ? "asymmetric" : "half_pixel");
  std::string nearest =
      node.getString("nearest_mode", old ? "floor" : "round_prefer_floor");
  std::string policy = node.getString("keep_aspect_ratio_policy", "stretch");
  Ints axes = node.getInts("axes");
  for (StringRef unused :
       {"cubic_coeff_a", "exclude_outside", "antialias", "extrapolation_value"})
    node.ignore(unused);
  if (axes.empty())
    for (int64_t d = 0; d < x.rank(); ++d)
      axes.push_back(d);
  const Operand *scales = node.find(old ? 1 : 2),
                *sizes = old ? nullptr : node.find(3);
  if (scales && countElements(scales->shape) == 0)
    scales = nullptr;
  if (node.e.failed())
    return;
  if (mode != "nearest" || policy != "stretch")
    return node.error("only mode 'nearest' is supported, and policy 'stretch'");
  std::vector<float> factors;
  std::optional<Ints> lengths;
  if (scales) {
    TensorPtr tensor = node.floatsOf(old ? 1 : 2, "the scales");
    if (tensor)
      factors = tensor->floats;
  } else if (sizes) {
    lengths = node.intsOf(3, "");
  }
  if (node.e.failed())
    return;
  if ((lengths ? lengths->size() : factors.size()) != axes.size())
    return node.error("scales or sizes do not match " + toString(x.shape));
  for (const auto &[i, given] : enumerate(axes)) {
    int64_t d = node.axis(given, x.rank());
    if (d < 0)
      return;
    int64_t size = x.shape[d];
    float scale = lengths ? float((*lengths)[i]) / float(size) : factors[i];
    int64_t length = lengths ? (*lengths)[i]
                     : scale > 0 && scale < 1e6f
                         ? int64_t(std::floor(float(size) * scale))
                         : 0;
    if (scale == 1)
      continue;
    if (x.open[d])
      return node.mixes(d, "resizes");
    if (length < 1 || length > 1 << 20)
      return node.error("a dimension of " + Twine(length) + " elements");
    Ints positions;
    for (int64_t k = 0; k < length; ++k) {
      std::optional<float> from =
          originOf(origin, float(k), scale, size, length);
      std::optional<float> at = from ? roundTo(nearest, *from) : std::nullopt;
      if (!at)
        return node.error("coordinates '" + origin + "', '" + nearest +
                          "' are not supported");
      positions.push_back(std::clamp<int64_t>(int64_t(*at), 0, size - 1));
    }
    std::optional<Operand> y = pick(node, x, positions, d);
    if (!y)
      return;
    x = *y;
  }
  node.push(x);
}

static void importTrilu(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0);
  bool upper = node.getInt("upper", 1);
  std::optional<Ints> k = node.intsOf(1, "");
  if (e.failed())
    return;
  int64_t rank = x.rank(), diagonal = k && k->size() == 1 ? (*k)[0] : 0;
  if (rank < 2 || (k && k->size() != 1))
    return node.error("a matrix and one number are expected");
  for (int64_t d = rank - 2; d < rank; ++d)
    if (x.open[d])
      return node.mixes(d, "takes a triangle of");
  int64_t rows = x.shape[rank - 2], columns = x.shape[rank - 1];
  // Far diagonals are all alike.
  diagonal = std::clamp<int64_t>(diagonal, -rows - 1, columns + 1);
  if (!e.mayCompute({rows, columns}))
    return;
  auto mask = std::make_shared<Tensor>();
  mask->kind = Tensor::Kind::Bool;
  mask->shape = {rows, columns};
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      mask->ints.push_back(upper ? c - r >= diagonal : c - r <= diagonal);
  auto zero = std::make_shared<Tensor>();
  zero->kind = x.kind;
  (x.isFloat() ? (void)zero->floats.push_back(0) : zero->ints.push_back(0));
  node.push(e.select(e.constant(mask), x, e.constant(zero)));
}

static void importEyeLike(Node &node) {
  const Operand &x = node.at(0);
  int64_t type = node.getInt("dtype", 1), k = node.getInt("k", 0);
  if (x.rank() != 2 || x.anyOpen() || !node.e.mayCompute(x.shape))
    return node.error("a matrix whose shape is fixed is expected");
  std::optional<Tensor::Kind> kind = kindOf(type);
  if (!kind)
    return node.error("element type " + Twine(type) + " is not supported");
  std::vector<float> values;
  for (int64_t r = 0; r < x.shape[0]; ++r)
    for (int64_t c = 0; c < x.shape[1]; ++c)
      values.push_back(c - r == k);
  Operand eye = node.e.constant(makeFloats(x.shape, std::move(values)));
  node.push(*kind == Tensor::Kind::Float ? eye
            : *kind == Tensor::Kind::Int ? node.e.toInt(eye)
                                         : node.e.toBool(eye));
}

void se::onnx_import::addResizes(OperatorTable &table) {
  table["Tile"] = {importTile, 2, 2};
  table["DepthToSpace"] = {importDepthToSpace, 1, 1, /*moves=*/true};
  table["SpaceToDepth"] = {importSpaceToDepth, 1, 1, /*moves=*/true};
  table["Resize"] = {importResize, 1, 4};
  table["Upsample"] = {importResize, 2, 2};
  table["Trilu"] = {importTrilu, 1, 2};
  table["EyeLike"] = {importEyeLike, 1, 1};
}
