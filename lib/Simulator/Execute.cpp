// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The interpreter. Each row of Isa.td becomes a labelled block, and each block
// ends in a jump to the block of the next instruction. Registers of the
// simulated core stay in the Core; time and position are locals.

#include "Machine.h"
#include "se/ISA/FloatOps.h"
#include "se/ISA/Semantics.h"
#include "llvm/Support/Compiler.h"
#include <algorithm>
#include <cstring>

using namespace llvm;
using namespace se::sim;

namespace {

/// What the System and Loop rows of the table may do.
struct Cpu {
  Machine &machine;
  Core &core;

  void trap(const char *cause) { machine.raise(core, cause); }
  void breakpoint() { machine.breakpoint(core); }
  /// Interrupts are not modelled, so nothing ends this wait.
  void waitForInterrupt() { machine.sleep(core, CycleCause::Sleep); }
  void loopStart(unsigned loop, uint32_t pc) { core.loops[loop].start = pc; }
  void loopEnd(unsigned loop, uint32_t pc) {
    machine.setLoopEnd(core, loop, pc);
  }
  void loopCount(unsigned loop, uint32_t n) { core.loops[loop].count = n; }
};

struct Handlers {
  const void *opcodes[unsigned(Opcode::Count)];
  SpecialHandlers special;
};

} // namespace

/// Extra cycles of a division: one for each leading bit of the divisor that
/// carries no information, and a start-up. Zero has its own numbers.
static unsigned divisionStall(uint32_t divisor, bool isSigned) {
  if (divisor == 0)
    return isSigned ? 0 : 33;
  if (isSigned && sx(divisor) < 0)
    return 1 + countLeadingZeros(0u - divisor);
  return 2 + countLeadingZeros(divisor);
}

/// Where the core continues after `op`, on which a hardware loop may end.
LLVM_ATTRIBUTE_NOINLINE static Op *followLoops(Machine &machine, Core &core,
                                               Op *op) {
  uint32_t pc = core.page->pcOf(op);
  for (HardwareLoop &loop : core.loops) {
    if (loop.end != pc || loop.count == 0 || --loop.count == 0)
      continue;
    if (loop.start - core.page->base < CodePage::bytes)
      return core.page->at(loop.start);
    return machine.fetch(core, loop.start);
  }
  return op + op->size / 2;
}

/// The step from an op with flags.
LLVM_ATTRIBUTE_NOINLINE static Op *stepWithFlags(Machine &machine, Core &core,
                                                 Op *op) {
  op = op->stepFlags & loopEnd ? followLoops(machine, core, op)
                               : op + op->size / 2;
  if (!op)
    return nullptr;
  uint32_t pc = core.page->pcOf(op);
  if (pc - core.fetchLine > core.fetchReach)
    core.enterLine(pc);
  return op;
}

// clang-format off
#define SE_REG(field) core.x[op->field]
#define SE_IMM(field) op->field
#define SE_FIELD(field) op->field
#define SE_PC core.page->pcOf(op)
#define SE_ROUNDING (op->rm == dynamicRounding ? core.frm : op->rm)
#define SE_FRM core.frm
#define SE_SET_RD(value) core.x[op->rd] = (value)
// The base register of a post-increment may be x0.
#define SE_UPDATE(value) do { core.x[op->rs1] = (value); core.x[0] = 0; } while (0)

#define SE_STALL(cause, cycles) \
  do { core.stall(CycleCause::cause) += (cycles); time += (cycles); } while (0)
#define SE_TIME_One() do {} while (0)
#define SE_TIME_Simd() core.events.simd += 1
#define SE_TIME_Mul() SE_STALL(MulDiv, 1)
#define SE_TIME_Mulh() SE_STALL(MulDiv, 4)
#define SE_TIME_Div() SE_STALL(MulDiv, divisionStall(rs2, true))
#define SE_TIME_Divu() SE_STALL(MulDiv, divisionStall(rs2, false))
// A unit accepts an operation when it is free, the earlier core first. The
// operation gets there when its line of instructions does; as on GVSoC, the wait
// for an operand that was just loaded comes after that, not before.
#define SE_UNIT(unit, cycles) \
  do { \
    const uint64_t start = time + core.fetchWait; \
    const uint64_t arrival = start - (core.loadUseEnd == time); \
    core.events.fpu += 1; \
    if (LLVM_UNLIKELY(*core.unit > arrival)) { \
      SE_STALL(FpuBusy, std::max(*core.unit, start) - start); \
      *core.unit += (cycles); \
    } else { \
      *core.unit = arrival + (cycles); \
    } \
  } while (0)
#define SE_TIME_Fpu() SE_UNIT(fpuFree, 1)
#define SE_DIVIDE(cycles) \
  do { \
    SE_UNIT(dividerFree, cycles); \
    SE_STALL(FpuDivide, (cycles) - 1); \
  } while (0)
#define SE_TIME_FdivS() SE_DIVIDE(14)
#define SE_TIME_FdivH() SE_DIVIDE(10)

#define SE_SYNC() do { core.time = time; core.next = op; } while (0)
#define SE_DISPATCH() goto *op->handler
#define SE_NEXT() \
  do { if (time < limit) SE_DISPATCH(); SE_SYNC(); return nullptr; } while (0)
#define SE_STEP() \
  do { \
    core.events.compressed += op->isCompressed; \
    if (LLVM_UNLIKELY(op->stepFlags)) { \
      core.next = op; \
      op = stepWithFlags(machine, core, op); \
      if (!op) return nullptr; \
      if (core.needsFetch) limit = 0; \
    } else { \
      op += op->size / 2; \
    } \
  } while (0)
// The instruction after a load or multiplication waits a cycle for its result,
// unless it waits for its line of instructions meanwhile.
#define SE_STEP_LATE() \
  do { \
    const uint32_t result = 1u << (op->rd & 31); \
    SE_STEP(); \
    while (LLVM_UNLIKELY(op->handler == handlers.special.unresolved)) { \
      SE_SYNC(); op = machine.resolve(core, op); \
      if (!op) return nullptr; \
    } \
    if ((op->sources & result) && !core.needsFetch) { \
      SE_STALL(LoadUse, 1); \
      core.loadUseEnd = time; \
    } \
  } while (0)

#define SE_BEGIN(name) do_##name : {
#define SE_END(kind) SE_END_##kind }
#define SE_END_Compute time += 1; SE_STEP(); SE_NEXT();
#define SE_END_Late time += 1; SE_STEP_LATE(); SE_NEXT();
#define SE_END_Load time += 1; SE_STEP_LATE(); SE_NEXT();
#define SE_END_EventLoad SE_END_Compute
#define SE_END_Store SE_END_Compute
#define SE_END_Branch SE_END_Compute
#define SE_END_Jump
#define SE_END_Csr SE_END_Compute
#define SE_END_Loop SE_END_Compute
#define SE_END_System SE_END_Compute

// The part of an access that is not to the core's own memory.
#define SE_SLOW_ACCESS(type, isStore, word) \
  do { \
    SE_SYNC(); \
    AccessResult result = \
        machine.access(core, address, sizeof(type), isStore, word); \
    if (result.status == AccessResult::Fault) return nullptr; \
    if (result.extraCycles) SE_STALL(Memory, result.extraCycles); \
    if (result.conflictCycles) SE_STALL(BankConflict, result.conflictCycles); \
    if (result.status == AccessResult::Device) limit = 0; \
    if (result.status == AccessResult::Asleep) { \
      SE_STEP(); core.next = op; return nullptr; \
    } \
  } while (0)
// An access that spans two words takes two cycles.
#define SE_SPLIT(type) \
  do { \
    if (sizeof(type) > 1 && LLVM_UNLIKELY((offset & 3) + sizeof(type) > 4)) \
      SE_STALL(Memory, 1); \
  } while (0)
// A look at an access to the core's own memory, unless it is one that the core
// has just done.
#define SE_CHECK(type, seen, key, function) \
  do { \
    if (LLVM_UNLIKELY(core.checker != nullptr) && \
        (!core.seen || core.seen[offset / 4].key || \
         (offset & 3) + sizeof(type) > 4)) { \
      SE_SYNC(); \
      if (!core.checker->function(core, offset, sizeof(type))) return nullptr; \
    } \
  } while (0)
#define SE_LOAD(type) \
  do { \
    const uint32_t offset = address - core.fastBase; \
    core.events.loads += 1; \
    if (LLVM_LIKELY(uint64_t(offset) + sizeof(type) <= core.fastSize)) { \
      SE_CHECK(type, checkedLoads, clock != core.loadKey, load); \
      type value; \
      std::memcpy(&value, core.fastData + offset, sizeof(type)); \
      SE_SPLIT(type); \
      SE_SET_RD(uint32_t(value)); \
    } else { \
      uint32_t word = 0; \
      core.sleepRd = op->rd; \
      SE_SLOW_ACCESS(type, false, word); \
      SE_SET_RD(uint32_t(type(word))); \
    } \
  } while (0)
#define SE_EVENTLOAD(type) SE_LOAD(type)
#define SE_STORE(type) \
  do { \
    const uint32_t offset = address - core.fastBase; \
    core.events.stores += 1; \
    if (LLVM_LIKELY(uint64_t(offset) + sizeof(type) <= core.fastSize)) { \
      SE_CHECK(type, checkedStores, writer != core.storeKey, store); \
      const type narrow = type(value); \
      std::memcpy(core.fastData + offset, &narrow, sizeof(type)); \
      SE_SPLIT(type); \
      if (LLVM_UNLIKELY(core.fast->pages[offset / CodePage::bytes] != nullptr)) \
        machine.invalidateCode(*core.fast, offset, sizeof(type)); \
    } else { \
      uint32_t word = value; \
      core.sleepRd = sinkRegister; \
      SE_SLOW_ACCESS(type, true, word); \
    } \
  } while (0)

#define SE_GOTO(target) \
  do { \
    const uint32_t to = (target); \
    if (LLVM_UNLIKELY(to - core.fetchLine > core.fetchReach)) { \
      core.enterLine(to); \
      if (core.needsFetch) limit = 0; \
    } \
    const uint32_t inPage = to - core.page->base; \
    if (LLVM_LIKELY(inPage < CodePage::bytes && !(inPage & 1))) { \
      op = &core.page->ops[inPage / 2]; \
    } else { \
      SE_SYNC(); op = machine.fetch(core, to); \
      if (!op) return nullptr; \
    } \
    SE_NEXT(); \
  } while (0)
#define SE_BRANCH(condition) \
  do { \
    core.events.branches += 1; \
    if (condition) { \
      core.events.taken += 1; \
      core.events.compressed += op->isCompressed; \
      SE_STALL(Branch, 2); \
      time += 1; \
      SE_GOTO(SE_PC + op->imm); \
    } \
  } while (0)
#define SE_JUMP(target) \
  do { \
    const uint32_t goal = (target); \
    core.events.jumps += 1; \
    core.events.compressed += op->isCompressed; \
    SE_SET_RD(SE_PC + op->size); \
    SE_STALL(Branch, 1); \
    time += 1; \
    SE_GOTO(goal); \
  } while (0)
#define SE_CSR(newValue, writes) \
  do { \
    SE_SYNC(); \
    uint32_t old; \
    if (!machine.readCsr(core, op->imm, old)) return nullptr; \
    if ((writes) && !machine.writeCsr(core, op->imm, (newValue))) return nullptr; \
    SE_SET_RD(old); \
  } while (0)
#define SE_SYSTEM(...) \
  do { \
    SE_SYNC(); \
    Cpu cpu{machine, core}; \
    (void)cpu; \
    __VA_ARGS__; \
    if (machine.mustStop(core)) { \
      if (!core.trap) { SE_STEP(); core.next = op; } \
      return nullptr; \
    } \
  } while (0)
// clang-format on

/// Runs the core; with no machine, only tells where the blocks are.
static const Handlers *interpret(Machine *machinePointer, Core *corePointer,
                                 uint64_t limit);

static const Handlers &getHandlers() {
  static const Handlers &handlers = *interpret(nullptr, nullptr, 0);
  return handlers;
}
const void *se::sim::getHandler(Opcode opcode) {
  return getHandlers().opcodes[unsigned(opcode)];
}
const SpecialHandlers &se::sim::getSpecialHandlers() {
  return getHandlers().special;
}

void se::sim::execute(Machine &machine, Core &core, uint64_t limit) {
  if (LLVM_LIKELY(!core.needsFetch)) {
    interpret(&machine, &core, limit);
    return;
  }
  // As on GVSoC the instruction acts at once, and the wait follows it.
  machine.fetchLines(core);
  interpret(&machine, &core, core.time + 1);
  if (core.state == CoreState::Running && !core.trap)
    core.waitForFetch();
}

static const Handlers *interpret(Machine *machinePointer, Core *corePointer,
                                 uint64_t limit) {
  static const Handlers handlers = {
      {
#define SE_OPCODE(name) &&do_##name,
#define SE_COMPRESSED(name)
#define GET_ISA_OPCODES
#include "se/ISA/Isa.inc"
      },
      {&&do_resolve, &&do_illegal},
  };
  if (!machinePointer)
    return &handlers;

  Machine &machine = *machinePointer;
  Core &core = *corePointer;
  Op *op = core.next;
  uint64_t time = core.time;
  SE_DISPATCH();

do_resolve:
  SE_SYNC();
  op = machine.resolve(core, op);
  if (!op)
    return nullptr;
  SE_DISPATCH();

do_illegal:
  SE_SYNC();
  machine.raise(core, "illegal instruction", uint32_t(op->imm));
  return nullptr;

#define GET_ISA_EXECUTORS
#include "se/ISA/Isa.inc"
}
