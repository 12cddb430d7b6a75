// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CallTracker.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace se::sim;

static constexpr unsigned noStage = SourceMap::noStage;

/// Cycles that were no stalls are those in which an instruction started.
CallTracker::Span CallTracker::makeSpan(unsigned core, const Mark &from,
                                        const Mark &to) {
  Span span{core, from.time, to.time, {}};
  uint64_t issue = to.time - from.time;
  for (unsigned i = 0; i != numCycleCauses; ++i) {
    span.cycles[i] = to.stalls[i] - from.stalls[i];
    issue -= span.cycles[i];
  }
  span.cycles[unsigned(CycleCause::Issue)] = issue;
  return span;
}

void CallTracker::leaveStage(unsigned core, const Mark &now) {
  Frame &frame = rows[core].frames.back();
  if (frame.stage != noStage)
    for (Listener *listener : listeners)
      listener->leftStage(makeSpan(core, frame.stageStart, now), frame.stage);
  frame.stage = noStage;
}

void CallTracker::leaveFrame(unsigned core, const Mark &now) {
  leaveStage(core, now);
  Frame frame = rows[core].frames.pop_back_val();
  for (Listener *listener : listeners)
    listener->leftFunction(makeSpan(core, frame.start, now), frame.symbol,
                           frame.hasStages);
}

/// The core goes on in code that is not that of the top frame. A jump to the
/// start of a function is a call; one into a function that is under way is a
/// return to it; any other one replaces the function.
void CallTracker::enterCode(unsigned core, uint32_t pc, const Mark &now) {
  Row &row = rows[core];
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
      leaveFrame(core, now);
    return;
  }
  bool isCall = symbol && pc == symbol->address;
  if (!row.frames.empty() && !isCall)
    leaveFrame(core, now);
  if (row.frames.size() == maxFrames)
    while (!row.frames.empty())
      leaveFrame(core, now);
  Frame frame;
  frame.symbol = symbol;
  frame.start = now;
  row.frames.push_back(frame);
}

void CallTracker::enterStage(const Core &core, unsigned stage) {
  Frame &frame = rows[core.index].frames.back();
  if (stage == frame.stage) {
    frame.candidate = noStage;
    return;
  }
  if (stage != frame.candidate) {
    frame.candidate = stage;
    frame.candidateCount = 0;
    frame.candidateStart = {core.time, core.stalls};
  }
  if (++frame.candidateCount != stageStart)
    return;
  leaveStage(core.index, frame.candidateStart);
  frame.stage = stage;
  frame.hasStages = true;
  frame.stageStart = frame.candidateStart;
  frame.candidate = noStage;
}

void CallTracker::beginInstruction(const Core &core) {
  Row &row = rows[core.index];
  uint32_t pc = core.pc();
  if (row.frames.empty() || pc < row.codeBegin || pc >= row.codeEnd)
    enterCode(core.index, pc, {core.time, core.stalls});
  if (pc < row.range.begin || pc >= row.range.end)
    row.range = sources.getRange(pc);
  if (row.range.stage != noStage)
    enterStage(core, row.range.stage);
}

void CallTracker::finish(ArrayRef<Core> cores, uint64_t time) {
  for (const Core &core : cores) {
    Mark now{std::max(time, core.time), core.stalls};
    if (core.state == CoreState::Asleep && core.sleepSince < time)
      now.stalls[unsigned(core.sleepCause)] += time - core.sleepSince;
    while (!rows[core.index].frames.empty())
      leaveFrame(core.index, now);
  }
}
