// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RaceShadow.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/Compiler.h"
#include <algorithm>

using namespace llvm;
using namespace se::sim;

RaceShadow::RaceShadow(uint32_t bytes, unsigned numThreads)
    : words(bytes / 4), numThreads(numThreads), writers(words),
      writerPcs(words), readers(words), readClocks(size_t(words) * numThreads),
      readPcs(size_t(words) * numThreads), splits(words) {}

RaceShadow::Cell RaceShadow::wordCell(uint32_t word) {
  return {&writers[word],    &writerPcs[word], &readers[word],
          &readClocks[word], &readPcs[word],   words};
}

RaceShadow::Cell RaceShadow::byteCell(uint32_t offset) {
  SplitWord &word = *splits[offset / 4];
  unsigned i = offset % 4;
  return {&word.writers[i],    &word.writerPcs[i], &word.readers[i],
          &word.readClocks[i], &word.readPcs[i],   4};
}

/// From now on the word has a state for each byte.
void RaceShadow::split(uint32_t word) {
  if (!splits[word])
    splits[word] = std::make_unique<SplitWord>();
  Cell from = wordCell(word);
  for (unsigned i = 0; i != 4; ++i) {
    Cell to = byteCell(4 * word + i);
    *to.writer = *from.writer;
    *to.writerPc = *from.writerPc;
    *to.readers = *from.readers;
    for (uint32_t rest = *from.readers; rest; rest &= rest - 1) {
      unsigned thread = countr_zero(rest);
      to.readClock[thread * to.stride] = from.readClock[thread * from.stride];
      to.readPc[thread * to.stride] = from.readPc[thread * from.stride];
    }
  }
  writers[word] = splitMark;
}

void RaceShadow::makeLock(uint32_t offset) {
  uint32_t word = offset / 4;
  if (writers[word] == lockMark)
    return;
  writers[word] = lockMark;
  for (unsigned thread = 0; thread != numThreads; ++thread)
    readClocks[size_t(thread) * words + word] = 0;
}

/// Whether the writer of the cell has not been waited for.
static bool isUnknownWrite(const ThreadAccess &access, uint64_t writer) {
  return uint32_t(writer) > access.known.at[writer >> 32];
}

static Conflict makeWriteConflict(uint64_t writer, uint32_t pc,
                                  uint32_t offset) {
  return {offset, unsigned(writer >> 32), uint32_t(writer), pc,
          /*isWrite=*/true};
}

std::optional<Conflict> RaceShadow::readCell(const ThreadAccess &access,
                                             Cell cell, uint32_t offset) {
  if (LLVM_UNLIKELY(isUnknownWrite(access, *cell.writer)))
    return makeWriteConflict(*cell.writer, *cell.writerPc, offset);
  cell.readClock[access.thread * cell.stride] = access.clock;
  cell.readPc[access.thread * cell.stride] = access.pc;
  *cell.readers |= 1u << access.thread;
  return std::nullopt;
}

std::optional<Conflict> RaceShadow::writeCell(const ThreadAccess &access,
                                              Cell cell, uint32_t offset) {
  if (LLVM_UNLIKELY(isUnknownWrite(access, *cell.writer)))
    return makeWriteConflict(*cell.writer, *cell.writerPc, offset);
  for (uint32_t rest = *cell.readers; rest; rest &= rest - 1) {
    unsigned thread = countr_zero(rest);
    uint32_t clock = cell.readClock[thread * cell.stride];
    if (LLVM_UNLIKELY(clock > access.known.at[thread]))
      return Conflict{offset, thread, clock, cell.readPc[thread * cell.stride],
                      /*isWrite=*/false};
  }
  *cell.writer = makeEpoch(access.thread, access.clock);
  *cell.writerPc = access.pc;
  *cell.readers = 0;
  return std::nullopt;
}

template <bool isWrite>
std::optional<Conflict> RaceShadow::visit(const ThreadAccess &access,
                                          uint32_t offset, uint32_t size) {
  auto visitCell = isWrite ? writeCell : readCell;
  for (uint32_t end = offset + size; offset != end;) {
    uint32_t word = offset / 4;
    uint32_t part = std::min(end, 4 * word + 4) - offset;
    if (writers[word] == lockMark) {
      offset += part;
      continue;
    }
    if (part != 4 && writers[word] != splitMark)
      split(word);
    if (writers[word] != splitMark) {
      if (auto conflict = visitCell(access, wordCell(word), offset))
        return conflict;
      offset += 4;
      continue;
    }
    for (uint32_t partEnd = offset + part; offset != partEnd; ++offset)
      if (auto conflict = visitCell(access, byteCell(offset), offset))
        return conflict;
    if (part != 4)
      continue;
    // All readers of the word are before a write of it.
    if (isWrite) {
      writers[word] = makeEpoch(access.thread, access.clock);
      writerPcs[word] = access.pc;
      readers[word] = 0;
    } else {
      readClocks[size_t(access.thread) * words + word] = access.clock;
    }
  }
  return std::nullopt;
}

std::optional<Conflict> RaceShadow::read(const ThreadAccess &access,
                                         uint32_t offset, uint32_t size) {
  return visit<false>(access, offset, size);
}

std::optional<Conflict> RaceShadow::write(const ThreadAccess &access,
                                          uint32_t offset, uint32_t size) {
  return visit<true>(access, offset, size);
}
