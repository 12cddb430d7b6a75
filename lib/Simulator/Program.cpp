// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program's side of the files: input i is se_in<i>.bin, output i is
// se_out<i>.bin, raw float32, one frame after the other; se_cycles.bin has a
// u32 per frame.

#include "se/Simulator/Program.h"
#include "Gvsoc.h"
#include "se/Simulator/Energy.h"
#include "se/Simulator/Simulator.h"
#include "se/Simulator/Statistics.h"
#include "se/Support/InputFile.h"
#include "se/Support/MessageLine.h"
#include "se/Target/TargetDescription.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>

using namespace llvm;
using namespace se;
using namespace se::sim;

static constexpr StringLiteral defaultTarget = "pulp-open";
static constexpr StringLiteral cyclesFile = "se_cycles.bin";

static Error fail(const Twine &text) {
  return createStringError(inconvertibleErrorCode(), text);
}

static std::string inputFile(unsigned i) {
  return "se_in" + utostr(i) + ".bin";
}
static std::string outputFile(unsigned i) {
  return "se_out" + utostr(i) + ".bin";
}

template <typename T> static std::vector<uint8_t> toBytes(ArrayRef<T> values) {
  auto *bytes = reinterpret_cast<const uint8_t *>(values.data());
  return {bytes, bytes + values.size() * sizeof(T)};
}

/// The content of a file that the program wrote, as `count` values.
template <typename T>
static Expected<std::vector<T>> fromFile(const FileSystem &files,
                                         StringRef name, size_t count) {
  const std::vector<uint8_t> *bytes = files.getFile(name);
  if (!bytes)
    return fail("the program did not write " + name);
  if (bytes->size() != count * sizeof(T))
    return fail("the program wrote " + Twine(bytes->size()) + " bytes of " +
                name + ", expected " + Twine(count * sizeof(T)));
  std::vector<T> values(count);
  std::memcpy(values.data(), bytes->data(), bytes->size());
  return values;
}

namespace {

class Runner {
public:
  Runner(const Program &program, const Frames &inputs,
         const RunOptions &options, OutputFiles &outputs)
      : program(program), inputs(inputs), options(options), outputs(outputs),
        files(program.metadata ? "" : options.filesFolder,
              options.maxFileBytes) {}
  Expected<ProgramRun> run();

private:
  void prepareFiles();
  Error runOnSimulator();
  Error runOnGvsoc();
  Error collect(Frames &outputs);
  json::Object makeStatistics();
  void checkWorstCase();

  const Program &program;
  const Frames &inputs;
  const RunOptions &options;
  OutputFiles &outputs;
  FileSystem files;
  RunResult result;
  std::vector<target::OperatingPoint> operatingPoints;
  std::vector<uint32_t> frameCycles;
};

} // namespace

/// Puts the inputs where the program reads them.
void Runner::prepareFiles() {
  if (!program.metadata)
    return;
  for (auto [i, values] : enumerate(inputs.values))
    files.setFile(inputFile(i), toBytes<float>(values));
  uint64_t numFrames = uint64_t(inputs.numFrames);
  for (auto [i, port] : enumerate(program.metadata->outputs))
    files.allowFile(outputFile(i), numFrames * port.elements * sizeof(float));
  files.allowFile(cyclesFile, numFrames * sizeof(uint32_t));
}

Error Runner::runOnSimulator() {
  StringRef name = !options.target.empty() ? StringRef(options.target)
                   : program.metadata      ? StringRef(program.metadata->target)
                                           : StringRef(defaultTarget);
  auto target = options.description
                    ? Expected<target::TargetDescription>(*options.description)
                    : target::loadTarget(name, options.resourceDir);
  if (!target)
    return target.takeError();
  operatingPoints = target->operatingPoints;
  if (options.describesEnergy &&
      none_of(operatingPoints, [](const target::OperatingPoint &point) {
        return point.energy.has_value();
      }))
    return fail("--energy: target " + target->name +
                " has no table of energy (docs/energy.md)");
  SimulatorOptions simulatorOptions;
  simulatorOptions.files = &files;
  simulatorOptions.maxConsoleBytes = options.maxFileBytes;
  simulatorOptions.timing = options.timing;
  simulatorOptions.check = options.check;
  simulatorOptions.profile = options.profile;
  simulatorOptions.listener = options.listener;
  if (!options.traceFile.empty()) {
    auto trace = outputs.open(options.traceFile);
    if (!trace)
      return trace.takeError();
    simulatorOptions.traceStream = &*trace;
    simulatorOptions.trace = options.trace;
  }
  simulatorOptions.standardOutput = [&](StringRef text) {
    raw_ostream &os = options.hasOutputOnConsole ? errs() : outs();
    os << text;
    os.flush();
  };
  auto simulator = Simulator::create(*target, std::move(simulatorOptions));
  if (!simulator)
    return simulator.takeError();
  if (Error error = (*simulator)->loadElf(*program.content))
    return error;
  auto run = (*simulator)->run(options.maxCycles);
  if (!files.getRefusal().empty())
    errs() << formatMessage("warning", program.path +
                                           ": the program was "
                                           "refused " +
                                           files.getRefusal())
           << '\n';
  // Outputs come of runs that succeed, and somebody waits for this one.
  StringRef end = options.traceFile.empty() ? "" : "; the trace is not written";
  if (!run)
    return fail(toString(run.takeError()) + end);
  result = std::move(*run);
  if (result.exitStatus)
    return fail(program.path + ": the program ended with status " +
                Twine(result.exitStatus) + end);
  return Error::success();
}

/// Whether the memories that GVSoC has hold the program: without this it ends
/// there in a way that tells nothing. `target` describes that GVSoC.
static Error checkFits(const Program &program,
                       const target::TargetDescription &target) {
  auto elf =
      object::ELFFile<object::ELF32LE>::create(program.content->getBuffer());
  if (!elf)
    return fail(program.path + ": " + toString(elf.takeError()));
  auto segments = elf->program_headers();
  if (!segments)
    return fail(program.path + ": " + toString(segments.takeError()));
  for (const auto &segment : *segments) {
    if (segment.p_type != ELF::PT_LOAD || !segment.p_memsz)
      continue;
    uint64_t begin = segment.p_paddr, end = begin + segment.p_memsz;
    // Two misses at once end a run there: its way from L1 to the caches of
    // instructions takes one line at a time, and they do not ask again.
    if (segment.p_flags & ELF::PF_X && begin >= target.getL1().base &&
        begin < target.getL1().end())
      return fail(program.path + " has code in L1, which GVSoC cannot fetch; "
                                 "compile with --schedule=code=l2");
    if (any_of(target.memories, [&](const target::Memory &memory) {
          return memory.base <= begin && end <= memory.end();
        }))
      continue;
    std::string madeFor =
        program.metadata ? ", made for " + program.metadata->target + "," : "";
    return fail(formatv("{0}{1} has {2} bytes at {3:x8}, where GVSoC as {4} "
                        "has no memory for them; compile with --target={4}, "
                        "or name the target that your GVSoC models by --target",
                        program.path, madeFor, end - begin, begin, target.name)
                    .str());
  }
  return Error::success();
}

Error Runner::runOnGvsoc() {
  StringRef name = options.target.empty() ? StringRef(defaultTarget)
                                          : StringRef(options.target);
  auto target = target::loadTarget(name, options.resourceDir);
  if (!target)
    return target.takeError();
  if (Error error = checkFits(program, *target))
    return error;
  std::vector<std::string> written;
  if (program.metadata) {
    for (unsigned i = 0; i != program.metadata->outputs.size(); ++i)
      written.push_back(outputFile(i));
    written.push_back(cyclesFile.str());
  }
  std::vector<std::string> read;
  for (unsigned i = 0; i != inputs.values.size(); ++i)
    read.push_back(inputFile(i));
  return runGvsoc(program.path, options.hostTimeout, files, read, written);
}

/// Takes what the program wrote.
Error Runner::collect(Frames &outputs) {
  if (!program.metadata)
    return Error::success();
  size_t numFrames = inputs.numFrames;
  auto cycles = fromFile<uint32_t>(files, cyclesFile, numFrames);
  if (!cycles)
    return cycles.takeError();
  frameCycles = std::move(*cycles);

  outputs.numFrames = inputs.numFrames;
  for (auto [i, port] : enumerate(program.metadata->outputs)) {
    auto values =
        fromFile<float>(files, outputFile(i), numFrames * port.elements);
    if (!values)
      return values.takeError();
    outputs.values.push_back(std::move(*values));
  }
  return Error::success();
}

json::Object Runner::makeStatistics() {
  const std::optional<NetworkMetadata> &metadata = program.metadata;
  uint64_t macs = metadata ? metadata->macsPerFrame : 0;
  json::Object object = options.platform == Platform::Simulator
                            ? sim::makeStatistics(result, frameCycles, macs)
                            : makeFrameStatistics(frameCycles, macs);
  if (metadata && metadata->predictedCycles)
    object["predicted_cycles_per_frame"] = *metadata->predictedCycles;
  if (metadata && metadata->worstCaseCycles)
    object["worst_case_cycles"] = *metadata->worstCaseCycles;
  if (metadata && options.platform == Platform::Simulator)
    addEnergyStatistics(object, result.activity, operatingPoints,
                        metadata->getHopMilliseconds());
  return object;
}

/// Says so if a frame took longer than the compiler has promised.
void Runner::checkWorstCase() {
  if (!program.metadata || !program.metadata->worstCaseCycles ||
      frameCycles.empty())
    return;
  uint64_t bound = *program.metadata->worstCaseCycles;
  auto longest = llvm::max_element(frameCycles);
  if (*longest > bound)
    errs() << formatMessage(
                  "warning",
                  formatv("{0}: frame {1} took {2:N} cycles, more than the "
                          "{3:N} of its worst case",
                          program.path, longest - frameCycles.begin(), *longest,
                          bound)
                      .str())
           << '\n';
}

Expected<ProgramRun> Runner::run() {
  prepareFiles();
  Error error =
      options.platform == Platform::Simulator ? runOnSimulator() : runOnGvsoc();
  if (error)
    return error;
  ProgramRun run;
  if (Error error = collect(run.outputs))
    return error;
  run.statistics = makeStatistics();
  checkWorstCase();
  if (options.describesEnergy)
    run.energy =
        formatEnergy(result.activity, operatingPoints,
                     program.metadata ? program.metadata->getHopMilliseconds()
                                      : usualHopMilliseconds);
  return run;
}

Expected<Program> se::sim::loadProgram(const std::string &path) {
  auto buffer = readInput(path, maxProgramBytes);
  if (!buffer)
    return fail(path + ": " + toString(buffer.takeError()));
  auto metadata = readMetadata(**buffer);
  if (!metadata)
    return metadata.takeError();
  return Program{path, std::move(*buffer), std::move(*metadata)};
}

Expected<Program> se::sim::openNetwork(StringRef elf) {
  Program program;
  program.path = "the program";
  program.content = MemoryBuffer::getMemBuffer(elf, program.path, false);
  auto metadata = readMetadata(*program.content);
  if (!metadata)
    return metadata.takeError();
  program.metadata = std::move(*metadata);
  if (!program.metadata)
    return fail("it holds no compiled network");
  return program;
}

Expected<ProgramRun> se::sim::runProgram(const Program &program,
                                         const Frames &inputs,
                                         const RunOptions &options,
                                         OutputFiles &outputs) {
  return Runner(program, inputs, options, outputs).run();
}

Error se::sim::runProgramFiles(const ProgramFiles &files,
                               const RunOptions &options) {
  auto program = loadProgram(files.program);
  if (!program)
    return program.takeError();
  const std::optional<NetworkMetadata> &metadata = program->metadata;
  std::vector<PortFile> wanted;
  Frames inputs;
  if (metadata) {
    auto outputs = matchPorts(files.outputs, metadata->outputs, "--out",
                              /*needsAll=*/false);
    if (!outputs)
      return outputs.takeError();
    wanted = std::move(*outputs);
    auto frames = readFrames(files.inputs, metadata->inputs);
    if (!frames)
      return frames.takeError();
    inputs = std::move(*frames);
  } else if (!files.inputs.empty() || !files.outputs.empty()) {
    return fail(files.program +
                ": holds no compiled network, so --in and --out have no "
                "meaning");
  }
  OutputFiles outputs;
  auto run = runProgram(*program, inputs, options, outputs);
  if (!run)
    return run.takeError();
  (options.hasOutputOnConsole ? errs() : outs()) << run->energy;
  if (metadata)
    if (Error error =
            writeFrames(outputs, wanted, metadata->outputs, run->outputs))
      return error;
  if (!files.statisticsFile.empty()) {
    json::Value statistics(std::move(run->statistics));
    if (Error error = outputs.add(files.statisticsFile,
                                  formatv("{0:2}\n", statistics).str()))
      return error;
  }
  return outputs.commit();
}
