// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The simulator of a PULP cluster with its fabric controller: functional, and
// timed per cycle by the rules of docs/hardware/pulp-open.md ("Timing"). See
// docs/simulator.md.

#ifndef SE_SIMULATOR_SIMULATOR_H
#define SE_SIMULATOR_SIMULATOR_H

#include "se/Simulator/FileSystem.h"
#include "se/Target/TargetDescription.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class raw_ostream;
}

namespace se::sim {

class Machine;
class RunListener;
class SourceMap;

/// What a core spends a cycle on. Every cycle of a run has one cause on every
/// core.
enum class CycleCause : unsigned {
  Issue,        ///< an instruction starts
  LoadUse,      ///< waits for the load or multiplication just before
  Memory,       ///< waits for L2 or a peripheral, or a misaligned access
  Branch,       ///< refills the pipeline after a branch or jump
  MulDiv,       ///< integer multiplication or division of several cycles
  Icache,       ///< waits for a line of instructions
  BankConflict, ///< another core or the DMA engine uses the bank of L1
  FpuBusy,      ///< the shared FPU or divider works for another core
  FpuDivide,    ///< floating-point division or square root
  DmaQueue,     ///< the DMA engine's queue is full
  Sleep,        ///< asleep in the event unit
  Off,          ///< not started yet
};
inline constexpr unsigned numCycleCauses = unsigned(CycleCause::Off) + 1;

/// Cycles by CycleCause.
using CycleCounts = std::array<uint64_t, numCycleCauses>;

/// "issue", "load_use", ... as in the statistics file.
llvm::StringRef stringifyCycleCause(CycleCause cause);

struct CoreStatistics {
  uint32_t hart = 0;
  uint64_t instructions = 0;
  /// The sum is the number of cycles of the run.
  CycleCounts cycles = {};
};

/// Of a stage of a compiled network's kernel, all frames together.
struct StageStatistics {
  /// Empty: what the kernel does outside of its stages.
  std::string name;
  /// Cluster cores by number, then the fabric controller.
  std::vector<CycleCounts> cores;
};

struct DmaStatistics {
  uint64_t bytes = 0;
  /// Of them, by the level of the memory that is not L1.
  std::array<uint64_t, 4> bytesOf = {};
  uint64_t commands = 0;
  /// Cycles in which at least one of the two directions moved data.
  uint64_t busyCycles = 0;
};

/// Of the engine that copies between external memories and L2.
struct ExternalDmaStatistics {
  uint64_t bytes = 0;
  uint64_t nvmBytes = 0; ///< of them, from non-volatile memory
  uint64_t transfers = 0;
  /// Cycles in which a transfer was under way.
  uint64_t busyCycles = 0;
};

/// What frames of a network do that costs energy, all frames together. A frame
/// is what happens between two reads of the FC's cycle counter, as the programs
/// of --app=frames read it. What the engines bring for a frame ahead of it
/// counts, from the first frame on.
struct Activity {
  uint64_t frames = 0;
  uint64_t cycles = 0;        ///< of the frames
  uint64_t coreCycles = 0;    ///< awake, all cores and the FC
  uint64_t idleCycles = 0;    ///< asleep or not started
  uint64_t fpuOperations = 0; ///< a division counts once for each cycle
  uint64_t simdOperations = 0;
  uint64_t l1Accesses = 0; ///< loads and stores
  uint64_t l2Accesses = 0; ///< of words, with instruction lines
  uint64_t dmaBytes = 0, externalBytes = 0, nvmBytes = 0;
};

struct RunResult {
  /// The status with which the program ended.
  uint32_t exitStatus = 0;
  uint64_t cycles = 0;
  uint64_t instructions = 0;
  double hostSeconds = 0;
  /// Cluster cores by number, then the fabric controller.
  std::vector<CoreStatistics> cores;
  DmaStatistics dma;
  ExternalDmaStatistics external;
  Activity activity;
  /// With a profile, by the order in which they are executed.
  std::vector<StageStatistics> stages;
};

/// Parts of the timing that can be switched.
struct TimingOptions {
  /// Instruction caches; without, fetches take no time.
  bool icache = true;
  /// A bank of L1 serves one access per cycle.
  bool l1Conflicts = false;
  /// Transfers of the cluster's DMA engine take no time.
  bool idealDma = false;
  /// Cores, instruction caches and the DMA engine share the cluster's port to
  /// the memories behind it.
  bool l2Port = false;
};

/// What a trace holds.
struct TraceOptions {
  /// Cycles [from, to).
  uint64_t from = 0, to = ~uint64_t(0);
  /// Stalls of fewer cycles are left out.
  uint64_t minStall = 4;
};

struct SimulatorOptions {
  TimingOptions timing;
  /// Receives a trace as JSON for Perfetto; none if null.
  llvm::raw_ostream *traceStream = nullptr;
  TraceOptions trace;
  /// Is told what a trace would hold, of all cycles; none if null. As slow as a
  /// trace, which then is none.
  RunListener *listener = nullptr;
  /// Sum up the cycles of stages; as slow as a trace.
  bool profile = false;
  /// Receives the program's output, a line or more at a time.
  std::function<void(llvm::StringRef)> standardOutput;
  /// What the program may print.
  uint64_t maxConsoleBytes = defaultMaxFileBytes;
  /// The files that the program sees; none if null.
  FileSystem *files = nullptr;
  /// Ends the run at a race on L1 or an uninitialised read.
  bool check = false;
};

/// A label of the program's code. Size 0: not known.
struct Symbol {
  uint32_t address, size;
  std::string name;
};

class Simulator {
public:
  /// Errors: a target whose memories overlap the peripherals.
  static llvm::Expected<std::unique_ptr<Simulator>>
  create(const target::TargetDescription &target, SimulatorOptions options);
  ~Simulator();

  /// Loads the segments of a 32-bit little-endian RISC-V executable and lets
  /// the fabric controller start at its entry. Debug information is read from
  /// the buffer later, when it is needed. Errors: no such file format, a
  /// segment outside of memory.
  llvm::Error loadElf(llvm::MemoryBufferRef buffer);

  /// Runs until the program ends. Errors, one line each: a trap (core, cause,
  /// pc with symbol, stage and line, address, instruction), an endless wait,
  /// more than `maxCycles` cycles.
  llvm::Expected<RunResult> run(uint64_t maxCycles);

  /// The machine itself, for tests that look into it.
  Machine &getMachine() { return *machine; }

private:
  explicit Simulator(std::unique_ptr<Machine> machine);

  /// "0x1c010234 (main+0x14, main.c:12)".
  std::string describe(uint32_t pc);
  const SourceMap &getSources();

  std::unique_ptr<Machine> machine;
  /// Sorted by address.
  std::vector<Symbol> symbols;
  llvm::MemoryBufferRef program;
  std::unique_ptr<SourceMap> sources;
};

} // namespace se::sim

#endif // SE_SIMULATOR_SIMULATOR_H
