// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EventUnit.h"
#include "Machine.h"

using namespace se::sim;

// Offsets from the demux base of a core.
static constexpr uint32_t dispatchBase = 0x80, mutexBase = 0xC0,
                          triggerBase = 0x100, barrierBase = 0x200,
                          barrierStride = 0x20;
// Offsets in the global view.
static constexpr uint32_t globalCoreStride = 0x40, globalTriggerBase = 0x600;

// Cycles from the start of the instruction that causes a wake-up to the next
// instruction of the core that slept; a wait that finds its event present takes
// as long. Measured on GVSoC.
static constexpr uint64_t wakeLatency = 5;
static constexpr unsigned noSleepExtra = wakeLatency - 1;
/// Of taking a mutex that is free.
static constexpr unsigned lockExtra = 2;

EventUnit::EventUnit(Machine &machine, unsigned numCores)
    : machine(machine), perCore(numCores) {}

void EventUnit::raise(unsigned core, unsigned event, uint64_t time) {
  perCore[core].buffer |= 1u << event;
  if (Checker *checker = machine.getChecker())
    checker->raised(core, event);
  check(core, time);
}

void EventUnit::raiseMany(uint32_t coreMask, unsigned event, uint64_t time) {
  for (unsigned i = 0; i != perCore.size(); ++i)
    if (coreMask == 0 || (coreMask >> i & 1))
      raise(i, event, time);
}

void EventUnit::check(unsigned index, uint64_t time) {
  PerCore &unit = perCore[index];
  if (!unit.isWaiting || !(unit.buffer & unit.mask))
    return;
  if (Checker *checker = machine.getChecker())
    checker->sawEvents(index, index, unit.buffer & unit.mask);
  unit.isWaiting = false;
  unit.buffer &= ~unit.clearOnWake;
  unit.clearOnWake = 0;
  machine.wake(machine.getCore(index), time + wakeLatency, unit.value);
}

/// The core's access waits until one of its events is there.
AccessResult EventUnit::wait(Core &core) {
  PerCore &unit = perCore[core.index];
  if (unit.buffer & unit.mask) {
    if (Checker *checker = machine.getChecker())
      checker->sawEvents(core.index, core.index, unit.buffer & unit.mask);
    unit.buffer &= ~unit.clearOnWake;
    unit.clearOnWake = 0;
    machine.putFirst(core);
    return {AccessResult::Device, noSleepExtra};
  }
  unit.isWaiting = true;
  machine.sleep(core, CycleCause::Sleep);
  return {AccessResult::Asleep};
}

/// Whether the register shows events that are there.
static bool readsBuffer(uint32_t offset) {
  return offset == 0x1C || offset == 0x20 || offset == 0x24;
}

AccessResult EventUnit::access(Core &core, unsigned owner, uint32_t offset,
                               bool isStore, uint32_t &value) {
  AccessResult done = {AccessResult::Device};
  AccessResult unknown = {AccessResult::Fault};

  bool isOwn = owner == core.index && !core.isFabricController;
  if (offset == 0x38 || offset == 0x3C) {
    if (!isOwn || isStore)
      return unknown;
    PerCore &unit = perCore[owner];
    value = unit.value = unit.buffer & unit.mask;
    if (offset == 0x3C)
      unit.clearOnWake = unit.mask;
    return wait(core);
  }
  if (offset < dispatchBase) {
    if (!accessCore(owner, offset, isStore, value, core.time))
      return unknown;
    if (Checker *checker = machine.getChecker(); checker && readsBuffer(offset))
      checker->sawEvents(core.index, owner, value);
    return done;
  }
  if (!isOwn)
    return unknown;
  if (offset < mutexBase)
    return accessDispatch(core, offset - dispatchBase, isStore, value);
  if (offset < mutexBase + 4 * mutexes.size())
    return accessMutex(core, (offset - mutexBase) / 4, isStore, value);
  if (offset >= triggerBase && offset < triggerBase + 32)
    return triggerEvent(offset - triggerBase, isStore, value, core.time)
               ? done
               : unknown;
  if (offset >= barrierBase &&
      offset < barrierBase + barrierStride * barriers.size())
    return accessBarrier(core, offset - barrierBase, isStore, value);
  return unknown;
}

AccessResult EventUnit::accessGlobal(Core &core, uint32_t offset, bool isStore,
                                     uint32_t &value) {
  AccessResult done = {AccessResult::Device};
  if (offset < globalCoreStride * perCore.size())
    return access(core, offset / globalCoreStride, offset % globalCoreStride,
                  isStore, value);
  if (offset >= globalTriggerBase && offset < globalTriggerBase + 32 &&
      triggerEvent(offset - globalTriggerBase, isStore, value, core.time))
    return done;
  return {AccessResult::Fault};
}

bool EventUnit::triggerEvent(uint32_t offset, bool isStore, uint32_t value,
                             uint64_t time) {
  if (isStore)
    raiseMany(value, offset / 4, time);
  return isStore;
}

/// The registers that hold masks and the buffer.
bool EventUnit::accessCore(unsigned owner, uint32_t offset, bool isStore,
                           uint32_t &value, uint64_t time) {
  PerCore &unit = perCore[owner];
  switch (offset) {
  case 0x00:
    isStore ? unit.mask = value : value = unit.mask;
    break;
  case 0x04:
    unit.mask &= ~value;
    break;
  case 0x08:
    unit.mask |= value;
    break;
  case 0x0C:
    isStore ? unit.interruptMask = value : value = unit.interruptMask;
    break;
  case 0x10:
    unit.interruptMask &= ~value;
    break;
  case 0x14:
    unit.interruptMask |= value;
    break;
  case 0x1C:
    value = unit.buffer;
    return !isStore;
  case 0x20:
    value = unit.buffer & unit.mask;
    return !isStore;
  case 0x24:
    value = unit.buffer & unit.interruptMask;
    return !isStore;
  case 0x28:
    unit.buffer &= ~value;
    return isStore;
  default:
    return false;
  }
  check(owner, time);
  return isStore || offset == 0x00 || offset == 0x0C;
}

AccessResult EventUnit::accessMutex(Core &core, unsigned index, bool isStore,
                                    uint32_t &value) {
  Mutex &mutex = mutexes[index];
  if (Checker *checker = machine.getChecker())
    checker->usedMutex(core, index, isStore);
  if (!isStore) {
    value = 0;
    if (!mutex.isLocked) {
      mutex.isLocked = true;
      return {AccessResult::Device, lockExtra};
    }
    mutex.waiting |= 1u << core.index;
    perCore[core.index].clearOnWake = 1u << mutexEvent;
    perCore[core.index].value = 0;
    return wait(core);
  }
  if (!mutex.waiting) {
    mutex.isLocked = false;
    return {AccessResult::Device};
  }
  // Stays locked, by the first core that waits. It reads the value written.
  unsigned next = __builtin_ctz(mutex.waiting);
  mutex.waiting &= ~(1u << next);
  perCore[next].value = value;
  raise(next, mutexEvent, core.time);
  return {AccessResult::Device};
}

void EventUnit::pushDispatch(uint32_t value, uint64_t time) {
  Dispatch &slot = dispatches[dispatchHead];
  dispatchHead = (dispatchHead + 1) % dispatchDepth;
  slot.team = dispatchTeam;
  slot.value = value;
  slot.ready = ~0u;
  for (unsigned i = 0; i != perCore.size(); ++i) {
    uint32_t bit = 1u << i;
    if (!(slot.waiting & bit))
      continue;
    slot.waiting &= ~bit;
    slot.ready &= ~bit;
    perCore[i].dispatchTail = (perCore[i].dispatchTail + 1) % dispatchDepth;
    if (slot.team & bit) {
      perCore[i].value = value;
      raise(i, dispatchEvent, time);
    } else {
      // Not in the team: waits for the next value.
      dispatches[perCore[i].dispatchTail].waiting |= bit;
    }
  }
}

AccessResult EventUnit::accessDispatch(Core &core, uint32_t offset,
                                       bool isStore, uint32_t &value) {
  if (offset == 4) {
    isStore ? dispatchTeam = value : value = dispatchTeam;
    return {AccessResult::Device};
  }
  if (offset != 0)
    return {AccessResult::Fault};
  if (Checker *checker = machine.getChecker())
    checker->usedDispatch(core, isStore);
  if (isStore) {
    pushDispatch(value, core.time);
    return {AccessResult::Device};
  }
  PerCore &unit = perCore[core.index];
  uint32_t bit = 1u << core.index;
  auto slot = [&]() -> Dispatch & { return dispatches[unit.dispatchTail]; };
  auto take = [&] {
    slot().ready &= ~bit;
    unit.dispatchTail = (unit.dispatchTail + 1) % dispatchDepth;
  };
  while ((slot().ready & bit) && !(slot().team & bit))
    take();
  if (slot().ready & bit) {
    value = slot().value;
    take();
    return {AccessResult::Device};
  }
  slot().waiting |= bit;
  unit.clearOnWake = 1u << dispatchEvent;
  return wait(core);
}

void EventUnit::checkBarrier(Barrier &barrier, uint64_t time) {
  if (barrier.status != barrier.trigger)
    return;
  barrier.status = 0;
  if (Checker *checker = machine.getChecker())
    checker->completed(unsigned(&barrier - barriers.data()));
  raiseMany(barrier.target, barrierEvent, time);
}

AccessResult EventUnit::accessBarrier(Core &core, uint32_t offset, bool isStore,
                                      uint32_t &value) {
  Barrier &barrier = barriers[offset / barrierStride];
  uint32_t self = 1u << core.index;
  AccessResult done = {AccessResult::Device};
  bool arrives = offset % barrierStride >= 0x10;
  if (Checker *checker = machine.getChecker(); checker && arrives)
    checker->arrived(core, offset / barrierStride);
  switch (offset % barrierStride) {
  case 0x00:
  case 0x04:
  case 0x0C: {
    uint32_t &reg = offset % barrierStride == 0x00   ? barrier.trigger
                    : offset % barrierStride == 0x04 ? barrier.status
                                                     : barrier.target;
    if (!isStore) {
      value = reg;
      return done;
    }
    reg = value;
    break;
  }
  case 0x10:
    if (!isStore)
      return {AccessResult::Fault};
    barrier.status |= value;
    break;
  case 0x14:
    barrier.status |= self;
    break;
  case 0x18:
  case 0x1C: {
    PerCore &unit = perCore[core.index];
    barrier.status |= self;
    if (offset % barrierStride == 0x1C)
      unit.clearOnWake = unit.mask;
    checkBarrier(barrier, core.time);
    value = unit.value = unit.buffer & unit.mask;
    return wait(core);
  }
  default:
    return {AccessResult::Fault};
  }
  checkBarrier(barrier, core.time);
  return done;
}
