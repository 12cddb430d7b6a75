// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "se/Simulator/Statistics.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <numeric>

using namespace llvm;
using namespace se::sim;

json::Object se::sim::makeFrameStatistics(ArrayRef<uint32_t> frameCycles,
                                          uint64_t macsPerFrame) {
  json::Object object;
  object["frames"] = int64_t(frameCycles.size());
  if (frameCycles.empty())
    return object;
  uint64_t sum =
      std::accumulate(frameCycles.begin(), frameCycles.end(), uint64_t(0));
  double mean = double(sum) / double(frameCycles.size());
  auto [min, max] = std::minmax_element(frameCycles.begin(), frameCycles.end());
  object["cycles_per_frame"] =
      json::Object{{"min", *min}, {"mean", mean}, {"max", *max}};
  object["macs_per_frame"] = macsPerFrame;
  object["macs_per_cycle"] = sum ? double(macsPerFrame) / mean : 0.0;
  return object;
}

/// Cycles per frame of the first core, by cause. At the end of a stage all
/// cores meet, so the others take as long.
static json::Array makeStages(ArrayRef<StageStatistics> stages, double frames) {
  json::Array array;
  for (const StageStatistics &stage : stages) {
    json::Object causes;
    uint64_t sum = 0;
    for (auto [i, cycles] : enumerate(stage.cores.front())) {
      causes[stringifyCycleCause(CycleCause(i))] = double(cycles) / frames;
      sum += cycles;
    }
    // The fabric controller has no part in a stage.
    json::Array busy;
    for (const CycleCounts &core : ArrayRef(stage.cores).drop_back())
      busy.push_back(
          double(std::accumulate(core.begin(), core.end(), uint64_t(0)) -
                 core[unsigned(CycleCause::Sleep)]) /
          frames);
    array.push_back(json::Object{{"name", stage.name},
                                 {"cycles_per_frame", double(sum) / frames},
                                 {"causes", std::move(causes)},
                                 {"busy_per_core", std::move(busy)}});
  }
  return array;
}

json::Object se::sim::makeStatistics(const RunResult &result,
                                     ArrayRef<uint32_t> frameCycles,
                                     uint64_t macsPerFrame) {
  json::Object object = makeFrameStatistics(frameCycles, macsPerFrame);
  if (!frameCycles.empty()) {
    double frames = double(frameCycles.size());
    object["dma_bytes_per_frame"] = double(result.dma.bytes) / frames;
    object["dma_busy_cycles_per_frame"] =
        double(result.dma.busyCycles) / frames;
    object["ext_bytes_per_frame"] = double(result.external.bytes) / frames;
    object["ext_busy_cycles_per_frame"] =
        double(result.external.busyCycles) / frames;
    if (!result.stages.empty())
      object["stages"] = makeStages(result.stages, frames);
  }
  object["dma"] = json::Object{{"bytes", result.dma.bytes},
                               {"commands", result.dma.commands},
                               {"busy_cycles", result.dma.busyCycles}};
  object["ext"] = json::Object{{"bytes", result.external.bytes},
                               {"transfers", result.external.transfers},
                               {"busy_cycles", result.external.busyCycles}};
  object["cycles"] = result.cycles;
  object["instructions"] = result.instructions;
  object["host_seconds"] = result.hostSeconds;
  json::Array cores;
  for (const CoreStatistics &core : result.cores) {
    json::Object causes;
    for (unsigned i = 0; i != numCycleCauses; ++i)
      causes[stringifyCycleCause(CycleCause(i))] = core.cycles[i];
    cores.push_back(json::Object{{"hart", core.hart},
                                 {"instructions", core.instructions},
                                 {"cycles", std::move(causes)}});
  }
  object["core_cycles"] = std::move(cores);
  return object;
}
