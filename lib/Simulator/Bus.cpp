// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The address map: what an access that misses the core's own memory reaches.
// docs/hardware/pulp-open.md: "Memory map", "Start of the cluster", "Timing".

#include "Machine.h"
#include "MemoryMap.h"

using namespace llvm;
using namespace se::sim;

// Cycles of an access beyond the one of the instruction.
static constexpr unsigned clusterTimerExtra = 2;
static constexpr unsigned clusterToCluster = 2;
static constexpr unsigned clusterToSoc = 22;
static constexpr unsigned fcToCluster = 14;
static constexpr unsigned fcToSoc = 8;
/// From the write to the fetch-enable register to the first instruction.
static constexpr uint64_t coreStartLatency = 10;

AccessResult Machine::fault(Core &core, uint32_t address, bool isStore) {
  raise(core, isStore ? "store outside of memory" : "load outside of memory",
        address);
  return {AccessResult::Fault};
}

AccessResult Machine::access(Core &core, uint32_t address, unsigned size,
                             bool isStore, uint32_t &value) {
  uint32_t seen = address;
  if (core.isFabricController) {
    if (address < map::fcAliasSize)
      address += l2->getBase();
  } else if (address < map::clusterSize) {
    address += map::cluster;
  }

  AccessResult result;
  Memory *memory = findMemory(address, size);
  core.events.remote += memory != core.fast;
  core.events.devices += !memory;
  if (memory)
    result = accessMemory(core, *memory, address, size, isStore, value);
  else if (address - map::cluster < map::clusterSize)
    result = accessCluster(core, address, size, isStore, value);
  else if (address - map::apb < map::apbSize)
    result = accessSoc(core, address, size, isStore, value);
  else
    return fault(core, seen, isStore);
  if (result.status == AccessResult::Fault && !core.trap)
    return fault(core, seen, isStore);
  return result;
}

/// Registers answer to accesses of 4 bytes only.
static bool isWordAccess(uint32_t address, unsigned size) {
  return size == 4 && (address & 3) == 0;
}

AccessResult Machine::accessCluster(Core &core, uint32_t address, unsigned size,
                                    bool isStore, uint32_t &value) {
  if (checker)
    checker->beginAccess(core);
  if (uint32_t inL1 = address - map::testAndSetOffset;
      l1->contains(inL1, size)) {
    // A load also sets all bits.
    if (checker)
      checker->testAndSet(inL1 - l1->getBase());
    AccessResult result = accessMemory(core, *l1, inL1, size, isStore, value);
    uint32_t ones = ~0u;
    if (!isStore)
      std::memcpy(l1->getData() + (inL1 - l1->getBase()), &ones, size);
    result.status = AccessResult::Device;
    return result;
  }
  if (!isWordAccess(address, size))
    return {AccessResult::Fault};

  auto in = [&](uint32_t base, uint32_t bytes = map::clusterBlock) {
    return address - base < bytes;
  };
  unsigned extra = core.isFabricController ? fcToCluster : clusterToCluster;
  auto done = [&](bool known) -> AccessResult {
    return {known ? AccessResult::Device : AccessResult::Fault, extra};
  };

  if (!core.isFabricController && in(map::eventUnitDemux))
    return eventUnit.access(core, core.index, address - map::eventUnitDemux,
                            isStore, value);
  if (!core.isFabricController && in(map::dmaDemux))
    return dma.access(core, core.index, address - map::dmaDemux, isStore,
                      value);
  if (in(map::eventUnit, 2 * map::clusterBlock)) {
    AccessResult result =
        eventUnit.accessGlobal(core, address - map::eventUnit, isStore, value);
    result.extraCycles += extra;
    return result;
  }
  if (in(map::dmaExternal)) {
    AccessResult result = dma.access(
        core, getNumClusterCores(), address - map::dmaExternal, isStore, value);
    result.extraCycles += extra;
    return result;
  }
  if (in(map::clusterControl))
    return done(accessClusterControl(core, address - map::clusterControl,
                                     isStore, value));
  if (in(map::clusterTimer)) {
    extra = core.isFabricController ? fcToCluster : clusterTimerExtra;
    return done(clusterTimer.access(core.time, address - map::clusterTimer,
                                    isStore, value));
  }
  if (in(map::clusterIcache)) {
    uint32_t offset = address - map::clusterIcache;
    if (!isStore)
      value = 0;
    else if (offset == map::icacheEnable)
      enableCaches(/*ofFabricController=*/false, value & 0xff);
    else if (offset == map::icacheFlush)
      flushCaches(/*ofFabricController=*/false);
    return done(true);
  }
  return {AccessResult::Fault};
}

bool Machine::accessClusterControl(Core &core, uint32_t offset, bool isStore,
                                   uint32_t &value) {
  if (offset == map::controlFetchEnable) {
    if (!isStore) {
      value = running;
      return true;
    }
    for (unsigned i = 0; i != getNumClusterCores(); ++i)
      if (value >> i & 1)
        startCore(cores[i], core.time + coreStartLatency);
    return true;
  }
  uint32_t index = (offset - map::controlBootAddress) / 4;
  if (offset >= map::controlBootAddress && index < getNumClusterCores()) {
    uint32_t &address = cores[index].bootAddress;
    isStore ? address = value : value = address;
    return true;
  }
  return false;
}

AccessResult Machine::accessSoc(Core &core, uint32_t address, unsigned size,
                                bool isStore, uint32_t &value) {
  AccessResult done = {AccessResult::Device,
                       core.isFabricController ? fcToSoc : clusterToSoc};
  if (address - map::standardOutput < map::standardOutputSize) {
    if (!isStore)
      return {AccessResult::Fault};
    print(char(value));
    return done;
  }
  if (!isWordAccess(address, size))
    return {AccessResult::Fault};

  auto known = [&](bool isKnown) -> AccessResult {
    return isKnown ? done : AccessResult{AccessResult::Fault};
  };
  switch (address) {
  case map::socControl + map::socBootAddress: {
    uint32_t &boot = getFabricController().bootAddress;
    isStore ? boot = value : value = boot;
    return done;
  }
  case map::socControl + map::socCoreStatus:
    if (!isStore)
      value = 0;
    else if (value >> 31)
      end(value & 0x7fffffff);
    return done;
  case map::fcIcache + map::icacheEnable:
    isStore ? enableCaches(/*ofFabricController=*/true, value & 0xff)
            : void(value = 0);
    return done;
  case map::fcIcache + map::icacheFlush:
    isStore ? flushCaches(/*ofFabricController=*/true) : void(value = 0);
    return done;
  }
  if (address - map::fcTimer0 < map::clusterBlock)
    return known(
        fcTimer0.access(core.time, address - map::fcTimer0, isStore, value));
  if (address - map::fcTimer1 < map::clusterBlock)
    return known(
        fcTimer1.access(core.time, address - map::fcTimer1, isStore, value));
  if (ExternalDma::owns(address))
    return known(externalDma.access(core, address, isStore, value).status !=
                 AccessResult::Fault);
  if (address - map::fll < map::fllSize) {
    // Clocks do not change; the registers keep what is written.
    uint32_t &reg = fllRegisters[(address - map::fll) / 4];
    isStore ? reg = value : value = reg;
    return done;
  }
  return {AccessResult::Fault};
}

void Machine::print(char c) {
  if (consoleBytes >= options.maxConsoleBytes) {
    consoleFull = true;
    end(1);
    return;
  }
  ++consoleBytes;
  outputLine += c;
  if (c == '\n' || outputLine.size() == 1023)
    flushOutput();
}

void Machine::flushOutput() {
  if (options.standardOutput && !outputLine.empty())
    options.standardOutput(outputLine);
  outputLine.clear();
}
