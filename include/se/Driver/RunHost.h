// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RunHost.h - Runs a network on the host over files --------*- C++ -*-===//

#ifndef SE_DRIVER_RUNHOST_H
#define SE_DRIVER_RUNHOST_H

#include "se/Driver/Calibrate.h"
#include "se/Driver/LoadNetwork.h"
#include "se/Host/HostProgram.h"
#include "se/Support/Frames.h"

#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/JSON.h"

#include <optional>
#include <string>
#include <vector>

namespace se {

struct HostNetworkOptions {
  /// Of any phase up to `selected`.
  NetworkSource source;
  /// What to lower with, for phases that come before the choice.
  std::string precision = "fp32";
  CalibrationOptions calibration;
  /// As of CompileOptions.
  std::string nonfinite;
  unsigned cores = 1;
  /// It is an error if the network does not fit this target; empty: none.
  std::string target;
};

/// A network, and what to compile it for the host with.
struct LoadedNetwork {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  PipelineOptions options;
  bool fitsTarget = false; ///< see HostProgram::create
};

/// Reads a network. On failure there is one diagnostic in `context`, and
/// nothing.
std::optional<LoadedNetwork> loadHostNetwork(const HostNetworkOptions &options,
                                             mlir::MLIRContext &context,
                                             OutputFiles &outputs);

/// Compiles a network for the host. On failure there is one diagnostic in
/// `context`, and null.
std::unique_ptr<HostProgram> loadHostProgram(const HostNetworkOptions &options,
                                             mlir::MLIRContext &context,
                                             OutputFiles &outputs);

/// The frames of all outputs; `inputs` has the values of all inputs, in order.
/// Goes on from the states that the last frame left.
Frames runFrames(HostProgram &program, const Frames &inputs);

struct HostRunOptions : HostNetworkOptions {
  /// NAME=FILE.npy each.
  std::vector<std::string> inputs, outputs;
  /// Where to write statistics as JSON; empty for nowhere.
  std::string statisticsFile;
};

/// {"frames", "host_seconds"}.
llvm::json::Object makeHostStatistics(int64_t frames, double seconds);

/// True if the file is not an ELF file and so is meant for the host.
bool isHostProgram(const std::string &path);

/// Runs the network by JIT and writes the outputs. Prints one error and returns
/// 1 on failure, otherwise 0.
int runOnHost(const HostRunOptions &options);

} // namespace se

#endif // SE_DRIVER_RUNHOST_H
