// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- se-opt.cpp - Runs passes on IR -------------------------------------===//

#include "se/Pipelines/Pipelines.h"
#include "se/Support/CommandLine.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  se::setVersionPrinter();
  mlir::DialectRegistry registry;
  se::registerDialects(registry);
  se::registerPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(
      argc, argv, "se-mlir: passes on networks and kernels\n", registry));
}
