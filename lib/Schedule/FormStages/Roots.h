// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Roots.h - Which values have stages, and at which depth ---*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_FORMSTAGES_ROOTS_H
#define SE_LIB_SCHEDULE_FORMSTAGES_ROOTS_H

#include "se/Dialect/RNN/RNN.h"

#include "mlir/IR/AffineExpr.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"

#include <memory>
#include <vector>

namespace se::schedule {

/// Computes all elements of `value`.
struct Job {
  mlir::Value value;
  /// What others read: the value or, if it is a part of a concatenation, that.
  /// A part takes `value` from its own stage or source if it has one.
  mlir::Value root;
  mlir::OpOperand *part = nullptr; ///< whose operand the part is (Joins.h)
  int64_t elements = 0;
  unsigned depth = 0;

  bool isDefinition() const { return value == root; }
};

/// Jobs of one depth with one number of elements: they become one stage. A job
/// may use what an earlier job of its loop computed for the same element.
struct Loop {
  int64_t elements;
  llvm::SmallVector<Job *> jobs;
};

/// The roots of a network of inlined cells, and the jobs that compute them.
///
/// A value is a *root*, computed by a job of its own, if others read it at
/// arbitrary positions: operands of matvecs and reductions, concatenations,
/// outputs and next states, and what would otherwise be computed more than once
/// per element. Every other value is computed where it is used.
class Roots {
public:
  explicit Roots(rnn::NetworkOp network);

  bool contains(mlir::Value value) const { return roots.contains(value); }
  /// getDepths()[k] are the loops of depth k.
  const std::vector<std::vector<Loop>> &getDepths() const { return depths; }
  /// Is the value known before all stages (EarlyValues.h)?
  bool isEarly(mlir::Value value) const { return early.contains(value); }

private:
  /// A read of a root or of a source by a job.
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

  void findRoots();
  void addOperandRoot(mlir::Value operand, bool inOrder);
  void makeJobs();
  void assignDepths();
  void delayJobs();
  bool addRepeatedRoots();
  void makeLoops();
  void visit(Job *job, mlir::Value value, mlir::AffineExpr position,
             bool inReduction, bool define, bool isPart,
             llvm::DenseSet<std::pair<mlir::Value, mlir::AffineExpr>> &seen);
  bool isForwarded(const Read &read) const;

  rnn::NetworkOp network;
  llvm::SetVector<mlir::Value> early;
  llvm::DenseSet<mlir::Value> roots;
  llvm::DenseMap<mlir::Value, Job *> definitions;
  llvm::DenseMap<mlir::Value, unsigned> depthOf;
  std::vector<std::unique_ptr<Job>> jobs;
  std::vector<Read> reads;
  std::vector<Evaluation> evaluations;
  std::vector<std::vector<Loop>> depths;
};

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_FORMSTAGES_ROOTS_H
