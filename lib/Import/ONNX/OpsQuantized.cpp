// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsQuantized.cpp - Models that come quantized ----------------------===//
//
// Weights become floats at import: the compiler quantizes by its own policy. A
// pair of QuantizeLinear and DequantizeLinear on activations rounds them as the
// model says. What ONNX Runtime quantizes at run time stays in floats.
//
//===----------------------------------------------------------------------===//

#include "Quantized.h"

#include "onnx/onnx_pb.h"

using namespace llvm;
using namespace se::onnx_import;
using onnx::TensorProto;

/// A scale or zero point as it meets `x`: one number, one for each position of
/// `axis`, or one for each block of `block` positions.
static std::optional<Operand> align(Node &node, const Operand &x,
                                    const Operand &parameter, int64_t axis,
                                    int64_t block) {
  Emitter &e = node.e;
  if (countElements(parameter.shape) == 1)
    return e.reshape(parameter, {});
  auto mismatch = [&] {
    node.error("scale or zero point of shape " + toString(parameter.shape) +
               " does not match " + toString(x.shape));
    return std::nullopt;
  };
  axis = node.axis(axis, x.rank());
  if (axis < 0)
    return std::nullopt;
  if (parameter.rank() == 1 && block == 0) {
    if (parameter.shape[0] != x.shape[axis])
      return mismatch();
    Shape shape(x.rank() - axis, 1);
    shape[0] = parameter.shape[0];
    return e.reshape(parameter, shape);
  }
  if (block <= 0 || parameter.rank() != x.rank() || !parameter.tensor)
    return mismatch();
  Shape wide = parameter.shape, flat = parameter.shape;
  if (block > maxElements / std::max<int64_t>(flat[axis], 1))
    return mismatch();
  flat[axis] *= block;
  if (flat[axis] < x.shape[axis])
    return mismatch();
  wide.insert(wide.begin() + axis + 1, 1);
  Operand y = e.reshape(parameter, wide);
  wide[axis + 1] = block;
  return e.slice(e.reshape(e.expand(y, wide), flat), axis, 0, x.shape[axis]);
}

std::optional<Operand> se::onnx_import::dequantize(Node &node, const Operand &x,
                                                   const Operand &scale,
                                                   const Operand *zeroPoint,
                                                   int64_t axis,
                                                   int64_t block) {
  Emitter &e = node.e;
  if (x.kind != Tensor::Kind::Int || !scale.isFloat()) {
    node.error("integers and a scale of floats are expected");
    return std::nullopt;
  }
  Operand y = e.toFloat(x);
  y.unquantized = false;
  if (zeroPoint) {
    std::optional<Operand> zero = align(node, x, *zeroPoint, axis, block);
    if (!zero)
      return std::nullopt;
    bool none = zero->tensor &&
                all_of(zero->tensor->ints, [](int64_t i) { return i == 0; });
    if (!none)
      y = e.binary(Binary::Sub, y, e.toFloat(*zero));
  }
  std::optional<Operand> factor = align(node, x, scale, axis, block);
  if (!factor)
    return std::nullopt;
  bool one = factor->tensor && factor->rank() == 0 &&
             factor->tensor->floats[0] == 1 && !y.tensor;
  return one ? y : e.binary(Binary::Mul, y, *factor);
}

static void importDequantizeLinear(Node &node) {
  node.ignore("output_dtype");
  if (std::optional<Operand> y =
          dequantize(node, node.at(0), node.at(1), node.find(2),
                     node.getInt("axis", 1), node.getInt("block_size", 0)))
    node.push(*y);
}

/// The least and the largest number of a type.
static std::optional<std::pair<float, float>> rangeOf(int type) {
  switch (type) {
  case TensorProto::INT8:
    return {{-128, 127}};
  case TensorProto::UINT8:
    return {{0, 255}};
  case TensorProto::INT16:
    return {{-32768, 32767}};
  case TensorProto::UINT16:
    return {{0, 65535}};
  case typeINT4:
    return {{-8, 7}};
  case typeUINT4:
    return {{0, 15}};
  default:
    return std::nullopt;
  }
}

std::optional<Operand> se::onnx_import::quantize(Node &node, const Operand &x,
                                                 const Operand &scale,
                                                 const Operand *zeroPoint,
                                                 int type, int64_t axis,
                                                 int64_t block) {
  Emitter &e = node.e;
  if (zeroPoint && zeroPoint->tensor)
    type = zeroPoint->tensor->type;
  std::optional<std::pair<float, float>> range = rangeOf(type);
  if (!range || !x.isFloat() || !scale.isFloat()) {
    node.error("only floats are quantized, to integers of 4, 8 or 16 bits; "
               "element type " +
               Twine(type) + " is not supported");
    return std::nullopt;
  }
  std::optional<Operand> factor = align(node, x, scale, axis, block);
  if (!factor)
    return std::nullopt;
  Operand y = e.unary(Unary::Round, e.binary(Binary::Div, x, *factor));
  if (zeroPoint) {
    std::optional<Operand> zero = align(node, x, *zeroPoint, axis, block);
    if (!zero)
      return std::nullopt;
    y = e.binary(Binary::Add, y, e.toFloat(*zero));
  }
  y = e.binary(Binary::Max, y, range->first);
  y = e.asInt(e.binary(Binary::Min, y, range->second));
  if (y.tensor) {
    auto typed = std::make_shared<Tensor>(*y.tensor);
    typed->type = type;
    y = e.constant(std::move(typed));
  }
  return y;
}

static void importQuantizeLinear(Node &node) {
  node.ignore("saturate");
  node.ignore("precision");
  int64_t type = node.getInt("output_dtype", 0);
  if (std::optional<Operand> y =
          quantize(node, node.at(0), node.at(1), node.find(2),
                   type ? type : int64_t(TensorProto::UINT8),
                   node.getInt("axis", 1), node.getInt("block_size", 0)))
    node.push(*y);
}

static void remarkRunTime(Node &node) {
  node.e.remark("quantizes activations at run time; they stay in floats, and "
                "the weights are those of the model: --precision decides how "
                "they are stored");
}

/// The input itself, with scale 1 and zero point 0: what is multiplied with
/// weights and scaled later gives the same but for the rounding.
static void importDynamicQuantizeLinear(Node &node) {
  if (!node.at(0).isFloat())
    return node.error("supported for floats only");
  remarkRunTime(node);
  Operand y = node.at(0);
  if (y.tensor)
    y = node.e.wrap(node.e.get(y));
  y = node.e.asInt(y);
  y.unquantized = true;
  node.push(y);
  node.push(node.e.constant(makeFloats({}, {1.0f})));
  node.push(node.e.constant(makeInts({}, {0})));
}

/// Integers minus their zero point, which may be one for each row (`axis` -2)
/// or each column (-1).
static std::optional<Operand> centered(Node &node, const Operand &x,
                                       const Operand *zeroPoint, int64_t axis) {
  Operand one = node.e.constant(makeFloats({}, {1.0f}));
  return dequantize(node, x, one, zeroPoint, x.rank() > 1 ? axis : 0);
}

static void importMatMulInteger(Node &node) {
  std::optional<Operand> a = centered(node, node.at(0), node.find(2), -2),
                         b = centered(node, node.at(1), node.find(3), -1);
  if (!a || !b)
    return;
  std::optional<Operand> y = multiply(node, *a, *b);
  if (!y)
    return;
  Operand result = node.e.asInt(*y);
  result.unquantized = node.at(0).unquantized || node.at(1).unquantized;
  if (result.value)
    node.e.setFactors(result.value, *a, *b);
  node.push(result);
}

std::optional<Operand> se::onnx_import::scaleProduct(Node &node,
                                                     const Operand &product,
                                                     const Operand &scale) {
  const Emitter::Factors *factors =
      product.value ? node.e.getFactors(product.value) : nullptr;
  if (!factors || !scale.tensor || !scale.isFloat())
    return std::nullopt;
  const auto &[a, b] = *factors;
  int64_t columns = product.shape.empty() ? 0 : product.shape.back();
  bool fits = scale.tensor->size() == 1 || (scale.tensor->size() == columns &&
                                            scale.shape.back() == columns);
  if (!b.tensor || b.rank() < 2 || !fits || scale.rank() > product.rank())
    return std::nullopt;
  Operand factor = scale;
  if (scale.tensor->size() == 1)
    factor = node.e.reshape(scale, {});
  else
    factor = node.e.reshape(scale, {columns});
  // The product without the scale is perhaps of no use any more.
  node.e.mayBeUnused(product.value);
  return multiply(node, a, node.e.binary(Binary::Mul, b, factor));
}

/// ONNX Runtime's products of what is quantized: floats come out.
static void importMatMulToFloat(Node &node) {
  bool dynamic = node.op() == "DynamicQuantizeMatMul";
  // A, B, [a_scale,] b_scale, [a_zero_point,] b_zero_point, bias
  const Operand *bScale = node.find(dynamic ? 2 : 3),
                *bZero = node.find(dynamic ? 3 : 5),
                *bias = node.find(dynamic ? 4 : 6);
  if (dynamic)
    remarkRunTime(node);
  if (!bScale)
    return node.error("the scale of the weights is missing");
  std::optional<Operand> a =
      dynamic ? node.at(0)
              : dequantize(node, node.at(0), node.at(2), node.find(4), -2);
  std::optional<Operand> b =
      a ? dequantize(node, node.at(1), *bScale, bZero, -1) : std::nullopt;
  std::optional<Operand> y = b ? multiply(node, *a, *b) : std::nullopt;
  if (y)
    node.push(bias ? node.e.binary(Binary::Add, *y, *bias) : *y);
}

/// x, w, x_zero_point, w_zero_point.
static void importConvInteger(Node &node) {
  std::optional<Operand> x = centered(node, node.at(0), node.find(2), 1);
  std::optional<Operand> w =
      x ? centered(node, node.at(1), node.find(3), 0) : std::nullopt;
  if (!w)
    return;
  Node again = node;
  again.inputs = {&*x, &*w};
  importConv(again);
  node.seenBy(again);
  if (again.outputs.empty())
    return;
  Operand y = node.e.asInt(again.outputs[0]);
  y.unquantized = node.at(0).unquantized;
  node.push(y);
}

/// X, W, R, B, sequence_lens, initial_h, initial_c, P as LSTM has them, but W
/// and R are [direction, inputs, 4 * hidden]; then scale and zero point of W
/// and of R, for the whole matrix or each column.
static void importDynamicQuantizeLSTM(Node &node) {
  Emitter &e = node.e;
  remarkRunTime(node);
  Operand weights[2];
  for (unsigned i = 0; i < 2; ++i) {
    const Operand &q = node.at(1 + i), *scale = node.find(8 + 2 * i),
                  *zero = node.find(9 + 2 * i);
    if (!q.tensor || q.rank() != 3 || q.shape[0] != 1 || !scale)
      return node.error("W and R must be constant, of three dimensions and one "
                        "direction, with scales");
    // One direction is left, so a scale for each column is a vector.
    auto vector = [&](const Operand &x) {
      std::optional<int64_t> count = countElements(x.shape);
      return e.reshape(x, {count.value_or(0)});
    };
    Operand scales = vector(*scale), zeros;
    if (zero)
      zeros = vector(*zero);
    std::optional<Operand> w =
        dequantize(node, q, scales, zero ? &zeros : nullptr, 2);
    if (!w)
      return;
    weights[i] = e.transpose(*w, {0, 2, 1});
  }
  Node again = node;
  again.inputs.resize(std::min<size_t>(again.inputs.size(), 8));
  while (!again.inputs.back())
    again.inputs.pop_back();
  again.inputs[1] = &weights[0];
  again.inputs[2] = &weights[1];
  importLSTM(again);
  node.seenBy(again);
  node.outputs = again.outputs;
}

void se::onnx_import::addQuantized(OperatorTable &table) {
  for (StringRef domain : {"", "com.microsoft::"}) {
    auto name = [&](StringRef op) { return (domain + op).str(); };
    table[name("DequantizeLinear")] = {importDequantizeLinear, 2, 3};
    table[name("QuantizeLinear")] = {importQuantizeLinear, 2, 3};
  }
  table["DynamicQuantizeLinear"] = {importDynamicQuantizeLinear, 1, 1};
  table["MatMulInteger"] = {importMatMulInteger, 2, 4};
  table["ConvInteger"] = {importConvInteger, 2, 4};
  table["com.microsoft::MatMulIntegerToFloat"] = {importMatMulToFloat, 4, 7};
  table["com.microsoft::DynamicQuantizeMatMul"] = {importMatMulToFloat, 3, 5};
  table["com.microsoft::DynamicQuantizeLSTM"] = {importDynamicQuantizeLSTM, 3,
                                                 12};
}
