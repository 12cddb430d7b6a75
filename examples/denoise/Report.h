// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Report.h - What se-denoise prints ------------------------*- C++ -*-===//

#ifndef EXAMPLES_DENOISE_REPORT_H
#define EXAMPLES_DENOISE_REPORT_H

#include "se/Simulator/Program.h"
#include "se/Target/TargetDescription.h"

#include <optional>
#include <utility>
#include <vector>

/// From the statistics of the run.
struct FrameStatistics {
  uint64_t frames = 0, macsPerFrame = 0, minCycles = 0, maxCycles = 0;
  double meanCycles = 0, macsPerCycle = 0;
  /// MHz and uJ of a frame, by the model of energy; none of GVSoC, or if the
  /// target has no table.
  std::vector<std::pair<double, double>> energy;
};

FrameStatistics getFrameStatistics(const llvm::json::Object &statistics);

struct Report {
  /// The file that ran.
  llvm::StringRef program;
  const se::sim::NetworkMetadata &network;
  const se::target::TargetDescription &target;
  FrameStatistics statistics;
  double audioSeconds = 0, hostSeconds = 0;
  /// In dB before and after, if there is a reference.
  std::optional<double> before, after;
};

void printReport(const Report &report, llvm::raw_ostream &os);

#endif // EXAMPLES_DENOISE_REPORT_H
