// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsFused.cpp - What ONNX Runtime's optimizer makes of products -----===//

#include "Node.h"

#include "llvm/ADT/StringSwitch.h"

using namespace llvm;
using namespace se::onnx_import;
using se::rnn::ActivationAttr;
using se::rnn::ActivationKind;

/// The activation of a fused node; its parameters are `alpha` and `beta`, or
/// those that the node has under other names.
static std::optional<Operand> activate(Node &node, const Operand &x,
                                       StringRef name, float alpha,
                                       float beta) {
  Emitter &e = node.e;
  if (name.empty())
    return x;
  if (name == "Clip")
    return e.binary(Binary::Min, e.binary(Binary::Max, x, alpha), beta);
  auto kind = StringSwitch<std::optional<ActivationKind>>(name)
                  .Case("Relu", ActivationKind::relu)
                  .Case("Sigmoid", ActivationKind::sigmoid)
                  .Case("Tanh", ActivationKind::tanh)
                  .Case("Softplus", ActivationKind::softplus)
                  .Case("Softsign", ActivationKind::softsign)
                  .Case("LeakyRelu", ActivationKind::leaky_relu)
                  .Case("Elu", ActivationKind::elu)
                  .Case("ThresholdedRelu", ActivationKind::thresholded_relu)
                  .Case("HardSigmoid", ActivationKind::hard_sigmoid)
                  .Default(std::nullopt);
  if (!kind) {
    node.error("activation '" + name + "' is not supported");
    return std::nullopt;
  }
  mlir::OpBuilder &b = e.getBuilder();
  mlir::FloatAttr alphaAttr, betaAttr;
  if (*kind == ActivationKind::leaky_relu || *kind == ActivationKind::elu ||
      *kind == ActivationKind::thresholded_relu ||
      *kind == ActivationKind::hard_sigmoid)
    alphaAttr = b.getF32FloatAttr(alpha);
  if (*kind == ActivationKind::hard_sigmoid)
    betaAttr = b.getF32FloatAttr(beta);
  return e.activation(
      ActivationAttr::get(b.getContext(), *kind, alphaAttr, betaAttr), x);
}

static void importFusedGemm(Node &node) {
  Node gemm = node;
  importGemm(gemm);
  node.seenBy(gemm);
  std::string name = node.getString("activation", "");
  float alpha = node.getFloat("activation_alpha", 0),
        beta = node.getFloat("activation_beta", 0),
        gamma = node.getFloat("activation_gamma", 0);
  if (node.e.failed())
    return;
  if (gamma != 0)
    return node.error("activation_gamma is not supported");
  if (std::optional<Operand> y =
          activate(node, gemm.outputs[0], name, alpha, beta))
    node.push(*y);
}

/// alpha * op(A) * op(B), where op exchanges the last two dimensions, or puts
/// the first before the last (transBatch).
static void importFusedMatMul(Node &node) {
  Emitter &e = node.e;
  float alpha = node.getFloat("alpha", 1);
  auto turned = [&](const Operand &x, StringRef batch, StringRef last) {
    Ints perm;
    for (int64_t d = 0; d < x.rank(); ++d)
      perm.push_back(d);
    if (node.getInt(batch, 0) && x.rank() > 2)
      std::rotate(perm.begin(), perm.begin() + 1, perm.end() - 1);
    if (node.getInt(last, 0) && x.rank() > 1)
      std::swap(perm[x.rank() - 1], perm[x.rank() - 2]);
    return e.transpose(x, perm);
  };
  Operand a = turned(node.at(0), "transBatchA", "transA"),
          b = turned(node.at(1), "transBatchB", "transB");
  // A factor goes to the weights.
  if (alpha != 1 && b.tensor && b.isFloat())
    b = e.binary(Binary::Mul, b, alpha);
  else if (alpha != 1 && a.tensor && a.isFloat())
    a = e.binary(Binary::Mul, a, alpha);
  std::optional<Operand> y = multiply(node, a, b);
  if (!y)
    return;
  bool scaled = alpha == 1 || node.at(0).tensor || node.at(1).tensor;
  node.push(scaled ? *y : e.binary(Binary::Mul, *y, alpha));
}

/// A convolution, plus perhaps a fourth input, through an activation.
static void importFusedConv(Node &node) {
  Emitter &e = node.e;
  Node conv = node;
  conv.inputs.resize(std::min<size_t>(conv.inputs.size(), 3));
  importConv(conv);
  node.seenBy(conv);
  std::string name = node.getString("activation", "");
  std::vector<float> parameters = node.getFloats("activation_params");
  if (e.failed())
    return;
  parameters.resize(2);
  Operand y = conv.outputs[0];
  if (const Operand *z = node.find(3))
    y = e.binary(Binary::Add, y, *z);
  if (std::optional<Operand> activated =
          activate(node, y, name, parameters[0], parameters[1]))
    node.push(*activated);
}

void se::onnx_import::addFused(OperatorTable &table) {
  table["com.microsoft::FusedGemm"] = {importFusedGemm, 2, 3};
  table["com.microsoft::FusedMatMul"] = {importFusedMatMul, 2, 2};
  table["com.microsoft::TransposeMatMul"] = {importFusedMatMul, 2, 2};
  table["com.microsoft::FusedConv"] = {importFusedConv, 2, 4};
}
