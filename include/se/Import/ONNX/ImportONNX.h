// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ImportONNX.h - From an ONNX file to a module -------------*- C++ -*-===//
//
// Turns an ONNX model into one rnn.network over one frame. What is supported
// and how states are found is written in docs/onnx.md.
//
//===----------------------------------------------------------------------===//

#ifndef SE_IMPORT_ONNX_IMPORTONNX_H
#define SE_IMPORT_ONNX_IMPORTONNX_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>
#include <utility>
#include <vector>

namespace se {

struct OnnxImportOptions {
  /// Pairs of graph input and graph output that are one persistent state. An
  /// empty output says that the input is no state.
  std::vector<std::pair<std::string, std::string>> states;
  /// Graph inputs that are constants, with all their elements or with one for
  /// all of them.
  std::vector<std::pair<std::string, std::vector<double>>> constants;
  /// Emit a remark for each state that was found by data flow alone.
  bool remarks = true;
};

/// Splits `IN=OUT`, as given to `--state`. False if there is no `=` or no IN.
bool parseStatePair(llvm::StringRef text,
                    std::pair<std::string, std::string> &pair);
/// Splits `NAME=VALUE,VALUE...`, as given to `--constant`. False if it is
/// something else.
bool parseConstantInput(llvm::StringRef text,
                        std::pair<std::string, std::vector<double>> &constant);

/// Imports the ONNX model in `bytes`. `fileName` stands in the messages, and
/// external data is looked for beside it. Null after an error, which is one
/// diagnostic.
mlir::OwningOpRef<mlir::ModuleOp>
importOnnx(llvm::StringRef bytes, llvm::StringRef fileName,
           mlir::MLIRContext *context, const OnnxImportOptions &options = {});

} // namespace se

#endif // SE_IMPORT_ONNX_IMPORTONNX_H
