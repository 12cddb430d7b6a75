// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Storage.h - Which values of stages lie in memory ---------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_PLANNING_STORAGE_H
#define SE_LIB_SCHEDULE_PLANNING_STORAGE_H

#include "se/Dialect/Plan/Plan.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

#include <vector>

namespace se::schedule {

/// Does the network consist of stages?
bool isStaged(rnn::NetworkOp network);

/// Where a stage stores a result.
struct Destination {
  /// The slots are those of a state that is a delay line (DelayLines.h).
  enum Kind { Buffer, Output, State, Slot, SecondSlot } kind;
  mlir::Value buffer;        ///< Buffer: the value whose buffer it is.
  unsigned number = 0;       ///< All others: which output or state.
  mlir::AffineExpr position; ///< Where element d0 goes.
};

/// What the stages of a network store, and from when to when: results that
/// other stages read, concatenations, states that are overwritten. Nothing has
/// an address yet.
class Storage {
public:
  /// The network consists of stages (isStaged).
  explicit Storage(rnn::NetworkOp network);

  /// The stages of each depth.
  llvm::ArrayRef<llvm::SmallVector<plan::StageOp>> getDepths() const {
    return depths;
  }
  /// Where a result of a stage goes.
  llvm::ArrayRef<Destination> getDestinations(mlir::Value result) const;
  /// Stores of one element of a stage.
  int64_t getNumStores(plan::StageOp stage) const;
  /// Results, concatenations and saved states that need a buffer in L1, in the
  /// order of the stages.
  const llvm::SetVector<mlir::Value> &getBuffers() const { return buffers; }
  /// The depths from the first write of a buffer to its last read; the copies
  /// of next states are one depth more than there are stages.
  std::pair<unsigned, unsigned> getLiveRange(mlir::Value buffer) const {
    return liveRanges.lookup(buffer);
  }
  /// The last depth at which a stage reads an input of the network.
  unsigned getLastRead(mlir::Value input) const {
    return lastInputReads.lookup(input);
  }
  bool readsInput(plan::StageOp stage) const {
    return inputReaders.contains(stage);
  }
  /// Are these inputs read at the first depth alone, as a whole, and may that
  /// be computed twice, since it overwrites no state?
  bool mayRepeatFirstDepth(mlir::ValueRange inputs) const;
  /// Operations outside of stages whose results each core computes before them
  /// (EarlyValues.h), in order.
  llvm::SmallVector<mlir::Operation *> getEarlyOps() const;
  /// States that are copied to buffers at the first depth, from which they are
  /// read then: their next values are computed from other elements of them.
  const llvm::SetVector<mlir::Value> &getSavedStates() const {
    return savedStates;
  }
  /// States that are overwritten only after all stages, with the value that
  /// holds the next state; the others are overwritten in place.
  llvm::ArrayRef<std::pair<unsigned, mlir::Value>> getStateCopies() const {
    return stateCopies;
  }

  /// Results that lie in the state of this number alone, where later stages
  /// read them.
  const llvm::MapVector<mlir::Value, unsigned> &getInPlace() const {
    return inPlace;
  }

private:
  /// A read of a result or of an argument by a stage.
  struct Read {
    plan::StageOp stage;
    mlir::Value value;
    mlir::AffineExpr position;
    bool inReduction;
  };

  void findReads();
  void findOutputs();
  void placeStates();
  void findBuffers();

  rnn::NetworkOp network;
  std::vector<llvm::SmallVector<plan::StageOp>> depths;
  std::vector<Read> reads;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<Destination, 2>> destinations;
  llvm::SetVector<mlir::Value> buffers;
  llvm::DenseMap<mlir::Value, std::pair<unsigned, unsigned>> liveRanges;
  llvm::DenseMap<mlir::Value, unsigned> lastInputReads;
  llvm::DenseSet<mlir::Operation *> inputReaders;
  llvm::SmallVector<std::pair<unsigned, mlir::Value>> stateCopies;
  llvm::SetVector<mlir::Value> savedStates;
  llvm::MapVector<mlir::Value, unsigned> inPlace;
};

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_STORAGE_H
