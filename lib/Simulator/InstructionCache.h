// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instruction caches, timing only. A core fetches lines of 16 bytes into a
// buffer of one line; a line that is not there comes from the core's own cache
// (L0) at no cost, or from the cluster's shared cache, or from memory:
// docs/hardware/pulp-open.md, "Instruction caches". Calibrated by
// runtime/tests/timing_icache.c.

#ifndef SE_LIB_SIMULATOR_INSTRUCTIONCACHE_H
#define SE_LIB_SIMULATOR_INSTRUCTIONCACHE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include <array>
#include <cstdint>
#include <vector>

namespace se::sim {

inline constexpr uint32_t fetchLineBytes = 16;
/// The last offset of a word in a line.
inline constexpr uint32_t maxFetchOffset = fetchLineBytes - 4;

/// One cache: which lines it holds, and from when on.
class CacheArray {
public:
  explicit CacheArray(unsigned numSets) : setMask(numSets - 1) { flush(); }

  bool contains(uint32_t line) const {
    const uint32_t *set = &lines[(line & setMask) * numWays];
    return set[0] == line || set[1] == line || set[2] == line || set[3] == line;
  }
  /// The cycles that a request for a line waits at `time`. `refill` gives the
  /// cycles that the next level takes, if it must be asked. One refill goes on
  /// at a time, from the cycle on that `refill` is given.
  template <typename Refill>
  unsigned request(uint32_t line, uint64_t time, Refill refill) {
    uint64_t *ready = find(line);
    if (ready)
      return *ready > time ? unsigned(*ready - time) : 0;
    unsigned wait = busyUntil > time ? unsigned(busyUntil - time) : 0;
    unsigned way = nextWay();
    wait += refill(time + wait);
    busyUntil = time + wait;
    unsigned index = (line & setMask) * numWays + way;
    lines[index] = line;
    readyTimes[index] = busyUntil;
    return wait;
  }
  void flush() { lines.fill(empty); }

private:
  static constexpr unsigned numWays = 4, maxSets = 32;
  static constexpr uint32_t empty = ~0u;

  uint64_t *find(uint32_t line) {
    uint32_t first = (line & setMask) * numWays;
    for (uint32_t i = first; i != first + numWays; ++i)
      if (lines[i] == line)
        return &readyTimes[i];
    return nullptr;
  }
  /// The way to replace: pseudo-random, by a shift register of 8 bits with
  /// inverted feedback from bits 7, 3, 2 and 1.
  unsigned nextWay() {
    unsigned bit =
        1 ^ (random >> 7) ^ (random >> 3) ^ (random >> 2) ^ (random >> 1);
    random = uint8_t(random << 1 | (bit & 1));
    return (random >> 1) % numWays;
  }

  uint32_t setMask;
  /// Line numbers (address / bytes of a line), the ways of a set together.
  std::array<uint32_t, maxSets * numWays> lines;
  /// When the line is complete.
  std::array<uint64_t, maxSets * numWays> readyTimes = {};
  uint64_t busyUntil = 0;
  uint8_t random = 0;
};

/// The caches of all cores. Disabled at first: every line comes from memory.
class InstructionCaches {
public:
  /// Of the cluster's cores, the last is the controller if there is one; its
  /// cache is larger.
  InstructionCaches(unsigned numClusterCores, bool hasController);

  /// The core's own cache, or null while it is disabled.
  const CacheArray *getOwnCache(unsigned core) const {
    if (isFabricController(core))
      return fcEnabled ? &fcCache : nullptr;
    return clusterEnabled ? &l0[core] : nullptr;
  }
  /// Fetches a line; returns the cycles that the core waits. `read` gives the
  /// cycles of a read of the memory that holds the line, beyond the first, when
  /// it begins in a certain cycle.
  unsigned fetch(unsigned core, uint32_t address, uint64_t time,
                 llvm::function_ref<unsigned(uint64_t)> read);

  void enableCluster(bool enable) { clusterEnabled = enable; }
  void enableFabricController(bool enable) { fcEnabled = enable; }
  void flushCluster();
  void flushFabricController() { fcCache.flush(); }
  /// Lines of fetchLineBytes that no cache held.
  uint64_t getLinesFromMemory() const { return linesFromMemory; }

private:
  bool isFabricController(unsigned core) const { return core == l0.size(); }

  std::vector<CacheArray> l0;
  /// Banks of the shared cache, which take lines in turn.
  std::array<CacheArray, 2> shared;
  CacheArray fcCache;
  uint64_t linesFromMemory = 0;
  bool clusterEnabled = false, fcEnabled = false;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_INSTRUCTIONCACHE_H
