// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The DMA engine of the cluster (mchan): docs/hardware/pulp-open.md, "DMA
// engine".
//
// A command runs through the queue of the port that issued it, a queue for its
// direction, and is cut into bursts. Each direction moves one burst at a time,
// 8 bytes per cycle, or what the target says; both directions work at once.
// Data is copied when its burst is through.

#ifndef SE_LIB_SIMULATOR_DMA_H
#define SE_LIB_SIMULATOR_DMA_H

#include "Core.h"
#include "llvm/ADT/SmallVector.h"
#include <deque>

namespace se::sim {

class Machine;
struct AccessResult;

class Dma {
public:
  Dma(Machine &machine, const target::TargetDescription &target,
      unsigned numPorts);

  /// Access to a port's registers.
  AccessResult access(Core &core, unsigned port, uint32_t offset, bool isStore,
                      uint32_t &value);

  /// When the engine has to act next; `never` if idle.
  uint64_t getNextTime() const { return nextTime; }
  void advance(uint64_t now);

  const DmaStatistics &getStatistics() const { return statistics; }

private:
  static constexpr unsigned numCounters = 16;
  static constexpr unsigned portQueueDepth = 2;
  static constexpr unsigned directionQueueDepth = 8;
  static constexpr unsigned maxBursts = 8;
  static constexpr uint32_t burstBytes = 256;

  struct Command {
    uint32_t size = 0, counter = 0, port = 0;
    bool toL1 = false, is2D = false, raisesEvent = false, broadcasts = false;
    uint32_t l1Address = 0, externalAddress = 0;
    uint32_t lineBytes = 0, lineStride = 0;
    uint32_t requested = 0, lineRequested = 0;
    unsigned numWords = 0;
    uint32_t words[5] = {};
  };
  struct Burst {
    uint32_t l1Address, externalAddress, size, counter;
    unsigned port;
    bool raisesEvent, broadcasts;
    /// The command's first and last burst, its size and external address.
    bool isFirst, isLast;
    uint32_t commandSize, commandAddress;
    /// When its first bytes are there.
    uint64_t readyTime = 0;
  };
  struct Port {
    std::deque<Command> queue;
    Command current;
    uint32_t counter = 0;
    /// A core that waits to write this word.
    Core *blocked = nullptr;
    uint32_t blockedWord = 0;
  };
  struct Direction {
    bool toL1 = false;
    std::deque<Command> queue;
    std::optional<Command> current;
    std::deque<Burst> bursts;
    /// When the next burst may be requested, and when the first one is done.
    uint64_t requestTime = never, doneTime = never;
    /// When the first burst begins to move, if it still waits for its bytes.
    uint64_t startTime = never;
    uint64_t started = 0, commandStarted = 0;
    /// Where the last burst ended, in slots of a word: each port moves one per
    /// cycle, and towards L1 those that are free may begin the next burst.
    uint64_t slots = 0;
    /// With conflicts in L1: the next word and the bytes from there on, and
    /// when the ports are free.
    uint32_t wordAddress = 0, wordsLeft = 0;
    llvm::SmallVector<uint64_t, 2> portFree;
    uint64_t wordTime = never;
  };

  /// Ports that move words between L1 and the memory at an address.
  unsigned getWordPorts(uint32_t address) const;
  void writeWord(unsigned port, uint32_t word, uint64_t time);
  bool allocateCounter(unsigned port, uint32_t &value);
  /// As on GVSoC a core that looks in the cycle of the last word still sees the
  /// transfer under way.
  uint32_t getStatus(uint64_t now) const;
  void moveToDirection(uint64_t now);
  void request(Direction &direction, uint64_t now);
  void waitForPort(Burst &burst, bool toL1, uint64_t now);
  static Burst takeBurst(Command &command, uint32_t maxBytes);
  /// Lets the first burst move, now or as soon as its bytes are there.
  void startBurst(Direction &direction, uint64_t now);
  void moveBurst(Direction &direction, uint64_t now);
  void moveWords(Direction &direction, uint64_t now);
  void finishBurst(Direction &direction, uint64_t now);
  /// Copies a burst and counts it; raises the event of the last one.
  void copyBurst(const Burst &burst, bool toL1, uint64_t now);
  void traceCommand(const Burst &lastBurst, bool toL1, uint64_t from,
                    uint64_t to);
  void copyCommand(Command command, uint64_t now);
  void updateNextTime();
  void accountBusy(uint64_t from, uint64_t to);

  Machine &machine;
  /// Memories by their ends, and how many words a cycle come from each.
  struct Width {
    uint64_t begin, end;
    unsigned words;
  };
  llvm::SmallVector<Width> widths;
  std::vector<Port> ports;
  std::array<Direction, 2> directions;
  std::array<uint32_t, numCounters> pendingBytes = {};
  /// When the transfers of a counter ended.
  std::array<uint64_t, numCounters> finishTimes = {};
  uint32_t freeCounters = 0xffff;
  std::deque<std::pair<Core *, unsigned>> counterWaiters;
  unsigned nextPort = 0;
  uint64_t moveTime = never;
  uint64_t nextTime = never;
  uint64_t busyUntil = 0;
  DmaStatistics statistics;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_DMA_H
