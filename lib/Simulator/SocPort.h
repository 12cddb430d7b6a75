// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The cluster's port to the memories behind it: one channel for reads and one
// for writes, which the cores' accesses, the refills of the instruction caches
// and the bursts of the DMA engine share, first come first served
// (docs/simulator.md, "The cluster's port").

#ifndef SE_LIB_SIMULATOR_SOCPORT_H
#define SE_LIB_SIMULATOR_SOCPORT_H

#include <algorithm>
#include <cstdint>

namespace se::sim {

class SocPort {
public:
  /// As wide as the target says of L2.
  explicit SocPort(double bytesPerCycle)
      : bytesPerCycle(std::max(1u, unsigned(bytesPerCycle))) {}

  /// Cycles that a request for so many bytes waits until the channel is free.
  uint64_t request(bool isWrite, uint32_t bytes, uint64_t time,
                   unsigned memoryBytesPerCycle = ~0u) {
    uint64_t &freeTime = freeTimes[isWrite];
    uint64_t start = std::max(freeTime, time);
    unsigned width = std::min(bytesPerCycle, memoryBytesPerCycle);
    freeTime = start + (bytes + width - 1) / width;
    return start - time;
  }
  /// The same for a load or store of a core, which is on its way to the port
  /// for some cycles of its latency.
  unsigned access(bool isWrite, uint32_t bytes, uint64_t time) {
    uint64_t wait = request(isWrite, bytes, time);
    return wait > wayThere ? unsigned(wait - wayThere) : 0;
  }

  /// Of a cache's refill: until its last bytes are there.
  unsigned refill(uint32_t bytes, uint64_t time) {
    return access(/*isWrite=*/false, bytes, time) +
           (bytes + bytesPerCycle - 1) / bytesPerCycle;
  }

private:
  static constexpr unsigned wayThere = 2;

  unsigned bytesPerCycle;
  /// Of the channel for reads, and of the one for writes.
  uint64_t freeTimes[2] = {};
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_SOCPORT_H
