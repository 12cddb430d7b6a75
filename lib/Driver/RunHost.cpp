// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RunHost.cpp - Runs a network on the host over files ----------------===//

#include "se/Driver/RunHost.h"

#include "se/Driver/Compile.h"
#include "se/Driver/Diagnostics.h"
#include "se/Host/HostProgram.h"
#include "se/Pipelines/Pipelines.h"
#include "se/Quantization/Policy.h"
#include "se/Support/Frames.h"

#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

using namespace mlir;
using namespace se;

bool se::isHostProgram(const std::string &path) {
  // Only a regular file can be looked into and read again.
  llvm::file_magic magic;
  if (!llvm::sys::fs::is_regular_file(path) ||
      llvm::identify_magic(path, magic))
    // By the name, so that the right side reports what is wrong.
    return StringRef(path).ends_with(".mlir") ||
           StringRef(path).ends_with(".mlirbc") || isOnnxFile(path);
  return magic < llvm::file_magic::elf || magic > llvm::file_magic::elf_core;
}

std::optional<LoadedNetwork>
se::loadHostNetwork(const HostNetworkOptions &options, MLIRContext &context,
                    OutputFiles &outputs) {
  if (options.cores < 1 || options.cores > 8) {
    (void)emitFailure(context, "--cores must be 1 to 8, found " +
                                   llvm::Twine(options.cores));
    return std::nullopt;
  }
  OwningOpRef<ModuleOp> module = loadNetwork(options.source, context);
  if (!module || failed(checkNotOnlyCells(*module)))
    return std::nullopt;
  auto policy =
      loadPolicy(*module, options.precision, options.calibration, outputs);
  if (!policy) {
    (void)emitFailure(context, policy.takeError());
    return std::nullopt;
  }
  auto nonfinite = parseNonfinite(options.nonfinite, *module);
  if (!nonfinite) {
    (void)emitFailure(context, nonfinite.takeError());
    return std::nullopt;
  }
  LoadedNetwork network;
  PipelineOptions &pipeline = network.options;
  pipeline.policy = std::move(*policy);
  pipeline.nonfinite = *nonfinite;
  pipeline.target.cores = options.cores;
  if (!options.target.empty()) {
    auto target =
        target::loadTarget(options.target, options.source.resourceDir);
    if (!target) {
      (void)emitFailure(context, target.takeError());
      return std::nullopt;
    }
    if (auto carried = cluster::TargetAttr::lookup(*module);
        carried && carried.getName() != target->name) {
      (void)emitFailure(context, "the module is for target " +
                                     carried.getName() +
                                     ", found --target=" + target->name);
      return std::nullopt;
    }
    pipeline.target.target = std::move(*target);
    // The host's cores drive their transfers themselves.
    pipeline.target.dmaCore = 0;
  }
  network.fitsTarget = !options.target.empty();
  network.module = std::move(module);
  return network;
}

std::unique_ptr<HostProgram>
se::loadHostProgram(const HostNetworkOptions &options, MLIRContext &context,
                    OutputFiles &outputs) {
  std::optional<LoadedNetwork> network =
      loadHostNetwork(options, context, outputs);
  if (!network)
    return nullptr;
  auto program = HostProgram::create(
      *network->module, std::move(network->options), network->fitsTarget);
  if (!program) {
    (void)emitFailure(context, program.takeError());
    return nullptr;
  }
  return std::move(*program);
}

Frames se::runFrames(HostProgram &program, const Frames &inputs) {
  const ProgramInfo &info = program.getInfo();
  Frames results;
  results.numFrames = inputs.numFrames;
  for (const Port &port : info.outputs)
    results.values.emplace_back(port.elements * inputs.numFrames);
  for (int64_t t = 0; t != inputs.numFrames; ++t) {
    std::vector<const float *> in;
    std::vector<float *> out;
    for (auto [port, values] : llvm::zip_equal(info.inputs, inputs.values))
      in.push_back(values.data() + t * port.elements);
    for (auto [port, values] : llvm::zip_equal(info.outputs, results.values))
      out.push_back(values.data() + t * port.elements);
    program.step(in, out);
  }
  return results;
}

llvm::json::Object se::makeHostStatistics(int64_t frames, double seconds) {
  return llvm::json::Object{{"frames", frames}, {"host_seconds", seconds}};
}

int se::runOnHost(const HostRunOptions &options) {
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry);
  installOneLineDiagnostics(context);
  OutputFiles files;
  std::unique_ptr<HostProgram> program =
      loadHostProgram(options, context, files);
  if (!program)
    return 1;
  const ProgramInfo &info = program->getInfo();

  auto toPorts = [](const std::vector<PortInfo> &list) {
    return std::vector<Port>(list.begin(), list.end());
  };
  std::vector<Port> inputs = toPorts(info.inputs),
                    outputs = toPorts(info.outputs);
  auto wanted =
      matchPorts(options.outputs, outputs, "--out", /*needsAll=*/false);
  if (!wanted)
    return reportError(wanted.takeError());
  auto frames = readFrames(options.inputs, inputs);
  if (!frames)
    return reportError(frames.takeError());

  auto start = std::chrono::steady_clock::now();
  Frames results = runFrames(*program, *frames);
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  if (llvm::Error error = writeFrames(files, *wanted, outputs, results))
    return reportError(std::move(error));
  if (!options.statisticsFile.empty()) {
    llvm::json::Value statistics =
        makeHostStatistics(frames->numFrames, seconds.count());
    if (llvm::Error error = files.add(
            options.statisticsFile, llvm::formatv("{0:2}\n", statistics).str()))
      return reportError(std::move(error));
  }
  if (llvm::Error error = files.commit())
    return reportError(std::move(error));
  return 0;
}
