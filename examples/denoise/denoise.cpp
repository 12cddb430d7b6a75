// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- denoise.cpp - Takes the noise out of a recording -------------------===//
//
// The program goes from samples to samples, hop by hop, on a simulated cluster
// (se-compile --app=denoise). The host reads and writes files, measures, and
// draws.
//
//===----------------------------------------------------------------------===//

#include "Report.h"
#include "Spectrogram.h"
#include "se/Audio/Quality.h"
#include "se/Audio/Stft.h"
#include "se/Audio/Wav.h"
#include "se/Driver/Compile.h"
#include "se/Driver/Diagnostics.h"
#include "se/Driver/RunSound.h"
#include "se/Support/CommandLine.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include <chrono>
#include <condition_variable>
#include <thread>

using namespace llvm;
using namespace se;
using sim::Platform;

static cl::OptionCategory category("se-denoise options");
static cl::opt<std::string> program(cl::Positional, cl::Required,
                                    cl::desc("PROG.elf"), cl::cat(category));
static cl::opt<std::string>
    input("in", cl::Required,
          cl::desc("Recording, mono, at the program's rate"),
          cl::value_desc("noisy.wav"), cl::cat(category));
static cl::opt<std::string> output("out", cl::Required,
                                   cl::desc("Where to write the result"),
                                   cl::value_desc("denoised.wav"),
                                   cl::cat(category));
static cl::opt<std::string>
    referenceFile("reference",
                  cl::desc("The recording without noise, to measure against"),
                  cl::value_desc("clean.wav"), cl::cat(category));
static cl::opt<std::string>
    picture("picture",
            cl::desc("Spectrograms, from the top: recording, result, "
                     "reference"),
            cl::value_desc("FILE.png"), cl::cat(category));
static cl::opt<Platform>
    platform("platform", cl::desc("Where to run:"),
             cl::values(clEnumValN(Platform::Simulator, "sim",
                                   "the built-in simulator (default)"),
                        clEnumValN(Platform::Gvsoc, "gvsoc",
                                   "GVSoC's pulp-open, if gvsoc is on PATH")),
             cl::init(Platform::Simulator), cl::cat(category));
static cl::opt<double> maxSeconds("max-seconds",
                                  cl::desc("Take only the first seconds"),
                                  cl::value_desc("n"), cl::init(0),
                                  cl::cat(category));

static Error fail(const Twine &text) {
  return createStringError(inconvertibleErrorCode(), text);
}

/// Finds out before the long run what would stop us after it.
static Error checkWritable(StringRef path) {
  if (!OutputFiles::isRegular(path))
    return Error::success();
  StringRef parent = sys::path::parent_path(path);
  if (std::error_code error = sys::fs::access(parent.empty() ? "." : parent,
                                              sys::fs::AccessMode::Write))
    return fail(path + ": " + error.message());
  return Error::success();
}

static double getSeconds() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

namespace {

/// Tells the user while it lives that something long is going on.
class Progress {
public:
  explicit Progress(std::string what)
      : what(std::move(what)), thread([this] { run(); }) {}
  ~Progress() {
    {
      std::lock_guard<std::mutex> lock(mutex);
      done = true;
    }
    wake.notify_one();
    thread.join();
  }

private:
  void run() {
    bool terminal = sys::Process::StandardErrIsDisplayed();
    std::chrono::seconds period(terminal ? 1 : 30);
    double start = getSeconds();
    std::unique_lock<std::mutex> lock(mutex);
    while (!wake.wait_for(lock, period, [this] { return done; })) {
      errs() << formatv("{0}{1} ... {2:F0} s{3}", terminal ? "\r" : "", what,
                        getSeconds() - start, terminal ? "" : "\n");
      shown = terminal;
    }
    if (shown)
      errs() << "\r" << std::string(what.size() + 16, ' ') << "\r";
  }

  std::string what;
  bool done = false, shown = false;
  std::mutex mutex;
  std::condition_variable wake;
  std::thread thread;
};

class Denoiser {
public:
  explicit Denoiser(std::string resourceDir)
      : resourceDir(std::move(resourceDir)) {}
  Error run();

private:
  Error readProgram();
  Error readRecordings();
  /// The sound that comes out, in time with the recording.
  Expected<std::vector<float>> runProgram();

  std::string resourceDir;
  sim::Program denoiser;
  target::TargetDescription target;
  std::vector<float> noisy;
  std::optional<std::vector<float>> reference;
  FrameStatistics statistics;
};

} // namespace

Error Denoiser::readProgram() {
  auto loaded = sim::loadProgram(program);
  if (!loaded)
    return loaded.takeError();
  denoiser = std::move(*loaded);
  if (!denoiser.metadata)
    return fail(program + ": holds no compiled network");
  const sim::NetworkMetadata &network = *denoiser.metadata;
  if (!takesHops(network.stream, network.inputs, network.outputs))
    return fail(program + ": " + network.network +
                " does not go from samples to samples: compile it with "
                "--app=denoise");
  auto description = target::loadTarget(network.target, resourceDir);
  if (!description)
    return description.takeError();
  target = std::move(*description);
  return Error::success();
}

Error Denoiser::readRecordings() {
  int64_t rate = denoiser.metadata->stream->sampleRate;
  auto samples = audio::readWav(input, nullptr, rate);
  if (!samples)
    return samples.takeError();
  noisy = std::move(*samples);
  if (!referenceFile.empty()) {
    auto clean = audio::readWav(referenceFile, nullptr, rate);
    if (!clean)
      return clean.takeError();
    if (clean->size() != noisy.size())
      return fail(referenceFile + ": expected " + Twine(noisy.size()) +
                  " samples as in " + input + ", found " +
                  Twine(clean->size()));
    reference = std::move(*clean);
  }
  if (maxSeconds.getNumOccurrences()) {
    if (!(maxSeconds > 0))
      return fail("--max-seconds: expected a number above 0");
    size_t size = size_t(std::max(
        1.0, std::min(double(noisy.size()), maxSeconds * double(rate))));
    noisy.resize(size);
    if (reference)
      reference->resize(size);
  }
  return Error::success();
}

Expected<std::vector<float>> Denoiser::runProgram() {
  const sim::NetworkMetadata &network = *denoiser.metadata;
  int64_t delay = network.stream->delay;
  Frames inputs = makeHops(noisy, network.inputs.front().elements, delay);
  sim::RunOptions options;
  options.platform = platform;
  options.maxCycles = UINT64_MAX;
  options.hasOutputOnConsole = OutputFiles::isStandardOutput(output) ||
                               OutputFiles::isStandardOutput(picture);
  options.resourceDir = resourceDir;
  Progress progress("running " + std::to_string(inputs.numFrames) +
                    " frames on " +
                    (platform == Platform::Gvsoc ? "GVSoC" : "the simulator"));
  OutputFiles none;
  auto run = sim::runProgram(denoiser, inputs, options, none);
  if (!run)
    return run.takeError();
  statistics = getFrameStatistics(run->statistics);
  auto first = run->outputs.values.front().begin() + delay;
  return std::vector<float>(first, first + int64_t(noisy.size()));
}

Error Denoiser::run() {
  if (Error error = readProgram())
    return error;
  if (Error error = readRecordings())
    return error;
  for (StringRef path : {StringRef(output), StringRef(picture)})
    if (Error error = checkWritable(path))
      return error;

  double start = getSeconds();
  auto denoised = runProgram();
  if (!denoised)
    return denoised.takeError();
  double hostSeconds = getSeconds() - start;
  ArrayRef<float> result = *denoised;

  OutputFiles files;
  const Stream &stream = *denoiser.metadata->stream;
  if (Error error = audio::writeWav(files, output, result, stream.sampleRate))
    return error;
  if (!picture.empty()) {
    std::vector<audio::Spectrum> spectra = {audio::analyze(noisy),
                                            audio::analyze(result)};
    if (reference)
      spectra.push_back(audio::analyze(*reference));
    if (Error error = writeSpectrograms(files, picture, spectra))
      return error;
  }

  std::optional<double> snrBefore, snrAfter;
  if (reference) {
    snrBefore = audio::getSiSnr(noisy, *reference);
    snrAfter = audio::getSiSnr(result, *reference);
  }
  double audioSeconds = double(noisy.size()) / double(stream.sampleRate);
  Report report{program,      *denoiser.metadata, target,    statistics,
                audioSeconds, hostSeconds,        snrBefore, snrAfter};
  bool isOnStandardOutput = OutputFiles::isStandardOutput(output) ||
                            OutputFiles::isStandardOutput(picture);
  if (Error error = files.commit())
    return error;
  printReport(report, isOnStandardOutput ? errs() : outs());
  return Error::success();
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  setVersionPrinter();
  showOnly(category);
  parseCommandLine(
      argc, argv,
      "se-denoise: takes the noise out of a recording with a compiled "
      "network (se-compile --app=denoise)\n");
  if (Error error = Denoiser(target::getResourceDir(argv[0])).run())
    return reportError(std::move(error));
  return 0;
}
