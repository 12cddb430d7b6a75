// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- se-translate.cpp - Into the rnn dialect ----------------------------===//
//
// A main of its own instead of mlirTranslateMain, whose messages for a wrong
// option or a missing file have several lines or no "error:".
//
//===----------------------------------------------------------------------===//

#include "se/Dialect/RNN/Transforms/Passes.h"
#include "se/Driver/Diagnostics.h"
#include "se/Import/ONNX/ImportONNX.h"
#include "se/Pipelines/Pipelines.h"
#include "se/Support/CommandLine.h"
#include "se/Support/InputFile.h"
#include "se/Support/OutputFiles.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

using namespace se;
namespace cl = llvm::cl;

static cl::OptionCategory category("se-translate options");
static cl::opt<std::string> inputPath(cl::Positional, cl::init("-"),
                                      cl::desc("<input file>"),
                                      cl::cat(category));
static cl::opt<std::string> outputPath("o", cl::init("-"), cl::desc("Output"),
                                       cl::value_desc("file"),
                                       cl::cat(category));
static cl::opt<bool> importOnnxFlag(
    "import-onnx",
    cl::desc("Import an ONNX model as an rnn.network (phase imported)"),
    cl::cat(category));
static cl::list<std::string>
    states("state",
           cl::desc("With --import-onnx: graph input IN and graph output OUT "
                    "are one persistent state (repeatable); IN= says that IN "
                    "is no state"),
           cl::value_desc("IN=OUT"), cl::cat(category));
static cl::list<std::string>
    constants("constant",
              cl::desc("With --import-onnx: graph input NAME has this value in "
                       "every frame; several elements are separated by commas "
                       "(repeatable)"),
              cl::value_desc("NAME=VALUE"), cl::cat(category));

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  setVersionPrinter();
  catchFatalErrors();
  mlir::registerAsmPrinterCLOptions();
  showOnly(category);
  parseCommandLine(argc, argv, "se-translate: networks into the rnn dialect\n");
  if (!importOnnxFlag)
    return reportError("no translation is named, expected --import-onnx (see "
                       "se-translate --help)");
  auto buffer = readInput(inputPath, maxModelBytes);
  if (!buffer)
    return reportError("cannot open input file '" + inputPath +
                       "': " + llvm::toString(buffer.takeError()));
  OnnxImportOptions options;
  for (const std::string &text : states)
    if (!parseStatePair(text, options.states.emplace_back()))
      return reportError("--state " + text + ": expected IN=OUT");
  for (const std::string &text : constants)
    if (!parseConstantInput(text, options.constants.emplace_back()))
      return reportError("--constant " + text + ": expected NAME=VALUE");

  mlir::DialectRegistry registry;
  registerDialects(registry);
  mlir::MLIRContext context(registry);
  // As MLIR prints them, but in one line each.
  context.getDiagEngine().registerHandler([](mlir::Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Note)
      return;
    llvm::errs() << formatAsMlir(diagnostic) << '\n';
  });
  mlir::OwningOpRef<mlir::ModuleOp> module =
      importOnnx((*buffer)->getBuffer(), (*buffer)->getBufferIdentifier(),
                 &context, options);
  if (!module)
    return 1;
  std::string text;
  llvm::raw_string_ostream os(text);
  rnn::writeLayers(*module);
  module->print(os);
  os << '\n';
  if (llvm::Error error = writeOutput(outputPath, text))
    return reportError(std::move(error));
  return 0;
}
