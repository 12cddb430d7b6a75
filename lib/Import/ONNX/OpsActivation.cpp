// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsActivation.cpp - Activations made of other functions ------------===//
//
// Those that are one rnn.activation stand in OpsElementwise.cpp.
//
//===----------------------------------------------------------------------===//

#include "Node.h"

#include <cmath>

using namespace llvm;
using namespace se::onnx_import;
using se::rnn::ActivationAttr;
using se::rnn::ActivationKind;

/// x / 2 * (1 + erf(x / sqrt(2))).
static Operand gelu(Emitter &e, const Operand &x) {
  Operand root = e.unary(Unary::Erf, e.binary(Binary::Mul, x, M_SQRT1_2));
  return e.binary(Binary::Mul, e.binary(Binary::Mul, x, 0.5f),
                  e.binary(Binary::Add, root, 1.0f));
}

/// x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))).
static Operand geluByTanh(Emitter &e, const Operand &x) {
  Operand square = e.binary(Binary::Mul, x, x);
  constexpr double scale = M_2_SQRTPI * M_SQRT1_2;
  Operand factor =
      e.binary(Binary::Add, e.binary(Binary::Mul, square, 0.044715 * scale),
               float(scale));
  Operand curve =
      e.activation(ActivationKind::tanh, e.binary(Binary::Mul, x, factor));
  return e.binary(Binary::Mul, e.binary(Binary::Mul, x, 0.5f),
                  e.binary(Binary::Add, curve, 1.0f));
}

/// ONNX's Gelu and those of ONNX Runtime's optimizer, which may have a bias.
static void importGelu(Node &node) {
  Emitter &e = node.e;
  std::string approximate = node.getString("approximate", "none");
  if (approximate != "none" && approximate != "tanh")
    return node.error("approximate '" + approximate + "' is unknown");
  Operand x = node.at(0);
  if (const Operand *bias = node.find(1))
    x = e.binary(Binary::Add, x, *bias);
  bool byTanh = approximate == "tanh" || node.op() == "FastGelu";
  node.push(byTanh ? geluByTanh(e, x) : gelu(e, x));
}

/// x * sigmoid(alpha * x).
static Operand swish(Node &node, float alpha) {
  Emitter &e = node.e;
  const Operand &x = node.at(0);
  alpha = node.getFloat("alpha", alpha);
  Operand scaled = alpha == 1 ? x : e.binary(Binary::Mul, x, alpha);
  return e.binary(Binary::Mul, x,
                  e.activation(ActivationKind::sigmoid, scaled));
}
static void importSwish(Node &node) { node.push(swish(node, 1)); }
static void importQuickGelu(Node &node) { node.push(swish(node, 1.702f)); }
static void importSwiGLU(Node &node) {
  node.push(node.e.binary(Binary::Mul, swish(node, 1), node.at(1)));
}

static void importMish(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0);
  Operand soft = e.activation(ActivationKind::softplus, x);
  node.push(e.binary(Binary::Mul, x, e.activation(ActivationKind::tanh, soft)));
}

static Operand elu(Emitter &e, const Operand &x, float alpha) {
  mlir::OpBuilder &b = e.getBuilder();
  return e.activation(ActivationAttr::get(b.getContext(), ActivationKind::elu,
                                          b.getF32FloatAttr(alpha),
                                          mlir::FloatAttr()),
                      x);
}

static void importSelu(Node &node) {
  float alpha = node.getFloat("alpha", 1.67326319217681884765625f),
        gamma = node.getFloat("gamma", 1.05070102214813232421875f);
  node.push(node.e.binary(Binary::Mul, elu(node.e, node.at(0), alpha), gamma));
}

/// max(0, x) + min(0, alpha * (exp(x / alpha) - 1)).
static void importCelu(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0);
  float alpha = node.getFloat("alpha", 1);
  if (!(alpha > 0))
    return node.error("alpha must be positive");
  if (alpha == 1)
    return node.push(elu(e, x, 1));
  Operand scaled = elu(e, e.binary(Binary::Mul, x, 1 / alpha), 1);
  node.push(e.binary(Binary::Mul, scaled, alpha));
}

/// x < -lambd ? x + bias : x > lambd ? x - bias : 0.
static void importShrink(Node &node) {
  Emitter &e = node.e;
  const Operand &x = node.at(0);
  float lambd = node.getFloat("lambd", 0.5f), bias = node.getFloat("bias", 0);
  Operand high = e.select(e.binary(Binary::Greater, x, lambd),
                          e.binary(Binary::Sub, x, bias), 0.0f);
  node.push(e.select(e.binary(Binary::Less, x, -lambd),
                     e.binary(Binary::Add, x, bias), high));
}

void se::onnx_import::addActivations(OperatorTable &table) {
  table["Gelu"] = {importGelu, 1, 1};
  table["com.microsoft::Gelu"] = {importGelu, 1, 1};
  table["com.microsoft::FastGelu"] = {importGelu, 1, 2};
  table["com.microsoft::BiasGelu"] = {importGelu, 2, 2};
  table["com.microsoft::QuickGelu"] = {importQuickGelu, 1, 1};
  table["Swish"] = {importSwish, 1, 1};
  table["SwiGLU"] = {importSwiGLU, 2, 2};
  table["Mish"] = {importMish, 1, 1};
  table["Selu"] = {importSelu, 1, 1};
  table["Celu"] = {importCelu, 1, 1};
  table["Shrink"] = {importShrink, 1, 1};
}
