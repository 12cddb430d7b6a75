// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- se-opt.cpp - Runs passes on IR -------------------------------------===//

#include "se/Pipelines/Pipelines.h"
#include "se/Support/CommandLine.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"

/// `--verify-phase=NAME` is short for `--verify-phase=phase=NAME`: options of
/// passes have names.
static std::string spellOut(llvm::StringRef argument) {
  llvm::StringRef name = argument.ltrim('-');
  if (argument.starts_with("-") && name.consume_front("verify-phase=") &&
      !name.contains('='))
    return ("--verify-phase=phase=" + name).str();
  return argument.str();
}

int main(int argc, char **argv) {
  std::vector<std::string> arguments;
  for (int i = 0; i != argc; ++i)
    arguments.push_back(spellOut(argv[i]));
  std::vector<char *> pointers;
  for (std::string &argument : arguments)
    pointers.push_back(argument.data());
  pointers.push_back(nullptr);

  se::setVersionPrinter();
  mlir::DialectRegistry registry;
  se::registerDialects(registry);
  se::registerPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, pointers.data(),
                        "se-mlir: passes on networks and kernels\n", registry));
}
