// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Generates C++ and ODS from the project's TableGen files. Build time only.

#include "Emitters.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/TableGen/Main.h"
#include "llvm/TableGen/Record.h"

using namespace se;

static llvm::cl::opt<bool> xpulpOps(
    "gen-xpulp-ops",
    llvm::cl::desc("Generate the operations of the xpulp dialect, not C++"));

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::cl::ParseCommandLineOptions(argc, argv, "se-mlir table generator\n");
  return llvm::TableGenMain(argv[0], xpulpOps ? &tblgen::emitXPulpOps
                                              : &tblgen::emitIsa);
}
