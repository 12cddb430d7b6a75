// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TransferRaces.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace se::sim;

std::optional<Conflict> TransferRaces::add(const ThreadAccess &access,
                                           uint32_t address, uint32_t size,
                                           bool isWrite) {
  llvm::erase_if(transfers, [&](const Transfer &other) {
    return other.clock <= access.known.at[other.thread];
  });
  uint64_t begin = address, end = begin + size;
  for (const Transfer &other : transfers)
    if (other.thread != access.thread && (other.isWrite || isWrite) &&
        begin < other.end && other.begin < end)
      return Conflict{uint32_t(std::max(begin, other.begin)), other.thread,
                      other.clock, other.pc, other.isWrite};
  if (transfers.size() == maxTransfers)
    transfers.pop_front();
  transfers.push_back(
      {access.thread, access.clock, access.pc, begin, end, isWrite});
  return std::nullopt;
}
