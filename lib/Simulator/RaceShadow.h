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
/// Clocks do not overflow: 2^32 releases take longer than a run may.
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
  /// What was done to a word or byte, without the reads.
  struct State {
    /// The epoch of the last write; 0 if there is none.
    uint64_t writer;
    uint32_t writerPc;
    /// Bit t: thread t has read since.
    uint32_t readers;
  };
  /// The last read by one thread.
  struct Read {
    uint32_t clock, pc;
  };

  /// `bytes` of memory, a multiple of 4.
  RaceShadow(uint32_t bytes, unsigned numThreads);

  /// Records an access to [offset, offset + size), or tells the race.
  std::optional<Conflict> read(const ThreadAccess &access, uint32_t offset,
                               uint32_t size) {
    return visit<false>(access, offset, size);
  }
  std::optional<Conflict> write(const ThreadAccess &access, uint32_t offset,
                                uint32_t size) {
    return visit<true>(access, offset, size);
  }
  /// Records an access to a whole word unless there is something special about
  /// it. False: nothing was done.
  bool tryRead(const ThreadAccess &access, uint32_t offset) {
    return states[offset / 4].writer < lockMark &&
           visitCell<false>(access, wordCell(offset / 4));
  }
  bool tryWrite(const ThreadAccess &access, uint32_t offset) {
    return states[offset / 4].writer < lockMark &&
           visitCell<true>(access, wordCell(offset / 4));
  }

  /// Exempts the word: it is a lock, and accesses to it are no races.
  void makeLock(uint32_t offset);
  bool isLock(uint32_t offset) { return states[offset / 4].writer == lockMark; }

  /// By word: a thread whose clock stands here has read the word and need not
  /// tell again.
  const Read *getReads(unsigned thread) { return &reads[thread * stride]; }
  /// By word: the same for writes, by epoch.
  const State *getStates() { return states.get(); }
  static uint64_t makeEpoch(unsigned thread, uint32_t clock) {
    return uint64_t(thread) << 32 | clock;
  }

private:
  /// Values of State::writer that are no epochs.
  static constexpr uint64_t splitMark = ~uint64_t(0), lockMark = splitMark - 1;

  /// A word or byte; the reads of thread t are reads[t * stride].
  struct Cell {
    State &state;
    Read *reads;
    size_t stride;
  };
  struct SplitWord {
    State states[4] = {};
    Read reads[4 * maxThreads] = {};
  };

  Cell wordCell(uint32_t word) { return {states[word], &reads[word], stride}; }
  Cell byteCell(uint32_t offset) {
    SplitWord &word = *splits[offset / 4];
    return {word.states[offset % 4], &word.reads[offset % 4], 4};
  }
  void split(uint32_t word);
  static Conflict makeConflict(const ThreadAccess &access, Cell cell,
                               uint32_t offset);
  template <bool isWrite>
  static bool visitCell(const ThreadAccess &access, Cell cell);
  template <bool isWrite>
  std::optional<Conflict> visit(const ThreadAccess &access, uint32_t offset,
                                uint32_t size);

  uint32_t words;
  unsigned numThreads;
  /// Entries of `reads` per thread. No power of two, else those of one word
  /// would compete for the same places in the host's cache.
  size_t stride;
  ZeroArray<State> states;
  ZeroArray<Read> reads;
  std::vector<std::unique_ptr<SplitWord>> splits;
};

/// Records the access; false if it is a race.
template <bool isWrite>
inline bool RaceShadow::visitCell(const ThreadAccess &access, Cell cell) {
  State &state = cell.state;
  if (uint32_t(state.writer) > access.known.at[state.writer >> 32])
    return false;
  if (!isWrite) {
    cell.reads[access.thread * cell.stride] = {access.clock, access.pc};
    state.readers |= 1u << access.thread;
    return true;
  }
  for (uint32_t rest = state.readers; rest; rest &= rest - 1) {
    unsigned thread = unsigned(__builtin_ctz(rest));
    if (cell.reads[thread * cell.stride].clock > access.known.at[thread])
      return false;
  }
  state = {makeEpoch(access.thread, access.clock), access.pc, 0};
  return true;
}

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_RACESHADOW_H
