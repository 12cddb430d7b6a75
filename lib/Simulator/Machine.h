// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The machine: cores, memories, devices, and the clock that orders them.
//
// Order of events. Cores advance one instruction at a time in the order of the
// start cycles of instructions, so every access to a memory, a device or a
// shared FPU happens in the cycle order of the model. In one cycle the core
// that was woken last comes first, as on GVSoC; the fabric controller, which
// has a clock of its own there, comes last. A core that is alone in having
// something to do runs on without a look at the others. Devices act at the
// start of a cycle, before the cores.

#ifndef SE_LIB_SIMULATOR_MACHINE_H
#define SE_LIB_SIMULATOR_MACHINE_H

#include "CallTracker.h"
#include "Checks.h"
#include "Core.h"
#include "Dma.h"
#include "EventUnit.h"
#include "ExternalDma.h"
#include "FrameActivity.h"
#include "InstructionCache.h"
#include "L1Banks.h"
#include "Semihosting.h"
#include "SocPort.h"
#include "Timer.h"
#include "Trace.h"
#include "llvm/ADT/SmallVector.h"
#include <algorithm>
#include <optional>

namespace se::sim {

/// What an access that is not to the core's own fast memory came to.
struct AccessResult {
  enum Status {
    Memory, ///< done, and no other core or device is affected
    Device, ///< done, what other cores do next may have changed
    Asleep, ///< the core sleeps; a device wakes it and gives the value
    Fault,  ///< Core::trap is set
  } status;
  /// Beyond the one cycle of the instruction, and those that an access to L1
  /// waits for its bank.
  unsigned extraCycles = 0, conflictCycles = 0;
};

class Machine {
public:
  Machine(const target::TargetDescription &target, SimulatorOptions options);

  //===-- For the interpreter ---------------------------------------------===//

  /// A load or store of 1, 2 or 4 bytes; a load zero-extends into `value`.
  AccessResult access(Core &core, uint32_t address, unsigned size, bool isStore,
                      uint32_t &value);
  /// Continues at `pc`; null and a trap if there is no code.
  Op *fetch(Core &core, uint32_t pc);
  /// Decodes a slot when it is first executed, or follows it to the next page.
  Op *resolve(Core &core, Op *op);
  /// Forgets what was decoded from [offset, offset + size) of a memory.
  void invalidateCode(Memory &memory, uint32_t offset, uint32_t size);
  bool readCsr(Core &core, uint32_t number, uint32_t &value);
  bool writeCsr(Core &core, uint32_t number, uint32_t value);
  void setLoopEnd(Core &core, unsigned loop, uint32_t end);
  void raise(Core &core, std::string cause, uint32_t value = 0);
  /// An ebreak at the core's pc.
  void breakpoint(Core &core);
  /// Fetches the lines that the core's next instruction needs.
  void fetchLines(Core &core);
  void enableCaches(bool ofFabricController, bool enable);
  /// Empties the caches and the buffers of the cores.
  void flushCaches(bool ofFabricController);
  /// Whether the core cannot go on to its next instruction.
  bool mustStop(const Core &core) const;

  //===-- For the devices -------------------------------------------------===//

  /// Puts a core to sleep in the access that it is doing.
  void sleep(Core &core, CycleCause cause);
  /// Lets a sleeping core continue in cycle `time` with the value of its
  /// access.
  void wake(Core &core, uint64_t time, uint32_t value);
  void startCore(Core &core, uint64_t time);
  /// Lets a core that was woken come before all others of its cycle.
  void putFirst(const Core &core);
  void end(uint32_t status) { exitStatus = status; }
  /// Ends the run if the program has written as much as it may.
  void print(char c);
  bool isConsoleFull() const { return consoleFull; }

  /// The memory that holds [address, address + size), or null.
  Memory *findMemory(uint32_t address, uint32_t size);
  /// As seen by the DMA engine: null if outside of the memories.
  uint8_t *translate(uint32_t address, uint32_t size);
  /// Tells that a device wrote memory, for the code cache.
  void wroteMemory(uint32_t address, uint32_t size);

  unsigned getNumClusterCores() const { return unsigned(cores.size()) - 1; }
  Memory &getL1() { return *l1; }
  Memory &getL2() { return *l2; }
  Core &getCore(unsigned index) { return cores[index]; }
  Core &getFabricController() { return cores.back(); }
  L1Banks &getBanks() { return banks; }
  SocPort &getSocPort() { return socPort; }
  Trace *getTrace() { return observers.trace; }
  const TimingOptions &getTiming() const { return options.timing; }
  EventUnit &getEventUnit() { return eventUnit; }
  Dma &getDma() { return dma; }
  ExternalDma &getExternalDma() { return externalDma; }
  /// Null if checks are off.
  Checker *getChecker() { return checker.get(); }
  std::vector<std::unique_ptr<Memory>> &getMemories() { return memories; }

  //===-- For the simulator -----------------------------------------------===//

  enum class Outcome { Ended, Trapped, EndlessWait, OutOfCycles };
  Outcome run(uint64_t maxCycles);
  uint32_t getExitStatus() const { return *exitStatus; }
  /// The cycle in which the run ended.
  uint64_t getTime() const { return now; }
  /// After a trap: the core.
  const Core *getTrapped() const { return trapped; }
  CoreStatistics getStatistics(const Core &core) const;
  /// What was done up to `time`, of which no frame is known.
  Activity getActivity(uint64_t time) const;
  const Activity &getFrameActivity() const { return frameActivity.get(); }
  void flushOutput();
  const SimulatorOptions &getOptions() const { return options; }
  /// Who looks on; null for nobody. Calls are followed all the time or only
  /// while the trace is active.
  struct Observers {
    Trace *trace = nullptr;
    CallTracker *calls = nullptr;
    bool isAlwaysActive = false;
  };
  void setObservers(const Observers &newObservers) { observers = newObservers; }
  llvm::ArrayRef<Core> getCores() const { return cores; }

private:
  AccessResult accessMemory(Core &core, Memory &memory, uint32_t address,
                            unsigned size, bool isStore, uint32_t &value);
  AccessResult accessCluster(Core &core, uint32_t address, unsigned size,
                             bool isStore, uint32_t &value);
  AccessResult accessSoc(Core &core, uint32_t address, unsigned size,
                         bool isStore, uint32_t &value);
  bool accessClusterControl(Core &core, uint32_t offset, bool isStore,
                            uint32_t &value);
  AccessResult fault(Core &core, uint32_t address, bool isStore);
  uint32_t rawCounter(const Core &core, unsigned number) const;
  void runRound(uint64_t maxCycles);
  void advanceDevices();
  /// When a device has to act next; `never` if all are idle.
  uint64_t getNextDeviceTime() const {
    return std::min(dma.getNextTime(), externalDma.getNextTime());
  }
  void executeObserved(Core &core, bool isTraced);

  std::vector<std::unique_ptr<Memory>> memories;
  Memory *l1 = nullptr, *l2 = nullptr;
  /// Cluster cores by number, then the fabric controller.
  std::vector<Core> cores;
  /// Numbers of cores in the order in which they act in one cycle.
  llvm::SmallVector<uint8_t> order;
  std::vector<uint64_t> fpuFree;
  uint64_t dividerFree = 0, fcFpuFree = 0, fcDividerFree = 0;

  SimulatorOptions options;
  Observers observers;
  EventUnit eventUnit;
  Dma dma;
  ExternalDma externalDma;
  InstructionCaches caches;
  L1Banks banks;
  SocPort socPort;
  Timer clusterTimer, fcTimer0, fcTimer1;
  Semihosting semihosting;
  FrameActivity frameActivity;
  std::unique_ptr<Checker> checker;
  std::string outputLine;
  uint64_t consoleBytes = 0;
  bool consoleFull = false;
  std::vector<uint32_t> fllRegisters;

  uint64_t now = 0;
  /// Bit i: core i is running.
  uint32_t running = 0;
  /// The earliest time of a core that was switched on or woken in this round.
  uint64_t earliestWake = never;
  std::optional<uint32_t> exitStatus;
  Core *trapped = nullptr;

  friend class Semihosting;
};

/// Runs a core from its time on until it reaches `limit`, does something that
/// concerns others, sleeps, or traps; at least one instruction.
void execute(Machine &machine, Core &core, uint64_t limit);

/// The handlers of slots that are not decoded or lie behind the page, and of
/// words that are no instruction.
struct SpecialHandlers {
  const void *unresolved, *illegal;
};
const SpecialHandlers &getSpecialHandlers();
const void *getHandler(Opcode opcode);

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_MACHINE_H
