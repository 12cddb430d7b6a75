// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Control and status registers: the RISC-V privileged specification, and
// docs/hardware/pulp-open.md, "Counters and timers".

#include "Machine.h"
#include "Trace.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace se::sim;

namespace {
enum Csr : uint32_t {
  csrFflags = 0x001,
  csrFrm = 0x002,
  csrFcsr = 0x003,
  csrMstatus = 0x300,
  csrMisa = 0x301,
  csrMie = 0x304,
  csrMtvec = 0x305,
  csrMscratch = 0x340,
  csrMepc = 0x341,
  csrMcause = 0x342,
  csrMtval = 0x343,
  csrMip = 0x344,
  csrCounter0 = 0x780,
  csrCounterAll = 0x79F,
  csrLoop0 = 0x7C0,
  csrLoopLast = 0x7C6,
  csrMcycle = 0xB00,
  csrMinstret = 0xB02,
  csrMcycleh = 0xB80,
  csrMinstreth = 0xB82,
  csrCycle = 0xC00,
  csrInstret = 0xC02,
  csrCycleh = 0xC80,
  csrInstreth = 0xC82,
  csrCounterMask = 0xCC0,
  csrCounterMode = 0xCC1,
  csrMhartid = 0xF14,
};
} // namespace

static constexpr uint32_t misaValue = 0x40000000;
static constexpr uint32_t maxRoundingMode = 4;

/// The free-running value behind performance counter `number`.
uint32_t Machine::rawCounter(const Core &core, unsigned number) const {
  auto stall = [&](CycleCause cause) {
    return uint32_t(core.stalls[unsigned(cause)]);
  };
  switch (number) {
  case 0: // cycles awake
    return uint32_t(core.time - core.start) - stall(CycleCause::Sleep);
  case 1:
    return uint32_t(core.instructions(core.time));
  case 2:
    return stall(CycleCause::LoadUse);
  case 4:
    return stall(CycleCause::Icache);
  case 5:
    return uint32_t(core.events.loads);
  case 6:
    return uint32_t(core.events.stores);
  case 7:
    return uint32_t(core.events.jumps);
  case 8:
    return uint32_t(core.events.branches);
  case 9:
    return uint32_t(core.events.taken);
  case 10:
    return uint32_t(core.events.compressed);
  case 11:
    return stall(CycleCause::Sleep);
  default: // no such source, or none in this model
    return 0;
  }
}

/// The three registers and a gap of each hardware loop.
static uint32_t *getLoopRegister(Core &core, uint32_t number) {
  uint32_t index = number - csrLoop0;
  HardwareLoop &loop = core.loops[index / 4];
  switch (index % 4) {
  case 0:
    return &loop.start;
  case 1:
    return &loop.end;
  case 2:
    return &loop.count;
  default:
    return nullptr;
  }
}

/// Registers that only keep what is written.
static uint32_t *getPlainRegister(Core &core, uint32_t number) {
  switch (number) {
  case csrFflags:
    return &core.fflags;
  case csrMstatus:
    return &core.mstatus;
  case csrMie:
    return &core.mie;
  case csrMtvec:
    return &core.mtvec;
  case csrMscratch:
    return &core.mscratch;
  case csrMepc:
    return &core.mepc;
  case csrMcause:
    return &core.mcause;
  case csrMtval:
    return &core.mtval;
  default:
    if (number >= csrLoop0 && number <= csrLoopLast)
      return getLoopRegister(core, number);
    return nullptr;
  }
}

/// Whether performance counter `n` runs.
static bool isCounting(const Core &core, unsigned n) {
  return (core.counterMode & 1) && (core.counterMask >> n & 1);
}

bool Machine::readCsr(Core &core, uint32_t number, uint32_t &value) {
  if (uint32_t *reg = getPlainRegister(core, number)) {
    value = *reg;
    return true;
  }
  if (number >= csrCounter0 && number < csrCounterAll) {
    unsigned n = number - csrCounter0;
    value = core.counters[n];
    if (isCounting(core, n))
      value += rawCounter(core, n) - core.counterBase[n];
    return true;
  }
  switch (number) {
  case csrFrm:
    value = core.frm;
    return true;
  case csrFcsr:
    value = core.frm << 5 | core.fflags;
    return true;
  case csrMisa:
    value = misaValue;
    return true;
  case csrMip:
  case csrCounterAll:
    value = 0;
    return true;
  case csrMcycle:
    if (core.isFabricController) {
      frameActivity.mark(getActivity(core.time));
      if (observers.trace)
        observers.trace->markFrame(core.time);
    }
    [[fallthrough]];
  case csrCycle:
    value = uint32_t(core.time);
    return true;
  case csrMcycleh:
  case csrCycleh:
    value = uint32_t(core.time >> 32);
    return true;
  case csrMinstret:
  case csrInstret:
    value = uint32_t(core.instructions(core.time));
    return true;
  case csrMinstreth:
  case csrInstreth:
    value = uint32_t(core.instructions(core.time) >> 32);
    return true;
  case csrCounterMask:
    value = core.counterMask;
    return true;
  case csrCounterMode:
    value = core.counterMode;
    return true;
  case csrMhartid:
    value = core.hart;
    return true;
  default:
    raise(core, "unknown control register 0x" + utohexstr(number, true));
    return false;
  }
}

bool Machine::writeCsr(Core &core, uint32_t number, uint32_t value) {
  if (number == csrLoop0 + 1 || number == csrLoop0 + 5) {
    setLoopEnd(core, number == csrLoop0 + 5, value);
    return true;
  }
  if (uint32_t *reg = getPlainRegister(core, number)) {
    *reg = value;
    return true;
  }
  // Stops the counters, changes what counts, starts them again.
  auto reconfigure = [&](auto change) {
    for (unsigned n = 0; n != core.counters.size(); ++n)
      if (isCounting(core, n))
        core.counters[n] += rawCounter(core, n) - core.counterBase[n];
    change();
    // The instruction that starts the counters does not count itself.
    for (unsigned n = 0; n != core.counters.size(); ++n)
      core.counterBase[n] = rawCounter(core, n) + (n < 2);
    return true;
  };
  if (number >= csrCounter0 && number < csrCounterAll)
    return reconfigure([&] { core.counters[number - csrCounter0] = value; });
  switch (number) {
  case csrCounterAll:
    return reconfigure([&] { core.counters.fill(value); });
  case csrCounterMask:
    return reconfigure([&] { core.counterMask = value; });
  case csrCounterMode:
    return reconfigure([&] { core.counterMode = value; });
  case csrFrm:
  case csrFcsr: {
    uint32_t frm = (number == csrFcsr ? value >> 5 : value) & 7;
    if (frm > maxRoundingMode) {
      raise(core, "reserved rounding mode " + utostr(frm));
      return false;
    }
    core.frm = frm;
    if (number == csrFcsr)
      core.fflags = value & 31;
    return true;
  }
  case csrMisa:
  case csrMip:
    return true;
  default:
    raise(core, "write to control register 0x" + utohexstr(number, true));
    return false;
  }
}
