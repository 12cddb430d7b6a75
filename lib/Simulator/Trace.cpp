// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Trace.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>

using namespace llvm;
using namespace se::sim;

/// Deeper calls end the oldest frame.
static constexpr size_t maxFrames = 64;

Trace::Trace(raw_ostream &os, const TraceOptions &options,
             ArrayRef<Symbol> symbols, unsigned numClusterCores)
    : json(os), options(options), symbols(symbols), rows(numClusterCores + 1) {
  json.objectBegin();
  json.attribute("displayTimeUnit", "ns");
  json.attributeObject("otherData",
                       [&] { json.attribute("time", "1 us is 1 cycle"); });
  json.attributeBegin("traceEvents");
  json.arrayBegin();
  for (unsigned i = 0; i != numClusterCores; ++i)
    nameRow(i, "core " + utostr(i));
  nameRow(numClusterCores, "fabric controller");
  nameRow(numClusterCores + 1, "DMA from L1");
  nameRow(numClusterCores + 2, "DMA to L1");
}

void Trace::nameRow(unsigned row, StringRef name) {
  json.object([&] {
    json.attribute("ph", "M");
    json.attribute("name", "thread_name");
    json.attribute("pid", 0);
    json.attribute("tid", row);
    json.attributeObject("args", [&] { json.attribute("name", name); });
  });
}

void Trace::addSlice(unsigned row, StringRef name, StringRef category,
                     uint64_t from, uint64_t to,
                     function_ref<void()> arguments) {
  from = std::max(from, options.from);
  to = std::min(to, options.to);
  if (from > to)
    return;
  json.object([&] {
    json.attribute("ph", "X");
    json.attribute("name", name);
    json.attribute("cat", category);
    json.attribute("pid", 0);
    json.attribute("tid", row);
    json.attribute("ts", int64_t(from));
    json.attribute("dur", int64_t(to - from));
    if (arguments)
      json.attributeObject("args", [&] { arguments(); });
  });
}

void Trace::leaveFrame(unsigned index, Row &row, uint64_t time) {
  Frame frame = row.frames.pop_back_val();
  addSlice(index, frame.symbol ? StringRef(frame.symbol->name) : "?",
           "function", frame.start, time);
}

/// The core goes on in code that is not that of the top frame. A jump to the
/// start of a function is a call; one into a function that is under way is a
/// return to it; any other one replaces the function.
void Trace::enterCode(unsigned index, Row &row, uint32_t pc, uint64_t time) {
  auto after = upper_bound(symbols, pc, [](uint32_t address, const Symbol &s) {
    return address < s.address;
  });
  const Symbol *symbol =
      after == symbols.begin() ? nullptr : &*std::prev(after);
  row.codeBegin = symbol ? symbol->address : 0;
  row.codeEnd = after == symbols.end() ? ~0u : after->address;

  auto isSame = [&](const Frame &f) { return f.symbol == symbol; };
  if (any_of(row.frames, isSame)) {
    while (!isSame(row.frames.back()))
      leaveFrame(index, row, time);
    return;
  }
  bool isCall = symbol && pc == symbol->address;
  if (!row.frames.empty() && !isCall)
    leaveFrame(index, row, time);
  if (row.frames.size() == maxFrames)
    while (!row.frames.empty())
      leaveFrame(index, row, time);
  row.frames.push_back({symbol, time});
}

void Trace::beginInstruction(const Core &core) {
  Row &row = rows[core.index];
  row.instructionStart = core.time;
  row.stalls = core.stalls;
  uint32_t pc = core.pc();
  if (row.frames.empty() || pc < row.codeBegin || pc >= row.codeEnd)
    enterCode(core.index, row, pc, core.time);
}

void Trace::endInstruction(const Core &core) {
  Row &row = rows[core.index];
  uint64_t time = row.instructionStart + 1;
  for (auto [i, cycles] : enumerate(core.stalls)) {
    uint64_t added = cycles - row.stalls[i];
    addStall(core, CycleCause(i), time, time + added);
    time += added;
  }
}

void Trace::addStall(const Core &core, CycleCause cause, uint64_t from,
                     uint64_t to) {
  if (to - from >= options.minStall)
    addSlice(core.index, stringifyCycleCause(cause), "stall", from, to);
}

void Trace::addTransfer(bool toL1, uint64_t from, uint64_t to, uint32_t bytes,
                        uint32_t l1Address, uint32_t externalAddress,
                        uint32_t counter) {
  auto hex = [](uint32_t value) { return "0x" + utohexstr(value, true); };
  addSlice(unsigned(rows.size()) + toL1, utostr(bytes) + " bytes", "dma", from,
           to, [&] {
             json.attribute("bytes", bytes);
             json.attribute("l1", hex(l1Address));
             json.attribute("external", hex(externalAddress));
             json.attribute("counter", counter);
           });
}

void Trace::finish(ArrayRef<Core> cores, uint64_t time) {
  for (const Core &core : cores) {
    Row &row = rows[core.index];
    if (core.state == CoreState::Asleep && core.sleepSince < time)
      addStall(core, core.sleepCause, core.sleepSince, time);
    while (!row.frames.empty())
      leaveFrame(core.index, row, time);
  }
  json.arrayEnd();
  json.attributeEnd();
  json.objectEnd();
}
