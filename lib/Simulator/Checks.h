// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What hardware does not tell: races on L1, races of transfers on L2, and reads
// of memory that nothing was written to. docs/simulator.md ("Checks") has the
// rules. The machine owns a Checker if checks are on; its parts call it where
// they let one core know of another.

#ifndef SE_LIB_SIMULATOR_CHECKS_H
#define SE_LIB_SIMULATOR_CHECKS_H

#include "RaceShadow.h"
#include "TransferRaces.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <map>
#include <string>

namespace se::sim {

class Machine;
class Memory;
struct Core;

class Checker {
public:
  explicit Checker(Machine &machine);

  //===-- Accesses by cores -----------------------------------------------===//
  // False: there is a finding, and the core has trapped.

  /// To the core's fast memory.
  bool load(Core &core, uint32_t offset, unsigned size);
  bool store(Core &core, uint32_t offset, unsigned size);
  /// To any memory.
  bool access(Core &core, Memory &memory, uint32_t offset, unsigned size,
              bool isStore);
  /// From now on this word of L1 is a lock.
  void testAndSet(uint32_t offset) { races.makeLock(offset); }

  //===-- Accesses by others ----------------------------------------------===//

  /// The host wrote, as the loader or for a semihosting call.
  void hostWrote(uint32_t address, uint32_t size);
  /// The host reads for the core's semihosting call.
  bool hostReads(Core &core, uint32_t address, uint32_t size);
  /// The DMA engine copied: what was never written stays so.
  void copied(uint32_t to, uint32_t from, uint32_t size);

  //===-- What orders accesses --------------------------------------------===//

  /// The core accesses a device: what comes of it is ordered after what the
  /// core did.
  void beginAccess(Core &core);
  /// A core is switched on by the access.
  void started(Core &core);
  /// The access or the transfer raises an event for a core.
  void raised(unsigned core, unsigned event);
  /// A core learns which of the events of core `owner` are there.
  void sawEvents(unsigned core, unsigned owner, uint32_t events);
  /// The core has reached a barrier; the barrier is complete.
  void arrived(const Core &core, unsigned barrier);
  void completed(unsigned barrier);
  /// A mutex or the dispatch queue: a store passes on, a load receives.
  void usedMutex(const Core &core, unsigned mutex, bool isStore);
  void usedDispatch(const Core &core, bool isStore);

  /// A command of a port enters the DMA engine. What it does behind L1 counts
  /// if it is contiguous there.
  void startedTransfer(unsigned port, unsigned counter, bool toL1,
                       uint32_t l1Address, uint32_t externalAddress,
                       uint32_t size, bool isContiguous);
  /// The counter has reached zero.
  void finishedTransfers(unsigned counter) { finishedCounter = counter; }
  /// The core has read the DMA engine's status.
  void readStatus(const Core &core, uint32_t status);
  /// The core frees counters.
  void freedCounters(const Core &core, uint32_t counters);

  /// A transfer of the external engine, which runs one after the other, was
  /// started under an id. False: there is a finding.
  bool startedExternal(Core &core, unsigned id, bool toL2, uint32_t inL2,
                       uint32_t size);
  /// The core has seen that the id is not busy.
  void sawExternalIdle(const Core &core, unsigned id);

  //===-- The result ------------------------------------------------------===//

  /// The finding in one line, or empty; `describe` gives a pc with its symbol.
  std::string
  getFinding(llvm::function_ref<std::string(uint32_t)> describe) const;

private:
  static constexpr unsigned numCounters = 16, numEvents = 32, numBarriers = 9,
                            numMutexes = 8, numExternalIds = 8;
  /// The external engine is a thread like a counter, behind them.
  static constexpr unsigned externalCounter = numCounters;
  /// Of so many commands per counter a report tells the range.
  static constexpr unsigned historySize = 64;

  /// One byte for each byte of a memory: 0 if never written, `byHost`, or
  /// byCore + number of the core whose store was the last.
  static constexpr uint8_t byHost = 1, byCore = 2;
  struct WrittenBytes {
    Memory *memory;
    ZeroArray<uint8_t> writer;
  };

  struct CoreState {
    /// The core's own entry is its clock.
    VectorClock known;
    /// `known` at the last release.
    VectorClock released;
    /// Whether there is anything new since then.
    bool hasNews = true;
    /// Where the last access to a device was.
    uint32_t accessPc = 0;
    /// Transfer counters with commands of this core of whose end it has not
    /// made sure, and counters that it found idle since their last command.
    uint32_t outstanding = 0, idle = 0;
    /// Counters whose end raised the DMA event of this core.
    uint32_t ended = 0;
    std::array<VectorClock, numEvents> events;
  };
  struct Transfer {
    uint32_t clock = 0;
    uint32_t address = 0, size = 0; ///< in L1, or in L2 if external
    unsigned issuer = 0;
    bool isTo = false;
  };
  struct Counter {
    uint32_t clock = 0;
    /// What is over when all transfers are.
    VectorClock end;
    std::array<Transfer, historySize> history;
  };

  /// One side of a race.
  struct Party {
    unsigned thread = 0;
    uint32_t clock = 0, pc = 0;
    bool isWrite = false;
  };
  struct Finding {
    uint32_t address = 0;
    Party late;
    /// None: an uninitialised read.
    std::optional<Party> early;
  };

  WrittenBytes &writtenBytes(Memory &memory);
  bool report(unsigned core, Finding finding);
  bool checkWritten(unsigned core, WrittenBytes &bytes, uint32_t offset,
                    uint32_t size);
  ThreadAccess makeAccess(Core &core);
  bool accessL1(Core &core, uint32_t offset, unsigned size, bool isStore);
  bool accessOther(Core &core, WrittenBytes &bytes, uint32_t offset,
                   unsigned size, bool isStore);
  const VectorClock &release(unsigned core);
  void acquire(unsigned core, const VectorClock &clock);
  void publishClock(unsigned core);
  void sawIdle(unsigned core, uint32_t counters);
  void acquireCounter(unsigned core, unsigned counter);
  unsigned threadOf(unsigned counter) const { return cores.size() + counter; }
  void begin(unsigned counter, unsigned issuer, bool isTo, uint32_t address,
             uint32_t size);
  bool reportConflict(unsigned issuer, const ThreadAccess &access,
                      uint32_t address, bool isWrite, const Conflict &conflict);
  bool isTransfer(unsigned thread) const { return thread >= cores.size(); }
  std::string nameOf(unsigned core) const;
  std::string describe(const Party &party,
                       llvm::function_ref<std::string(uint32_t)>) const;

  Machine &machine;
  std::vector<CoreState> cores;
  std::array<Counter, numCounters + 1> counters;
  /// The last transfer of each id of the external engine.
  std::array<uint32_t, numExternalIds> externalIds = {};
  std::array<VectorClock, numBarriers> barriers;
  std::array<VectorClock, numMutexes> mutexes;
  VectorClock dispatch;
  /// Offset in L1 to what has been passed on by the lock.
  std::map<uint32_t, VectorClock> locks;
  RaceShadow races;
  TransferRaces behindL1;
  std::vector<WrittenBytes> written;
  /// Of L1 and of the fabric controller's fast memory.
  uint8_t *l1Writer, *fcWriter;

  /// Whose access to a device is under way.
  unsigned actor = 0;
  /// What the events of a complete barrier pass on, instead of the actor.
  VectorClock completeBarrier;
  bool isBarrierEvent = false;
  unsigned finishedCounter = 0;
  std::optional<Finding> finding;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_CHECKS_H
