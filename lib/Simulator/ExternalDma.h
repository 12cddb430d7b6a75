// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The memories that neither cores nor the cluster's DMA can address, and the
// one engine that copies between them and L2. Its registers are those of the
// uDMA channel "hyper": docs/hardware/pulp-open.md, "External memory".
//
// There are eight transaction ids, each with registers of its own. Transfers
// run one at a time in the order of their starts; an id is busy from the start
// to the end of its transfer. Data moves in steps while time passes.

#ifndef SE_LIB_SIMULATOR_EXTERNALDMA_H
#define SE_LIB_SIMULATOR_EXTERNALDMA_H

#include "Core.h"
#include <array>
#include <deque>

namespace se::sim {

class Machine;
struct AccessResult;

class ExternalDma {
public:
  ExternalDma(Machine &machine, const target::TargetDescription &target);

  /// Whether an address on the peripheral bus is one of the engine's.
  static bool owns(uint32_t address);
  /// Access to a register; the result is a fault if there is none, with a trap
  /// of its own if a transfer was started that cannot be.
  AccessResult access(Core &core, uint32_t address, bool isStore,
                      uint32_t &value);

  /// When the engine has to act next; `never` if idle.
  uint64_t getNextTime() const { return nextTime; }
  void advance(uint64_t now);

  /// The content of [address, address + size) in the target's map, for the
  /// loader; null if outside of these memories.
  uint8_t *translate(uint32_t address, uint32_t size);

  const ExternalDmaStatistics &getStatistics() const { return statistics; }

private:
  static constexpr unsigned numIds = 8;
  /// Registers of an id that keep what is written.
  static constexpr unsigned numRegisters = 8;

  struct ExternalMemory {
    uint32_t base;
    double bytesPerCycle;
    std::vector<uint8_t> data;
  };
  struct Transfer {
    unsigned id;
    ExternalMemory *memory;
    bool isRead;
    uint32_t inL2, offset, size;
    uint32_t moved = 0;
  };

  bool start(Core &core, unsigned id, bool isRead);
  /// Cycles from the begin of a transfer until `bytes` of it have moved.
  static uint64_t cyclesFor(const Transfer &transfer, uint32_t bytes);
  void begin(uint64_t time);
  void moveStep();

  Machine &machine;
  /// By the value of the memory select register; null if the target has none.
  std::array<std::unique_ptr<ExternalMemory>, 2> memories;
  std::array<std::array<uint32_t, numRegisters>, numIds> registers = {};
  std::array<bool, numIds> busy = {};
  uint32_t clockGates = 0, select = 0, pageBound = 0, latency = 0,
           extraLatency = 0;
  /// The first is under way.
  std::deque<Transfer> queue;
  uint64_t begun = 0;
  uint64_t nextTime = never;
  ExternalDmaStatistics statistics;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_EXTERNALDMA_H
