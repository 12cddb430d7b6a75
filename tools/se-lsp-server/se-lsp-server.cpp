// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- se-lsp-server.cpp - Language server for IR in editors --------------===//

#include "se/Pipelines/Pipelines.h"
#include "se/Support/CommandLine.h"

#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  se::setVersionPrinter();
  se::hideOptionsOfLibraries();
  mlir::DialectRegistry registry;
  se::registerDialects(registry);
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
