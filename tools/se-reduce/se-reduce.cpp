// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- se-reduce.cpp - Makes a network small that fails -------------------===//

#include "se/Driver/Diagnostics.h"
#include "se/Driver/LoadNetwork.h"
#include "se/Pipelines/Pipelines.h"
#include "se/Reduce/Reduce.h"
#include "se/Support/CommandLine.h"
#include "se/Support/MessageLine.h"
#include "se/Support/OutputFiles.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>

using namespace mlir;
using namespace se;
namespace cl = llvm::cl;

static cl::OptionCategory category("se-reduce options");
static cl::opt<std::string> input(cl::Positional,
                                  cl::desc("FILE.mlir, of any phase with "
                                           "tensors"),
                                  cl::cat(category));
static cl::opt<std::string> output("o",
                                   cl::desc("Where to write what is left "
                                            "(default: standard output)"),
                                   cl::value_desc("FILE.mlir"), cl::init("-"),
                                   cl::cat(category));
static cl::opt<std::string>
    command("command",
            cl::desc("What fails, for the shell; {} stands for the file, the "
                     "tools beside this one are found"),
            cl::value_desc("\"se-compile {} -o /dev/null\""),
            cl::cat(category));
static cl::opt<std::string>
    message("message",
            cl::desc("What the command prints where it fails in the way that "
                     "is looked for (default: it ends with the same status)"),
            cl::value_desc("text"), cl::cat(category));
static cl::opt<unsigned>
    timeout("timeout",
            cl::desc("Seconds after which the command does not count as "
                     "failed (default 60)"),
            cl::value_desc("seconds"), cl::init(60), cl::cat(category));
// How MLIR's reducer runs this program on what it tries.
static cl::opt<int> check("check", cl::Hidden, cl::init(0), cl::cat(category));

/// The status that MLIR's reducer takes for yes is any but 0.
static int checkFile(const Failure &failure) {
  auto found = fails(failure, input);
  if (!found) {
    llvm::consumeError(found.takeError());
    return 0;
  }
  return *found;
}

/// Tools of the same build come first.
static void findToolsBeside(llvm::StringRef path) {
  std::string folder = llvm::sys::path::parent_path(path).str();
  const char *others = std::getenv("PATH");
  ::setenv("PATH", (folder + ":" + (others ? others : "")).c_str(), 1);
}

static unsigned countOperations(ModuleOp module) {
  unsigned count = 0;
  module.walk([&](Operation *) { ++count; });
  return count - 1;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  setVersionPrinter();
  catchFatalErrors();
  showOnly(category);
  parseCommandLine(argc, argv,
                   "se-reduce: makes a network smaller that still fails\n");
  if (input.empty() || command.empty())
    return reportError("expected FILE.mlir and --command=\"...\" (see "
                       "se-reduce --help)");
  if (input == "-")
    return reportError("expected a file, which the command reads too, found "
                       "standard input");
  if (!llvm::StringRef(command).contains("{}"))
    return reportError("--command: expected {} where the file's name belongs");
  Failure failure;
  failure.command = command;
  failure.message = message;
  failure.status = check;
  failure.seconds = timeout;
  std::string program = llvm::sys::fs::getMainExecutable(
      argv[0], reinterpret_cast<void *>(&countOperations));
  if (check.getNumOccurrences())
    return checkFile(failure);
  findToolsBeside(program);

  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  installOneLineDiagnostics(context);
  if (isOnnxFile(input))
    return reportError(input + ": is an ONNX model; se-translate --import-onnx "
                               "makes MLIR of it");
  OwningOpRef<ModuleOp> module = loadModule(input, {}, context);
  if (!module)
    return 1;
  auto outcome = runCommand(failure, input);
  if (!outcome)
    return reportError(outcome.takeError());
  failure.status = outcome->status;
  if (outcome->status == 0 || outcome->status == timedOut)
    return reportError(outcome->status == 0
                           ? "--command: succeeds on " + input +
                                 ", so there is nothing to keep"
                           : "--command: does not end within " +
                                 std::to_string(timeout) + " seconds on " +
                                 input);
  if (!message.empty() && !llvm::StringRef(outcome->output).contains(message))
    return reportError("--message: the command does not print '" + message +
                       "' on " + input);

  std::vector<std::string> arguments = {
      "--command=" + command, "--message=" + message,
      "--timeout=" + std::to_string(timeout),
      "--check=" + std::to_string(failure.status)};
  Tester tester(program, arguments);
  if (tester.isInteresting(*module).first != Tester::Interestingness::True)
    return reportError("--command: does not fail in the same way on the file "
                       "as it is printed, which has another name");
  unsigned before = countOperations(*module);
  reduce(module, tester);
  std::string text;
  llvm::raw_string_ostream(text) << *module << '\n';
  if (llvm::Error error = writeOutput(output, text))
    return reportError(std::move(error));
  llvm::errs() << "reduced from " << before << " operations to "
               << countOperations(*module) << '\n';
  return 0;
}
