// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RunHost.h - Runs a network on the host over files --------*- C++ -*-===//

#ifndef SE_DRIVER_RUNHOST_H
#define SE_DRIVER_RUNHOST_H

#include "se/Driver/Calibrate.h"

#include <string>
#include <vector>

namespace se {

struct HostRunOptions {
  /// ONNX, or MLIR of any phase up to `selected`.
  std::string network;
  /// NAME=FILE.npy each.
  std::vector<std::string> inputs, outputs;
  /// ONNX only: IN=OUT each.
  std::vector<std::string> states;
  /// What to lower with, for phases that come before the choice.
  std::string precision = "fp32";
  CalibrationOptions calibration;
  unsigned cores = 1;
  /// Where to write statistics as JSON; empty for nowhere.
  std::string statisticsFile;
};

/// True if the file is not an ELF file and so is meant for the host.
bool isHostProgram(const std::string &path);

/// Runs the network by JIT and writes the outputs. Prints one error and returns
/// 1 on failure, otherwise 0.
int runOnHost(const HostRunOptions &options);

} // namespace se

#endif // SE_DRIVER_RUNHOST_H
