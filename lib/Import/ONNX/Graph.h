// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Graph.h - From an ONNX model to a network ----------------*- C++ -*-===//

#ifndef SE_LIB_IMPORT_ONNX_GRAPH_H
#define SE_LIB_IMPORT_ONNX_GRAPH_H

#include "se/Import/ONNX/ImportONNX.h"

#include "mlir/IR/Location.h"

namespace onnx {
class ModelProto;
} // namespace onnx

namespace se::onnx_import {

/// Null after an error, which stands at `loc`, the model's file.
mlir::OwningOpRef<mlir::ModuleOp> importModel(const onnx::ModelProto &model,
                                              mlir::FileLineColLoc loc,
                                              const OnnxImportOptions &options);

} // namespace se::onnx_import

#endif // SE_LIB_IMPORT_ONNX_GRAPH_H
