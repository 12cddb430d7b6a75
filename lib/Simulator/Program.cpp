// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program's side of the files: input i is se_in<i>.bin, output i is
// se_out<i>.bin, raw float32, one frame after the other; se_cycles.bin has a
// u32 per frame.

#include "se/Simulator/Program.h"
#include "Gvsoc.h"
#include "se/Simulator/Simulator.h"
#include "se/Simulator/Statistics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
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

/// One run: from the command line to the statistics.
class ProgramRun {
public:
  explicit ProgramRun(const ProgramOptions &options) : options(options) {}
  Error run();

private:
  Error prepareFiles();
  Error runOnSimulator();
  Error runOnGvsoc();
  Error collect();
  Error writeStatistics();

  const ProgramOptions &options;
  std::unique_ptr<MemoryBuffer> program;
  std::optional<NetworkMetadata> metadata;
  std::vector<PortFile> outputs;
  Frames inputFrames;
  FileSystem files{"."};
  RunResult result;
  std::vector<uint32_t> frameCycles;
};

} // namespace

/// Puts the inputs where the program reads them.
Error ProgramRun::prepareFiles() {
  if (!metadata) {
    if (!options.inputs.empty() || !options.outputs.empty())
      return fail(options.program +
                  ": holds no compiled network, so --in and --out have no "
                  "meaning");
    return Error::success();
  }
  auto wanted = matchPorts(options.outputs, metadata->outputs, "--out",
                           /*needsAll=*/false);
  if (!wanted)
    return wanted.takeError();
  outputs = std::move(*wanted);
  auto read = readFrames(options.inputs, metadata->inputs);
  if (!read)
    return read.takeError();
  inputFrames = std::move(*read);
  for (auto [i, values] : enumerate(inputFrames.values))
    files.setFile(inputFile(i), toBytes<float>(values));
  for (unsigned i = 0; i != metadata->outputs.size(); ++i)
    files.allowFile(outputFile(i));
  files.allowFile(cyclesFile);
  return Error::success();
}

Error ProgramRun::runOnSimulator() {
  StringRef name = !options.target.empty() ? StringRef(options.target)
                   : metadata              ? StringRef(metadata->target)
                                           : StringRef(defaultTarget);
  auto target = target::loadTarget(name, options.resourceDir);
  if (!target)
    return target.takeError();
  SimulatorOptions simulatorOptions;
  simulatorOptions.files = &files;
  simulatorOptions.timing = options.timing;
  simulatorOptions.check = options.check;
  simulatorOptions.profile = options.profile;
  std::unique_ptr<raw_fd_ostream> trace;
  if (!options.traceFile.empty()) {
    std::error_code code;
    trace = std::make_unique<raw_fd_ostream>(options.traceFile, code);
    if (code)
      return fail(options.traceFile + ": " + code.message());
    simulatorOptions.traceStream = trace.get();
    simulatorOptions.trace = options.trace;
  }
  simulatorOptions.standardOutput = [](StringRef text) {
    outs() << text;
    outs().flush();
  };
  auto simulator = Simulator::create(*target, std::move(simulatorOptions));
  if (!simulator)
    return simulator.takeError();
  if (Error error = (*simulator)->loadElf(*program))
    return error;
  auto run = (*simulator)->run(options.maxCycles);
  if (trace) {
    trace->close();
    if (trace->has_error()) {
      std::error_code code = trace->error();
      trace->clear_error();
      consumeError(run.takeError());
      return fail(options.traceFile + ": " + code.message());
    }
  }
  if (!run)
    return run.takeError();
  result = std::move(*run);
  if (result.exitStatus)
    return fail(options.program + ": the program ended with status " +
                Twine(result.exitStatus));
  return Error::success();
}

Error ProgramRun::runOnGvsoc() {
  std::vector<std::string> written;
  if (metadata) {
    for (unsigned i = 0; i != metadata->outputs.size(); ++i)
      written.push_back(outputFile(i));
    written.push_back(cyclesFile.str());
  }
  std::vector<std::string> read;
  for (unsigned i = 0; i != inputFrames.values.size(); ++i)
    read.push_back(inputFile(i));
  return runGvsoc(options.program, options.hostTimeout, files, read, written);
}

/// Takes what the program wrote to the files of the command line.
Error ProgramRun::collect() {
  if (!metadata)
    return Error::success();
  size_t numFrames = inputFrames.numFrames;
  auto cycles = fromFile<uint32_t>(files, cyclesFile, numFrames);
  if (!cycles)
    return cycles.takeError();
  frameCycles = std::move(*cycles);

  Frames frames;
  frames.numFrames = inputFrames.numFrames;
  for (auto [i, port] : enumerate(metadata->outputs)) {
    auto values =
        fromFile<float>(files, outputFile(i), numFrames * port.elements);
    if (!values)
      return values.takeError();
    frames.values.push_back(std::move(*values));
  }
  return writeFrames(outputs, metadata->outputs, frames);
}

Error ProgramRun::writeStatistics() {
  if (options.statisticsFile.empty())
    return Error::success();
  uint64_t macs = metadata ? metadata->macsPerFrame : 0;
  json::Object object = options.platform == Platform::Simulator
                            ? makeStatistics(result, frameCycles, macs)
                            : makeFrameStatistics(frameCycles, macs);
  if (metadata && metadata->predictedCycles)
    object["predicted_cycles_per_frame"] = *metadata->predictedCycles;
  Error error = writeToOutput(options.statisticsFile, [&](raw_ostream &os) {
    os << formatv("{0:2}", json::Value(std::move(object))) << '\n';
    return Error::success();
  });
  if (error)
    return fail(options.statisticsFile + ": " + toString(std::move(error)));
  return Error::success();
}

Error ProgramRun::run() {
  auto buffer = MemoryBuffer::getFile(options.program, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return fail(options.program + ": " + buffer.getError().message());
  program = std::move(*buffer);
  auto read = readMetadata(*program);
  if (!read)
    return read.takeError();
  metadata = std::move(*read);

  if (Error error = prepareFiles())
    return error;
  Error error =
      options.platform == Platform::Simulator ? runOnSimulator() : runOnGvsoc();
  if (error)
    return error;
  if (Error error = collect())
    return error;
  return writeStatistics();
}

Error se::sim::runProgram(const ProgramOptions &options) {
  return ProgramRun(options).run();
}
