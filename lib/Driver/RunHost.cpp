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
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

using namespace mlir;
using namespace se;

bool se::isHostProgram(const std::string &path) {
  llvm::file_magic magic;
  if (llvm::identify_magic(path, magic))
    // Cannot be read: by the name, so that the right side reports it.
    return StringRef(path).ends_with(".mlir") ||
           StringRef(path).ends_with(".mlirbc") ||
           StringRef(path).ends_with(".onnx");
  return magic < llvm::file_magic::elf || magic > llvm::file_magic::elf_core;
}

static llvm::Error writeStatistics(const std::string &path, int64_t frames,
                                   double seconds) {
  llvm::json::Object statistics{{"frames", frames}, {"host_seconds", seconds}};
  return llvm::writeToOutput(path, [&](llvm::raw_ostream &os) {
    os << llvm::formatv("{0:2}", llvm::json::Value(std::move(statistics)))
       << '\n';
    return llvm::Error::success();
  });
}

int se::runOnHost(const HostRunOptions &options) {
  if (options.cores < 1 || options.cores > 8)
    return reportError("--cores must be 1 to 8, found " +
                       llvm::Twine(options.cores));
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry);
  installOneLineDiagnostics(context);
  OwningOpRef<ModuleOp> module =
      loadModule(options.network, options.states, context);
  if (!module)
    return 1;
  auto policy = loadPolicy(*module, options.precision, options.calibration);
  if (!policy)
    return reportError(policy.takeError());
  auto program = HostProgram::create(*module, *policy, options.cores);
  if (!program)
    return reportError(program.takeError());
  const ProgramInfo &info = (*program)->getInfo();

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

  Frames results;
  results.numFrames = frames->numFrames;
  for (const Port &port : outputs)
    results.values.emplace_back(port.elements * frames->numFrames);
  auto start = std::chrono::steady_clock::now();
  for (int64_t t = 0; t != frames->numFrames; ++t) {
    std::vector<const float *> in;
    std::vector<float *> out;
    for (auto [port, values] : llvm::zip(inputs, frames->values))
      in.push_back(values.data() + t * port.elements);
    for (auto [port, values] : llvm::zip(outputs, results.values))
      out.push_back(values.data() + t * port.elements);
    (*program)->step(in, out);
  }
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  if (llvm::Error error = writeFrames(*wanted, outputs, results))
    return reportError(std::move(error));
  if (!options.statisticsFile.empty())
    if (llvm::Error error = writeStatistics(options.statisticsFile,
                                            frames->numFrames, seconds.count()))
      return reportError(options.statisticsFile + ": " +
                         llvm::toString(std::move(error)));
  return 0;
}
