// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- OpsConstant.cpp - Operators that make or convert constants ---------===//

#include "Node.h"

#include "onnx/onnx_pb.h"

#include <cmath>

using namespace llvm;
using namespace se::onnx_import;

static void importConstant(Node &node) {
  Emitter &e = node.e;
  TensorPtr tensor;
  if (node.has("value")) {
    tensor = node.getTensor("value");
  } else if (node.has("value_float")) {
    tensor = makeFloats({}, {node.getFloat("value_float", 0)});
  } else if (node.has("value_int")) {
    tensor = makeInts({}, {node.getInt("value_int", 0)});
  } else if (node.has("value_floats")) {
    std::vector<float> values = node.getFloats("value_floats");
    tensor = makeFloats({int64_t(values.size())}, values);
  } else if (node.has("value_ints")) {
    Ints values = node.getInts("value_ints");
    tensor = makeInts({int64_t(values.size())}, {values.begin(), values.end()});
  } else {
    return node.error("the value must be a dense tensor or a list of numbers");
  }
  if (tensor)
    node.push(e.constant(std::move(tensor)));
}

static void importConstantOfShape(Node &node) {
  const Operand &x = node.at(0);
  if (!x.tensor || x.isFloat() || x.rank() != 1)
    return node.error("the shape must be a constant list of integers");
  Shape shape(x.tensor->ints.begin(), x.tensor->ints.end());
  if (shape.size() > maxRank || !countElements(shape))
    return node.error("the shape " + toString(shape) +
                      " is negative or too large");
  TensorPtr value = node.getTensor("value");
  if (!value)
    value = makeFloats({}, {0.0f});
  if (value->size() != 1)
    return node.error("attribute 'value' must have one element");
  auto one = std::make_shared<Tensor>(*value);
  one->shape.clear();
  node.push(node.e.expand(node.e.constant(one), shape));
}

static void importShape(Node &node) {
  const Operand &x = node.at(0);
  int64_t rank = x.rank();
  auto clamp = [&](int64_t i) {
    return std::clamp<int64_t>(i < 0 ? i + rank : i, 0, rank);
  };
  int64_t start = clamp(node.getInt("start", 0));
  int64_t end = clamp(node.getInt("end", rank));
  auto tensor = std::make_shared<Tensor>();
  tensor->kind = Tensor::Kind::Int;
  for (int64_t d = start; d < end; ++d) {
    tensor->ints.push_back(x.shape[d]);
    tensor->dynamic.push_back(x.open[d]);
  }
  tensor->shape.push_back(tensor->ints.size());
  node.push(node.e.constant(std::move(tensor)));
}

static void importSize(Node &node) {
  const Operand &x = node.at(0);
  std::optional<int64_t> count = countElements(x.shape);
  auto tensor = std::make_shared<Tensor>(*makeInts({}, {count.value_or(0)}));
  tensor->dynamic.push_back(x.anyOpen());
  node.push(node.e.constant(std::move(tensor)));
}

/// Integers as their type holds them: in C and in ONNX Runtime they wrap.
static int64_t wrapped(int64_t value, int type) {
  switch (type) {
  case onnx::TensorProto::INT8:
    return int8_t(value);
  case onnx::TensorProto::INT16:
    return int16_t(value);
  case onnx::TensorProto::INT32:
    return int32_t(value);
  case onnx::TensorProto::UINT8:
    return uint8_t(value);
  case onnx::TensorProto::UINT16:
    return uint16_t(value);
  case onnx::TensorProto::UINT32:
    return uint32_t(value);
  default:
    return value;
  }
}

/// `type` may be 0, that of integers made here.
static Operand castTo(Emitter &e, const Operand &x, Tensor::Kind kind,
                      int type) {
  // Every float of the network is f32, whatever the model calls it.
  if (kind == Tensor::Kind::Float)
    return e.toFloat(x);
  if (kind == Tensor::Kind::Bool)
    return e.toBool(x);
  Operand result = e.toInt(x);
  if (!result.tensor || result.tensor->type == type)
    return result;
  auto tensor = std::make_shared<Tensor>(*result.tensor);
  tensor->type = type;
  for (int64_t &value : tensor->ints)
    value = wrapped(value, type);
  return e.constant(std::move(tensor));
}

static void importCast(Node &node) {
  int64_t to = node.getInt("to", 0);
  node.ignore("saturate");
  node.ignore("round_mode");
  std::optional<Tensor::Kind> kind = kindOf(to);
  if (!kind)
    return node.error("a cast to element type " + Twine(to) +
                      " is not supported");
  node.push(castTo(node.e, node.at(0), *kind, to));
}

static void importCastLike(Node &node) {
  const Operand &like = node.at(1);
  node.ignore("saturate");
  node.ignore("round_mode");
  node.push(castTo(node.e, node.at(0), like.kind,
                   like.tensor ? like.tensor->type : 0));
}

static void importRange(Node &node) {
  node.ignore("stash_type");
  const Operand &start = node.at(0), &limit = node.at(1), &delta = node.at(2);
  for (unsigned i = 0; i < 3; ++i)
    if (!node.at(i).tensor || node.at(i).isFloat() ||
        node.at(i).tensor->size() != 1 || node.at(i).tensor->anyDynamic())
      return node.error("supported for constant integers only that do not "
                        "depend on the number of frames");
  int64_t from = start.tensor->ints[0], to = limit.tensor->ints[0],
          step = delta.tensor->ints[0];
  auto large = [](int64_t number) {
    return number < -(int64_t(1) << 40) || number > int64_t(1) << 40;
  };
  if (step == 0 || large(from) || large(to) || large(step))
    return node.error("impossible bounds or step");
  int64_t count =
      std::max<int64_t>(0, (to - from + step + (step > 0 ? -1 : 1)) / step);
  if (count > int64_t(1) << 20)
    return node.error("a range of " + Twine(count) + " elements is too large");
  std::vector<int64_t> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(from + i * step);
  node.push(node.e.constant(makeInts({count}, std::move(values))));
}

void se::onnx_import::addConstants(OperatorTable &table) {
  table["Constant"] = {importConstant, 0, 0};
  table["ConstantOfShape"] = {importConstantOfShape, 1, 1};
  table["Shape"] = {importShape, 1, 1};
  table["Size"] = {importSize, 1, 1};
  table["Cast"] = {importCast, 1, 1, /*moves=*/true};
  table["CastLike"] = {importCastLike, 2, 2};
  table["Range"] = {importRange, 3, 3};
}
