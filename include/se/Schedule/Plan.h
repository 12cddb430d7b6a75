// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Plan.h - Which values get buffers, and when they are made *- C++ -*-===//

#ifndef SE_SCHEDULE_PLAN_H
#define SE_SCHEDULE_PLAN_H

#include "se/Dialect/RNN/RNN.h"

#include "mlir/IR/AffineExpr.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"

#include <memory>
#include <vector>

namespace se::schedule {

/// Where a job stores what it computed.
struct Destination {
  enum Kind { Buffer, Output, State } kind;
  mlir::Value buffer;        ///< Buffer: the value whose buffer it is.
  unsigned number = 0;       ///< Output, State: which one.
  mlir::AffineExpr position; ///< Where element d0 goes.
};

/// Computes all elements of `value`.
struct Job {
  mlir::Value value;
  /// False for a part of a concatenation, which takes `value` from its own
  /// buffer or source if it has one.
  bool isDefinition = true;
  int64_t elements = 0;
  unsigned level = 0;
  llvm::SmallVector<Destination> destinations;
};

/// Jobs of one level with one number of elements: one loop over the elements,
/// dealt to the cores. A job may use what an earlier job of its loop computed
/// for the same element.
struct Loop {
  int64_t elements;
  llvm::SmallVector<Job *> jobs;
};

/// How a network of inlined cells is computed: loops by level, with a barrier
/// between levels, then the copies of next states that could not be stored
/// where they belong.
///
/// A value is a *root*, computed by a job of its own, if others read it at
/// arbitrary positions: operands of matvecs and reductions, concatenations,
/// outputs and next states, and what would otherwise be computed more than once
/// per element. Every other value is computed where it is used.
class Plan {
public:
  explicit Plan(rnn::NetworkOp network);

  /// levels[k] are the loops of level k.
  const std::vector<std::vector<Loop>> &getLevels() const { return levels; }
  /// Roots that need a buffer in L1, in program order.
  const llvm::SetVector<mlir::Value> &getBuffers() const { return buffers; }
  /// The levels from the first write of a buffer to its last read; the copies
  /// of next states are one level more than there are loops.
  std::pair<unsigned, unsigned> getLiveRange(mlir::Value buffer) const {
    return liveRanges.lookup(buffer);
  }
  /// The last level in which a job reads an input of the network.
  unsigned getLastRead(mlir::Value input) const {
    return lastInputReads.lookup(input);
  }
  /// The jobs that read an input.
  const llvm::DenseSet<Job *> &getInputReaders() const { return inputReaders; }
  /// Are these inputs read by the first level alone, as a whole, and may that
  /// be computed twice, since it overwrites no state?
  bool mayRepeatFirstLevel(mlir::ValueRange inputs) const;
  /// Values of one element that are known before all levels: peaks of the
  /// inputs (rnn.finite), and results of getEarlyOps().
  const llvm::SetVector<mlir::Value> &getEarlyValues() const { return early; }
  /// What is computed of nothing else, in program order.
  llvm::ArrayRef<mlir::Operation *> getEarlyOps() const { return earlyOps; }
  /// States that are copied to buffers in the first level, from which they are
  /// read then: their next values are computed from other elements of them.
  const llvm::SetVector<mlir::Value> &getSavedStates() const {
    return savedStates;
  }
  /// States that are overwritten only after all levels, with the root that
  /// holds the next state; the others are overwritten in place.
  llvm::ArrayRef<std::pair<unsigned, mlir::Value>> getStateCopies() const {
    return stateCopies;
  }

private:
  /// A read of a buffered value or of a source by a job.
  struct Read {
    Job *job;
    mlir::Value value;
    mlir::AffineExpr position;
    bool inReduction;
  };
  /// One evaluation per loop element of an operation.
  struct Evaluation {
    mlir::Value value;
    Job *job;
    mlir::AffineExpr position;
  };

  void findEarly();
  void findRoots();
  void addOperandRoot(mlir::Value operand, bool inOrder);
  void makeJobs();
  void assignLevels();
  void delayJobs();
  bool addRepeatedRoots();
  void makeLoops();
  void placeStates();
  void findBuffers();
  void visit(Job *job, mlir::Value value, mlir::AffineExpr position,
             bool inReduction, bool define,
             llvm::DenseSet<std::pair<mlir::Value, mlir::AffineExpr>> &seen);
  bool isForwarded(const Read &read) const;

  rnn::NetworkOp network;
  llvm::DenseSet<mlir::Value> roots;
  llvm::DenseMap<mlir::Value, Job *> definitions;
  llvm::DenseMap<mlir::Value, unsigned> levelOf;
  std::vector<std::unique_ptr<Job>> jobs;
  std::vector<Read> reads;
  std::vector<Evaluation> evaluations;
  std::vector<std::vector<Loop>> levels;
  llvm::SetVector<mlir::Value> buffers;
  llvm::DenseMap<mlir::Value, std::pair<unsigned, unsigned>> liveRanges;
  llvm::DenseMap<mlir::Value, unsigned> lastInputReads;
  llvm::DenseSet<Job *> inputReaders;
  llvm::SmallVector<std::pair<unsigned, mlir::Value>> stateCopies;
  llvm::SetVector<mlir::Value> savedStates;
  llvm::SetVector<mlir::Value> early;
  llvm::SmallVector<mlir::Operation *> earlyOps;
};

/// `value` without the reshapes that made it: the same elements at the same
/// positions.
mlir::Value stripReshapes(mlir::Value value);

/// True if element i of the op's result is computed from elements i of its
/// operands by arith, math, an activation or a quantization; a table is read as
/// a whole.
bool isElementwise(mlir::Operation *op);

} // namespace se::schedule

#endif // SE_SCHEDULE_PLAN_H
