// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a program on the simulator or on GVSoC, with frames for the inputs and
// outputs of the network in it, from memory or, as `se-run PROG.elf` does, from
// files.

#ifndef SE_SIMULATOR_PROGRAM_H
#define SE_SIMULATOR_PROGRAM_H

#include "se/Simulator/Simulator.h"
#include "se/Support/Frames.h"
#include "se/Support/OutputFiles.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
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
  /// No frame should take more; empty if it is not known.
  std::optional<uint64_t> worstCaseCycles;
  std::optional<Stream> stream; ///< empty if frames are no hops of sound
  std::vector<Port> inputs, outputs;

  double getHopMilliseconds() const {
    return se::getHopMilliseconds(stream, takesHops(stream, inputs, outputs)
                                              ? inputs.front().elements
                                              : 0);
  }
};

/// Empty if the program has no metadata. Errors: no ELF file, damaged
/// metadata.
llvm::Expected<std::optional<NetworkMetadata>>
readMetadata(llvm::MemoryBufferRef program);

/// A program in memory.
struct Program {
  std::string path;
  std::unique_ptr<llvm::MemoryBuffer> content;
  std::optional<NetworkMetadata> metadata;
};

/// Errors: the file cannot be read, and those of readMetadata.
llvm::Expected<Program> loadProgram(const std::string &path);

/// The program of a network that lies in memory and stays there. Errors: there
/// is no network in it, and those of readMetadata.
llvm::Expected<Program> openNetwork(llvm::StringRef elf);

enum class Platform { Simulator, Gvsoc };

struct RunOptions {
  Platform platform = Platform::Simulator;
  /// Empty: for the simulator the target of the metadata, or pulp-open; for
  /// GVSoC, whose memories it tells, pulp-open.
  std::string target;
  /// Takes the place of that target, for the simulator; none if null.
  const target::TargetDescription *description = nullptr;
  TimingOptions timing;
  /// Where to write a trace; empty for nowhere.
  std::string traceFile;
  TraceOptions trace;
  /// For the simulator, in the place of a trace; none if null.
  RunListener *listener = nullptr;
  /// Whether the statistics tell what each stage takes.
  bool profile = false;
  uint64_t maxCycles = 0;
  /// Whether the run tells what energy frames take by the target's model.
  bool describesEnergy = false;
  /// Whether the simulator looks for races and uninitialised reads.
  bool check = false;
  /// An output goes to the standard output, so the program's text does not.
  bool hasOutputOnConsole = false;
  /// The folder whose files a program that is no compiled network may open;
  /// empty for none.
  std::string filesFolder;
  /// What the program may write, to files and to the console.
  uint64_t maxFileBytes = defaultMaxFileBytes;
  /// Seconds of host time for GVSoC, which can hang.
  unsigned hostTimeout = 0;
  /// Holds the descriptions of targets.
  std::string resourceDir;
};

/// What a run leaves: the frames of all outputs, and the statistics
/// (docs/simulator.md).
struct ProgramRun {
  Frames outputs;
  llvm::json::Object statistics;
  /// Lines for people; empty unless they are asked for.
  std::string energy;
};

/// Runs a program; `inputs` has the values of all inputs of its network, in
/// order; a trace is added to `outputs`. The error is one line: a wrong option,
/// a trap, or a nonzero exit status of the program.
llvm::Expected<ProgramRun> runProgram(const Program &program,
                                      const Frames &inputs,
                                      const RunOptions &options,
                                      OutputFiles &outputs);

struct ProgramFiles {
  std::string program;
  /// NAME=FILE.npy each.
  std::vector<std::string> inputs, outputs;
  /// Where to write statistics as JSON; empty for nowhere.
  std::string statisticsFile;
};

/// The same from files to files.
llvm::Error runProgramFiles(const ProgramFiles &files,
                            const RunOptions &options);

} // namespace se::sim

#endif // SE_SIMULATOR_PROGRAM_H
