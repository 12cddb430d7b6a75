// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- se-translate.cpp - Into the rnn dialect ----------------------------===//

#include "se/Import/ONNX/ImportONNX.h"

#include "mlir/Support/LogicalResult.h"
#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"
#include "llvm/Support/CommandLine.h"

int main(int argc, char **argv) {
  llvm::cl::SetVersionPrinter(
      [](llvm::raw_ostream &os) { os << "se-mlir " SE_VERSION "\n"; });
  // The options that LLVM's libraries have registered so far are not ours.
  static llvm::cl::OptionCategory none("none");
  llvm::cl::HideUnrelatedOptions(none);
  se::registerOnnxImport();
  return mlir::failed(mlir::mlirTranslateMain(
      argc, argv, "se-translate: networks into the rnn dialect\n"));
}
