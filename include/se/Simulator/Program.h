// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a program on the simulator or on GVSoC, with files for the inputs and
// outputs of the network in it: what `se-run PROG.elf` does.

#ifndef SE_SIMULATOR_PROGRAM_H
#define SE_SIMULATOR_PROGRAM_H

#include "se/Simulator/Simulator.h"
#include "se/Support/Frames.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace se::sim {

/// What the compiler notes in a program: the section .se.meta, JSON.
struct NetworkMetadata {
  std::string network, target, precision;
  unsigned cores = 0;
  uint64_t macsPerFrame = 0, weightBytes = 0;
  std::optional<uint64_t> predictedCycles; ///< per frame
  std::vector<Port> inputs, outputs;
};

/// Empty if the program has no metadata. Errors: no ELF file, damaged
/// metadata.
llvm::Expected<std::optional<NetworkMetadata>>
readMetadata(llvm::MemoryBufferRef program);

enum class Platform { Simulator, Gvsoc };

struct ProgramOptions {
  std::string program;
  /// NAME=FILE.npy each.
  std::vector<std::string> inputs, outputs;
  Platform platform = Platform::Simulator;
  /// Empty: the target of the metadata, or pulp-open.
  std::string target;
  TimingOptions timing;
  /// Where to write a trace; empty for nowhere.
  std::string traceFile;
  TraceOptions trace;
  /// Whether the statistics tell what each stage takes.
  bool profile = false;
  /// Where to write statistics as JSON; empty for nowhere.
  std::string statisticsFile;
  uint64_t maxCycles = 0;
  /// Whether the simulator looks for races and uninitialised reads.
  bool check = false;
  /// Seconds of host time for GVSoC, which can hang.
  unsigned hostTimeout = 0;
  /// Holds the descriptions of targets.
  std::string resourceDir;
};

/// Runs and writes the outputs. The error is one line: a wrong argument or
/// file, a trap, or a nonzero exit status of the program.
llvm::Error runProgram(const ProgramOptions &options);

} // namespace se::sim

#endif // SE_SIMULATOR_PROGRAM_H
