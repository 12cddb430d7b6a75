// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StreamEmitter.h - Transfers of the weight stream ---------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_SCHEDULENETWORK_STREAMEMITTER_H
#define SE_LIB_SCHEDULE_SCHEDULENETWORK_STREAMEMITTER_H

#include "../Planning/Tiling.h"

#include "se/Dialect/Cluster/Cluster.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace se::schedule {

/// Where the stream lies; null where there is nothing.
struct StreamMemory {
  mlir::Value arena;     ///< L1, which holds the ring
  int64_t ring = 0;      ///< its position there
  mlir::Value stream;    ///< in L2 or a direct l3
  mlir::Value nvm, l3;   ///< the K blocks behind L2
  mlir::Value l2Ring;    ///< through which they come
  mlir::Value transfers; ///< tables of Images
  mlir::Value external;
};

/// Emits the transfers of the stream into parallel regions. With S slots, S - 1
/// transfers are under way before each step; the step waits for the first,
/// which brings its tile, and starts one more into the slot of the tile before.
/// If some tiles lie behind L2, `ahead` external transfers are under way, too.
class StreamEmitter {
public:
  StreamEmitter(mlir::ImplicitLocOpBuilder &builder, const Tiling &tiling,
                StreamMemory memory)
      : b(builder), tiling(tiling), memory(memory) {}

  /// In the region that runs first: starts the first transfers.
  void emitStart();
  /// Types of what a frame takes over from the one before.
  llvm::SmallVector<mlir::Type> getCarriedTypes();
  /// At the start of a frame, with what it takes over.
  void enterFrame(mlir::ValueRange carried);
  /// At its end, what it hands on.
  llvm::SmallVector<mlir::Value> leaveFrame();

  /// A loop of `count` iterations whose body may emit steps. It gets the
  /// iteration's number and carries values: `start` at first, then what it
  /// returned; the last of them are the result.
  llvm::SmallVector<mlir::Value>
  emitLoop(int64_t count, mlir::ValueRange start,
           llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value,
                                                             mlir::ValueRange)>
               body);
  /// From here on tiles are those of a loop that has `total`, of which
  /// `resident` stay in L1, the first at `position`, each `bytes` further on.
  void enterTiles(int64_t total, int64_t resident, mlir::Value position,
                  int64_t bytes);
  /// The position of the loop's next tile, which flows or stays.
  mlir::Value emitTile();
  void leaveTiles();

private:
  /// All that changes from step to step.
  struct State {
    llvm::SmallVector<mlir::Value> tokens; ///< of the ring, first come first
    mlir::Value free;                      ///< slot of the tile before
    llvm::SmallVector<mlir::Value> externalTokens;
    /// Slots in L2 from which copies to L1 may be under way, oldest first.
    llvm::SmallVector<mlir::Value> busySlots;
    // Numbers that are the same at the start of every frame.
    mlir::Value next;      ///< of the next transfer
    mlir::Value chosen;    ///< Bresenham line of the external ones
    mlir::Value nextOuter; ///< of the next external transfer
    mlir::Value chosenNvm; ///< Bresenham line of those from nvm
    // Of the loop whose tiles these are, if some stay.
    mlir::Value chosenKept; ///< Bresenham line of those that stay
    mlir::Value kept;       ///< position of the next one

    void visit(llvm::function_ref<void(mlir::Value &)> function);
  };

  mlir::Value number(int64_t value);
  mlir::Value entry(mlir::Value table, mlir::Value row, int64_t column);
  /// Steps `value` from 0 to `count` - 1 and round again.
  mlir::Value wrap(mlir::Value value, int64_t count);
  /// Steps a Bresenham line; the condition is that this item is chosen.
  mlir::Value isChosen(mlir::Value &line, int64_t part, int64_t total);
  mlir::Value start(mlir::Value from, mlir::Value position, mlir::Value to,
                    mlir::Value toPosition, mlir::Value bytes,
                    cluster::Engine engine);
  /// The next tile that flows: afterwards it is in L1 for all cores, at the
  /// result's position in the arena, until the next step.
  mlir::Value emitStep();
  mlir::Value startTransfer(mlir::Value slot);
  mlir::Value startExternal(mlir::Value slot);
  mlir::Value startFromOuterRing(mlir::Value slot, mlir::Value bytes);
  llvm::SmallVector<mlir::Value> flatten();
  void restore(mlir::ValueRange values);
  void setNumbers();
  mlir::Value emitIf(mlir::Value condition,
                     llvm::function_ref<mlir::Value()> then,
                     llvm::function_ref<mlir::Value()> otherwise);

  mlir::ImplicitLocOpBuilder &b;
  const Tiling &tiling;
  StreamMemory memory;
  State state;
  int64_t tiles = 0, keptTiles = 0, keptBytes = 0; ///< of enterTiles
};

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_SCHEDULENETWORK_STREAMEMITTER_H
