// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CostModel.h - Cycles of scheduled code -------------------*- C++ -*-===//
//
// What the planner expects code to cost. The figures are those of the code that
// the later phases make of scalar operations, fitted to the simulator;
// docs/performance.md compares prediction and simulation.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_SCHEDULE_COSTMODEL_H
#define SE_LIB_SCHEDULE_COSTMODEL_H

#include "mlir/IR/Block.h"

namespace se::schedule {

/// What code takes from one core that runs alone.
struct Cost {
  double cycles = 0;    ///< without divisions
  double sumCycles = 0; ///< of them, those in sums of products
  double fpu = 0;       ///< of those, the ones in which cores meet at an FPU
  double divisions = 0; ///< in the cluster's one divider
  double products = 0;  ///< that are added up

  Cost &operator+=(Cost other) {
    cycles += other.cycles;
    sumCycles += other.sumCycles;
    fpu += other.fpu;
    divisions += other.divisions;
    products += other.products;
    return *this;
  }
  friend Cost operator*(double factor, Cost cost) {
    return {factor * cost.cycles, factor * cost.sumCycles, factor * cost.fpu,
            factor * cost.divisions, factor * cost.products};
  }
};

/// One run of the operations of a block of phase 3, loops included.
Cost getCost(mlir::Block &block);

/// A cluster.dot of `rows` rows of so many words, with what it needs before and
/// after. Cores that share an FPU meet there if the loop is of an odd number of
/// instructions.
Cost getDotCost(int64_t rows, int64_t words, bool sharesFpu);

/// Cycles of one of `cores` cores that all do `cost` at the same time.
double getCycles(Cost cost, unsigned cores);

// Overheads, in cycles.
inline constexpr double frameCycles = 150; ///< a frame that does nothing
inline constexpr double loopCycles = 30;   ///< entering a loop
inline constexpr double groupCycles = 12;  ///< a group: its loop and places
/// An instruction that a core's own cache does not hold comes from the
/// cluster's cache, or, if that does not hold a frame's, from L2.
inline constexpr double fetchCycles = 0.5;
inline constexpr double coldFetchCycles = 5.5;
inline constexpr double instructionBytes = 5.5; ///< that code takes in the end
/// What it may take for a core's cache to hold it: loops are shorter than
/// stages.
inline constexpr double loopInstructionBytes = 4;
inline constexpr double stepBytes = 400;      ///< of a loop with a ring
inline constexpr double splitCycles = 3;      ///< a value between two loops
inline constexpr double elementCycles = 4;    ///< an element's stores
inline constexpr double copyCycles = 7;       ///< a word of a state
inline constexpr double divideCycles = 14;    ///< of the divider
inline constexpr double l2LoadCycles = 15;    ///< a core waits for L2
inline constexpr double barrierCycles = 15;   ///< all arrive at once
inline constexpr double partCycles = 20;      ///< another part of a sum
inline constexpr double savedPartCycles = 90; ///< that lies in L1 meanwhile
inline constexpr double tileCycles = 80;      ///< a step of the stream
inline constexpr double roundCycles = 50;     ///< other groups, with a step
inline constexpr double turnCycles = 130;     ///< from a tile's end to the next
inline constexpr double transferCycles = 10;  ///< of the engine, per transfer
inline constexpr double externalCycles = 10;  ///< of the external engine
inline constexpr double dmaBytesPerCycle = 8;

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_COSTMODEL_H
