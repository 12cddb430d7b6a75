// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The model of energy: what frames did, times the coefficients of a target.
// It is a model, no measurement: docs/energy.md.

#ifndef SE_SIMULATOR_ENERGY_H
#define SE_SIMULATOR_ENERGY_H

#include "se/Simulator/Simulator.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/JSON.h"

namespace se::sim {

/// Of a frame at an operating point.
struct EnergyEstimate {
  /// µJ by coefficient, in the order of target::getEnergyKeys().
  std::vector<double> parts;
  double microjoules = 0;  ///< of the frame
  double milliseconds = 0; ///< of the frame
  /// While the frame is computed.
  double milliwatts = 0;
  /// On average, if a frame comes every `period` and all cores' clocks
  /// rest until the next one. Absent if frames take longer.
  std::optional<double> averageMilliwatts;
};

/// `activity` has at least one frame; they are `period` ms apart.
EnergyEstimate estimateEnergy(const Activity &activity,
                              const target::EnergyTable &table, double mhz,
                              double period);

/// The keys "activity_per_frame" and, if an operating point has a table,
/// "energy_model" of the statistics. Nothing without frames.
void addEnergyStatistics(llvm::json::Object &statistics,
                         const Activity &activity,
                         llvm::ArrayRef<target::OperatingPoint> points,
                         double period);

/// The same as lines for people, with all coefficients and their sources.
/// Empty without frames or tables.
std::string formatEnergy(const Activity &activity,
                         llvm::ArrayRef<target::OperatingPoint> points,
                         double period);

} // namespace se::sim

#endif // SE_SIMULATOR_ENERGY_H
