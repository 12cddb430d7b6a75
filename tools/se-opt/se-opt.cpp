// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- se-opt.cpp - Runs passes on IR -------------------------------------===//

#include "se/Pipelines/Messages.h"
#include "se/Pipelines/Pipelines.h"
#include "se/Pipelines/ReadModule.h"
#include "se/Support/CommandLine.h"
#include "se/Support/InputFile.h"
#include "se/Support/MessageLine.h"
#include "se/Support/OutputFiles.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

/// `--verify-phase=NAME` is short for `--verify-phase=phase=NAME`: options of
/// passes have names.
static std::string spellOut(llvm::StringRef argument) {
  llvm::StringRef name = argument.ltrim('-');
  if (argument.starts_with("-") && name.consume_front("verify-phase=") &&
      !name.contains('='))
    return ("--verify-phase=phase=" + name).str();
  return argument.str();
}

/// LLVM prints options by category and name: what is this project's would stand
/// behind all of MLIR's.
static constexpr llvm::StringLiteral overview =
    R"(se-mlir: passes on networks and kernels

  --se-pipeline="to=PHASE from=PHASE precision=POLICY ..."   all passes between two phases
  --verify-phase=PHASE                                       check the rules of a phase
  --rnn-..., --se-...                                        single passes, see below

  PHASE is imported, normalized, legalized, scheduled, selected or llvm.
)";

static int fail(llvm::Error error) {
  llvm::errs() << se::formatMessage("error", llvm::toString(std::move(error)))
               << '\n';
  return 1;
}

/// Diagnostics of passes, one line each.
static void printInLines(mlir::MLIRContext &context,
                         mlir::VerbosityLevel level) {
  context.getDiagEngine().registerHandler([level](
                                              mlir::Diagnostic &diagnostic) {
    // A severity is as high as the level that leaves it out.
    mlir::DiagnosticSeverity severity = diagnostic.getSeverity();
    bool isShown = severity == mlir::DiagnosticSeverity::Error ||
                   (severity == mlir::DiagnosticSeverity::Warning &&
                    level != mlir::VerbosityLevel::ErrorsOnly) ||
                   (severity == mlir::DiagnosticSeverity::Remark &&
                    level == mlir::VerbosityLevel::ErrorsWarningsAndRemarks);
    if (isShown)
      llvm::errs() << se::formatAsMlir(diagnostic) << '\n';
  });
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  std::vector<std::string> arguments;
  for (int i = 0; i != argc; ++i)
    arguments.push_back(spellOut(argv[i]));
  std::vector<char *> pointers;
  for (std::string &argument : arguments)
    pointers.push_back(argument.data());
  pointers.push_back(nullptr);

  se::setVersionPrinter();
  se::catchFatalErrors();
  se::hideOptionsOfLibraries();
  mlir::DialectRegistry registry;
  se::registerDialects(registry);
  se::registerPasses();
  auto [input, output] = mlir::registerAndParseCLIOptions(argc, pointers.data(),
                                                          overview, registry);
  auto config = mlir::MlirOptMainConfig::createFromCLOptions();
  if (config.shouldShowDialects() || config.shouldListPasses())
    return mlir::asMainReturnCode(
        mlir::MlirOptMain(argc, pointers.data(), input, output, registry));

  auto buffer = se::readInput(input, se::maxModelBytes);
  if (!buffer)
    return fail(
        llvm::createStringError("cannot open input file '" + input +
                                "': " + llvm::toString(buffer.takeError())));
  // For tests, everything as mlir-opt prints it.
  bool isForTests =
      config.shouldVerifyDiagnostics() || !config.inputSplitMarker().empty();
  se::ProbeOptions options;
  options.allowsUnregisteredDialects = config.shouldAllowUnregisteredDialects();
  options.verifies = config.shouldVerifyOnParsing();
  options.splitMarker = config.inputSplitMarker();
  options.findsErrors = !isForTests && config.getIrdlFile().empty() &&
                        !config.shouldUseExplicitModule();
  if (auto line = se::probeModule(**buffer, registry, options)) {
    llvm::errs() << *line << '\n';
    return 1;
  }
  if (!isForTests)
    config.setPassPipelineSetupFn([original = config](mlir::PassManager &pm) {
      printInLines(*pm.getContext(), original.getDiagnosticVerbosityLevel());
      return original.setupPassPipeline(pm);
    });
  se::OutputFiles files;
  auto os = files.open(output);
  if (!os)
    return fail(os.takeError());
  if (failed(mlir::MlirOptMain(*os, std::move(*buffer), registry, config)))
    return 1;
  if (llvm::Error error = files.commit())
    return fail(std::move(error));
  return 0;
}
