// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RaceShadow.h"
#include "llvm/ADT/bit.h"
#include <algorithm>

using namespace llvm;
using namespace se::sim;

RaceShadow::RaceShadow(uint32_t bytes, unsigned numThreads)
    : words(bytes / 4), numThreads(numThreads), stride(words + 24),
      states(words), reads(stride * numThreads), splits(words) {}

/// From now on the word has a state for each byte.
void RaceShadow::split(uint32_t word) {
  if (!splits[word])
    splits[word] = std::make_unique<SplitWord>();
  Cell from = wordCell(word);
  for (unsigned i = 0; i != 4; ++i) {
    Cell to = byteCell(4 * word + i);
    to.state = from.state;
    for (uint32_t rest = from.state.readers; rest; rest &= rest - 1) {
      unsigned thread = countr_zero(rest);
      to.reads[thread * to.stride] = from.reads[thread * from.stride];
    }
  }
  from.state.writer = splitMark;
}

void RaceShadow::makeLock(uint32_t offset) {
  uint32_t word = offset / 4;
  states[word].writer = lockMark;
  for (unsigned thread = 0; thread != numThreads; ++thread)
    wordCell(word).reads[thread * stride].clock = 0;
}

/// Why visitCell failed.
Conflict RaceShadow::makeConflict(const ThreadAccess &access, Cell cell,
                                  uint32_t offset) {
  const State &state = cell.state;
  if (uint32_t(state.writer) > access.known.at[state.writer >> 32])
    return {offset, unsigned(state.writer >> 32), uint32_t(state.writer),
            state.writerPc, /*isWrite=*/true};
  for (uint32_t rest = state.readers;; rest &= rest - 1) {
    unsigned thread = countr_zero(rest);
    Read read = cell.reads[thread * cell.stride];
    if (read.clock > access.known.at[thread])
      return {offset, thread, read.clock, read.pc, /*isWrite=*/false};
  }
}

template <bool isWrite>
std::optional<Conflict> RaceShadow::visit(const ThreadAccess &access,
                                          uint32_t offset, uint32_t size) {
  for (uint32_t end = offset + size; offset != end;) {
    uint32_t word = offset / 4;
    State &state = states[word];
    uint32_t part = std::min(end, 4 * word + 4) - offset;
    if (state.writer == lockMark) {
      offset += part;
      continue;
    }
    if (part != 4 && state.writer != splitMark)
      split(word);
    if (state.writer != splitMark) {
      if (!visitCell<isWrite>(access, wordCell(word)))
        return makeConflict(access, wordCell(word), offset);
      offset += 4;
      continue;
    }
    for (uint32_t partEnd = offset + part; offset != partEnd; ++offset)
      if (!visitCell<isWrite>(access, byteCell(offset)))
        return makeConflict(access, byteCell(offset), offset);
    if (part != 4)
      continue;
    // After a write of the whole word its bytes have the same state again.
    if (isWrite)
      state = {makeEpoch(access.thread, access.clock), access.pc, 0};
    else
      reads[access.thread * stride + word].clock = access.clock;
  }
  return std::nullopt;
}

template std::optional<Conflict> RaceShadow::visit<false>(const ThreadAccess &,
                                                          uint32_t, uint32_t);
template std::optional<Conflict> RaceShadow::visit<true>(const ThreadAccess &,
                                                         uint32_t, uint32_t);
