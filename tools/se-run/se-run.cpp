// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- se-run.cpp - Runs a network, or any program of a cluster -----------===//

#include "se/Driver/CalibrationFlags.h"
#include "se/Driver/CellFlags.h"
#include "se/Driver/ComparePhases.h"
#include "se/Driver/Compile.h"
#include "se/Driver/Diagnostics.h"
#include "se/Driver/RunHost.h"
#include "se/Driver/RunSound.h"
#include "se/Simulator/Program.h"
#include "se/Simulator/ProgramListing.h"
#include "se/Support/CommandLine.h"
#include "se/Support/InputFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

using namespace se;
namespace cl = llvm::cl;
using sim::Platform;

static cl::OptionCategory category("se-run options");
static cl::list<std::string>
    programs(cl::Positional,
             cl::desc("PROG.elf, or a network (.onnx, "
                      ".mlir, .mlirbc) to run on the "
                      "host; several with --app=denoise"),
             cl::cat(category));
static std::string program; ///< the first of them
static cl::list<std::string> inputs("in",
                                    cl::desc("Frames of an input, [T, "
                                             "elements] float32"),
                                    cl::value_desc("NAME=FILE.npy"),
                                    cl::cat(category));
static cl::list<std::string> outputs("out",
                                     cl::desc("Where to write an output"),
                                     cl::value_desc("NAME=FILE.npy"),
                                     cl::cat(category));
static cl::opt<std::string>
    wavIn("wav-in",
          cl::desc("Networks between samples (--app=denoise): a recording of "
                   "any rate; several channels become one"),
          cl::value_desc("FILE.wav"), cl::cat(category));
static cl::opt<std::string>
    wavOut("wav-out",
           cl::desc("Where to write the sound that comes out, as long as "
                    "--wav-in and in time with it"),
           cl::value_desc("FILE.wav"), cl::cat(category));
static cl::opt<Platform>
    platform("platform", cl::desc("Where to run:"),
             cl::values(clEnumValN(Platform::Simulator, "sim",
                                   "the built-in simulator (default)"),
                        clEnumValN(Platform::Gvsoc, "gvsoc",
                                   "GVSoC's pulp-open, if gvsoc is on PATH")),
             cl::init(Platform::Simulator), cl::cat(category));
static cl::opt<std::string>
    targetName("target",
               cl::desc("Target to simulate: a name or a description file "
                        "(default: what the program was compiled for; with "
                        "--platform=gvsoc pulp-open); of networks on the host: "
                        "one that they must fit"),
               cl::value_desc("name"), cl::cat(category));
static cl::opt<uint64_t> maxCycles(
    "max-cycles", cl::desc("Give up after so many cycles (default 10^11)"),
    cl::value_desc("n"), cl::init(100'000'000'000), cl::cat(category));
static cl::opt<bool>
    check("check",
          cl::desc("Simulator: end at a race on L1 or a read of memory that "
                   "was never written"),
          cl::cat(category));
static cl::opt<unsigned>
    hostTimeout("host-timeout",
                cl::desc("Seconds that gvsoc may take (default 600)"),
                cl::value_desc("seconds"), cl::init(600), cl::cat(category));

static cl::opt<bool> icache("icache",
                            cl::desc("Simulator: instruction caches "
                                     "(default); --icache=0: fetches take no "
                                     "time"),
                            cl::init(true), cl::cat(category));
static cl::opt<bool>
    l1Conflicts("l1-conflicts",
                cl::desc("Simulator: a bank of L1 serves one access per cycle"),
                cl::cat(category));
static cl::opt<bool>
    l2Port("l2-port",
           cl::desc("Simulator: cores' loads, instruction fetches and the DMA "
                    "engine share the cluster's port of 8 bytes a cycle"),
           cl::cat(category));
static cl::opt<bool>
    idealDma("ideal-dma",
             cl::desc("Simulator: transfers of the cluster's DMA engine take "
                      "no time"),
             cl::cat(category));

static cl::opt<std::string>
    filesFolder("files",
                cl::desc("Simulator: folder whose files a program that is no "
                         "network may open (default: none)"),
                cl::value_desc("DIR"), cl::cat(category));
static cl::opt<uint64_t>
    maxFileBytes("max-file-bytes",
                 cl::desc("Simulator: what a program may write to files, and "
                          "what it may print (default 64 MB)"),
                 cl::value_desc("n"), cl::init(sim::defaultMaxFileBytes),
                 cl::cat(category));

static cl::opt<std::string>
    traceFile("trace",
              cl::desc("Simulator: write a trace for Perfetto or "
                       "chrome://tracing"),
              cl::value_desc("FILE.json"), cl::cat(category));
static cl::opt<uint64_t> traceFrom("trace-from",
                                   cl::desc("First cycle of the trace"),
                                   cl::value_desc("cycle"), cl::init(0),
                                   cl::cat(category));
static cl::opt<uint64_t> traceTo("trace-to",
                                 cl::desc("End of the trace (default: that of "
                                          "the run)"),
                                 cl::value_desc("cycle"), cl::init(~0ull),
                                 cl::cat(category));
static cl::opt<uint64_t>
    traceMinStall("trace-min-stall",
                  cl::desc("Leave out stalls of fewer cycles (default 4)"),
                  cl::value_desc("cycles"), cl::init(4), cl::cat(category));

static cl::opt<bool>
    profile("profile",
            cl::desc("Simulator: statistics of each stage of a network (as "
                     "slow as a trace)"),
            cl::cat(category));

static cl::opt<bool>
    energy("energy",
           cl::desc("Simulator: print the energy of a network's frame by the "
                    "target's model (docs/energy.md)"),
           cl::cat(category));

static cl::opt<bool>
    disassemble("disassemble",
                cl::desc("Print the program's instructions instead of running "
                         "it"),
                cl::cat(category));

static cl::opt<std::string>
    precision("precision", cl::init("fp32"),
              cl::desc("Networks on the host: fp32 (default), fp16, int8, "
                       "mixed, or a policy by layer, FILE.json"),
              cl::value_desc("policy"), cl::cat(category));
static cl::opt<unsigned>
    cores("cores", cl::init(1),
          cl::desc("Networks on the host: cores to play (default 1)"),
          cl::value_desc("n"), cl::cat(category));
static cl::opt<std::string>
    app("app", cl::init("frames"),
        cl::desc("Networks on the host, application around them: frames "
                 "(default) or denoise, sound in and out by a front end"),
        cl::value_desc("name"), cl::cat(category));
static CalibrationFlags calibration(category);
static CellFlags cell(category);
static cl::opt<std::string>
    nonfinite("nonfinite",
              cl::desc("Networks on the host, frames with an input that is "
                       "infinite or NaN: zero-frame (default), reset or "
                       "propagate"),
              cl::value_desc("choice"), cl::cat(category));
static cl::list<std::string>
    states("state", cl::desc("ONNX: graph input and output that are a state"),
           cl::value_desc("IN=OUT"), cl::cat(category));
static cl::list<std::string>
    constants("constant",
              cl::desc("ONNX: value of a graph input, the same in every frame"),
              cl::value_desc("NAME=VALUE"), cl::cat(category));

static cl::opt<std::string> compare(
    "compare",
    cl::desc(
        "Networks on the host: run the module of each of these phases, "
        "and print the first value that differs (status 1 if one does); --out "
        "has what the last one computes"),
    cl::value_desc("PHASE,PHASE"), cl::cat(category));
static cl::opt<uint64_t>
    seed("seed",
         cl::desc("--compare without --in: the seed of random frames "
                  "(default 1)"),
         cl::value_desc("n"), cl::init(1), cl::cat(category));
static cl::opt<double> tolerance(
    "tolerance",
    cl::desc("--compare: differences that count as none, as a share of the "
             "value's largest magnitude (default 0: all bits count)"),
    cl::value_desc("share"), cl::init(0), cl::cat(category));
static cl::opt<std::string>
    dump("dump",
         cl::desc("--compare: folder for the value that differs, "
                  "NAME.PHASE.npy of both phases"),
         cl::value_desc("DIR"), cl::cat(category));

static void setNetwork(HostNetworkOptions &options, const char *argv0) {
  NetworkSource &source = options.source;
  source.paths.assign(programs.begin(), programs.end());
  if (cell.isGiven())
    source.cell = cell.get();
  source.states = states;
  source.constants = constants;
  source.app = app;
  source.frontEnd = calibration.getFrontEnd();
  source.resourceDir = target::getResourceDir(argv0);
  options.precision = precision;
  options.calibration = calibration.get();
  cell.addCalibration(options.calibration, precision);
  options.nonfinite = nonfinite;
  options.cores = cores;
  options.target = targetName;
}

static int compareOnHost(const char *argv0) {
  CompareOptions options;
  auto phases = parsePhases(compare);
  if (!phases)
    return reportError(phases.takeError());
  if (!(tolerance >= 0 && tolerance < 1))
    return reportError("--tolerance: expected a share from 0 to 1, such as "
                       "0.01");
  setNetwork(options, argv0);
  options.phases = std::move(*phases);
  options.inputs = inputs;
  options.outputs = outputs;
  options.seed = seed;
  options.tolerance = tolerance;
  options.dumpFolder = dump;
  return comparePhases(options);
}

static SoundFiles getSoundFiles(const std::string &statisticsFile) {
  SoundFiles files;
  files.input = wavIn;
  files.output = wavOut;
  files.outputs = outputs;
  files.statisticsFile = statisticsFile;
  return files;
}

static int runNetworkOnHost(const std::string &statisticsFile,
                            const char *argv0) {
  if (!wavIn.empty()) {
    HostNetworkOptions options;
    setNetwork(options, argv0);
    return runSoundOnHost(options, getSoundFiles(statisticsFile));
  }
  HostRunOptions options;
  setNetwork(options, argv0);
  options.inputs = inputs;
  options.outputs = outputs;
  options.statisticsFile = statisticsFile;
  return runOnHost(options);
}

static int printInstructions() {
  auto buffer = readInput(program, maxProgramBytes);
  if (!buffer)
    return reportError(program + ": " + llvm::toString(buffer.takeError()));
  if (llvm::Error error = sim::disassembleProgram(**buffer, llvm::outs()))
    return reportError(std::move(error));
  return 0;
}

/// Whether an output is the standard output, where the program prints else.
static bool hasOutputOnConsole() {
  return OutputFiles::isStandardOutput(traceFile) ||
         OutputFiles::isStandardOutput(wavOut) ||
         llvm::any_of(outputs, [](llvm::StringRef output) {
           return OutputFiles::isStandardOutput(output.split('=').second);
         });
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  setVersionPrinter();
  catchFatalErrors();
  // LLVM's own --stats counts events of the compiler; ours takes its place.
  if (cl::Option *stats = cl::getRegisteredOptions().lookup("stats"))
    stats->removeArgument();
  cl::opt<std::string> statistics("stats", cl::desc("Write statistics as JSON"),
                                  cl::value_desc("FILE.json"),
                                  cl::cat(category));
  showOnly(category);
  parseCommandLine(
      argc, argv,
      "se-run: runs a program of a PULP cluster, cycle by cycle, or a "
      "network on the host\n");
  if (cell.wantsList()) {
    llvm::outs() << listCells();
    return 0;
  }
  if (!programs.empty())
    program = programs.front();
  if (llvm::Error error = cell.check(program))
    return reportError(std::move(error));
  if (program.empty() && !cell.isGiven())
    return reportError("expected a program or a network (see se-run --help)");
  if (disassemble && cell.isGiven())
    return reportError("--disassemble goes with a program");
  if (disassemble)
    return printInstructions();
  bool isOnHost = cell.isGiven() || isHostProgram(program);
  if (!compare.empty()) {
    if (!isOnHost)
      return reportError("--compare goes with a network (.onnx, .mlir), not "
                         "with a program");
    if (!statistics.empty())
      return reportError("--compare goes without --stats");
    if (!wavIn.empty() || !wavOut.empty())
      return reportError("--compare goes without --wav-in and --wav-out");
    return compareOnHost(argv[0]);
  }
  if (dump.getNumOccurrences() || tolerance.getNumOccurrences() ||
      seed.getNumOccurrences())
    return reportError("--dump, --tolerance and --seed go with --compare");
  if (wavIn.empty() && !wavOut.empty())
    return reportError("--wav-out goes with --wav-in");
  if (!wavIn.empty() && !inputs.empty())
    return reportError("give either --in or --wav-in");
  if (isOnHost && energy)
    return reportError("--energy goes with a program, not with a network on "
                       "the host");
  if (isOnHost)
    return runNetworkOnHost(statistics, argv[0]);
  if (programs.size() > 1)
    return reportError("expected one program, found " +
                       llvm::Twine(programs.size()));

  sim::ProgramFiles files;
  files.program = program;
  files.inputs = inputs;
  files.outputs = outputs;
  files.statisticsFile = statistics;
  sim::RunOptions options;
  options.platform = platform;
  options.target = targetName;
  options.maxCycles = maxCycles;
  options.timing.icache = icache;
  options.timing.l1Conflicts = l1Conflicts;
  options.timing.idealDma = idealDma;
  options.timing.l2Port = l2Port;
  options.check = check;
  options.traceFile = traceFile;
  options.trace.from = traceFrom;
  options.trace.to = traceTo;
  options.trace.minStall = traceMinStall;
  options.profile = profile;
  options.describesEnergy = energy;
  if (energy && platform != Platform::Simulator)
    return reportError("--energy goes with the simulator");
  if (profile && statistics.empty())
    return reportError("--profile goes with --stats");
  if (!filesFolder.empty() && !llvm::sys::fs::is_directory(filesFolder))
    return reportError("--files: '" + filesFolder + "' is no folder");
  options.filesFolder = filesFolder;
  options.maxFileBytes = maxFileBytes;
  options.hasOutputOnConsole =
      hasOutputOnConsole() || OutputFiles::isStandardOutput(statistics);
  options.hostTimeout = hostTimeout;
  options.resourceDir = target::getResourceDir(argv[0]);
  llvm::Error error =
      wavIn.empty()
          ? sim::runProgramFiles(files, options)
          : runSoundOnProgram(program, getSoundFiles(statistics), options);
  if (error)
    return reportError(std::move(error));
  return 0;
}
