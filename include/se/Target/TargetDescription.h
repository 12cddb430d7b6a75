//===- TargetDescription.h - What a target consists of ----------*- C++ -*-===//
//
// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A target is a JSON file that compiler, runtime and simulator read alike; see
// targets/*.json. Every key must be present, and no other may be. Addresses and
// sizes are numbers or hexadecimal strings.
//
//===----------------------------------------------------------------------===//

#ifndef SE_TARGET_TARGETDESCRIPTION_H
#define SE_TARGET_TARGETDESCRIPTION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace se::target {

enum class MemoryLevel {
  L1,  ///< next to the cluster cores
  L2,  ///< on chip
  L3,  ///< off chip
  NVM, ///< on chip, keeps its content
};

llvm::StringRef stringifyMemoryLevel(MemoryLevel level);

struct Memory {
  std::string name;
  MemoryLevel level = MemoryLevel::L2;
  uint64_t base = 0;
  uint64_t size = 0;
  /// Of the engine that copies to the level below: the cluster's DMA for a
  /// memory that has latencies, otherwise the FC's transfer engine.
  double bytesPerCycle = 0;
  /// Cycles of a load by a core. Absent when cores and cluster DMA cannot
  /// address the memory.
  std::optional<unsigned> clusterLatency, fcLatency;

  uint64_t end() const { return base + size; }
  bool isAddressable() const { return clusterLatency.has_value(); }
};

/// What of the address map that all targets share a memory overlaps, for an
/// error message; empty if nothing.
llvm::StringRef getOverlapped(const Memory &memory);

/// A figure of the model of energy, and where it is from.
struct EnergyCoefficient {
  double value = 0;
  /// A line: a publication, or "assumption: " and the reason.
  std::string source;

  bool isAssumption() const {
    return llvm::StringRef(source).starts_with("assumption");
  }
};

/// What things cost at an operating point: pJ each; leakage in mW
/// (docs/energy.md).
struct EnergyTable {
  EnergyCoefficient coreCycle, idleCycle, fpuOperation, simdOperation, l1Access,
      l2Access, dmaByte, externalByte, nvmByte, leakage;
};

/// A coefficient's key and unit ("pj", "mw") in files, and its name for people.
struct EnergyKey {
  llvm::StringLiteral name, unit, title;
  EnergyCoefficient EnergyTable::*coefficient;
};

/// All of them, in the order of files and reports.
llvm::ArrayRef<EnergyKey> getEnergyKeys();

struct OperatingPoint {
  /// Absent where not known.
  std::optional<double> volt;
  double mhz = 0;
  std::optional<double> milliwatt;
  /// Absent in targets that say nothing of energy.
  std::optional<EnergyTable> energy;
};

/// Bytes of code that the caches of the cluster hold.
struct InstructionCaches {
  unsigned core = 0;   ///< each core's own
  unsigned shared = 0; ///< of all cores
};

struct TargetDescription {
  std::string name;
  std::string description;
  /// Worker cores of the cluster, 1 to 8.
  unsigned cores = 0;
  /// The cluster has one more core, numbered after the workers.
  bool controllerCore = false;
  /// Worker i uses FPU i % fpus.
  unsigned fpus = 0;
  unsigned l1Banks = 0;
  InstructionCaches instructionCaches;
  unsigned clusterHart = 0;
  unsigned fcHart = 0;
  /// Instruction set extensions beyond RV32I, lower case.
  std::vector<std::string> features;
  /// No two of them overlap; there is one of level L1 and at least one of L2.
  /// Of the other levels one each may lack latencies.
  std::vector<Memory> memories;
  /// From slow to fast; at least one.
  std::vector<OperatingPoint> operatingPoints;

  bool hasFeature(llvm::StringRef feature) const;
  /// The first memory of a level, or null.
  const Memory *getMemory(MemoryLevel level) const;
  /// The memory of a level that cores and cluster DMA cannot address, only the
  /// engine that copies to L2, or null.
  const Memory *getExternal(MemoryLevel level) const;
  const Memory &getL1() const { return *getMemory(MemoryLevel::L1); }
  const Memory &getL2() const { return *getMemory(MemoryLevel::L2); }
};

/// Parses the text of a description. Errors name `fileName` and the key.
llvm::Expected<TargetDescription> parseTarget(llvm::StringRef text,
                                              llvm::StringRef fileName);

/// Loads a target by name, from `resourceDir`/targets, or, if `nameOrPath` has
/// a directory or ends in ".json", from that file.
llvm::Expected<TargetDescription> loadTarget(llvm::StringRef nameOrPath,
                                             llvm::StringRef resourceDir);

/// <directory of the executable>/../share/se-mlir. `argv0` helps where the
/// system does not say which file runs.
std::string getResourceDir(const char *argv0 = nullptr);

} // namespace se::target

#endif // SE_TARGET_TARGETDESCRIPTION_H
