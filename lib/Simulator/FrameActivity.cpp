// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FrameActivity.h"
#include "InstructionCache.h"
#include "Machine.h"
#include <algorithm>

using namespace se::sim;

/// What a core does between frames, reading and writing files, is no part of
/// them.
static constexpr uint64_t Activity::*ofCores[] = {
    &Activity::cycles,        &Activity::coreCycles,     &Activity::idleCycles,
    &Activity::fpuOperations, &Activity::simdOperations, &Activity::l1Accesses,
    &Activity::l2Accesses};
/// Engines bring data for the next frame before it begins.
static constexpr uint64_t Activity::*ofEngines[] = {
    &Activity::dmaBytes, &Activity::externalBytes, &Activity::nvmBytes};

void FrameActivity::mark(const Activity &now) {
  isInFrame = !isInFrame;
  if (isInFrame) {
    begin = now;
    if (sum.frames == 0)
      first = now;
    return;
  }
  sum.frames += 1;
  for (auto count : ofCores)
    sum.*count += now.*count - begin.*count;
  for (auto count : ofEngines)
    sum.*count = now.*count - first.*count;
}

/// Cycles until `time` in which the core's clock ran.
static uint64_t getAwakeCycles(const Core &core, uint64_t time) {
  if (core.state == CoreState::Off || core.start >= time)
    return 0;
  uint64_t asleep = core.stalls[unsigned(CycleCause::Sleep)];
  if (core.state == CoreState::Asleep && core.sleepCause == CycleCause::Sleep)
    asleep += time - std::min(time, core.sleepSince);
  uint64_t cycles = time - core.start;
  return cycles - std::min(cycles, asleep);
}

Activity Machine::getActivity(uint64_t time) const {
  Activity result;
  result.cycles = time;
  for (const Core &core : cores) {
    uint64_t awake = getAwakeCycles(core, time);
    result.coreCycles += awake;
    result.idleCycles += time - awake;
    const CoreEvents &events = core.events;
    result.fpuOperations +=
        events.fpu + core.stalls[unsigned(CycleCause::FpuDivide)];
    result.simdOperations += events.simd;
    uint64_t near = events.loads + events.stores - events.remote;
    uint64_t far = events.remote - events.devices;
    result.l1Accesses += core.isFabricController ? far : near;
    result.l2Accesses += core.isFabricController ? near : far;
  }
  result.l2Accesses += caches.getLinesFromMemory() * (fetchLineBytes / 4);
  const DmaStatistics &moved = dma.getStatistics();
  result.dmaBytes = moved.bytes;
  result.externalBytes = moved.bytesOf[unsigned(target::MemoryLevel::L3)];
  result.nvmBytes = moved.bytesOf[unsigned(target::MemoryLevel::NVM)];
  const ExternalDmaStatistics &external = externalDma.getStatistics();
  result.externalBytes += external.bytes - external.nvmBytes;
  result.nvmBytes += external.nvmBytes;
  return result;
}
