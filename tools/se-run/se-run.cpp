// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- se-run.cpp - Runs a compiled network or any program ----------------===//

#include "se/Simulator/Program.h"
#include "se/Support/Version.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/WithColor.h"

using namespace se;
namespace cl = llvm::cl;
using sim::Platform;

static cl::OptionCategory category("se-run options");
static cl::opt<std::string> program(cl::Positional, cl::Required,
                                    cl::desc("PROG.elf"), cl::cat(category));
static cl::list<std::string> inputs("in",
                                    cl::desc("Frames of an input, [T, "
                                             "elements] float32"),
                                    cl::value_desc("NAME=FILE.npy"),
                                    cl::cat(category));
static cl::list<std::string> outputs("out",
                                     cl::desc("Where to write an output"),
                                     cl::value_desc("NAME=FILE.npy"),
                                     cl::cat(category));
static cl::opt<Platform>
    platform("platform", cl::desc("Where to run:"),
             cl::values(clEnumValN(Platform::Simulator, "sim",
                                   "the built-in simulator (default)"),
                        clEnumValN(Platform::Gvsoc, "gvsoc",
                                   "GVSoC's pulp-open, if gvsoc is on PATH")),
             cl::init(Platform::Simulator), cl::cat(category));
static cl::opt<std::string>
    target("target",
           cl::desc("Target to simulate: a name or a description file "
                    "(default: what the program was compiled for)"),
           cl::value_desc("name"), cl::cat(category));
static cl::opt<std::string> statistics("stats",
                                       cl::desc("Write statistics as JSON"),
                                       cl::value_desc("FILE.json"),
                                       cl::cat(category));
static cl::opt<uint64_t>
    maxCycles("max-cycles",
              cl::desc("Give up after so many cycles (default 10^11)"),
              cl::value_desc("n"), cl::init(100'000'000'000),
              cl::cat(category));
static cl::opt<unsigned>
    hostTimeout("host-timeout",
                cl::desc("Seconds that gvsoc may take (default 600)"),
                cl::value_desc("seconds"), cl::init(600), cl::cat(category));

/// Where the project's data lies: beside the tool, in ../share/se-mlir.
static std::string findResources(const char *argv0) {
  static int anchor;
  llvm::SmallString<128> path =
      llvm::StringRef(llvm::sys::fs::getMainExecutable(argv0, &anchor));
  llvm::sys::path::remove_filename(path);
  llvm::sys::path::append(path, "..", "share", "se-mlir");
  return std::string(path);
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  setVersionPrinter();
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(
      argc, argv, "se-run: runs a program of a PULP cluster, cycle by cycle\n");

  sim::ProgramOptions options;
  options.program = program;
  options.inputs = inputs;
  options.outputs = outputs;
  options.platform = platform;
  options.target = target;
  options.statisticsFile = statistics;
  options.maxCycles = maxCycles;
  options.hostTimeout = hostTimeout;
  options.resourceDir = findResources(argv[0]);
  if (llvm::Error error = sim::runProgram(options)) {
    llvm::WithColor::error(llvm::errs(), "se-run")
        << llvm::toString(std::move(error)) << '\n';
    return 1;
  }
  return 0;
}
