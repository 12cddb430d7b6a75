// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LoadNetwork.h - What a command works on ------------------*- C++ -*-===//

#ifndef SE_DRIVER_LOADNETWORK_H
#define SE_DRIVER_LOADNETWORK_H

#include "se/Driver/CellNetwork.h"

#include "mlir/IR/OwningOpRef.h"

#include <optional>
#include <string>
#include <vector>

namespace se {

/// Where a network comes from.
struct NetworkSource {
  /// ONNX, or MLIR of any phase; several are the networks of an application, in
  /// order.
  std::vector<std::string> paths;
  /// Instead: a network around a cell.
  std::optional<CellOptions> cell;
  /// ONNX only: IN=OUT each.
  std::vector<std::string> states;
  /// ONNX only: NAME=VALUE each.
  std::vector<std::string> constants;
  /// What stands around it: "frames", nothing, or "denoise", a front end.
  std::string app = "frames";
  /// Name or file of a front end, see frontend::load. Empty: the one of
  /// `resourceDir` that fits the networks.
  std::string frontEnd;
  /// Holds descriptions of targets and front ends.
  std::string resourceDir;
};

/// Reads a network and adds what stands around it. Emits one error and returns
/// nothing on failure.
mlir::OwningOpRef<mlir::ModuleOp> loadNetwork(const NetworkSource &source,
                                              mlir::MLIRContext &context);

/// Does the name end in `.onnx`, in small or capital letters?
bool isOnnxFile(llvm::StringRef path);

/// Reads a network: ONNX if isOnnxFile, otherwise MLIR as text or bytecode;
/// from standard input, `-`, either. `states` are `IN=OUT` and `constants`
/// `NAME=VALUE` each, only with ONNX. Emits one error and returns nothing on
/// failure.
mlir::OwningOpRef<mlir::ModuleOp>
loadModule(llvm::StringRef path, const std::vector<std::string> &states,
           mlir::MLIRContext &context,
           const std::vector<std::string> &constants = {});

} // namespace se

#endif // SE_DRIVER_LOADNETWORK_H
