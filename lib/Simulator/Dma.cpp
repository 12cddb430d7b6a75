// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Dma.h"
#include "Machine.h"
#include "MemoryMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cstring>

using namespace llvm;
using namespace se::sim;

// Bits of the first word of a command.
static constexpr uint32_t lengthMask = 0x1ffff, toL1Bit = 1u << 17,
                          twoDimBit = 1u << 19, eventBit = 1u << 20,
                          broadcastBit = 1u << 22;
static constexpr uint32_t l1AddressMask = 0xfffff;

Dma::Dma(Machine &machine, const target::TargetDescription &target,
         unsigned numPorts)
    : machine(machine), ports(numPorts) {
  directions[1].toL1 = true;
  for (const target::Memory &memory : target.memories)
    if (memory.isAddressable() && memory.level != target::MemoryLevel::L1)
      widths.push_back(
          {memory.base, memory.end(), unsigned(memory.bytesPerCycle / 4)});
}

unsigned Dma::getWordPorts(uint32_t address) const {
  for (const Width &width : widths)
    if (address >= width.begin && address < width.end)
      return width.words;
  return 2; // L1 itself, or an error
}

//===----------------------------------------------------------------------===//
// Registers
//===----------------------------------------------------------------------===//

uint32_t Dma::getStatus(uint64_t now) const {
  uint32_t status = (~freeCounters & 0xffff) << 16;
  for (auto [i, bytes] : enumerate(pendingBytes))
    status |= uint32_t(bytes != 0 || finishTimes[i] == now) << i;
  return status;
}

bool Dma::allocateCounter(unsigned port, uint32_t &value) {
  if (!freeCounters)
    return false;
  value = countr_zero(freeCounters);
  freeCounters &= freeCounters - 1;
  ports[port].counter = value;
  return true;
}

AccessResult Dma::access(Core &core, unsigned port, uint32_t offset,
                         bool isStore, uint32_t &value) {
  AccessResult done = {AccessResult::Device};
  if (offset == 0 && isStore) {
    if (ports[port].queue.size() < portQueueDepth) {
      writeWord(port, value, core.time);
      return core.trap ? AccessResult{AccessResult::Fault} : done;
    }
    ports[port].blocked = &core;
    ports[port].blockedWord = value;
    machine.sleep(core, CycleCause::DmaQueue);
    return {AccessResult::Asleep};
  }
  if (offset == 0) {
    if (allocateCounter(port, value))
      return done;
    counterWaiters.push_back({&core, port});
    machine.sleep(core, CycleCause::DmaQueue);
    return {AccessResult::Asleep};
  }
  if (offset != 4)
    return {AccessResult::Fault};
  if (Checker *checker = machine.getChecker())
    isStore ? checker->freedCounters(core, value & 0xffff)
            : checker->readStatus(core, getStatus(core.time));
  if (!isStore) {
    value = getStatus(core.time);
    return done;
  }
  freeCounters |= value & 0xffff;
  while (!counterWaiters.empty() && freeCounters) {
    auto [waiter, waiterPort] = counterWaiters.front();
    counterWaiters.pop_front();
    uint32_t counter = 0;
    allocateCounter(waiterPort, counter);
    machine.wake(*waiter, core.time + 1, counter);
  }
  return done;
}

/// One more word of the command that the port is assembling; the last one puts
/// the command into the port's queue.
void Dma::writeWord(unsigned portIndex, uint32_t word, uint64_t time) {
  Port &port = ports[portIndex];
  Command &command = port.current;
  command.words[command.numWords++] = word;
  uint32_t flags = command.words[0];
  unsigned expected = flags & twoDimBit ? 5 : 3;
  if (command.numWords < expected)
    return;

  command.size = flags & lengthMask;
  command.toL1 = flags & toL1Bit;
  command.is2D = flags & twoDimBit;
  command.raisesEvent = flags & eventBit;
  command.broadcasts = flags & broadcastBit;
  command.counter = port.counter;
  command.port = portIndex;
  command.l1Address =
      machine.getL1().getBase() + (command.words[1] & l1AddressMask);
  command.externalAddress = command.words[2];
  // Lines of no bytes would never end.
  command.lineBytes =
      command.is2D ? std::max(1u, command.words[3]) : command.size;
  command.lineStride = command.words[4];

  statistics.commands += 1;
  pendingBytes[command.counter] += command.size;
  if (machine.getTiming().idealDma) {
    copyCommand(command, time);
    command = Command();
    return;
  }
  port.queue.push_back(command);
  if (Checker *checker = machine.getChecker())
    checker->startedTransfer(portIndex, command.counter, command.toL1,
                             command.l1Address, command.externalAddress,
                             command.size, !command.is2D);
  command = Command();
  if (moveTime == never)
    moveTime = time + 1;
  updateNextTime();
}

//===----------------------------------------------------------------------===//
// The engine
//===----------------------------------------------------------------------===//

/// Moves one command from the ports, which take turns, to the queue of its
/// direction.
void Dma::moveToDirection(uint64_t now) {
  moveTime = never;
  // Commands to L1 go first.
  for (bool toL1 : {true, false}) {
    Direction &direction = directions[toL1];
    if (direction.queue.size() >= directionQueueDepth)
      continue;
    for (unsigned i = 0; i != ports.size(); ++i) {
      unsigned index = (nextPort + i) % ports.size();
      Port &port = ports[index];
      auto it =
          find_if(port.queue, [&](const Command &c) { return c.toL1 == toL1; });
      if (it == port.queue.end())
        continue;
      direction.queue.push_back(*it);
      port.queue.erase(it);
      nextPort = (nextPort + 1) % ports.size();
      if (port.blocked) {
        Core &core = *port.blocked;
        port.blocked = nullptr;
        writeWord(index, port.blockedWord, now);
        machine.wake(core, now + 1, 0);
      }
      if (direction.requestTime == never)
        direction.requestTime = now + 1;
      bool more = any_of(ports, [](const Port &p) { return !p.queue.empty(); });
      moveTime = more ? now + 1 : never;
      return;
    }
  }
}

Dma::Burst Dma::takeBurst(Command &command, uint32_t maxBytes) {
  uint32_t size = std::min({maxBytes, command.size - command.requested,
                            command.lineBytes - command.lineRequested});
  Burst burst = {command.l1Address,
                 command.externalAddress,
                 size,
                 command.counter,
                 command.port,
                 command.raisesEvent,
                 command.broadcasts,
                 command.requested == 0,
                 command.requested + size == command.size,
                 command.size,
                 command.words[2]};
  command.l1Address += size;
  command.externalAddress += size;
  command.requested += size;
  command.lineRequested += size;
  if (command.lineRequested == command.lineBytes) {
    command.externalAddress += command.lineStride - command.lineBytes;
    command.lineRequested = 0;
  }
  return burst;
}

/// Cuts the next burst from the current command.
void Dma::request(Direction &direction, uint64_t now) {
  direction.requestTime = never;
  // Towards L1 the bursts wait for their turn, from L1 only one is under way.
  unsigned bursts = direction.toL1 ? maxBursts : 1;
  if (direction.bursts.size() >= bursts)
    return;
  if (!direction.current) {
    if (direction.queue.empty())
      return;
    direction.current = direction.queue.front();
    direction.queue.pop_front();
    if (moveTime == never)
      moveTime = now + 1;
  }
  Command &command = *direction.current;
  direction.bursts.push_back(takeBurst(command, burstBytes));
  waitForPort(direction.bursts.back(), direction.toL1, now);
  if (command.requested == command.size)
    direction.current.reset();
  if (direction.bursts.size() == 1)
    startBurst(direction, now);
  if (direction.bursts.size() < bursts &&
      (direction.current || !direction.queue.empty()))
    direction.requestTime = now + 1;
}

/// Takes the burst's cycles of the port to the memories behind the cluster.
void Dma::waitForPort(Burst &burst, bool toL1, uint64_t now) {
  burst.readyTime = now;
  if (!machine.getTiming().l2Port ||
      machine.getL1().contains(burst.externalAddress, burst.size))
    return;
  burst.readyTime += machine.getSocPort().request(
      /*isWrite=*/!toL1, burst.size, now,
      4 * getWordPorts(burst.externalAddress));
}

void Dma::startBurst(Direction &direction, uint64_t now) {
  uint64_t ready = direction.bursts.front().readyTime;
  if (ready > now)
    direction.startTime = ready;
  else
    moveBurst(direction, now);
}

/// Moves words, so the first and last access of a burst may be narrower.
void Dma::moveBurst(Direction &direction, uint64_t now) {
  const Burst &burst = direction.bursts.front();
  direction.startTime = never;
  uint32_t words = (burst.l1Address % 4 + burst.size + 3) / 4;
  uint64_t perCycle = getWordPorts(burst.externalAddress);
  // The burst before may have left ports of the last cycle free.
  bool follows = direction.toL1 && direction.slots > perCycle * (now - 1);
  direction.slots =
      (follows ? std::min(direction.slots, perCycle * now) : perCycle * now) +
      words;
  direction.started = now;
  if (burst.isFirst)
    direction.commandStarted = now;
  if (machine.getTiming().l1Conflicts) {
    direction.wordAddress = burst.l1Address;
    direction.wordsLeft = words;
    direction.portFree.resize(perCycle);
    direction.wordTime = now + 1;
    return;
  }
  direction.doneTime = std::max(now + 1, divideCeil(direction.slots, perCycle));
}

/// What the ports did in the cycle before: each moved a word, or waited
/// for its bank. So the cores' requests of that cycle came first.
void Dma::moveWords(Direction &direction, uint64_t now) {
  uint64_t cycle = now - 1;
  for (uint64_t &portFree : direction.portFree) {
    if (portFree > cycle || direction.wordsLeft == 0)
      continue;
    portFree = now + machine.getBanks().request(direction.wordAddress, cycle);
    direction.wordAddress += 4;
    direction.wordsLeft -= 1;
  }
  direction.wordTime = never;
  if (direction.wordsLeft)
    direction.wordTime = 1 + *min_element(direction.portFree);
  else
    direction.doneTime = now;
}

void Dma::copyBurst(const Burst &burst, bool toL1, uint64_t now) {
  statistics.bytes += burst.size;
  if (Memory *memory = machine.findMemory(burst.externalAddress, burst.size))
    statistics.bytesOf[unsigned(memory->getLevel())] += burst.size;
  uint8_t *inL1 = machine.translate(burst.l1Address, burst.size);
  uint8_t *outside = machine.translate(burst.externalAddress, burst.size);
  if (!inL1 || !outside) {
    machine.raise(machine.getCore(burst.port), "DMA access outside of memory",
                  inL1 ? burst.externalAddress : burst.l1Address);
    return;
  }
  if (toL1)
    std::memmove(inL1, outside, burst.size);
  else
    std::memmove(outside, inL1, burst.size);
  machine.wroteMemory(toL1 ? burst.l1Address : burst.externalAddress,
                      burst.size);
  if (Checker *checker = machine.getChecker())
    toL1 ? checker->copied(burst.l1Address, burst.externalAddress, burst.size)
         : checker->copied(burst.externalAddress, burst.l1Address, burst.size);

  pendingBytes[burst.counter] -= burst.size;
  if (pendingBytes[burst.counter] == 0)
    finishTimes[burst.counter] = now;
  if (pendingBytes[burst.counter] == 0 && burst.raisesEvent) {
    if (Checker *checker = machine.getChecker())
      checker->finishedTransfers(burst.counter);
    unsigned numCores = machine.getNumClusterCores();
    if (burst.broadcasts)
      machine.getEventUnit().raiseMany(0, dmaEvent, now);
    else if (burst.port < numCores)
      machine.getEventUnit().raise(burst.port, dmaEvent, now);
  }
}

void Dma::traceCommand(const Burst &lastBurst, bool toL1, uint64_t from,
                       uint64_t to) {
  if (Trace *trace = machine.getTrace(); trace && lastBurst.isLast)
    trace->addTransfer(toL1, from, to, lastBurst.commandSize,
                       lastBurst.l1Address + lastBurst.size -
                           lastBurst.commandSize,
                       lastBurst.commandAddress, lastBurst.counter);
}

/// The whole command at once.
void Dma::copyCommand(Command command, uint64_t now) {
  while (command.requested != command.size) {
    Burst burst = takeBurst(command, command.size);
    copyBurst(burst, command.toL1, now);
    traceCommand(burst, command.toL1, now, now);
  }
}

void Dma::finishBurst(Direction &direction, uint64_t now) {
  Burst burst = direction.bursts.front();
  direction.bursts.pop_front();
  direction.doneTime = never;
  accountBusy(direction.started, now);
  copyBurst(burst, direction.toL1, now);
  traceCommand(burst, direction.toL1, direction.commandStarted, now);
  if (!direction.bursts.empty())
    startBurst(direction, now);
  if (direction.requestTime == never &&
      (direction.current || !direction.queue.empty())) {
    // From L1 a cycle is lost between bursts, unless the other direction keeps
    // the engine awake.
    bool isAwake = !direction.toL1 && !directions[1].bursts.empty();
    direction.requestTime = isAwake ? now : now + 1;
  }
}

/// Adds [from, to) to the busy cycles, of which each counts once.
void Dma::accountBusy(uint64_t from, uint64_t to) {
  from = std::max(from, busyUntil);
  if (to > from)
    statistics.busyCycles += to - from;
  busyUntil = std::max(busyUntil, to);
}

void Dma::updateNextTime() {
  nextTime = moveTime;
  for (const Direction &direction : directions)
    nextTime = std::min({nextTime, direction.requestTime, direction.startTime,
                         direction.doneTime, direction.wordTime});
}

void Dma::advance(uint64_t now) {
  for (Direction &direction : directions)
    if (direction.wordTime <= now)
      moveWords(direction, now);
  for (Direction &direction : directions)
    if (direction.doneTime <= now)
      finishBurst(direction, now);
  for (Direction &direction : directions)
    if (direction.startTime <= now)
      moveBurst(direction, now);
  for (Direction &direction : directions)
    if (direction.requestTime <= now)
      request(direction, now);
  if (moveTime <= now)
    moveToDirection(now);
  updateNextTime();
}
