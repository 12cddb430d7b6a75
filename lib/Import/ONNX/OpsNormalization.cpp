// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsNormalization.cpp - Reductions and normalizations ---------------===//

#include "Node.h"

#include <cmath>

using namespace llvm;
using namespace se::onnx_import;
using se::rnn::ReduceKind;

/// Reports a reduction over an open dimension.
static bool reducesOpen(Node &node, const Operand &x, ArrayRef<int64_t> axes) {
  for (int64_t d : axes)
    if (x.open[d]) {
      node.mixes(d, "reduces");
      return true;
    }
  return false;
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
    if (nothing)
      return node.push(x);
    axes.emplace();
    for (int64_t d = 0; d < x.rank(); ++d)
      axes->push_back(d);
  }
  if (!node.axesOf(*axes, x.rank()) || reducesOpen(node, x, *axes))
    return;
  if (x.tensor && (!x.isFloat() || x.tensor->size() == 0))
    return node.error("supported for floats only");
  StringRef op = node.op();
  if (op == "ReduceL2" || op == "ReduceSumSquare")
    x = e.binary(Binary::Mul, x, x);
  else if (op == "ReduceL1")
    x = e.unary(Unary::Abs, x);
  ReduceKind kind = op == "ReduceMean"  ? ReduceKind::mean
                    : op == "ReduceMax" ? ReduceKind::max
                    : op == "ReduceMin" ? ReduceKind::min
                                        : ReduceKind::sum;
  Operand y = axes->empty() ? x : e.reduce(kind, x, *axes);
  if (op == "ReduceL2")
    y = e.unary(Unary::Sqrt, y);
  if (!keep) {
    Shape shape;
    Flags open;
    for (int64_t d = 0; d < y.rank(); ++d)
      if (!is_contained(*axes, d)) {
        shape.push_back(y.shape[d]);
        open.push_back(y.open[d]);
      }
    y = e.reshape(y, shape, open);
  }
  node.push(y);
}

static void importSoftmax(Node &node) {
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

/// y = (x - mean) / sqrt(variance + epsilon) * scale + bias.
static void importLayerNormalization(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0), &scale = node.at(1), *bias = node.find(2);
  float epsilon = node.getFloat("epsilon", 1e-5f);
  node.ignore("stash_type");
  int64_t first = node.axis(node.getInt("axis", -1), x.rank());
  if (first < 0)
    return;
  Ints axes;
  for (int64_t d = first; d < x.rank(); ++d)
    axes.push_back(d);
  if (reducesOpen(node, x, axes))
    return;
  for (const Operand *factor : {&scale, bias}) {
    Shape shape;
    Flags open;
    if (factor &&
        (!e.broadcastShapes({&x, factor}, shape, open) || shape != x.shape))
      return node.error("scale or bias of shape " + toString(factor->shape) +
                        " does not broadcast to " + toString(x.shape));
  }
  Operand mean = e.reduce(ReduceKind::mean, x, axes);
  Operand centered = e.binary(Binary::Sub, x, mean);
  Operand variance = e.reduce(ReduceKind::mean,
                              e.binary(Binary::Mul, centered, centered), axes);
  Operand deviation =
      e.unary(Unary::Sqrt, e.binary(Binary::Add, variance, epsilon));
  Operand y =
      e.binary(Binary::Mul, e.binary(Binary::Div, centered, deviation), scale);
  node.push(bias ? e.binary(Binary::Add, y, *bias) : y);
  if (node.wants(1) || node.wants(2))
    node.push(mean);
  if (node.wants(2))
    node.push(e.unary(Unary::Reciprocal, deviation));
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
  for (StringRef op : {"ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin",
                       "ReduceL1", "ReduceL2", "ReduceSumSquare"})
    table[op] = {importReduce, 1, 2};
  table["Softmax"] = {importSoftmax, 1, 1};
  table["LogSoftmax"] = {importSoftmax, 1, 1};
  table["LayerNormalization"] = {importLayerNormalization, 2, 3};
  table["BatchNormalization"] = {importBatchNormalization, 5, 5};
}
