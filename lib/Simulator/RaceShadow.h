// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What happened to each byte of L1: who wrote it last and who has read it
// since. An access that is not ordered after a conflicting one before is a
// race, whatever the timing of this run was. Method: FastTrack (Flanagan and
// Freund, 2009).
//
// Threads are the cores and the transfer counters of the DMA engine. Each has a
// clock that counts its releases; the pair of thread and clock is an epoch.
//
// State is kept per word. A word of which parts were accessed has a state for
// each of its bytes until it is written as a whole.

#ifndef SE_LIB_SIMULATOR_RACESHADOW_H
#define SE_LIB_SIMULATOR_RACESHADOW_H

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <vector>

namespace se::sim {

inline constexpr unsigned maxThreads = 32;

/// For each thread, up to which of its clocks all it did is known to be over.
struct VectorClock {
  std::array<uint32_t, maxThreads> at = {};

  void join(const VectorClock &other) {
    for (unsigned i = 0; i != maxThreads; ++i)
      at[i] = at[i] > other.at[i] ? at[i] : other.at[i];
  }
};

/// An array of zeros whose pages cost nothing until they are written.
template <typename T> class ZeroArray {
public:
  explicit ZeroArray(size_t size)
      : data(static_cast<T *>(std::calloc(size, sizeof(T)))) {}
  T &operator[](size_t i) { return data.get()[i]; }
  T *get() { return data.get(); }

private:
  struct Free {
    void operator()(T *p) { std::free(p); }
  };
  std::unique_ptr<T, Free> data;
};

/// The earlier of two accesses that race.
struct Conflict {
  /// The first byte that both touch, offset in L1.
  uint32_t offset = 0;
  unsigned thread = 0;
  uint32_t clock = 0, pc = 0;
  bool isWrite = false;
};

/// An access by `thread` in its clock, which knows what `known` says.
struct ThreadAccess {
  unsigned thread;
  uint32_t clock;
  const VectorClock &known;
  uint32_t pc;
};

class RaceShadow {
public:
  /// `bytes` of memory, a multiple of 4.
  RaceShadow(uint32_t bytes, unsigned numThreads);

  /// Records an access to [offset, offset + size), or tells the race.
  std::optional<Conflict> read(const ThreadAccess &access, uint32_t offset,
                               uint32_t size);
  std::optional<Conflict> write(const ThreadAccess &access, uint32_t offset,
                                uint32_t size);

  /// Exempts the word: it is a lock, and accesses to it are no races.
  void makeLock(uint32_t offset);
  bool isLock(uint32_t offset) { return writers[offset / 4] == lockMark; }

  /// By word: a thread whose clock stands here has read the word and need not
  /// tell again.
  const uint32_t *getReadClocks(unsigned thread) {
    return readClocks.get() + size_t(thread) * words;
  }
  /// By word: the same for writes, by epoch.
  const uint64_t *getWriters() { return writers.get(); }
  static uint64_t makeEpoch(unsigned thread, uint32_t clock) {
    return uint64_t(thread) << 32 | clock;
  }

private:
  /// Values of `writers` that are no epochs.
  static constexpr uint64_t splitMark = ~uint64_t(0), lockMark = splitMark - 1;

  /// The state of a word or byte. Entries of thread t in the last two are
  /// t * stride apart.
  struct Cell {
    uint64_t *writer;
    uint32_t *writerPc;
    /// Bit t: thread t has read since the last write.
    uint32_t *readers;
    uint32_t *readClock, *readPc;
    size_t stride;
  };
  struct SplitWord {
    uint64_t writers[4] = {};
    uint32_t writerPcs[4] = {}, readers[4] = {};
    uint32_t readClocks[4 * maxThreads] = {}, readPcs[4 * maxThreads] = {};
  };

  Cell wordCell(uint32_t word);
  Cell byteCell(uint32_t offset);
  void split(uint32_t word);
  static std::optional<Conflict> readCell(const ThreadAccess &access, Cell cell,
                                          uint32_t offset);
  static std::optional<Conflict> writeCell(const ThreadAccess &access,
                                           Cell cell, uint32_t offset);
  template <bool isWrite>
  std::optional<Conflict> visit(const ThreadAccess &access, uint32_t offset,
                                uint32_t size);

  uint32_t words;
  unsigned numThreads;
  ZeroArray<uint64_t> writers;
  ZeroArray<uint32_t> writerPcs, readers;
  ZeroArray<uint32_t> readClocks, readPcs;
  std::vector<std::unique_ptr<SplitWord>> splits;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_RACESHADOW_H
