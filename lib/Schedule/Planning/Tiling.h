// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Tiling.h - Tiles, ring, and what stays where -------------*- C++ -*-===//
//
// The stream is cut into tiles: a number of elements of a loop, or one K block
// of their panels. Tiles flow through a ring of L1 buffers, except for those
// that stay in L1. Those that flow lie in L2 or, if that is too small, in
// memories behind it, from which they come through a second ring in L2.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_SCHEDULE_PLANNING_TILING_H
#define SE_LIB_SCHEDULE_PLANNING_TILING_H

#include "StageLoops.h"

#include "llvm/Support/Error.h"

namespace se::schedule {

/// What a memory behind L2 offers.
struct ExternalMemory {
  int64_t bytes = 0;
  double bytesPerCycle = 1; ///< of the engine that brings them
};

/// Where the kernel's code lies; Automatic: in L1 if all else fits beside it.
enum class CodePlace { L2, L1, Automatic };

struct TilingOptions {
  explicit TilingOptions(cluster::TargetAttr target);

  Machine machine;
  int64_t l1Bytes = 0; ///< for the ring, what stays, and partial sums
  int64_t l2Bytes = 0; ///< for parameters
  /// Of inputs and outputs, which the cores reach in L2 if there is a ring.
  int64_t portElements = 0;
  /// Of their transfers, if there is none.
  double portCycles = 0;
  /// That go from frame to frame besides those of the ring: where delay lines
  /// begin.
  int64_t carriedWords = 0;
  ExternalMemory nvm, l3;
  /// The cluster's DMA reaches l3, so no ring in L2 is needed.
  bool isL3Direct = false;

  /// Of L1, left to the kernel's code, which otherwise lies in L2; with
  /// CodePlace::L1 until they are chosen: what was asked for, 0 for an
  /// estimate.
  int64_t codeBytes = 0;
  CodePlace code = CodePlace::L2;
  // Forced choices; 0 stands for none.
  int64_t slots = 0, slotBytes = 0, rows = 0;
  bool mayStay = true; ///< tiles may stay in L1
};

/// Item i of `total` is one of the `part` chosen ones, which are spread evenly.
inline bool isChosen(int64_t i, int64_t part, int64_t total) {
  return (i + 1) * part / total > i * part / total;
}

/// Decisions beyond those in the loops.
struct Tiling {
  int64_t slots = 0, slotBytes = 0; ///< of the ring in L1; none if all stays
  int64_t ahead = 0;                ///< external transfers that run ahead
  int64_t transfers = 0;            ///< tiles that flow, per frame
  int64_t external = 0;             ///< of them, those not in L2 (isChosen)
  int64_t nonVolatile = 0;          ///< of those, in nvm (isChosen)
  bool isInL3 = false;              ///< all that flow lie in a direct l3
  int64_t residentBytes = 0;        ///< region of what stays in L1
  /// From where it gets there, once.
  cluster::Level imageLevel = cluster::Level::l2;
  int64_t sumBytes = 0; ///< partial sums in L1
  /// Of the tables in which the kernel reads the transfers.
  int64_t getTableBytes() const {
    return transferBytes * (transfers + external);
  }
  static constexpr int64_t transferBytes = 8;
  /// Shared constants that stay in L1: their position in the region.
  llvm::MapVector<mlir::Value, int64_t> shared;

  int64_t streamBytes = 0, externalBytes = 0, nonVolatileBytes = 0;
  // Per frame, predicted.
  double computeCycles = 0, dmaCycles = 0, externalCycles = 0;

  double cycles = 0; ///< of all together

  int64_t getRingBytes() const { return slots * slotBytes; }
  /// Slots of the ring in L2.
  int64_t getExternalSlots() const { return external ? ahead + slots - 1 : 0; }
  /// Does all that comes to L1 come from L2?
  bool isInL2() const {
    return !external && !isInL3 && imageLevel == cluster::Level::l2;
  }
  /// Of the buffer in L2 through which all comes that lies behind it.
  int64_t getOuterBytes() const {
    return std::max(getExternalSlots() * slotBytes,
                    imageLevel == cluster::Level::l2 ? 0 : imagePiece);
  }
  /// Of what stays in L1, as much as comes through L2 at once. Each piece has
  /// code of its own.
  static constexpr int64_t imagePiece = 4096;
};

/// Words of L1 that tell the next frame what is under way.
int64_t getControlWords(const Tiling &tiling);

/// One way to tile that was tried: so many slots, at most so large.
struct TilingAttempt {
  int64_t slots, slotBytes;
  /// Predicted; if an earlier attempt takes less, only a lower bound.
  double cycles;
  llvm::StringRef failure; ///< empty, or what does not fit
};

/// Tiles the loops of `panels` and chooses what is fastest by the cost model.
/// `otherCycles` is what a frame spends on anything else, `otherBytes` what
/// else of the parameters lies in L2. `observe` is told of all attempts. Error:
/// one line that says what does not fit.
llvm::Expected<Tiling>
chooseTiling(StageLoops &stageLoops, const TilingOptions &options,
             double otherCycles, int64_t otherBytes,
             llvm::function_ref<void(const TilingAttempt &)> observe = nullptr);

/// Lays out a loop for the register tile of its stage. Error: one line.
llvm::Error takeRegisterTile(StageLoop &loop);

/// Tiles the loops of `panels` as a module says. Error: one line that says
/// what is wrong or does not fit.
llvm::Expected<Tiling> obeyTiling(StageLoops &stageLoops,
                                  const TilingOptions &options,
                                  plan::StreamAttr given, double otherCycles,
                                  int64_t otherBytes);

/// Cycles of a loop with all cores, steps of the stream included.
double getLoopCycles(const StageLoop &loop, const Machine &machine);

/// Calls `body(loop, tile)` for all tiles that flow, in the order of use.
void forEachTransfer(llvm::ArrayRef<StageLoop> loops,
                     llvm::function_ref<void(const StageLoop &, int64_t)> body);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_TILING_H
