// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The event unit of the cluster: docs/hardware/pulp-open.md, "Event unit".

#ifndef SE_LIB_SIMULATOR_EVENTUNIT_H
#define SE_LIB_SIMULATOR_EVENTUNIT_H

#include <array>
#include <cstdint>
#include <vector>

namespace se::sim {

class Machine;
struct Core;
struct AccessResult;

enum Event : unsigned {
  dmaEvent = 8,
  barrierEvent = 16,
  mutexEvent = 17,
  dispatchEvent = 18,
};

class EventUnit {
public:
  EventUnit(Machine &machine, unsigned numCores);

  /// Access to the registers of core `owner` at an offset from the demux base.
  /// `core` does the access; reads that wait are only possible if it is the
  /// owner.
  AccessResult access(Core &core, unsigned owner, uint32_t offset, bool isStore,
                      uint32_t &value);
  /// Access through the global view, offset from its base.
  AccessResult accessGlobal(Core &core, uint32_t offset, bool isStore,
                            uint32_t &value);

  /// Raises an event for one core in cycle `time`.
  void raise(unsigned core, unsigned event, uint64_t time);
  /// For all cores of a mask; 0 stands for all.
  void raiseMany(uint32_t coreMask, unsigned event, uint64_t time);

private:
  struct PerCore {
    uint32_t mask = 0, interruptMask = 0, buffer = 0;
    /// Bits to clear when the core wakes up.
    uint32_t clearOnWake = 0;
    bool isWaiting = false;
    /// The value that the waiting read returns.
    uint32_t value = 0;
    unsigned dispatchTail = 0;
  };
  struct Barrier {
    uint32_t trigger = 0, target = 0, status = 0;
  };
  struct Mutex {
    bool isLocked = false;
    uint32_t waiting = 0;
  };
  static constexpr unsigned dispatchDepth = 8;
  struct Dispatch {
    uint32_t value = 0, ready = 0, team = 0, waiting = 0;
  };

  bool accessCore(unsigned owner, uint32_t offset, bool isStore,
                  uint32_t &value, uint64_t time);
  AccessResult accessMutex(Core &core, unsigned index, bool isStore,
                           uint32_t &value);
  AccessResult accessDispatch(Core &core, uint32_t offset, bool isStore,
                              uint32_t &value);
  AccessResult accessBarrier(Core &core, uint32_t offset, bool isStore,
                             uint32_t &value);
  bool triggerEvent(uint32_t offset, bool isStore, uint32_t value,
                    uint64_t time);
  void pushDispatch(uint32_t value, uint64_t time);
  void checkBarrier(Barrier &barrier, uint64_t time);
  /// Wakes the core if an event that it waits for is there.
  void check(unsigned core, uint64_t time);
  AccessResult wait(Core &core);

  Machine &machine;
  std::vector<PerCore> perCore;
  std::array<Barrier, 9> barriers;
  std::array<Mutex, 8> mutexes;
  std::array<Dispatch, dispatchDepth> dispatches;
  unsigned dispatchHead = 0;
  uint32_t dispatchTeam = 0;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_EVENTUNIT_H
