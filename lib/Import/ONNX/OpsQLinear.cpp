// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsQLinear.cpp - Operators from integers to integers ---------------===//
//
// Each is the operator on floats between DequantizeLinear and QuantizeLinear.
//
//===----------------------------------------------------------------------===//

#include "Quantized.h"

#include "onnx/onnx_pb.h"

using namespace llvm;
using namespace se::onnx_import;
using onnx::TensorProto;

/// a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point.
static void importQLinearMatMul(Node &node) {
  std::optional<Operand> a =
      dequantize(node, node.at(0), node.at(1), node.find(2), -2);
  std::optional<Operand> b =
      a ? dequantize(node, node.at(3), node.at(4), node.find(5), -1)
        : std::nullopt;
  std::optional<Operand> y = b ? multiply(node, *a, *b) : std::nullopt;
  if (!y)
    return;
  if (std::optional<Operand> q =
          quantize(node, *y, node.at(6), node.find(7), TensorProto::UINT8, -2))
    node.push(*q);
}

/// x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point
/// and a bias of integers, whose scale is that of the products.
static void importQLinearConv(Node &node) {
  Emitter &e = node.e;
  std::optional<Operand> x =
      dequantize(node, node.at(0), node.at(1), node.find(2), 1);
  std::optional<Operand> w =
      x ? dequantize(node, node.at(3), node.at(4), node.find(5), 0)
        : std::nullopt;
  if (!w)
    return;
  Operand bias;
  Node again = node;
  again.inputs = {&*x, &*w};
  if (const Operand *b = node.find(8)) {
    Operand scale = e.binary(Binary::Mul, node.at(1), node.at(4));
    std::optional<Operand> y = dequantize(node, *b, scale, nullptr, 0);
    if (!y)
      return;
    bias = *y;
    again.inputs.push_back(&bias);
  }
  importConv(again);
  if (again.outputs.empty() || e.failed())
    return;
  node.seenBy(again);
  if (std::optional<Operand> q = quantize(node, again.outputs[0], node.at(6),
                                          node.find(7), TensorProto::UINT8, 1))
    node.push(*q);
}

/// Sum or product: a, a_scale, a_zero_point, b, b_scale, b_zero_point, then
/// scale and zero point of the result.
template <Binary kind> static void importQLinearBinary(Node &node) {
  std::optional<Operand> a =
      dequantize(node, node.at(0), node.at(1), node.find(2), 0);
  std::optional<Operand> b =
      a ? dequantize(node, node.at(3), node.at(4), node.find(5), 0)
        : std::nullopt;
  if (!b)
    return;
  if (std::optional<Operand> q =
          quantize(node, node.e.binary(kind, *a, *b), node.at(6), node.find(7),
                   TensorProto::UINT8, 0))
    node.push(*q);
}

/// x, x_scale, x_zero_point, y_scale, y_zero_point.
static void importQLinearActivation(Node &node) {
  using se::rnn::ActivationAttr;
  using se::rnn::ActivationKind;
  mlir::OpBuilder &builder = node.e.getBuilder();
  bool isSigmoid = node.op() == "QLinearSigmoid";
  auto function =
      isSigmoid
          ? ActivationAttr::get(builder.getContext(), ActivationKind::sigmoid)
          : ActivationAttr::get(
                builder.getContext(), ActivationKind::leaky_relu,
                builder.getF32FloatAttr(node.getFloat("alpha", 0.01f)),
                mlir::FloatAttr());
  std::optional<Operand> x =
      dequantize(node, node.at(0), node.at(1), node.find(2), 0);
  if (!x)
    return;
  if (std::optional<Operand> q =
          quantize(node, node.e.activation(function, *x), node.at(3),
                   node.find(4), TensorProto::UINT8, 0))
    node.push(*q);
}

/// a, a_scale, a_zero_point, b, b_scale, b_zero_point, perhaps a bias of
/// integers, and scale and zero point of the result, without which it is
/// floats.
static void importQGemm(Node &node) {
  Emitter &e = node.e;
  // Scales of b are those of the outputs.
  int64_t outputs = node.getInt("transB", 0) ? 0 : 1;
  std::optional<Operand> a =
      dequantize(node, node.at(0), node.at(1), node.find(2), 0);
  std::optional<Operand> b =
      a ? dequantize(node, node.at(3), node.at(4), node.find(5), outputs)
        : std::nullopt;
  if (!b)
    return;
  Operand bias;
  Node again = node;
  again.inputs = {&*a, &*b};
  if (const Operand *c = node.find(6)) {
    Operand scale = e.binary(Binary::Mul, node.at(1), node.at(4));
    std::optional<Operand> y =
        dequantize(node, *c, scale, nullptr, c->rank() - 1);
    if (!y)
      return;
    bias = *y;
    again.inputs.push_back(&bias);
  }
  importGemm(again);
  node.seenBy(again);
  if (again.outputs.empty() || e.failed())
    return;
  const Operand *scale = node.find(7);
  std::optional<Operand> y = scale
                                 ? quantize(node, again.outputs[0], *scale,
                                            node.find(8), TensorProto::UINT8, 1)
                                 : again.outputs[0];
  if (y)
    node.push(*y);
}

/// x, x_scale, x_zero_point, y_scale, y_zero_point, through the handler of the
/// operator on floats.
template <void (*handler)(Node &)> static void importQLinearUnary(Node &node) {
  if (node.getInt("channels_last", 0) != 0 || node.getInt("opset", 13) < 13)
    return node.error("supported with channels second, and as in opset 13");
  std::optional<Operand> x =
      dequantize(node, node.at(0), node.at(1), node.find(2), 0);
  if (!x)
    return;
  Node again = node;
  again.inputs = {&*x};
  handler(again);
  node.seenBy(again);
  if (again.outputs.empty() || node.e.failed())
    return;
  if (std::optional<Operand> q = quantize(node, again.outputs[0], node.at(3),
                                          node.find(4), TensorProto::UINT8, 0))
    node.push(*q);
}

/// Scale and zero point of the result, then three of each part.
static void importQLinearConcat(Node &node) {
  if (node.numInputs() % 3 != 2)
    return node.error("three inputs are expected for each part");
  std::vector<Operand> parts;
  for (unsigned i = 2; i < node.numInputs(); i += 3) {
    std::optional<Operand> x =
        dequantize(node, node.at(i), node.at(i + 1), node.find(i + 2), 0);
    if (!x)
      return;
    parts.push_back(*x);
  }
  Node again = node;
  again.inputs.clear();
  for (const Operand &part : parts)
    again.inputs.push_back(&part);
  importConcat(again);
  node.seenBy(again);
  if (again.outputs.empty() || node.e.failed())
    return;
  if (std::optional<Operand> q = quantize(node, again.outputs[0], node.at(0),
                                          node.find(1), TensorProto::UINT8, 0))
    node.push(*q);
}

void se::onnx_import::addQLinear(OperatorTable &table) {
  auto add = [&](StringRef op, Operator entry) {
    table[("com.microsoft::" + op).str()] = entry;
  };
  table["QLinearMatMul"] = {importQLinearMatMul, 8, 8};
  table["QLinearConv"] = {importQLinearConv, 8, 9};
  add("QLinearAdd", {importQLinearBinary<Binary::Add>, 7, 8});
  add("QLinearMul", {importQLinearBinary<Binary::Mul>, 7, 8});
  add("QLinearSigmoid", {importQLinearActivation, 4, 5});
  add("QLinearLeakyRelu", {importQLinearActivation, 4, 5});
  add("QLinearSoftmax", {importQLinearUnary<importSoftmax>, 4, 5});
  add("QLinearAveragePool", {importQLinearUnary<importPool>, 4, 5});
  add("QLinearGlobalAveragePool", {importQLinearUnary<importGlobalPool>, 4, 5});
  add("QLinearConcat", {importQLinearConcat, 5, variadic});
  add("QGemm", {importQGemm, 6, 9});
}
