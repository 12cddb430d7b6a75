// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ExternalDma.h"
#include "Checks.h"
#include "Machine.h"
#include "MemoryMap.h"
#include "Trace.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>
#include <cstring>

using namespace llvm;
using namespace se;
using namespace se::sim;

/// From the start of a transfer until its first byte moves. GVSoC: 10 or 11 for
/// an idle engine, 9 or 10 after another transfer.
static constexpr uint64_t startCycles = 10;
/// A write moves 4 bytes in the time in which a read moves 5.
static constexpr double writeSlowdown = 1.25;
/// Data moves in steps of so many bytes.
static constexpr uint32_t stepBytes = 64;
/// What memory holds before anything is written.
static constexpr uint8_t fillByte = 0xff;

// Registers of an id, and those of all.
static constexpr uint32_t readAddress = 0x00, readSize = 0x04,
                          readControl = 0x08, writeAddress = 0x0C,
                          writeSize = 0x10, writeControl = 0x14, command = 0x18,
                          externalAddress = 0x1C, status = 0x24;
static constexpr uint32_t commonPageBound = 0x00, commonLatency = 0x04,
                          commonExtraLatency = 0x08, commonSelect = 0x20;
/// Enables a channel, in words of 32 bits.
static constexpr uint32_t controlStart = 0x14;
static constexpr uint32_t commandWrite = 1, commandRead = 1 | 4;
/// The first id's bit in the register of the clock gates.
static constexpr unsigned firstClockGate = 8;

ExternalDma::ExternalDma(Machine &machine,
                         const target::TargetDescription &target)
    : machine(machine) {
  // In the order of the memory select register.
  constexpr std::array levels = {target::MemoryLevel::L3,
                                 target::MemoryLevel::NVM};
  for (auto [slot, level] : zip_equal(memories, levels))
    if (const target::Memory *memory = target.getExternal(level))
      slot = std::make_unique<ExternalMemory>(
          ExternalMemory{uint32_t(memory->base), memory->bytesPerCycle,
                         std::vector<uint8_t>(memory->size, fillByte)});
}

uint8_t *ExternalDma::translate(uint32_t address, uint32_t size) {
  for (auto &memory : memories) {
    if (!memory)
      continue;
    uint64_t offset = address - memory->base;
    if (offset < memory->data.size() && size <= memory->data.size() - offset)
      return memory->data.data() + offset;
  }
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Registers
//===----------------------------------------------------------------------===//

static constexpr uint32_t idBlock = 0x80;

bool ExternalDma::owns(uint32_t address) {
  return address == map::udmaClockGates ||
         address - map::externalDma < (numIds + 1) * idBlock;
}

AccessResult ExternalDma::access(Core &core, uint32_t address, bool isStore,
                                 uint32_t &value) {
  auto keep = [&](uint32_t &reg) -> AccessResult {
    isStore ? reg = value : value = reg;
    return {AccessResult::Device};
  };
  if (address == map::udmaClockGates)
    return keep(clockGates);
  uint32_t offset = (address - map::externalDma) % idBlock;
  unsigned id = (address - map::externalDma) / idBlock;
  if (id == numIds) {
    switch (offset) {
    case commonPageBound:
      return keep(pageBound);
    case commonLatency:
      return keep(latency);
    case commonExtraLatency:
      return keep(extraLatency);
    case commonSelect:
      return keep(select);
    }
    return {AccessResult::Fault};
  }
  if (offset == status && !isStore) {
    value = busy[id];
    if (Checker *checker = machine.getChecker(); checker && !busy[id])
      checker->sawExternalIdle(core, id);
    return {AccessResult::Device};
  }
  if (offset / 4 >= numRegisters)
    return {AccessResult::Fault};
  AccessResult result = keep(registers[id][offset / 4]);
  if (isStore && (offset == readControl || offset == writeControl) &&
      !start(core, id, offset == readControl))
    return {AccessResult::Fault};
  return result;
}

/// Checks the transfer that the registers of an id describe, and queues it.
bool ExternalDma::start(Core &core, unsigned id, bool isRead) {
  auto get = [&](uint32_t offset) { return registers[id][offset / 4]; };
  uint32_t control = get(isRead ? readControl : writeControl);
  if (control == 0)
    return true;
  uint32_t inL2 = get(isRead ? readAddress : writeAddress);
  uint32_t size = get(isRead ? readSize : writeSize);
  uint32_t offset = get(externalAddress);
  auto fail = [&](const Twine &what, uint32_t about) {
    machine.raise(core, ("external transfer " + what).str(), about);
    return false;
  };
  if (control != controlStart)
    return fail("of an unknown kind", control);
  if (get(command) != (isRead ? commandRead : commandWrite))
    return fail("whose command does not fit its direction", get(command));
  if (!(clockGates >> (firstClockGate + id) & 1))
    return fail("without a clock", clockGates);
  if (busy[id])
    return fail("started on an id that is busy", id);
  if (select >= memories.size() || !memories[select])
    return fail("to a memory that the target lacks", select);
  ExternalMemory &memory = *memories[select];
  if (!isRead && select == 1)
    return fail("to non-volatile memory", memory.base + offset);
  if (!size)
    return fail("of no bytes", inL2);
  if ((size | offset | inL2) % 4)
    return fail("that is not of whole words", size % 4 ? size
                                              : offset % 4
                                                  ? memory.base + offset
                                                  : inL2);
  if (offset >= memory.data.size() || size > memory.data.size() - offset)
    return fail("outside of memory", memory.base + offset);
  if (!machine.getL2().contains(inL2, size))
    return fail("outside of L2", inL2);

  if (Checker *checker = machine.getChecker();
      checker && !checker->startedExternal(core, id, isRead, inL2, size))
    return false;
  busy[id] = true;
  queue.push_back({id, &memory, isRead, inL2, offset, size});
  if (queue.size() == 1)
    begin(core.time);
  return true;
}

//===----------------------------------------------------------------------===//
// The engine
//===----------------------------------------------------------------------===//

uint64_t ExternalDma::cyclesFor(const Transfer &transfer, uint32_t bytes) {
  double slowdown = transfer.isRead ? 1.0 : writeSlowdown;
  return startCycles +
         uint64_t(std::ceil(bytes * slowdown / transfer.memory->bytesPerCycle));
}

/// Begins with the first transfer of the queue.
void ExternalDma::begin(uint64_t time) {
  begun = time;
  const Transfer &transfer = queue.front();
  nextTime = time + cyclesFor(transfer, std::min(stepBytes, transfer.size));
}

void ExternalDma::moveStep() {
  Transfer &transfer = queue.front();
  uint32_t step = std::min(stepBytes, transfer.size - transfer.moved);
  uint32_t inL2 = transfer.inL2 + transfer.moved;
  uint8_t *chip = machine.translate(inL2, step);
  uint8_t *outside =
      transfer.memory->data.data() + transfer.offset + transfer.moved;
  if (transfer.isRead) {
    std::memcpy(chip, outside, step);
    machine.wroteMemory(inL2, step);
  } else {
    std::memcpy(outside, chip, step);
  }
  statistics.bytes += step;
  if (transfer.memory == memories[1].get())
    statistics.nvmBytes += step;
  transfer.moved += step;
  if (uint32_t rest = transfer.size - transfer.moved) {
    nextTime =
        begun + cyclesFor(transfer, transfer.moved + std::min(stepBytes, rest));
    return;
  }
  statistics.transfers += 1;
  statistics.busyCycles += nextTime - begun;
  if (Trace *trace = machine.getTrace())
    trace->addExternalTransfer(begun, nextTime, transfer.size);
  busy[transfer.id] = false;
  queue.pop_front();
  if (queue.empty())
    nextTime = never;
  else
    begin(nextTime);
}

void ExternalDma::advance(uint64_t now) {
  while (nextTime <= now)
    moveStep();
}
