// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "se/Simulator/Energy.h"
#include "se/Support/Frames.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <numeric>

using namespace llvm;
using namespace se;
using namespace se::sim;

namespace {
/// A count of a frame, and the coefficient that it is multiplied by.
struct Count {
  StringLiteral name;
  uint64_t Activity::*count;
  target::EnergyCoefficient target::EnergyTable::*coefficient;
};
} // namespace

static constexpr Count counts[] = {
    {"core_cycles", &Activity::coreCycles, &target::EnergyTable::coreCycle},
    {"idle_core_cycles", &Activity::idleCycles,
     &target::EnergyTable::idleCycle},
    {"fpu_operations", &Activity::fpuOperations,
     &target::EnergyTable::fpuOperation},
    {"simd_operations", &Activity::simdOperations,
     &target::EnergyTable::simdOperation},
    {"l1_accesses", &Activity::l1Accesses, &target::EnergyTable::l1Access},
    {"l2_accesses", &Activity::l2Accesses, &target::EnergyTable::l2Access},
    {"dma_bytes", &Activity::dmaBytes, &target::EnergyTable::dmaByte},
    {"external_bytes", &Activity::externalBytes,
     &target::EnergyTable::externalByte},
    {"nvm_bytes", &Activity::nvmBytes, &target::EnergyTable::nvmByte}};

EnergyEstimate se::sim::estimateEnergy(const Activity &activity,
                                       const target::EnergyTable &table,
                                       double mhz, double period) {
  EnergyEstimate result;
  double frames = double(activity.frames);
  result.milliseconds = double(activity.cycles) / frames / (mhz * 1e3);
  for (const target::EnergyKey &key : target::getEnergyKeys()) {
    double value = (table.*key.coefficient).value;
    const auto *count = find_if(counts, [&](const Count &count) {
      return count.coefficient == key.coefficient;
    });
    // pJ are 1e-6 uJ; a mW makes a uJ in a ms.
    result.parts.push_back(count == std::end(counts)
                               ? value * result.milliseconds
                               : value * double(activity.*count->count) /
                                     frames * 1e-6);
  }
  result.microjoules =
      std::accumulate(result.parts.begin(), result.parts.end(), 0.0);
  result.milliwatts =
      result.milliseconds > 0 ? result.microjoules / result.milliseconds : 0;
  if (double rest = period - result.milliseconds; rest >= 0) {
    double cores = double(activity.coreCycles + activity.idleCycles) /
                   double(std::max<uint64_t>(activity.cycles, 1));
    double idle = cores * mhz * 1e3 * table.idleCycle.value * 1e-6;
    result.averageMilliwatts =
        (result.microjoules + rest * (idle + table.leakage.value)) / period;
  }
  return result;
}

void se::sim::addEnergyStatistics(json::Object &statistics,
                                  const Activity &activity,
                                  ArrayRef<target::OperatingPoint> points,
                                  double period) {
  if (!activity.frames)
    return;
  json::Object perFrame;
  for (const Count &count : counts)
    perFrame[count.name] =
        double(activity.*count.count) / double(activity.frames);
  statistics["activity_per_frame"] = std::move(perFrame);
  statistics["hop_ms"] = period;
  json::Array estimates;
  for (const target::OperatingPoint &point : points) {
    if (!point.energy)
      continue;
    EnergyEstimate estimate =
        estimateEnergy(activity, *point.energy, point.mhz, period);
    EnergyEstimate usual = estimateEnergy(activity, *point.energy, point.mhz,
                                          usualHopMilliseconds);
    json::Object parts, sources;
    for (auto [key, part] : zip(target::getEnergyKeys(), estimate.parts)) {
      parts[key.name] = part;
      sources[key.name] = ((*point.energy).*key.coefficient).source;
    }
    auto orNull = [](std::optional<double> value) {
      return value ? json::Value(*value) : json::Value(nullptr);
    };
    estimates.push_back(
        json::Object{{"mhz", point.mhz},
                     {"volt", orNull(point.volt)},
                     {"ms_per_frame", estimate.milliseconds},
                     {"uj_per_frame", estimate.microjoules},
                     {"mw", estimate.milliwatts},
                     {"average_mw_of_6.25_ms", orNull(usual.averageMilliwatts)},
                     {"average_mw_of_hop", orNull(estimate.averageMilliwatts)},
                     {"uj_by_coefficient", std::move(parts)},
                     {"sources", std::move(sources)}});
  }
  if (!estimates.empty())
    statistics["energy_model"] = std::move(estimates);
}

static std::string describe(const target::OperatingPoint &point) {
  std::string text = formatv("{0} MHz", format("%g", point.mhz)).str();
  if (point.volt)
    text += formatv(", {0} V", format("%g", *point.volt)).str();
  return text;
}

std::string se::sim::formatEnergy(const Activity &activity,
                                  ArrayRef<target::OperatingPoint> points,
                                  double period) {
  std::string text;
  raw_string_ostream os(text);
  if (!activity.frames)
    return text;
  for (const target::OperatingPoint &point : points) {
    if (!point.energy)
      continue;
    EnergyEstimate estimate =
        estimateEnergy(activity, *point.energy, point.mhz, period);
    os << formatv("model of energy at {0}: {1:F2} uJ per frame, {2:F2} mW",
                  describe(point), estimate.microjoules, estimate.milliwatts);
    if (estimate.averageMilliwatts)
      os << formatv(", {0:F2} mW with a frame every {1} ms\n",
                    *estimate.averageMilliwatts, format("%g", period));
    else
      os << formatv("; a frame takes {0:F2} ms, more than {1}\n",
                    estimate.milliseconds, format("%g", period));
    for (auto [key, part] : zip(target::getEnergyKeys(), estimate.parts)) {
      const target::EnergyCoefficient &coefficient =
          (*point.energy).*key.coefficient;
      os << formatv("  {0,-18} {1,10:F3} uJ  at {2,7} {3}  {4}\n", key.title,
                    part, format("%g", coefficient.value),
                    key.unit == "pj" ? "pJ" : "mW", coefficient.source);
    }
  }
  return text;
}
