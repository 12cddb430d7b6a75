// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Construction, the clock, and the life of cores.

#include "Machine.h"
#include "MemoryMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/Compiler.h"
#include <algorithm>
#include <cassert>

using namespace llvm;
using namespace se::sim;

/// What memory and registers hold before anything is written, as in GVSoC.
static constexpr uint8_t fillByte = 0x57;
static constexpr uint32_t fillWord = 0x57575757;

Memory::Memory(std::string name, target::MemoryLevel level, uint32_t base,
               uint32_t size, unsigned clusterLatency, unsigned fcLatency)
    : pages((size + CodePage::bytes - 1) / CodePage::bytes),
      name(std::move(name)), level(level), base(base),
      latencies{clusterLatency, fcLatency}, data(size, fillByte) {}

uint64_t Core::instructions(uint64_t now) const {
  if (state == CoreState::Off)
    return 0;
  uint64_t end = state == CoreState::Asleep ? sleepSince : now;
  uint64_t stalled = 0;
  for (uint64_t cycles : stalls)
    stalled += cycles;
  return end - start - stalled;
}

Machine::Machine(const target::TargetDescription &target,
                 SimulatorOptions simulatorOptions)
    : options(std::move(simulatorOptions)),
      eventUnit(*this, target.cores + target.controllerCore),
      dma(*this, target, target.cores + target.controllerCore + 1),
      externalDma(*this, target),
      caches(target.cores + target.controllerCore, target.controllerCore),
      banks(target.l1Banks), socPort(target.getL2().bytesPerCycle),
      semihosting(*this, options.files), fllRegisters(map::fllSize / 4) {
  for (const target::Memory &memory : target.memories) {
    if (!memory.isAddressable())
      continue;
    memories.push_back(std::make_unique<Memory>(
        memory.name, memory.level, uint32_t(memory.base), uint32_t(memory.size),
        *memory.clusterLatency,
        memory.fcLatency.value_or(*memory.clusterLatency)));
    if (memory.level == target::MemoryLevel::L1 && !l1)
      l1 = memories.back().get();
    if (memory.level == target::MemoryLevel::L2 && !l2)
      l2 = memories.back().get();
  }

  fpuFree.resize(target.fpus);
  cores.resize(target.cores + target.controllerCore + 1);
  for (auto [i, core] : enumerate(cores)) {
    core.index = unsigned(i);
    order.push_back(uint8_t(i));
    core.isFabricController = i + 1 == cores.size();
    core.hart = core.isFabricController ? target.fcHart
                                        : target.clusterHart + unsigned(i);
    core.x.fill(fillWord);
    core.x[0] = 0;
    core.fast = core.isFabricController ? l2 : l1;
    core.fastData = core.fast->getData();
    core.fastBase = core.fast->getBase();
    // Accesses that may wait for a bank take the long way.
    bool isFast = core.isFabricController || !options.timing.l1Conflicts;
    core.fastSize = isFast ? core.fast->getSize() : 0;
    core.fpuFree =
        core.isFabricController ? &fcFpuFree : &fpuFree[i % target.fpus];
    core.dividerFree = core.isFabricController ? &fcDividerFree : &dividerFree;
  }
  if (options.check)
    checker = std::make_unique<Checker>(*this);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Memory *Machine::findMemory(uint32_t address, uint32_t size) {
  for (auto &memory : memories)
    if (memory->contains(address, size))
      return memory.get();
  return nullptr;
}

uint8_t *Machine::translate(uint32_t address, uint32_t size) {
  Memory *memory = findMemory(address, size);
  return memory ? memory->getData() + (address - memory->getBase()) : nullptr;
}

void Machine::wroteMemory(uint32_t address, uint32_t size) {
  if (Memory *memory = findMemory(address, size))
    invalidateCode(*memory, address - memory->getBase(), size);
  if (checker)
    checker->hostWrote(address, size);
}

AccessResult Machine::accessMemory(Core &core, Memory &memory, uint32_t address,
                                   unsigned size, bool isStore,
                                   uint32_t &value) {
  uint32_t offset = address - memory.getBase();
  if (checker && !checker->access(core, memory, offset, size, isStore))
    return {AccessResult::Fault};
  uint8_t *data = memory.getData() + offset;
  if (isStore) {
    std::memcpy(data, &value, size);
    if (memory.pages[offset / CodePage::bytes])
      invalidateCode(memory, offset, size);
  } else {
    value = 0;
    std::memcpy(&value, data, size);
  }
  unsigned latency = memory.getLatency(core.isFabricController);
  // Two accesses if the word boundary is crossed.
  unsigned accesses = (address & 3) + size > 4 ? 2 : 1;
  unsigned conflicts = 0;
  if (options.timing.l1Conflicts && &memory == l1)
    for (unsigned i = 0; i != accesses; ++i)
      conflicts += banks.request(address + 4 * i, core.time + i + conflicts);
  unsigned waits = 0;
  if (options.timing.l2Port && !core.isFabricController && &memory != l1)
    for (unsigned i = 0; i != accesses; ++i)
      waits += socPort.access(isStore, size / accesses,
                              core.time + latency * i + waits);
  return {AccessResult::Memory, latency * accesses - 1 + waits, conflicts};
}

//===----------------------------------------------------------------------===//
// The life of cores
//===----------------------------------------------------------------------===//

void Machine::startCore(Core &core, uint64_t time) {
  if (core.state != CoreState::Off)
    return;
  if (checker)
    checker->started(core);
  core.time = core.start = time;
  core.mtvec = core.bootAddress & ~0xffu;
  core.state = CoreState::Running;
  putFirst(core);
  running |= 1u << core.index;
  earliestWake = std::min(earliestWake, core.time);
  core.next = fetch(core, core.bootAddress);
  if (options.timing.icache) {
    core.fetchReach = maxFetchOffset;
    core.needsFetch = core.next != nullptr;
  }
}

void Machine::sleep(Core &core, CycleCause cause) {
  core.state = CoreState::Asleep;
  core.sleepSince = core.time + 1;
  core.sleepCause = cause;
  running &= ~(1u << core.index);
}

void Machine::putFirst(const Core &core) {
  if (core.isFabricController)
    return;
  auto *place = llvm::find(order, core.index);
  std::rotate(order.begin(), place, place + 1);
}

void Machine::wake(Core &core, uint64_t time, uint32_t value) {
  assert(core.state == CoreState::Asleep && "only sleeping cores wake up");
  core.state = CoreState::Running;
  putFirst(core);
  core.x[core.sleepRd] = value;
  core.time = std::max(time, core.sleepSince);
  core.stall(core.sleepCause) += core.time - core.sleepSince;
  if (Trace *trace = observers.trace) {
    trace->addStall(core, core.sleepCause, core.sleepSince, core.time);
    trace->addStall(core, CycleCause::Icache, core.time,
                    core.time + core.fetchWait);
  }
  core.waitForFetch();
  running |= 1u << core.index;
  earliestWake = std::min(earliestWake, core.time);
}

void Machine::raise(Core &core, std::string cause, uint32_t value) {
  core.trap = Trap{std::move(cause), value};
  trapped = &core;
}

bool Machine::mustStop(const Core &core) const {
  return core.trap || core.state != CoreState::Running || exitStatus;
}

void Machine::breakpoint(Core &core) {
  if (semihosting.isCall(core.pc()))
    semihosting.call(core);
  else
    raise(core, "breakpoint");
}

//===----------------------------------------------------------------------===//
// The clock
//===----------------------------------------------------------------------===//

/// One instruction.
void Machine::executeObserved(Core &core, bool isTraced) {
  observers.calls->beginInstruction(core);
  if (isTraced)
    observers.trace->beginInstruction(core);
  execute(*this, core, core.time + 1);
  if (isTraced)
    observers.trace->endInstruction(core);
}

/// Lets every core whose time has come do its instruction, and moves the clock
/// to the next cycle in which something happens.
void Machine::runRound(uint64_t maxCycles) {
  uint32_t due = 0;
  uint64_t nextCore = never;
  earliestWake = never;
  for (uint32_t rest = running; rest; rest &= rest - 1) {
    unsigned i = countr_zero(rest);
    if (cores[i].time <= now)
      due |= 1u << i;
    else
      nextCore = std::min(nextCore, cores[i].time);
  }

  // A core that is alone may run until another one or a device is due.
  bool isAlone = has_single_bit(due);
  uint64_t limit = now + 1;
  if (isAlone)
    limit =
        std::max(limit, std::min({nextCore, getNextDeviceTime(), maxCycles}));
  bool isTraced = observers.trace && observers.trace->isActive(now);
  bool isObserved = isTraced || observers.isAlwaysActive;
  if (observers.trace)
    limit = std::min(limit, observers.trace->getNextChange(now));
  // A core that is woken meanwhile goes to the front, and none that is due and
  // comes later is left out.
  for (unsigned place = 0; due; ++place) {
    Core &core = cores[order[place]];
    const uint32_t bit = 1u << core.index;
    if (!(due & bit))
      continue;
    due &= ~bit;
    if (LLVM_UNLIKELY(isObserved))
      executeObserved(core, isTraced);
    else
      execute(*this, core, limit);
    if (trapped || exitStatus)
      return;
    if (core.state == CoreState::Running)
      nextCore = std::min(nextCore, core.time);
  }

  uint64_t next = std::min({nextCore, earliestWake, getNextDeviceTime()});
  if (next != never)
    now = std::max(now, next);
}

void Machine::advanceDevices() {
  if (dma.getNextTime() <= now)
    dma.advance(now);
  if (externalDma.getNextTime() <= now)
    externalDma.advance(now);
}

Machine::Outcome Machine::run(uint64_t maxCycles) {
  while (true) {
    if (trapped)
      return Outcome::Trapped;
    if (exitStatus) {
      now = std::max(now, getFabricController().time);
      return Outcome::Ended;
    }
    if (now >= maxCycles)
      return Outcome::OutOfCycles;
    if (getNextDeviceTime() <= now)
      advanceDevices();
    else if (!running && getNextDeviceTime() == never)
      return Outcome::EndlessWait;
    runRound(maxCycles);
  }
}

CoreStatistics Machine::getStatistics(const Core &core) const {
  CoreStatistics result;
  result.hart = core.hart;
  result.cycles = core.stalls;
  auto at = [&](CycleCause cause) -> uint64_t & {
    return result.cycles[unsigned(cause)];
  };
  if (core.state == CoreState::Off) {
    at(CycleCause::Off) = now;
    return result;
  }
  at(CycleCause::Off) = core.start;
  result.instructions = core.instructions(core.time);
  at(CycleCause::Issue) = result.instructions;
  if (core.state == CoreState::Asleep)
    at(core.sleepCause) += now - std::min(now, core.sleepSince);

  // The run may end while the core is in an instruction of several cycles,
  // which none of the sleep is part of.
  uint64_t excess = -now;
  for (uint64_t cycles : result.cycles)
    excess += cycles;
  for (uint64_t &cycles :
       reverse(MutableArrayRef(result.cycles).drop_back(2))) {
    uint64_t part = std::min(excess, cycles);
    cycles -= part;
    excess -= part;
  }
  return result;
}
