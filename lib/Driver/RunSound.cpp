// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RunSound.cpp - Runs a network between samples over a recording -----===//

#include "se/Driver/RunSound.h"

#include "se/Audio/Wav.h"
#include "se/Driver/Diagnostics.h"
#include "se/Pipelines/Pipelines.h"

#include "llvm/Support/FormatVariadic.h"

#include <chrono>

using namespace se;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

Frames se::makeHops(llvm::ArrayRef<float> samples, int64_t hop, int64_t delay) {
  Frames frames;
  frames.numFrames = (int64_t(samples.size()) + delay + hop - 1) / hop;
  std::vector<float> &values = frames.values.emplace_back(samples);
  values.resize(size_t(frames.numFrames * hop));
  return frames;
}

namespace {
/// A recording on its way through a network.
class SoundRun {
public:
  SoundRun(const SoundFiles &files, std::optional<Stream> stream,
           std::vector<Port> inputs, std::vector<Port> outputs)
      : files(files), stream(stream), inputs(std::move(inputs)),
        outputs(std::move(outputs)) {}

  /// `what` is the network's name in messages.
  Expected<Frames> read(StringRef what);
  Error write(OutputFiles &to, const Frames &results,
              llvm::json::Object statistics);

private:
  const SoundFiles &files;
  std::optional<Stream> stream;
  std::vector<Port> inputs, outputs;
  std::vector<PortFile> wanted;
  size_t numSamples = 0;
};
} // namespace

Expected<Frames> SoundRun::read(StringRef what) {
  if (!takesHops(stream, inputs, outputs))
    return llvm::createStringError(
        what + ": --wav-in goes with a network between samples: compile it "
               "with --app=denoise");
  auto matched =
      matchPorts(files.outputs, outputs, "--out", /*needsAll=*/false);
  if (!matched)
    return matched.takeError();
  wanted = std::move(*matched);
  auto samples = audio::readWavAnyRate(files.input, stream->sampleRate);
  if (!samples)
    return samples.takeError();
  numSamples = samples->size();
  return makeHops(*samples, inputs.front().elements, stream->delay);
}

Error SoundRun::write(OutputFiles &to, const Frames &results,
                      llvm::json::Object statistics) {
  if (Error error = writeFrames(to, wanted, outputs, results))
    return error;
  if (!files.output.empty()) {
    auto samples = llvm::ArrayRef(results.values.front())
                       .slice(size_t(stream->delay), numSamples);
    if (Error error =
            audio::writeWav(to, files.output, samples, stream->sampleRate))
      return error;
  }
  if (!files.statisticsFile.empty()) {
    llvm::json::Value value(std::move(statistics));
    if (Error error =
            to.add(files.statisticsFile, llvm::formatv("{0:2}\n", value).str()))
      return error;
  }
  return to.commit();
}

Error se::runSoundOnProgram(StringRef path, const SoundFiles &files,
                            const sim::RunOptions &options) {
  auto program = sim::loadProgram(path.str());
  if (!program)
    return program.takeError();
  if (!program->metadata)
    return llvm::createStringError(path + ": holds no compiled network, so "
                                          "--wav-in has no meaning");
  const sim::NetworkMetadata &metadata = *program->metadata;
  SoundRun run(files, metadata.stream, metadata.inputs, metadata.outputs);
  auto inputs = run.read(path);
  if (!inputs)
    return inputs.takeError();
  OutputFiles outputs;
  auto results = sim::runProgram(*program, *inputs, options, outputs);
  if (!results)
    return results.takeError();
  return run.write(outputs, results->outputs, std::move(results->statistics));
}

int se::runSoundOnHost(const HostNetworkOptions &options,
                       const SoundFiles &files) {
  mlir::DialectRegistry registry;
  registerDialects(registry);
  mlir::MLIRContext context(registry);
  installOneLineDiagnostics(context);
  OutputFiles outputs;
  std::unique_ptr<HostProgram> program =
      loadHostProgram(options, context, outputs);
  if (!program)
    return 1;
  const ProgramInfo &info = program->getInfo();
  SoundRun run(files, info.stream, {info.inputs.begin(), info.inputs.end()},
               {info.outputs.begin(), info.outputs.end()});
  auto inputs = run.read(info.name);
  if (!inputs)
    return reportError(inputs.takeError());
  auto start = std::chrono::steady_clock::now();
  Frames results = runFrames(*program, *inputs);
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  if (Error error =
          run.write(outputs, results,
                    makeHostStatistics(inputs->numFrames, seconds.count())))
    return reportError(std::move(error));
  return 0;
}
