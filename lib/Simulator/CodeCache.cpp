// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The cache of decoded instructions.

#include "Machine.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>

using namespace llvm;
using namespace se::sim;

static Op makeOp(const void *handler) {
  Op op = {};
  op.handler = handler;
  op.size = 2;
  return op;
}

static std::unique_ptr<CodePage> makePage(uint32_t base) {
  auto page = std::make_unique<CodePage>();
  page->base = base;
  page->ops.fill(makeOp(getSpecialHandlers().unresolved));
  return page;
}

Op *Machine::fetch(Core &core, uint32_t pc) {
  if (pc & 1) {
    raise(core, "misaligned instruction fetch", pc);
    return nullptr;
  }
  Memory *memory = findMemory(pc, 2);
  if (!memory) {
    raise(core, "instruction fetch outside of memory", pc);
    return nullptr;
  }
  uint32_t offset = pc - memory->getBase();
  auto &page = memory->pages[offset / CodePage::bytes];
  if (!page)
    page = makePage(pc - offset % CodePage::bytes);
  core.page = page.get();
  return page->at(pc);
}

/// Bit mask of the registers that an instruction reads; x0 counts as none.
static uint32_t getSources(const InstructionInfo &info, const Op &op) {
  uint32_t sources = 0;
  auto add = [&](Operand operand, uint8_t reg) {
    if (info.has(operand))
      sources |= 1u << reg;
  };
  add(Operand::rs1, op.rs1);
  add(Operand::rs2, op.rs2);
  add(Operand::rs3, op.rs3);
  if (info.readsRd && op.rd != sinkRegister)
    sources |= 1u << op.rd;
  return sources & ~1u;
}

/// Rounding modes 5 and 6 are reserved; only an instruction that does not
/// round may hold them.
static bool hasReservedRounding(const InstructionInfo &info,
                                const Operands &operands) {
  int32_t rm = operands[Operand::rm];
  return info.has(Operand::rm) && (rm == 5 || rm == 6);
}

Op *Machine::resolve(Core &core, Op *op) {
  CodePage &page = *core.page;
  const SpecialHandlers &handlers = getSpecialHandlers();
  if (op >= page.ops.data() + CodePage::slots)
    return fetch(core, page.pcOf(op));

  uint32_t pc = page.pcOf(op);
  Memory *memory = findMemory(pc, 2);
  const uint8_t *bytes = memory->getData() + (pc - memory->getBase());
  uint32_t word = bytes[0] | bytes[1] << 8;
  if (getSize(word) == 4) {
    if (!memory->contains(pc, 4)) {
      op->handler = handlers.illegal;
      return op;
    }
    word |= bytes[2] << 16 | uint32_t(bytes[3]) << 24;
  }
  uint8_t stepFlags = op->stepFlags & loopEnd;
  std::optional<Decoded> decoded = decode(word);
  if (decoded &&
      !hasReservedRounding(getInfo(decoded->info->opcode), decoded->operands)) {
    // A short form has no rounding mode of its own.
    const InstructionInfo &info = getInfo(decoded->info->opcode);
    const Operands &operands = decoded->operands;
    *op = makeOp(getHandler(info.opcode));
    op->opcode = uint16_t(info.opcode);
    op->rd = operands[Operand::rd] ? operands[Operand::rd] : sinkRegister;
    op->rs1 = operands[Operand::rs1];
    op->rs2 = operands[Operand::rs2];
    op->rs3 = operands[Operand::rs3];
    op->imm = operands[Operand::imm];
    op->imm2 = operands[Operand::imm2];
    op->imm3 = operands[Operand::imm3];
    op->rm = operands[Operand::rm];
    op->size = decoded->info->size;
    op->isCompressed = op->size == 2;
    op->sources = getSources(info, *op);
  } else {
    *op = makeOp(handlers.illegal);
    op->imm = int32_t(word);
    op->size = getSize(word);
  }
  // A word at the end of a line reaches into the next one.
  uint32_t nextOffset = (pc + op->size) % fetchLineBytes;
  if (options.timing.icache && (nextOffset == 0 || nextOffset > maxFetchOffset))
    stepFlags |= lineEnd;
  op->stepFlags = stepFlags;
  return op;
}

void Machine::enableCaches(bool ofFabricController, bool enable) {
  ofFabricController ? caches.enableFabricController(enable)
                     : caches.enableCluster(enable);
  for (Core &core : cores)
    core.ownCache = caches.getOwnCache(core.index);
}

/// The next instruction must be fetched again.
static void emptyBuffer(Core &core) {
  core.fetchLine = ~0u;
  core.needsFetch = core.state != CoreState::Off;
}

void Machine::flushCaches(bool ofFabricController) {
  if (!options.timing.icache)
    return;
  if (ofFabricController) {
    caches.flushFabricController();
    emptyBuffer(getFabricController());
    return;
  }
  caches.flushCluster();
  for (unsigned i = 0; i != getNumClusterCores(); ++i)
    emptyBuffer(cores[i]);
}

/// Cycles of a line that comes from L1, beyond those of a load.
static constexpr unsigned l1FetchExtra = 1;

void Machine::fetchLines(Core &core) {
  core.needsFetch = false;
  uint32_t pc = core.pc();
  auto fetchLine = [&](uint32_t line) {
    core.fetchLine = line;
    Memory *memory = findMemory(line, 1);
    // A wild pc becomes a trap when it is executed.
    if (!memory)
      return;
    bool usesPort =
        options.timing.l2Port && !core.isFabricController && memory != l1;
    auto read = [&](uint64_t start) {
      unsigned wait = usesPort ? socPort.refill(fetchLineBytes, start) : 0;
      // L1 is read through the cluster's bus.
      unsigned extra = memory == l1 ? l1FetchExtra : wait;
      return memory->getLatency(core.isFabricController) - 1 + extra;
    };
    core.fetchWait += caches.fetch(core.index, line, core.time, read);
  };
  uint32_t line = pc & ~(fetchLineBytes - 1);
  if (line != core.fetchLine)
    fetchLine(line);
  if (pc - line > maxFetchOffset)
    fetchLine(line + fetchLineBytes);
}

void Machine::invalidateCode(Memory &memory, uint32_t offset, uint32_t size) {
  const void *unresolved = getSpecialHandlers().unresolved;
  // An instruction of 4 bytes may start one half word earlier.
  uint32_t first = offset < 2 ? 0 : offset / 2 - 1;
  uint32_t last = (offset + size - 1) / 2;
  for (uint32_t slot = first; slot <= last;) {
    CodePage *page = memory.pages[slot / CodePage::slots].get();
    uint32_t next = (slot / CodePage::slots + 1) * CodePage::slots;
    if (page)
      for (uint32_t s = slot; s <= std::min(last, next - 1); ++s)
        page->ops[s % CodePage::slots].handler = unresolved;
    slot = next;
  }
}

void Machine::setLoopEnd(Core &core, unsigned loop, uint32_t end) {
  core.loops[loop].end = end;
  CodePage *page = core.page;
  if (end - page->base >= CodePage::bytes) {
    // The loop may not be entered, so a bad address is no error yet.
    Memory *memory = findMemory(end, 2);
    if (!memory)
      return;
    uint32_t offset = end - memory->getBase();
    auto &slot = memory->pages[offset / CodePage::bytes];
    if (!slot)
      slot = makePage(end - offset % CodePage::bytes);
    page = slot.get();
  }
  if (!(end & 1))
    page->at(end)->stepFlags |= loopEnd;
}
