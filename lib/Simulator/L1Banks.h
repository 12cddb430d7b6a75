// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arbitration of the banks of L1: neighbouring words lie in different banks,
// and a bank serves one word per cycle, in the order of the requests.

#ifndef SE_LIB_SIMULATOR_L1BANKS_H
#define SE_LIB_SIMULATOR_L1BANKS_H

#include <algorithm>
#include <cstdint>
#include <vector>

namespace se::sim {

class L1Banks {
public:
  explicit L1Banks(unsigned numBanks) : freeTimes(numBanks) {}

  /// Cycles that a request for the word with this address waits.
  unsigned request(uint32_t address, uint64_t time) {
    uint64_t &freeTime = freeTimes[address / 4 % freeTimes.size()];
    uint64_t start = std::max(freeTime, time);
    freeTime = start + 1;
    return unsigned(start - time);
  }

private:
  /// By bank.
  std::vector<uint64_t> freeTimes;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_L1BANKS_H
