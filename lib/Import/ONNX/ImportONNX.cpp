// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ImportONNX.cpp - From an ONNX file to phase 0 ----------------------===//

#include "se/Import/ONNX/ImportONNX.h"

#include "Graph.h"

#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/SourceMgr.h"

#include "onnx/onnx_pb.h"
#include <google/protobuf/stubs/logging.h>

#include <limits>

using namespace mlir;

bool se::parseStatePair(StringRef text,
                        std::pair<std::string, std::string> &pair) {
  auto [in, out] = text.split('=');
  pair = {in.str(), out.str()};
  return !in.empty() && text.contains('=');
}

OwningOpRef<ModuleOp> se::importOnnx(StringRef bytes, StringRef fileName,
                                     MLIRContext *context,
                                     const OnnxImportOptions &options) {
  context->loadDialect<arith::ArithDialect, math::MathDialect,
                       tensor::TensorDialect, rnn::RNNDialect>();
  FileLineColLoc loc = FileLineColLoc::get(context, fileName, 0, 0);
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
  return onnx_import::importModel(model, loc, options);
}

void se::registerOnnxImport() {
  static llvm::cl::list<std::string> states(
      "state",
      llvm::cl::desc("With --import-onnx: graph input IN and graph output OUT "
                     "are one persistent state (repeatable); IN= says that IN "
                     "is no state"),
      llvm::cl::value_desc("IN=OUT"));
  static TranslateToMLIRRegistration registration(
      "import-onnx", "Import an ONNX model as an rnn.network (phase 0)",
      [](llvm::SourceMgr &sourceMgr,
         MLIRContext *context) -> OwningOpRef<Operation *> {
        const llvm::MemoryBuffer *buffer =
            sourceMgr.getMemoryBuffer(sourceMgr.getMainFileID());
        OnnxImportOptions options;
        for (const std::string &text : states) {
          auto &pair = options.states.emplace_back();
          if (!parseStatePair(text, pair)) {
            emitError(FileLineColLoc::get(context,
                                          buffer->getBufferIdentifier(), 0, 0))
                << "--state " << text << ": expected IN=OUT";
            return nullptr;
          }
        }
        OwningOpRef<ModuleOp> module =
            importOnnx(buffer->getBuffer(), buffer->getBufferIdentifier(),
                       context, options);
        return module ? OwningOpRef<Operation *>(module.release())
                      : OwningOpRef<Operation *>();
      },
      [](DialectRegistry &registry) { registry.insert<rnn::RNNDialect>(); });
}
