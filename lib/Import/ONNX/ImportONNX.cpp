// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ImportONNX.cpp - From an ONNX file to a module ---------------------===//

#include "se/Import/ONNX/ImportONNX.h"

#include "Graph.h"
#include "WireSize.h"

#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"

#include "onnx/onnx_pb.h"
#include "llvm/Support/JSON.h"
#include <google/protobuf/stubs/logging.h>

#include <limits>

using namespace mlir;

bool se::parseStatePair(StringRef text,
                        std::pair<std::string, std::string> &pair) {
  auto [in, out] = text.split('=');
  pair = {in.str(), out.str()};
  return !in.empty() && text.contains('=');
}

bool se::parseConstantInput(
    StringRef text, std::pair<std::string, std::vector<double>> &constant) {
  auto [name, list] = text.rsplit('=');
  constant.first = name.str();
  SmallVector<StringRef> parts;
  list.split(parts, ',');
  for (StringRef part : parts)
    if (!llvm::to_float(part.trim(), constant.second.emplace_back()))
      return false;
  return !name.empty() && text.contains('=');
}

/// A name that is no text: names come to stand in symbols, messages and JSON.
static const std::string *findBadName(const onnx::GraphProto &graph) {
  const std::string *found = nullptr;
  auto check = [&](const std::string &name) {
    if (!found && !llvm::json::isUTF8(name))
      found = &name;
  };
  check(graph.name());
  for (const auto *values :
       {&graph.input(), &graph.output(), &graph.value_info()})
    for (const auto &value : *values)
      check(value.name());
  for (const auto &tensor : graph.initializer())
    check(tensor.name());
  for (const auto &node : graph.node()) {
    check(node.name());
    for (const auto *names : {&node.input(), &node.output()})
      for (const std::string &name : *names)
        check(name);
    for (const auto &attribute : node.attribute())
      if (const std::string *bad = attribute.has_g() && !found
                                       ? findBadName(attribute.g())
                                       : nullptr)
        found = bad;
  }
  return found;
}

OwningOpRef<ModuleOp> se::importOnnx(StringRef bytes, StringRef fileName,
                                     MLIRContext *context,
                                     const OnnxImportOptions &options) {
  context->loadDialect<arith::ArithDialect, math::MathDialect,
                       tensor::TensorDialect, rnn::RNNDialect>();
  FileLineColLoc loc = FileLineColLoc::get(context, fileName, 0, 0);
  // What protobuf takes for many small parts, which no size in the file tells.
  constexpr uint64_t maxOverhead = uint64_t(768) << 20;
  if (bytes.size() <= size_t(std::numeric_limits<int>::max()) &&
      onnx_import::hasOverhead(bytes, *onnx::ModelProto::descriptor(),
                               maxOverhead)) {
    emitError(loc) << "has more parts than are read: they take more than "
                   << (maxOverhead >> 20) << " MB of memory";
    return nullptr;
  }
  onnx::ModelProto model;
  bool parsed = false;
  if (bytes.size() <= size_t(std::numeric_limits<int>::max())) {
    // One mistake, one line: ours.
    google::protobuf::LogSilencer silencer;
    parsed = model.ParseFromArray(bytes.data(), bytes.size());
  }
  if (!parsed) {
    emitError(loc) << "this is not an ONNX model, or the file is truncated ("
                   << bytes.size() << " bytes)";
    return nullptr;
  }
  if (const std::string *name = findBadName(model.graph())) {
    emitError(loc) << "the name '" << *name << "' is not UTF-8";
    return nullptr;
  }
  return onnx_import::importModel(model, loc, options);
}
