// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The state of one core, and the decoded form of its program.

#ifndef SE_LIB_SIMULATOR_CORE_H
#define SE_LIB_SIMULATOR_CORE_H

#include "InstructionCache.h"
#include "RaceShadow.h"
#include "se/ISA/Isa.h"
#include "se/Simulator/Simulator.h"
#include <array>
#include <memory>
#include <string>
#include <vector>

namespace se::sim {

// Instructions are on every line of the simulator.
using namespace riscv;

class Checker;

inline constexpr uint64_t never = ~uint64_t(0);

/// A decoded instruction, laid out for the interpreter.
struct Op {
  /// Where the interpreter continues: the address of a label in it.
  const void *handler;
  int32_t imm;
  /// Bit r: register r is a source.
  uint32_t sources;
  uint16_t opcode;
  /// x0 as a destination is `sinkRegister`.
  uint8_t rd, rs1, rs2, rs3;
  int8_t imm2;
  uint8_t imm3, rm;
  /// Bytes of the instruction.
  uint8_t size;
  uint8_t isCompressed;
  /// What to look at before the step to the next instruction: StepFlags.
  uint8_t stepFlags;
};
static_assert(sizeof(Op) == 32);

enum StepFlags : uint8_t {
  /// Some core's hardware loop ends here.
  loopEnd = 1,
  /// The next instruction may need another line of the instruction cache.
  lineEnd = 2,
};

/// Written instead of x0, so that x0 stays 0.
inline constexpr unsigned sinkRegister = 32;

/// Decoded instructions of 4 KB of memory, one slot for each half word, filled
/// when first executed. Two more slots catch the step out of the page.
struct CodePage {
  static constexpr uint32_t bytes = 4096;
  static constexpr uint32_t slots = bytes / 2;

  uint32_t base = 0;
  std::array<Op, slots + 2> ops;

  Op *at(uint32_t pc) { return &ops[(pc - base) / 2]; }
  uint32_t pcOf(const Op *op) const {
    return base + uint32_t(op - ops.data()) * 2;
  }
};

/// A plain memory.
class Memory {
public:
  /// The latencies are cycles of an access by a cluster core and by the FC.
  Memory(std::string name, target::MemoryLevel level, uint32_t base,
         uint32_t size, unsigned clusterLatency, unsigned fcLatency);

  const std::string &getName() const { return name; }
  target::MemoryLevel getLevel() const { return level; }
  uint32_t getBase() const { return base; }
  uint32_t getSize() const { return uint32_t(data.size()); }
  uint8_t *getData() { return data.data(); }
  unsigned getLatency(bool forFabricController) const {
    return latencies[forFabricController];
  }

  /// Whether [address, address + size) lies within.
  bool contains(uint32_t address, uint32_t bytes) const {
    uint32_t offset = address - base;
    return offset < data.size() && bytes <= data.size() - offset;
  }

  /// Where the code pages hang, one entry per CodePage::bytes; an entry is
  /// null until code of the page is executed.
  std::vector<std::unique_ptr<CodePage>> pages;

private:
  std::string name;
  target::MemoryLevel level;
  uint32_t base;
  std::array<unsigned, 2> latencies;
  std::vector<uint8_t> data;
};

struct HardwareLoop {
  uint32_t start = 0, end = 0, count = 0;
};

enum class CoreState { Off, Running, Asleep };

/// Events that a core counts, for the RI5CY performance counters and for the
/// model of energy.
struct CoreEvents {
  uint64_t loads = 0, stores = 0, jumps = 0, branches = 0, taken = 0,
           compressed = 0;
  /// Operations of an FPU or divider, and on packed integers.
  uint64_t fpu = 0, simd = 0;
  /// Loads and stores that are not to the core's fast memory, and of them those
  /// to registers of devices.
  uint64_t remote = 0, devices = 0;
};

struct Trap {
  std::string cause;
  /// The address of the access, or the word of an illegal instruction.
  uint32_t value = 0;
};

struct Core {
  std::array<uint32_t, 33> x;

  /// The next instruction and the page it lies in.
  Op *next = nullptr;
  CodePage *page = nullptr;
  /// The cycle in which `next` starts.
  uint64_t time = 0;
  /// The cycle in which the core was switched on.
  uint64_t start = 0;
  /// Cycles that were not instruction issue, by cause.
  CycleCounts stalls = {};
  CoreEvents events;

  /// The memory that the core reaches in one cycle, and the alias of it that
  /// starts at address 0.
  Memory *fast = nullptr;
  uint8_t *fastData = nullptr;
  uint32_t fastBase = 0, fastSize = 0;

  /// Null if checks are off. An access to a word of the fast memory need not be
  /// checked if the entry of the word is the key; both are null for the FC.
  Checker *checker = nullptr;
  const RaceShadow::Read *checkedLoads = nullptr;
  const RaceShadow::State *checkedStores = nullptr;
  uint32_t loadKey = 0;
  uint64_t storeKey = 0;

  /// When the FPU and the divider that the core shares are free again.
  uint64_t *fpuFree = nullptr, *dividerFree = nullptr;

  /// When the last wait for a loaded value ended.
  uint64_t loadUseEnd = never;

  std::array<HardwareLoop, 2> loops;

  // Control registers.
  uint32_t frm = 0, fflags = 0;
  uint32_t mstatus = 0, mtvec = 0, mepc = 0, mcause = 0, mscratch = 0,
           mtval = 0, mie = 0;
  uint32_t counterMask = 0, counterMode = 0;
  /// Performance counters: value kept while off, and raw value when switched
  /// on.
  std::array<uint32_t, 32> counters = {}, counterBase = {};

  unsigned index = 0;
  uint32_t hart = 0;
  bool isFabricController = false;
  uint32_t bootAddress = 0;
  CoreState state = CoreState::Off;

  /// The line of instructions in the core's buffer. An instruction needs no
  /// fetch if it lies at most `fetchReach` bytes after the start.
  uint32_t fetchLine = ~0u, fetchReach = ~0u;
  /// Null while disabled.
  const CacheArray *ownCache = nullptr;
  /// `next` needs a line that is not in the core's own cache.
  bool needsFetch = false;
  /// Cycles of a fetch that the core has not waited for yet.
  unsigned fetchWait = 0;

  /// While asleep in an access: what it does on wake-up.
  uint64_t sleepSince = 0;
  CycleCause sleepCause = CycleCause::Sleep;
  /// The register that receives the value of the access.
  uint8_t sleepRd = sinkRegister;

  std::optional<Trap> trap;

  uint64_t &stall(CycleCause cause) { return stalls[unsigned(cause)]; }
  uint32_t pc() const { return page->pcOf(next); }
  /// Before an instruction at `pc` that is not in the buffer: takes its line
  /// from the core's own cache, or notes that it must be fetched.
  void enterLine(uint32_t pc) {
    uint32_t line = pc & ~(fetchLineBytes - 1);
    auto hits = [&](uint32_t address) {
      return ownCache && ownCache->contains(address / fetchLineBytes);
    };
    // The core always reads a word, even for a short instruction.
    uint32_t last = pc - line > maxFetchOffset ? line + fetchLineBytes : line;
    if ((line == fetchLine || hits(line)) && (last == line || hits(last)))
      fetchLine = last;
    else
      needsFetch = true;
  }
  void waitForFetch() {
    stall(CycleCause::Icache) += fetchWait;
    if (loadUseEnd == time)
      loadUseEnd += fetchWait;
    time += fetchWait;
    fetchWait = 0;
  }
  /// Instructions executed until `now`: the cycles that were no stalls.
  uint64_t instructions(uint64_t now) const;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_CORE_H
