// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FrameTimeline.cpp - What happens in one frame ----------------------===//

#include "se/Report/FrameTimeline.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace se;
using namespace se::report;
using sim::CycleCause;

bool se::report::isWait(CycleCause cause) {
  return cause == CycleCause::Sleep || cause == CycleCause::Off ||
         cause == CycleCause::DmaQueue;
}

uint64_t CoreLane::getWaiting() const {
  uint64_t sum = 0;
  for (auto [i, count] : llvm::enumerate(cycles))
    if (isWait(CycleCause(i)))
      sum += count;
  return sum;
}

uint64_t CoreLane::getStalls() const {
  uint64_t sum = 0;
  for (auto [i, count] : llvm::enumerate(cycles))
    if (CycleCause(i) != CycleCause::Issue && !isWait(CycleCause(i)))
      sum += count;
  return sum;
}

void FrameRecorder::markedFrame(uint64_t time) {
  if (marks == 2 * wanted)
    begin = time;
  else if (marks == 2 * wanted + 1) {
    end = time;
    cutStalls();
  }
  ++marks;
}

/// Cores run ahead of the one that marks by an instruction.
void FrameRecorder::cutStalls() {
  uint64_t frame = *end - *begin;
  for (auto &[core, stalls] : latest)
    for (const Stall &stall : stalls)
      if (stall.to > frame)
        cores[core].cycles[unsigned(stall.cause)] -=
            stall.to - std::max(stall.from, frame);
  latest.clear();
}

/// The part of [from, to) in the frame, counted from its start; false if there
/// is none. As long as the frame has not ended, `take` cuts the rest off.
bool FrameRecorder::cut(uint64_t from, uint64_t to, Span &span) const {
  if (!begin || to <= *begin || (end && from >= *end))
    return false;
  span.from = std::max(from, *begin) - *begin;
  span.to = (end ? std::min(to, *end) : to) - *begin;
  return true;
}

void FrameRecorder::stalled(unsigned core, CycleCause cause, uint64_t from,
                            uint64_t to) {
  Span span;
  if (!cut(from, to, span))
    return;
  CoreLane &lane = cores[core];
  lane.cycles[unsigned(cause)] += span.to - span.from;
  if (isWait(cause))
    lane.waits.push_back(span);
  if (end)
    return;
  // An instruction has fewer causes than this.
  std::vector<Stall> &stalls = latest[core];
  if (stalls.size() == 2 * sim::numCycleCauses)
    stalls.erase(stalls.begin(), stalls.begin() + sim::numCycleCauses);
  stalls.push_back({span, cause});
}

void FrameRecorder::leftStage(unsigned core, llvm::StringRef stage,
                              uint64_t from, uint64_t to) {
  Span span;
  if (cut(from, to, span))
    cores[core].stages.push_back({span, stage.str()});
}

void FrameRecorder::transferred(sim::Engine engine, uint64_t from, uint64_t to,
                                uint32_t bytes) {
  Span span;
  if (!cut(from, to, span))
    return;
  EngineLane &lane = engines[engine];
  lane.transfers.push_back(span);
  if (end && to > *end)
    return;
  lane.bytes += bytes;
  lane.commands += 1;
}

/// Joins spans that touch or overlap.
static void join(std::vector<Span> &spans, uint64_t cycles) {
  llvm::sort(spans, [](const Span &a, const Span &b) {
    return std::pair(a.from, a.to) < std::pair(b.from, b.to);
  });
  std::vector<Span> joined;
  for (Span span : spans) {
    span.to = std::min(span.to, cycles);
    if (span.from >= span.to)
      continue;
    if (!joined.empty() && span.from <= joined.back().to)
      joined.back().to = std::max(joined.back().to, span.to);
    else
      joined.push_back(span);
  }
  spans = std::move(joined);
}

std::optional<FrameTimeline> FrameRecorder::take(unsigned numClusterCores) {
  if (!begin || !end)
    return std::nullopt;
  FrameTimeline timeline;
  timeline.cycles = *end - *begin;
  for (unsigned number = 0; number != numClusterCores; ++number) {
    CoreLane &lane = cores[number];
    lane.number = number;
    uint64_t sum = 0;
    for (uint64_t count : lane.cycles)
      sum += count;
    // A core that is never started stalls in no cycle that is told of.
    if (lane.stages.empty() && lane.waits.empty() && !sum)
      continue;
    lane.cycles[unsigned(CycleCause::Issue)] = timeline.cycles - sum;
    join(lane.waits, timeline.cycles);
    llvm::stable_sort(lane.stages, [](const Span &a, const Span &b) {
      return a.from < b.from;
    });
    if (lane.getWaiting() < timeline.cycles)
      timeline.cores.push_back(std::move(lane));
  }
  for (auto &[engine, lane] : engines) {
    lane.engine = engine;
    join(lane.transfers, timeline.cycles);
    for (Span span : lane.transfers)
      lane.busy += span.to - span.from;
    timeline.engines.push_back(std::move(lane));
  }
  return timeline;
}
