// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsNormalization.cpp - Softmax and normalizations ------------------===//

#include "Node.h"

#include <array>
#include <cmath>

using namespace llvm;
using namespace se::onnx_import;
using se::rnn::ReduceKind;

void se::onnx_import::importSoftmax(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0);
  bool old = node.opset < 13;
  int64_t first = node.axis(node.getInt("axis", old ? 1 : -1),
                            std::max<int64_t>(x.rank(), 1));
  if (first < 0 || x.rank() == 0)
    return node.error("a scalar has no axis");
  // Before opset 13 all dimensions from the axis on are one vector.
  Ints axes;
  for (int64_t d = first; d < (old ? x.rank() : first + 1); ++d)
    axes.push_back(d);
  if (reducesOpen(node, x, axes))
    return;
  Operand shifted =
      e.binary(Binary::Sub, x, e.reduce(ReduceKind::max, x, axes));
  Operand power = e.unary(Unary::Exp, shifted);
  Operand sum = e.reduce(ReduceKind::sum, power, axes);
  if (node.op() == "LogSoftmax")
    return node.push(e.binary(Binary::Sub, shifted, e.unary(Unary::Log, sum)));
  node.push(e.binary(Binary::Div, power, sum));
}

/// What normalizes: (x - mean) / sqrt(variance + epsilon) over `axes`, without
/// the mean if not `centered`.
namespace {
struct Normalized {
  Operand mean, deviation, y;
};
} // namespace

static Normalized normalize(Emitter &e, const Operand &x,
                            ArrayRef<int64_t> axes, float epsilon,
                            bool centered = true) {
  Normalized n;
  Operand rest = x;
  if (centered) {
    n.mean = e.reduce(ReduceKind::mean, x, axes);
    rest = e.binary(Binary::Sub, x, n.mean);
  }
  Operand variance =
      e.reduce(ReduceKind::mean, e.binary(Binary::Mul, rest, rest), axes);
  n.deviation = e.unary(Unary::Sqrt, e.binary(Binary::Add, variance, epsilon));
  n.y = e.binary(Binary::Div, rest, n.deviation);
  return n;
}

/// The dimensions from `first` on.
static Ints axesFrom(int64_t first, int64_t rank) {
  Ints axes;
  for (int64_t d = first; d < rank; ++d)
    axes.push_back(d);
  return axes;
}

/// `y` times the scale plus the bias, which must not enlarge it.
static std::optional<Operand> scaleAndShift(Node &node, Operand y,
                                            const Operand *scale,
                                            const Operand *bias) {
  Emitter &e = node.e;
  Binary kind = Binary::Mul;
  for (const Operand *factor : {scale, bias}) {
    Shape shape;
    Flags open;
    if (factor &&
        (!e.broadcastShapes({&y, factor}, shape, open) || shape != y.shape)) {
      node.error("scale or bias of shape " + toString(factor->shape) +
                 " does not broadcast to " + toString(y.shape));
      return std::nullopt;
    }
    if (factor)
      y = e.binary(kind, y, *factor);
    kind = Binary::Add;
  }
  return y;
}

/// y = (x - mean) / sqrt(variance + epsilon) * scale + bias.
static void importLayerNormalization(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0);
  bool centered = node.op() == "LayerNormalization";
  float epsilon = node.getFloat("epsilon", 1e-5f);
  node.ignore("stash_type");
  int64_t first = node.axis(node.getInt("axis", -1), x.rank());
  if (first < 0)
    return;
  Ints axes = axesFrom(first, x.rank());
  if (reducesOpen(node, x, axes))
    return;
  Normalized n = normalize(e, x, axes, epsilon, centered);
  std::optional<Operand> y =
      scaleAndShift(node, n.y, node.find(1), node.find(2));
  if (!y)
    return;
  node.push(*y);
  // The mean, if there is one, then the inverse of the deviation.
  if (centered && (node.wants(1) || node.wants(2)))
    node.push(n.mean);
  if (node.wants(centered ? 2 : 1))
    node.push(e.unary(Unary::Reciprocal, n.deviation));
}

/// ONNX Runtime's: of the sum of two inputs and perhaps a bias, which is its
/// fourth result.
static void importSkipNormalization(Node &node) {
  Emitter &e = node.e;
  bool centered = node.op() == "SkipLayerNormalization";
  float epsilon = node.getFloat("epsilon", 1e-12f);
  const Operand *beta = centered ? node.find(3) : nullptr;
  const Operand *bias = node.find(centered ? 4 : 3);
  Operand sum = e.binary(Binary::Add, node.at(0), node.at(1));
  if (bias)
    sum = e.binary(Binary::Add, sum, *bias);
  if (e.failed() || reducesOpen(node, sum, {sum.rank() - 1}))
    return;
  Normalized n = normalize(e, sum, axesFrom(sum.rank() - 1, sum.rank()),
                           epsilon, centered);
  std::optional<Operand> y = scaleAndShift(node, n.y, node.find(2), beta);
  if (!y)
    return;
  node.push(*y);
  if (!node.wants(3))
    return;
  if (node.wants(1) || node.wants(2))
    return node.error("results 1 and 2 are not supported");
  node.push(sum);
  node.push(sum);
  node.push(sum);
}

/// A vector with a number for each channel, dimension 1 of `rank`.
static Operand alongChannels(Emitter &e, const Operand &x, int64_t rank) {
  Shape shape(rank - 1, 1);
  shape[0] = x.shape[0];
  return e.reshape(x, shape);
}

/// GroupNormalization, and InstanceNormalization, whose groups are channels.
static void importGroupNormalization(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0), &scale = node.at(1), &bias = node.at(2);
  float epsilon = node.getFloat("epsilon", 1e-5f);
  node.ignore("stash_type");
  int64_t rank = x.rank(), channels = rank < 3 ? 0 : x.shape[1];
  bool isInstance = node.op() == "InstanceNormalization";
  int64_t groups = isInstance ? channels : node.getInt("num_groups", 0);
  if (groups < 1 || channels % groups != 0)
    return node.error("cannot normalize " + toString(x.shape) + " in " +
                      Twine(groups) + " groups");
  // Before opset 21 there is a scale for each group.
  int64_t scales = isInstance || node.opset >= 21 ? channels : groups;
  for (const Operand *factor : {&scale, &bias})
    if (factor->shape != Shape{scales})
      return node.error("scale or bias of shape " + toString(factor->shape) +
                        " instead of " + toString({scales}));
  Shape grouped{x.shape[0], groups, channels / groups};
  Flags open{x.open[0], false, x.open[1]};
  grouped.append(x.shape.begin() + 2, x.shape.end());
  open.append(x.open.begin() + 2, x.open.end());
  Ints axes = axesFrom(2, grouped.size());
  Operand groupedX = e.reshape(x, grouped, open);
  if (reducesOpen(node, groupedX, axes))
    return;
  Operand y = normalize(e, groupedX, axes, epsilon).y;
  if (scales == channels)
    y = e.reshape(y, x.shape, x.open);
  std::optional<Operand> scaled = scaleAndShift(
      node, y, std::array{alongChannels(e, scale, y.rank())}.data(),
      std::array{alongChannels(e, bias, y.rank())}.data());
  if (scaled)
    node.push(e.reshape(*scaled, x.shape, x.open));
}

static void importMeanVarianceNormalization(Node &node) {
  const Operand &x = node.at(0);
  Ints axes = node.getInts("axes");
  if (axes.empty())
    axes = {0, 2, 3};
  if (!node.axesOf(axes, x.rank()) || reducesOpen(node, x, axes))
    return;
  node.push(normalize(node.e, x, axes, 0).y);
}

/// x / norm, and 0 where the norm is 0.
static void importLpNormalization(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0);
  int64_t p = node.getInt("p", 2);
  int64_t axis = node.axis(node.getInt("axis", -1), x.rank());
  if (axis < 0 || reducesOpen(node, x, {axis}))
    return;
  if (p != 1 && p != 2)
    return node.error("p must be 1 or 2");
  Operand norm = e.reduce(
      ReduceKind::sum,
      p == 1 ? e.unary(Unary::Abs, x) : e.binary(Binary::Mul, x, x), {axis});
  if (p == 2)
    norm = e.unary(Unary::Sqrt, norm);
  // All elements are 0 where it is.
  Operand zero = e.binary(Binary::Equal, norm, 0.0f);
  Operand one = e.constant(makeFloats({}, {1.0f}));
  node.push(e.binary(Binary::Div, x, e.select(zero, one, norm)));
}

/// At inference a scale and a shift for each channel, computed in double.
static void importBatchNormalization(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0);
  double epsilon = node.getFloat("epsilon", 1e-5f);
  node.ignore("momentum");
  if (node.getInt("training_mode", 0) != 0 || node.getInt("spatial", 1) != 1)
    return node.error("training mode is not supported; export for inference");
  TensorPtr scale = node.floatsOf(1, "the scale"),
            bias = node.floatsOf(2, "the bias"),
            mean = node.floatsOf(3, "the mean"),
            variance = node.floatsOf(4, "the variance");
  if (e.failed())
    return;
  int64_t channels = x.rank() > 1 ? x.shape[1] : 0;
  for (const TensorPtr &t : {scale, bias, mean, variance})
    if (channels == 0 || t->shape != Shape{channels})
      return node.error("parameters of shape " + toString(t->shape) +
                        " do not match the channels of " + toString(x.shape));
  std::vector<float> factors, shifts;
  for (int64_t i = 0; i < channels; ++i) {
    double factor = scale->floats[i] / std::sqrt(variance->floats[i] + epsilon);
    factors.push_back(float(factor));
    shifts.push_back(float(bias->floats[i] - mean->floats[i] * factor));
  }
  Shape shape(x.rank() - 1, 1);
  shape[0] = channels;
  Operand factor =
      e.constant(makeFloats(shape, std::move(factors), scale->name));
  Operand shift = e.constant(makeFloats(shape, std::move(shifts), bias->name));
  node.push(e.binary(Binary::Add, e.binary(Binary::Mul, x, factor), shift));
}

void se::onnx_import::addNormalizations(OperatorTable &table) {
  table["Softmax"] = {importSoftmax, 1, 1};
  table["LogSoftmax"] = {importSoftmax, 1, 1};
  table["LayerNormalization"] = {importLayerNormalization, 2, 3};
  table["RMSNormalization"] = {importLayerNormalization, 2, 2};
  // ONNX Runtime's optimizer writes it without a domain.
  table["SimplifiedLayerNormalization"] = {importLayerNormalization, 2, 2};
  table["com.microsoft::SkipLayerNormalization"] = {importSkipNormalization, 3,
                                                    5};
  table["com.microsoft::SkipSimplifiedLayerNormalization"] = {
      importSkipNormalization, 3, 4};
  table["InstanceNormalization"] = {importGroupNormalization, 3, 3};
  table["GroupNormalization"] = {importGroupNormalization, 3, 3};
  table["LpNormalization"] = {importLpNormalization, 1, 1};
  table["MeanVarianceNormalization"] = {importMeanVarianceNormalization, 1, 1};
  table["BatchNormalization"] = {importBatchNormalization, 5, 5};
}
