// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsElementwise.cpp - Arithmetic and activations --------------------===//

#include "Node.h"

#include <cmath>

using namespace llvm;
using namespace se::onnx_import;
using se::rnn::ActivationAttr;
using se::rnn::ActivationKind;

template <Binary kind> static void importBinary(Node &node) {
  node.push(node.e.binary(kind, node.at(0), node.at(1)));
}

static void importMul(Node &node) {
  for (unsigned i = 0; i < 2; ++i)
    if (std::optional<Operand> product =
            scaleProduct(node, node.at(i), node.at(1 - i)))
      return node.push(*product);
  importBinary<Binary::Mul>(node);
}

static void importMod(Node &node) {
  node.push(node.e.binary(node.getInt("fmod", 0) ? Binary::FMod : Binary::Mod,
                          node.at(0), node.at(1)));
}

/// Max, Min, Sum, Mean.
template <Binary kind> static void importVariadic(Node &node) {
  Operand result = node.at(0);
  for (unsigned i = 1; i < node.numInputs() && !node.e.failed(); ++i)
    result = node.e.binary(kind, result, node.at(i));
  if (node.op() == "Mean")
    result = node.e.binary(Binary::Div, result, float(node.numInputs()));
  node.push(result);
}

template <Unary kind> static void importUnary(Node &node) {
  node.push(node.e.unary(kind, node.at(0)));
}

template <ActivationKind kind> static void importActivation(Node &node) {
  node.push(node.e.activation(kind, node.at(0)));
}

/// An activation whose parameters are attributes, alpha and perhaps beta.
static void parametric(Node &node, ActivationKind kind, float alpha,
                       std::optional<float> beta = std::nullopt) {
  mlir::OpBuilder &b = node.e.getBuilder();
  mlir::FloatAttr alphaAttr = b.getF32FloatAttr(node.getFloat("alpha", alpha));
  mlir::FloatAttr betaAttr;
  if (beta)
    betaAttr = b.getF32FloatAttr(node.getFloat("beta", *beta));
  node.push(node.e.activation(
      ActivationAttr::get(b.getContext(), kind, alphaAttr, betaAttr),
      node.at(0)));
}
static void importHardSigmoid(Node &node) {
  parametric(node, ActivationKind::hard_sigmoid, 0.2f, 0.5f);
}
static void importLeakyRelu(Node &node) {
  parametric(node, ActivationKind::leaky_relu, 0.01f);
}
static void importElu(Node &node) { parametric(node, ActivationKind::elu, 1); }
static void importThresholdedRelu(Node &node) {
  parametric(node, ActivationKind::thresholded_relu, 1);
}

static void importHardSwish(Node &node) {
  mlir::OpBuilder &b = node.e.getBuilder();
  auto function = ActivationAttr::get(
      b.getContext(), ActivationKind::hard_sigmoid,
      b.getF32FloatAttr(1.0f / 6.0f), b.getF32FloatAttr(0.5f));
  node.push(node.e.binary(Binary::Mul, node.at(0),
                          node.e.activation(function, node.at(0))));
}

/// x >= 0 ? x : slope * x.
static void importPRelu(Node &node) {
  const Operand &x = node.at(0);
  TensorPtr slope = node.at(1).tensor;
  mlir::OpBuilder &b = node.e.getBuilder();
  if (slope && slope->isFloat() && slope->size() == 1 &&
      slope->shape.size() <= x.shape.size()) {
    auto function = ActivationAttr::get(
        b.getContext(), ActivationKind::leaky_relu,
        b.getF32FloatAttr(slope->floats[0]), mlir::FloatAttr());
    return node.push(node.e.activation(function, x));
  }
  Operand positive = node.e.activation(ActivationKind::relu, x);
  Operand negative = node.e.binary(Binary::Min, x, 0.0f);
  node.push(node.e.binary(Binary::Add, positive,
                          node.e.binary(Binary::Mul, negative, node.at(1))));
}

static void importClip(Node &node) {
  Operand result = node.at(0);
  // Opset 9 and 10 have attributes, later ones have inputs.
  auto bound = [&](Binary kind, unsigned input, StringRef attribute) {
    if (node.has(attribute))
      result = node.e.binary(kind, result, node.getFloat(attribute, 0));
    else if (const Operand *limit = node.find(input))
      result = node.e.binary(kind, result, *limit);
  };
  bound(Binary::Max, 1, "min");
  if (!node.e.failed())
    bound(Binary::Min, 2, "max");
  node.push(result);
}

static void importPow(Node &node) {
  const Operand &x = node.at(0), &y = node.at(1);
  Emitter &e = node.e;
  // Exponents that need no power function. The result's shape is x's then.
  if (!x.isConstant() && y.isConstant() && y.isFloat() &&
      y.tensor->size() == 1 && y.rank() <= x.rank()) {
    float exponent = y.tensor->floats[0];
    if (exponent == 0.5f)
      return node.push(e.unary(Unary::Sqrt, x));
    float magnitude = std::fabs(exponent);
    if (magnitude == 1 || magnitude == 2 || magnitude == 3 || magnitude == 4) {
      Operand power = x;
      if (magnitude == 3)
        power = e.binary(Binary::Mul, e.binary(Binary::Mul, x, x), x);
      for (; magnitude == 2 || magnitude == 4; magnitude /= 2)
        power = e.binary(Binary::Mul, power, power);
      if (exponent < 0)
        power = e.unary(Unary::Reciprocal, power);
      return node.push(power);
    }
  }
  // ONNX lets the exponent be of integers.
  if (y.isConstant() && !y.isFloat() && x.isFloat() &&
      !y.tensor->anyDynamic()) {
    std::vector<float> values(y.tensor->ints.begin(), y.tensor->ints.end());
    Operand asFloats = e.constant(makeFloats(y.shape, std::move(values)));
    Node again = node;
    again.inputs[1] = &asFloats;
    importPow(again);
    return node.push(again.outputs[0]);
  }
  node.push(e.binary(Binary::Pow, x, y));
}

void se::onnx_import::addElementwise(OperatorTable &table) {
  table["Add"] = {importBinary<Binary::Add>, 2, 2};
  table["Sub"] = {importBinary<Binary::Sub>, 2, 2};
  table["Mul"] = {importMul, 2, 2};
  table["Div"] = {importBinary<Binary::Div>, 2, 2};
  table["Mod"] = {importMod, 2, 2};
  table["Max"] = {importVariadic<Binary::Max>, 1, variadic};
  table["Min"] = {importVariadic<Binary::Min>, 1, variadic};
  table["Sum"] = {importVariadic<Binary::Add>, 1, variadic};
  table["Mean"] = {importVariadic<Binary::Add>, 1, variadic};
  table["Neg"] = {importUnary<Unary::Neg>, 1, 1};
  table["Abs"] = {importUnary<Unary::Abs>, 1, 1};
  table["Sqrt"] = {importUnary<Unary::Sqrt>, 1, 1};
  table["Exp"] = {importUnary<Unary::Exp>, 1, 1};
  table["Log"] = {importUnary<Unary::Log>, 1, 1};
  table["Reciprocal"] = {importUnary<Unary::Reciprocal>, 1, 1};
  table["Floor"] = {importUnary<Unary::Floor>, 1, 1};
  table["Ceil"] = {importUnary<Unary::Ceil>, 1, 1};
  table["Round"] = {importUnary<Unary::Round>, 1, 1};
  table["Erf"] = {importUnary<Unary::Erf>, 1, 1};
  table["Sin"] = {importUnary<Unary::Sin>, 1, 1};
  table["Cos"] = {importUnary<Unary::Cos>, 1, 1};
  table["Tan"] = {importUnary<Unary::Tan>, 1, 1};
  table["Asin"] = {importUnary<Unary::Asin>, 1, 1};
  table["Acos"] = {importUnary<Unary::Acos>, 1, 1};
  table["Atan"] = {importUnary<Unary::Atan>, 1, 1};
  table["Sinh"] = {importUnary<Unary::Sinh>, 1, 1};
  table["Cosh"] = {importUnary<Unary::Cosh>, 1, 1};
  table["Asinh"] = {importUnary<Unary::Asinh>, 1, 1};
  table["Acosh"] = {importUnary<Unary::Acosh>, 1, 1};
  table["Atanh"] = {importUnary<Unary::Atanh>, 1, 1};
  table["Relu"] = {importActivation<ActivationKind::relu>, 1, 1};
  table["Sigmoid"] = {importActivation<ActivationKind::sigmoid>, 1, 1};
  table["Tanh"] = {importActivation<ActivationKind::tanh>, 1, 1};
  table["Softplus"] = {importActivation<ActivationKind::softplus>, 1, 1};
  table["Softsign"] = {importActivation<ActivationKind::softsign>, 1, 1};
  table["HardSigmoid"] = {importHardSigmoid, 1, 1};
  table["HardSwish"] = {importHardSwish, 1, 1};
  table["LeakyRelu"] = {importLeakyRelu, 1, 1};
  table["Elu"] = {importElu, 1, 1};
  table["ThresholdedRelu"] = {importThresholdedRelu, 1, 1};
  table["PRelu"] = {importPRelu, 2, 2};
  table["Clip"] = {importClip, 1, 3};
  table["Pow"] = {importPow, 2, 2};
}
