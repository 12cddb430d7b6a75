// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Races between transfers behind L1: of the cluster's DMA and of the external
// engine, which meet in L2. Unlike in L1 there are few accesses to look at, so
// a list of those that may still run is enough.

#ifndef SE_LIB_SIMULATOR_TRANSFERRACES_H
#define SE_LIB_SIMULATOR_TRANSFERRACES_H

#include "RaceShadow.h"
#include <deque>

namespace se::sim {

class TransferRaces {
public:
  /// Records a transfer that reads or writes [address, address + size), or
  /// tells one that its issuer does not know to be over. The conflict's offset
  /// is an address. Transfers of a thread run one after the other.
  std::optional<Conflict> add(const ThreadAccess &access, uint32_t address,
                              uint32_t size, bool isWrite);

private:
  struct Transfer {
    unsigned thread;
    uint32_t clock, pc;
    uint64_t begin, end;
    bool isWrite;
  };
  /// More are never under way if anyone waits for them.
  static constexpr size_t maxTransfers = 256;
  std::deque<Transfer> transfers;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_TRANSFERRACES_H
