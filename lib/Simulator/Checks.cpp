// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Checks.h"
#include "Machine.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <cassert>
#include <cstring>

using namespace llvm;
using namespace se::sim;

static constexpr uint32_t everyByte = 0x01010101;
static bool hasNoZeroByte(uint32_t x) {
  return ((x - everyByte) & ~x & (0x80 * everyByte)) == 0;
}

Checker::Checker(Machine &machine)
    : machine(machine), cores(machine.getNumClusterCores() + 1),
      races(machine.getL1().getSize(), unsigned(cores.size()) + numCounters) {
  assert(cores.size() + counters.size() <= maxThreads &&
         "more cores than a target");
  for (auto &memory : machine.getMemories())
    written.push_back({memory.get(), ZeroArray<uint8_t>(memory->getSize())});
  l1Writer = writtenBytes(machine.getL1()).writer.get();
  fcWriter = writtenBytes(*machine.getFabricController().fast).writer.get();
  for (unsigned i = 0; i != cores.size(); ++i) {
    cores[i].known.at[i] = 1;
    Core &core = machine.getCore(i);
    core.checker = this;
    if (core.isFabricController)
      continue;
    core.checkedLoads = races.getReads(i);
    core.checkedStores = races.getStates();
    publishClock(i);
  }
}

Checker::WrittenBytes &Checker::writtenBytes(Memory &memory) {
  return *std::find_if(written.begin(), written.end(),
                       [&](WrittenBytes &w) { return w.memory == &memory; });
}

/// Keeps the first finding and ends the run.
bool Checker::report(unsigned core, Finding newFinding) {
  if (!finding)
    finding = newFinding;
  machine.raise(machine.getCore(core), "check");
  return false;
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

bool Checker::checkWritten(unsigned core, WrittenBytes &bytes, uint32_t offset,
                           uint32_t size) {
  const uint8_t *first = bytes.writer.get() + offset;
  const void *never = std::memchr(first, 0, size);
  if (LLVM_LIKELY(!never))
    return true;
  uint32_t index = uint32_t(static_cast<const uint8_t *>(never) - first);
  return report(core, {bytes.memory->getBase() + offset + index,
                       {core, 0, machine.getCore(core).pc(), false},
                       std::nullopt});
}

/// An access to L1 as RaceShadow wants it.
ThreadAccess Checker::makeAccess(Core &core) {
  CoreState &state = cores[core.index];
  state.hasNews = true;
  return {core.index, state.known.at[core.index], state.known, core.pc()};
}

/// Any access to L1. A lock is passed on with each access to it.
bool Checker::accessL1(Core &core, uint32_t offset, unsigned size,
                       bool isStore) {
  unsigned i = core.index;
  WrittenBytes &bytes = writtenBytes(machine.getL1());
  if (LLVM_UNLIKELY(races.isLock(offset))) {
    VectorClock &lock = locks[offset / 4];
    acquire(i, lock);
    lock.join(release(i));
  } else {
    ThreadAccess access = makeAccess(core);
    auto conflict = isStore ? races.write(access, offset, size)
                            : races.read(access, offset, size);
    if (LLVM_UNLIKELY(conflict.has_value()))
      return report(i, {machine.getL1().getBase() + conflict->offset,
                        {i, access.clock, access.pc, isStore},
                        Party{conflict->thread, conflict->clock, conflict->pc,
                              conflict->isWrite}});
  }
  if (!isStore)
    return checkWritten(i, bytes, offset, size);
  std::memset(bytes.writer.get() + offset, byCore, size);
  return true;
}

/// Races on L2 are not looked for, so a word there may be a flag: who loads it
/// knows what the core that stored it has passed on.
bool Checker::accessOther(Core &core, WrittenBytes &bytes, uint32_t offset,
                          unsigned size, bool isStore) {
  unsigned i = core.index;
  uint8_t *writer = bytes.writer.get() + offset;
  if (isStore) {
    release(i);
    std::memset(writer, int(byCore + i), size);
    return true;
  }
  if (!checkWritten(i, bytes, offset, size))
    return false;
  for (unsigned byte = 0; byte != size; ++byte)
    if (unsigned from = writer[byte] - byCore;
        writer[byte] >= byCore && from != i)
      acquire(i, cores[from].released);
  return true;
}

bool Checker::access(Core &core, Memory &memory, uint32_t offset, unsigned size,
                     bool isStore) {
  if (&memory == &machine.getL1())
    return accessL1(core, offset, size, isStore);
  return accessOther(core, writtenBytes(memory), offset, size, isStore);
}

bool Checker::load(Core &core, uint32_t offset, unsigned size) {
  // The common cases, quickly.
  const uint8_t *writer =
      (core.isFabricController ? fcWriter : l1Writer) + offset;
  uint32_t writers = 0;
  if (size == 4 && offset % 4 == 0)
    std::memcpy(&writers, writer, 4);
  if (core.isFabricController) {
    if (writers == (byCore + core.index) * everyByte)
      return true;
  } else if (LLVM_LIKELY(hasNoZeroByte(writers)) &&
             races.tryRead(makeAccess(core), offset)) {
    return true;
  }
  return access(core, *core.fast, offset, size, /*isStore=*/false);
}

bool Checker::store(Core &core, uint32_t offset, unsigned size) {
  if (LLVM_LIKELY(size == 4 && offset % 4 == 0) && !core.isFabricController &&
      races.tryWrite(makeAccess(core), offset)) {
    std::memset(l1Writer + offset, byCore, 4);
    return true;
  }
  return access(core, *core.fast, offset, size, /*isStore=*/true);
}

void Checker::hostWrote(uint32_t address, uint32_t size) {
  if (Memory *memory = machine.findMemory(address, size))
    std::memset(writtenBytes(*memory).writer.get() + address -
                    memory->getBase(),
                byHost, size);
}

bool Checker::hostReads(Core &core, uint32_t address, uint32_t size) {
  Memory *memory = machine.findMemory(address, size);
  return !memory || checkWritten(core.index, writtenBytes(*memory),
                                 address - memory->getBase(), size);
}

void Checker::copied(uint32_t to, uint32_t from, uint32_t size) {
  Memory &target = *machine.findMemory(to, size);
  Memory &source = *machine.findMemory(from, size);
  const uint8_t *in =
      writtenBytes(source).writer.get() + (from - source.getBase());
  uint8_t *out = writtenBytes(target).writer.get() + (to - target.getBase());
  std::transform(in, in + size, out,
                 [](uint8_t writer) { return writer ? byHost : 0; });
}

//===----------------------------------------------------------------------===//
// What orders accesses
//===----------------------------------------------------------------------===//

/// Lets the interpreter skip what the core has done before in this clock.
void Checker::publishClock(unsigned index) {
  Core &core = machine.getCore(index);
  if (core.isFabricController)
    return;
  core.loadKey = cores[index].known.at[index];
  core.storeKey = RaceShadow::makeEpoch(index, core.loadKey);
}

/// What the core passes on; what it does from now on is not part of it.
const VectorClock &Checker::release(unsigned index) {
  CoreState &state = cores[index];
  if (state.hasNews) {
    state.released = state.known;
    state.known.at[index] += 1;
    state.hasNews = false;
    publishClock(index);
  }
  return state.released;
}

void Checker::acquire(unsigned core, const VectorClock &clock) {
  cores[core].known.join(clock);
  cores[core].hasNews = true;
}

void Checker::beginAccess(Core &core) {
  actor = core.index;
  cores[actor].accessPc = core.pc();
  isBarrierEvent = false;
}

void Checker::started(Core &core) {
  if (core.index != actor)
    acquire(core.index, release(actor));
}

void Checker::raised(unsigned core, unsigned event) {
  if (event == dmaEvent)
    cores[core].ended |= 1u << finishedCounter;
  else
    cores[core].events[event].join(isBarrierEvent ? completeBarrier
                                                  : release(actor));
}

void Checker::sawEvents(unsigned core, unsigned owner, uint32_t events) {
  for (uint32_t rest = events; rest; rest &= rest - 1)
    acquire(core, cores[owner].events[countr_zero(rest)]);
  if (events >> dmaEvent & 1) {
    sawIdle(core, cores[owner].ended);
    cores[owner].ended = 0;
  }
}

void Checker::arrived(const Core &core, unsigned barrier) {
  barriers[barrier].join(release(core.index));
}

void Checker::completed(unsigned barrier) {
  completeBarrier = barriers[barrier];
  barriers[barrier] = VectorClock();
  isBarrierEvent = true;
}

void Checker::usedMutex(const Core &core, unsigned mutex, bool isStore) {
  if (isStore)
    mutexes[mutex].join(release(core.index));
  else
    acquire(core.index, mutexes[mutex]);
}

void Checker::usedDispatch(const Core &core, bool isStore) {
  if (isStore)
    dispatch.join(release(core.index));
  else
    acquire(core.index, dispatch);
}

//===----------------------------------------------------------------------===//
// DMA
//===----------------------------------------------------------------------===//

/// One more transfer of a counter.
void Checker::begin(unsigned counterIndex, unsigned issuer, bool isTo,
                    uint32_t address, uint32_t size) {
  Counter &counter = counters[counterIndex];
  counter.clock += 1;
  counter.end.join(release(issuer));
  counter.end.at[threadOf(counterIndex)] = counter.clock;
  counter.history[counter.clock % historySize] = {counter.clock, address, size,
                                                  issuer, isTo};
}

bool Checker::reportConflict(unsigned issuer, const ThreadAccess &access,
                             uint32_t address, bool isWrite,
                             const Conflict &conflict) {
  return report(issuer, {address,
                         {access.thread, access.clock, access.pc, isWrite},
                         Party{conflict.thread, conflict.clock, conflict.pc,
                               conflict.isWrite}});
}

void Checker::startedTransfer(unsigned port, unsigned counterIndex, bool toL1,
                              uint32_t l1Address, uint32_t externalAddress,
                              uint32_t size, bool isContiguous) {
  // The external port is the fabric controller's.
  unsigned issuer = std::min(port, unsigned(cores.size()) - 1);
  begin(counterIndex, issuer, toL1, l1Address, size);
  for (CoreState &core : cores) {
    core.idle &= ~(1u << counterIndex);
    core.ended &= ~(1u << counterIndex);
  }
  cores[issuer].outstanding |= 1u << counterIndex;

  Memory &l1 = machine.getL1();
  if (!l1.contains(l1Address, size))
    return; // a trap when the engine gets there
  uint32_t offset = l1Address - l1.getBase();
  ThreadAccess access = {threadOf(counterIndex), counters[counterIndex].clock,
                         cores[issuer].released, cores[issuer].accessPc};
  auto conflict = toL1 ? races.write(access, offset, size)
                       : races.read(access, offset, size);
  if (conflict) {
    reportConflict(issuer, access, l1.getBase() + conflict->offset, toL1,
                   *conflict);
    return;
  }
  if (!isContiguous)
    return;
  conflict = behindL1.add(access, externalAddress, size, !toL1);
  if (conflict)
    reportConflict(issuer, access, conflict->offset, !toL1, *conflict);
}

bool Checker::startedExternal(Core &core, unsigned id, bool toL2, uint32_t inL2,
                              uint32_t size) {
  begin(externalCounter, core.index, toL2, inL2, size);
  const Counter &engine = counters[externalCounter];
  externalIds[id] = engine.clock;
  ThreadAccess access = {threadOf(externalCounter), engine.clock,
                         cores[core.index].released, core.pc()};
  auto conflict = behindL1.add(access, inL2, size, toL2);
  return !conflict ||
         reportConflict(core.index, access, conflict->offset, toL2, *conflict);
}

void Checker::sawExternalIdle(const Core &core, unsigned id) {
  CoreState &state = cores[core.index];
  uint32_t &over = state.known.at[threadOf(externalCounter)];
  over = std::max(over, externalIds[id]);
  state.hasNews = true;
}

void Checker::acquireCounter(unsigned core, unsigned counter) {
  acquire(core, counters[counter].end);
  cores[core].outstanding &= ~(1u << counter);
}

/// A look at the status shows all counters, also those that happen to be idle.
/// So only the one that the core can have meant counts now; if there are
/// several, the one that it frees counts, then.
void Checker::sawIdle(unsigned core, uint32_t idle) {
  CoreState &state = cores[core];
  state.idle |= idle;
  if (has_single_bit(state.outstanding) && (state.outstanding & idle))
    acquireCounter(core, countr_zero(state.outstanding));
}

void Checker::readStatus(const Core &core, uint32_t status) {
  sawIdle(core.index, ~status & 0xffff);
}

void Checker::freedCounters(const Core &core, uint32_t freed) {
  for (uint32_t rest = freed & cores[core.index].idle; rest; rest &= rest - 1)
    acquireCounter(core.index, countr_zero(rest));
  for (CoreState &other : cores)
    other.outstanding &= ~freed;
}

//===----------------------------------------------------------------------===//
// The result
//===----------------------------------------------------------------------===//

std::string Checker::nameOf(unsigned core) const {
  return core + 1 == cores.size() ? "core fc" : "core " + utostr(core);
}

std::string
Checker::describe(const Party &party,
                  function_ref<std::string(uint32_t)> describePc) const {
  if (!isTransfer(party.thread))
    return nameOf(party.thread);
  unsigned index = party.thread - cores.size();
  const char *kind =
      index == externalCounter ? "an external transfer" : "a DMA transfer";
  const Transfer &transfer = counters[index].history[party.clock % historySize];
  if (transfer.clock != party.clock)
    return formatv("{0} (issued at {1})", kind, describePc(party.pc));
  return formatv("{0} ({1} bytes {2} {3:x8}, issued by {4} at {5})", kind,
                 transfer.size, transfer.isTo ? "to" : "from", transfer.address,
                 nameOf(transfer.issuer), describePc(party.pc));
}

std::string
Checker::getFinding(function_ref<std::string(uint32_t)> describePc) const {
  if (!finding)
    return "";
  const Party &late = finding->late;
  auto at = [&](const Party &party) {
    return isTransfer(party.thread) ? "" : " at " + describePc(party.pc);
  };
  std::string text =
      formatv("{0} {1} {2:x8}{3}", describe(late, describePc),
              late.isWrite ? "writes" : "reads", finding->address, at(late));
  if (!finding->early)
    return "uninitialised read: " + text;
  const Party &early = *finding->early;
  return formatv("race: {0}, {1} by {2}{3} with no {4} between", text,
                 early.isWrite ? "written" : "read",
                 describe(early, describePc), at(early),
                 isTransfer(early.thread) ? "wait" : "barrier");
}
