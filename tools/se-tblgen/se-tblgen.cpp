// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Generates C++, C, ODS and Markdown from the project's TableGen files. Build
// time only.

#include "Emitters.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/TableGen/Main.h"
#include "llvm/TableGen/Record.h"

using namespace se;

namespace cl = llvm::cl;

using Emitter = bool (*)(llvm::raw_ostream &, const llvm::RecordKeeper &);

enum class Output { Isa, IsaDoc, XPulpOps, XpulpHeader, XpulpCases };

static cl::opt<Output> output(
    cl::desc("What to generate:"),
    cl::values(
        clEnumValN(Output::Isa, "gen-isa", "the table in C++ (default)"),
        clEnumValN(Output::IsaDoc, "gen-isa-doc", "a page of all instructions"),
        clEnumValN(Output::XPulpOps, "gen-xpulp-ops",
                   "the operations of the xpulp dialect"),
        clEnumValN(Output::XpulpHeader, "gen-xpulp-header",
                   "a C header of the instructions that LLVM does not know"),
        clEnumValN(Output::XpulpCases, "gen-xpulp-cases",
                   "test cases of that header")),
    cl::init(Output::Isa));

static Emitter getEmitter() {
  switch (output) {
  case Output::Isa:
    return tblgen::emitIsa;
  case Output::IsaDoc:
    return tblgen::emitIsaDoc;
  case Output::XPulpOps:
    return tblgen::emitXPulpOps;
  case Output::XpulpHeader:
    return tblgen::emitXpulpHeader;
  case Output::XpulpCases:
    return tblgen::emitXpulpCases;
  }
  llvm_unreachable("no output");
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::cl::ParseCommandLineOptions(argc, argv, "se-mlir table generator\n");
  return llvm::TableGenMain(argv[0], getEmitter());
}
