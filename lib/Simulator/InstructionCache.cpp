// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "InstructionCache.h"

using namespace llvm;
using namespace se::sim;

// Sets of 4 ways of 16 bytes: 512 bytes, 2 KB, 2 KB and 2 KB.
static constexpr unsigned coreSets = 8, controllerSets = 32, bankSets = 32,
                          fcSets = 32;
/// Cycles of a refill in a cache of the cluster, besides those of its source.
static constexpr unsigned refillLatency = 2;
/// Of a fetch of the FC, which has a way of its own to L2.
static constexpr unsigned fcFetchLatency = 5;

InstructionCaches::InstructionCaches(unsigned numClusterCores,
                                     bool hasController)
    : l0(numClusterCores, CacheArray(coreSets)),
      shared{CacheArray(bankSets), CacheArray(bankSets)}, fcCache(fcSets) {
  if (hasController)
    l0.back() = CacheArray(controllerSets);
}

unsigned InstructionCaches::fetch(unsigned core, uint32_t address,
                                  uint64_t time,
                                  function_ref<unsigned(uint64_t)> read) {
  uint32_t line = address / fetchLineBytes;
  if (isFabricController(core)) {
    auto refill = [&](uint64_t start) {
      ++linesFromMemory;
      return read(start) + fcFetchLatency;
    };
    return fcEnabled ? fcCache.request(line, time, refill) : refill(time);
  }
  if (!clusterEnabled) {
    ++linesFromMemory;
    return read(time);
  }
  CacheArray &bank = shared[line % shared.size()];
  return l0[core].request(line, time, [&](uint64_t) {
    return refillLatency + bank.request(line / unsigned(shared.size()), time,
                                        [&](uint64_t start) {
                                          ++linesFromMemory;
                                          return read(start) + refillLatency;
                                        });
  });
}

void InstructionCaches::flushCluster() {
  for (CacheArray &cache : l0)
    cache.flush();
  for (CacheArray &bank : shared)
    bank.flush();
}
