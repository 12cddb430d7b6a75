// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CostModel.h - Cycles of scheduled code -------------------*- C++ -*-===//
//
// What the planner expects code to cost. The figures are those of the code that
// the later phases make of scalar operations, fitted to the simulator;
// docs/performance.md compares prediction and simulation.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_SCHEDULE_COST_COSTMODEL_H
#define SE_LIB_SCHEDULE_COST_COSTMODEL_H

#include "se/Dialect/Cluster/Cluster.h"

#include "mlir/IR/Operation.h"

namespace se::schedule {

/// What of a target decides how long code and transfers take.
struct Machine {
  explicit Machine(cluster::TargetAttr target);

  unsigned cores, fpus;
  double loadCycles;      ///< of a load from L2
  double coldFetchCycles; ///< for each byte of code that comes from L2
  double nearFetchCycles; ///< for each that comes from L1
  double bytesPerCycle;   ///< of the cluster's DMA, from L2
  int64_t coreCacheBytes, clusterCacheBytes; ///< of instructions
};

/// What code takes from one core that runs alone.
struct Cost {
  double cycles = 0;    ///< without waiting for instructions and for others
  double fpu = 0;       ///< uses of an FPU, which two cores may share
  double sumCycles = 0; ///< of the cycles, those in loops of cluster.dot
  double sumUses = 0;   ///< uses of an FPU in them
  double sumFpu = 0;    ///< of these, those in which two cores meet
  double divisions = 0; ///< in the cluster's one divider
  double products = 0;  ///< that are added up
  double bytes = 0;     ///< of instructions; those of a loop once

  Cost &operator+=(Cost other) {
    cycles += other.cycles;
    fpu += other.fpu;
    sumCycles += other.sumCycles;
    sumUses += other.sumUses;
    sumFpu += other.sumFpu;
    divisions += other.divisions;
    products += other.products;
    bytes += other.bytes;
    return *this;
  }
};

/// Of code that is run, and laid out, so many times.
inline Cost operator*(double factor, Cost cost) {
  return {factor * cost.cycles,   factor * cost.fpu,    factor * cost.sumCycles,
          factor * cost.sumUses,  factor * cost.sumFpu, factor * cost.divisions,
          factor * cost.products, factor * cost.bytes};
}

/// One run of an operation of a stage's body, loops included. With `isPair` it
/// is done for two halves at a time (isPacked).
Cost getCost(mlir::Operation &op, bool isPair);
/// A load or a store of an element.
extern const Cost loadCost;

/// A cluster.dot of `rows` rows of so many columns of an element type, with
/// what it needs before and after. Cores that share an FPU meet there if
/// `sharesFpu`.
Cost getDotCost(int64_t rows, int64_t columns, mlir::Type element,
                bool sharesFpu);

/// Cycles of one of `busy` cores that all do `cost` at the same time.
double getCycles(Cost cost, unsigned busy, const Machine &machine);

/// The share of code that misses a cache which replaces lines at random, if all
/// code that is run again and again is `size` times what the cache holds.
double getMissShare(double size);

// Overheads of single K blocks of a program. Figures are cycles but for
// `bytes`.

inline constexpr double frameCycles = 100; ///< a frame that does nothing
/// The transfer of an input or an output that nothing hides, besides its bytes.
inline constexpr double portTransferCycles = 26;
/// What the runtime runs in a frame, and the kernel around its stages.
inline constexpr double frameBytes = 450;
/// By how much what is left for code is larger than what is expected.
inline constexpr double codeMargin = 1.5;
inline constexpr double loopCycles = 4; ///< entering a loop over register tiles
inline constexpr double loopBytes = 15;
/// Those of a depth: all cores arrive, not at once; and a loop is found.
inline constexpr double barrierCycles = 16;
inline constexpr double barrierBytes = 16;
inline constexpr Cost registerTileCost = {
    /*cycles=*/5, 0, 0, 0, 0, 0, 0,
    /*bytes=*/5};
inline constexpr Cost storeCost = {/*cycles=*/1, 0, 0, 0, 0, 0, 0,
                                   /*bytes=*/7.2};
/// Looking whether an element exists.
inline constexpr Cost existsCost = {/*cycles=*/2.2, 0, 0, 0, 0, 0, 0,
                                    /*bytes=*/16};
/// A loop over the elements of a strip, with the first places.
inline constexpr Cost stripLoopCost = {
    /*cycles=*/6.2, 0, 0, 0, 0, 0, 0,
    /*bytes=*/76};
/// A turn of that loop, besides its elements.
inline constexpr Cost stripTurnCost = {
    /*cycles=*/3.6, 0, 0, 0, 0, 0, 0,
    /*bytes=*/27};
/// Of each use of an FPU, if others are there to be done meanwhile.
inline constexpr double overlapCycles = 0.62;
inline constexpr double earlyBytes = 12; ///< a value between two loops
/// Copying a state, and a word of it.
inline constexpr double copyCycles = 18, copyWordCycles = 2;
inline constexpr double copyBytes = 73;

// Instructions that are not in a core's own cache come in lines from the
// cluster's, or, if it does not hold those of a frame, from L2
// (Machine::coldFetchCycles on top). The cores that come second for a line wait
// less.
inline constexpr double fetchCycles = 0.25; ///< for each byte
/// A loop that its core's cache does not hold is fetched again in each turn,
/// but not what the turn branches around.
inline constexpr double againShare = 0.3;
inline constexpr double stepBytes = 255; ///< of a loop with a ring

inline constexpr double divideCycles = 14; ///< of the one divider

// The stream.
inline constexpr double kBlockCycles = 20;      ///< another K block of a sum
inline constexpr double savedKBlockCycles = 90; ///< that lies in L1 meanwhile
inline constexpr double onlyTileCycles = 16;    ///< of a loop, in the stream
inline constexpr double tileCycles = 80;        ///< a step of the stream
inline constexpr double roundCycles = 50; ///< other register tiles, with a step
inline constexpr double turnCycles = 130; ///< from a tile's end to the next
inline constexpr double transferCycles = 4;     ///< of the engine, per transfer
inline constexpr double outerStartCycles = 500; ///< by the core, per transfer
inline constexpr double externalCycles = 10;    ///< of the external engine

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_COST_COSTMODEL_H
