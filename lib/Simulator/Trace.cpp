// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Trace.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>

using namespace llvm;
using namespace se::sim;

Trace::Trace(raw_ostream &os, const TraceOptions &options,
             const SourceMap &sources, unsigned numClusterCores)
    : json(std::in_place, os), options(options), sources(sources),
      rows(numClusterCores + 1) {
  json->objectBegin();
  json->attribute("displayTimeUnit", "ns");
  json->attributeObject("otherData",
                        [&] { json->attribute("time", "1 us is 1 cycle"); });
  json->attributeBegin("traceEvents");
  json->arrayBegin();
  for (unsigned i = 0; i != numClusterCores; ++i)
    nameRow(i, "core " + utostr(i));
  nameRow(numClusterCores, "fabric controller");
  nameRow(numClusterCores + 1, "DMA from L1");
  nameRow(numClusterCores + 2, "DMA to L1");
}

Trace::Trace(RunListener &listener, const SourceMap &sources,
             unsigned numClusterCores)
    : listener(&listener), sources(sources), rows(numClusterCores + 1) {
  options.minStall = 1;
}

void Trace::nameRow(unsigned row, StringRef name) {
  json->object([&] {
    json->attribute("ph", "M");
    json->attribute("name", "thread_name");
    json->attribute("pid", 0);
    json->attribute("tid", row);
    json->attributeObject("args", [&] { json->attribute("name", name); });
  });
}

void Trace::addSlice(unsigned row, StringRef name, StringRef category,
                     uint64_t from, uint64_t to,
                     function_ref<void()> arguments) {
  from = std::max(from, options.from);
  to = std::min(to, options.to);
  if (from > to)
    return;
  json->object([&] {
    json->attribute("ph", "X");
    json->attribute("name", name);
    json->attribute("cat", category);
    json->attribute("pid", 0);
    json->attribute("tid", row);
    json->attribute("ts", int64_t(from));
    json->attribute("dur", int64_t(to - from));
    if (arguments)
      json->attributeObject("args", [&] { arguments(); });
  });
}

void Trace::leftFunction(const CallTracker::Span &span, const Symbol *symbol,
                         bool) {
  if (!listener)
    addSlice(span.core, symbol ? StringRef(symbol->name) : "?", "function",
             span.from, span.to);
}

void Trace::leftStage(const CallTracker::Span &span, unsigned stage) {
  StringRef name = sources.getStages()[stage];
  if (listener)
    listener->leftStage(span.core, name, span.from, span.to);
  else
    addSlice(span.core, name, "stage", span.from, span.to);
}

void Trace::beginInstruction(const Core &core) {
  Row &row = rows[core.index];
  row.instructionStart = core.time;
  row.stalls = core.stalls;
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
  if (to - from < options.minStall)
    return;
  if (listener)
    listener->stalled(core.index, cause, from, to);
  else
    addSlice(core.index, stringifyCycleCause(cause), "stall", from, to);
}

void Trace::addTransfer(bool toL1, uint64_t from, uint64_t to, uint32_t bytes,
                        uint32_t l1Address, uint32_t externalAddress,
                        uint32_t counter) {
  if (listener)
    return listener->transferred(toL1 ? Engine::DmaToL1 : Engine::DmaFromL1,
                                 from, to, bytes);
  auto hex = [](uint32_t value) { return "0x" + utohexstr(value, true); };
  addSlice(unsigned(rows.size()) + toL1, utostr(bytes) + " bytes", "dma", from,
           to, [&] {
             json->attribute("bytes", bytes);
             json->attribute("l1", hex(l1Address));
             json->attribute("external", hex(externalAddress));
             json->attribute("counter", counter);
           });
}

void Trace::addExternalTransfer(uint64_t from, uint64_t to, uint32_t bytes) {
  if (listener)
    listener->transferred(Engine::External, from, to, bytes);
}

void Trace::markFrame(uint64_t time) {
  if (listener)
    listener->markedFrame(time);
}

void Trace::finish(ArrayRef<Core> cores, uint64_t time) {
  for (const Core &core : cores)
    if (core.state == CoreState::Asleep && core.sleepSince < time)
      addStall(core, core.sleepCause, core.sleepSince, time);
  if (listener)
    return;
  json->arrayEnd();
  json->attributeEnd();
  json->objectEnd();
}
