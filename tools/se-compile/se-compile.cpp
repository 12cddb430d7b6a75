// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- se-compile.cpp - From a network to a program -----------------------===//

#include "se/Driver/CalibrationFlags.h"
#include "se/Driver/CellFlags.h"
#include "se/Driver/Compile.h"
#include "se/Driver/Diagnostics.h"
#include "se/Driver/LoadNetwork.h"
#include "se/Pipelines/Pipelines.h"
#include "se/Support/CommandLine.h"
#include "se/Support/OutputFiles.h"
#include "se/Target/LinkerScript.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace se;
namespace cl = llvm::cl;

static cl::OptionCategory category("se-compile options");
static cl::list<std::string>
    inputPaths(cl::Positional,
               cl::desc("IN(.onnx|.mlir|.mlirbc), or - for "
                        "standard input; several with --app=denoise"),
               cl::cat(category));
static cl::opt<std::string> outputPath("o", cl::desc("Output"),
                                       cl::value_desc("file"),
                                       cl::cat(category));
static cl::opt<bool> printLinkerScript(
    "print-linker-script",
    cl::desc("Print the target's linker script, for firmware, and exit"),
    cl::cat(category));
static cl::opt<std::string> precision(
    "precision", cl::init("fp32"),
    cl::desc("Number format: fp32 (default), fp16, int8, mixed "
             "(recurrent layers int8, others fp16), a policy by layer, "
             "FILE.json, or auto (search)"),
    cl::value_desc("policy"), cl::cat(category));
static cl::opt<std::string>
    targetName("target", cl::init("pulp-open"),
               cl::desc("Target: pulp-open (default), pulp-open-ddr, gap9 or a "
                        "description file"),
               cl::value_desc("name"), cl::cat(category));
static cl::opt<unsigned>
    cores("cores", cl::desc("Cores to use (default: all of the target)"),
          cl::value_desc("n"), cl::cat(category));
static cl::opt<std::string>
    name("name",
         cl::desc("What the network is called: its symbols and those in the "
                  "header begin with it (default: the output's name for obj, "
                  "asm and llvm, otherwise that in the model)"),
         cl::value_desc("name"), cl::cat(category));
static cl::opt<int64_t>
    l1Bytes("l1-bytes",
            cl::desc("L1 that the network may use, where others need the rest "
                     "(default: what stacks and runtime leave)"),
            cl::value_desc("bytes"), cl::init(0), cl::cat(category));
static cl::opt<double> deadlineMs(
    "deadline-ms",
    cl::desc("Run the program in the worst case, name the lowest operating "
             "point at which a frame takes no longer, and fail if there is "
             "none (docs/deadline.md)"),
    cl::value_desc("ms"), cl::init(0), cl::cat(category));
static cl::opt<unsigned>
    coreStack("core-stack",
              cl::desc("Stack of each cluster core in L1 (default: 448, or "
                       "what the code takes; 1024 for objects), also for "
                       "the linker script"),
              cl::value_desc("bytes"), cl::init(0), cl::cat(category));
static cl::opt<std::string> app("app", cl::init("frames"),
                                cl::desc("Application around the network: "
                                         "frames (default), one frame per "
                                         "step, or denoise, sound in and "
                                         "out by a front end"),
                                cl::value_desc("name"), cl::cat(category));
static cl::opt<std::string>
    forced("schedule",
           cl::desc("Force choices of the planner: ring=2..6 (slots of the "
                    "ring in L1), slot-bytes=N, tile-rows=N, resident=off, "
                    "code=l1, l2 (default) or auto (the kernel's code), "
                    "separated by commas"),
           cl::value_desc("choices"), cl::cat(category));
static cl::opt<bool> noProof(
    "no-proof",
    cl::desc("Leave out the proof of the schedule (se-verify-schedule): for "
             "tests of the simulator's checks"),
    cl::cat(category));
static cl::opt<std::string>
    report("report", cl::ValueOptional,
           cl::desc("Write what the planner decided and how many cycles it "
                    "expects, as JSON; FILE.html: as a page for people, with a "
                    "frame that is simulated; without a file print tables"),
           cl::value_desc("FILE"), cl::cat(category));
static cl::opt<bool>
    remarks("remarks", cl::desc("Print a remark for each stage of the network"),
            cl::cat(category));
static CalibrationFlags calibration(category);
static CellFlags cell(category);
static cl::opt<std::string>
    nonfinite("nonfinite",
              cl::desc("Frames with an input that is infinite or NaN: "
                       "zero-frame (default: it is taken as zeros), reset "
                       "(that, and then all states are reset), propagate"),
              cl::value_desc("choice"), cl::cat(category));
static cl::opt<double>
    maxLoss("max-loss", cl::init(AutoOptions().maxLoss),
            cl::desc("With --precision=auto: how much the outputs may differ "
                     "from those of fp32, root mean square, relative (default "
                     "0.05)"),
            cl::value_desc("share"), cl::cat(category));
static cl::opt<int64_t>
    searchFrames("search-frames", cl::init(AutoOptions().maxFrames),
                 cl::desc("With --precision=auto: frames of the recordings to "
                          "measure the loss over (default 400)"),
                 cl::value_desc("n"), cl::cat(category));
static cl::opt<std::string>
    policyFile("save-policy",
               cl::desc("Write the policy that was used, with all ranges"),
               cl::value_desc("FILE.json"), cl::cat(category));
static cl::list<std::string>
    states("state", cl::desc("ONNX: graph input and output that are a state"),
           cl::value_desc("IN=OUT"), cl::cat(category));
static cl::list<std::string>
    constants("constant",
              cl::desc("ONNX: value of a graph input, the same in every frame"),
              cl::value_desc("NAME=VALUE"), cl::cat(category));

static cl::opt<std::string>
    emit("emit", cl::init("elf"),
         cl::desc("What to write: elf (default), obj (with a C header beside "
                  "it), asm, llvm, or mlir-PHASE with PHASE one of imported, "
                  "normalized, legalized, planned, scheduled, selected, llvm"),
         cl::value_desc("kind"), cl::cat(category));

static int writeLinkerScript(const target::TargetDescription &target) {
  target::LinkerScriptOptions options;
  if (coreStack)
    options.coreStackSize = coreStack;
  auto script = target::makeLinkerScript(target, options);
  if (!script)
    return reportError(script.takeError());
  llvm::outs() << *script;
  return 0;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  setVersionPrinter();
  catchFatalErrors();
  showOnly(category);
  parseCommandLine(
      argc, argv,
      "se-compile: compiles a recurrent network for a multi-core RISC-V "
      "microcontroller\n");

  auto kind = parseEmit(emit);
  if (!kind)
    return reportError(kind.takeError());
  std::string resourceDir = target::getResourceDir(argv[0]);
  auto target = target::loadTarget(targetName, resourceDir);
  if (!target)
    return reportError(target.takeError());
  if (printLinkerScript)
    return writeLinkerScript(*target);
  if (!(maxLoss >= 0) || std::isinf(maxLoss))
    return reportError("--max-loss: expected a number of at least 0");
  if (cell.wantsList()) {
    llvm::outs() << listCells();
    return 0;
  }
  if (llvm::Error error =
          cell.check(inputPaths.empty() ? "" : inputPaths.front()))
    return reportError(std::move(error));
  if ((inputPaths.empty() && !cell.isGiven()) || outputPath.empty())
    return reportError("expected a network and -o OUT (see se-compile "
                       "--help)");

  mlir::DialectRegistry registry;
  registerDialects(registry);
  mlir::MLIRContext context(registry);
  installOneLineDiagnostics(context);
  NetworkSource source;
  source.paths.assign(inputPaths.begin(), inputPaths.end());
  if (cell.isGiven())
    source.cell = cell.get();
  source.states = states;
  source.constants = constants;
  source.app = app;
  source.frontEnd = calibration.getFrontEnd();
  source.resourceDir = resourceDir;
  mlir::OwningOpRef<mlir::ModuleOp> module = loadNetwork(source, context);
  if (!module)
    return 1;
  CompileOptions options;
  options.precision = precision;
  options.calibration = calibration.get();
  cell.addCalibration(options.calibration, precision);
  options.nonfinite = nonfinite;
  options.search.maxLoss = maxLoss;
  options.search.maxFrames = searchFrames;
  options.search.progress = [](const quantization::Candidate &candidate) {
    llvm::errs() << llvm::formatv(
        "trying {0} layers or gates in int8{3}: {1} cycles, loss {2:f4}\n",
        candidate.layers.size(), candidate.cost.cycles, candidate.loss,
        candidate.wide.empty()
            ? ""
            : llvm::formatv(", {0} in fp32", candidate.wide.size()).str());
  };
  // Now: the linker resets the options.
  bool isOnStandardOutput = OutputFiles::isStandardOutput(outputPath);
  options.search.finish =
      [=](llvm::ArrayRef<quantization::Candidate> candidates) {
        (isOnStandardOutput ? llvm::errs() : llvm::outs())
            << formatCandidates(candidates);
      };
  options.policyFile = policyFile;
  options.name = name;
  if (cores.getNumOccurrences())
    options.cores = cores;
  options.l1Bytes = l1Bytes;
  options.coreStack = coreStack;
  if (deadlineMs.getNumOccurrences())
    options.deadlineMs = deadlineMs;
  options.schedule = forced;
  if (report.getNumOccurrences())
    options.reportFile = report;
  options.remarks = remarks;
  options.emit = *kind;
  options.proof = !noProof;
  return mlir::failed(
      compile(*module, options, *target, resourceDir, outputPath));
}
