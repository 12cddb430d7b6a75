// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Allocation.h - The registers of one hardware loop --------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_XPULP_TRANSFORMS_ALLOCATEREGISTERS_ALLOCATION_H
#define SE_LIB_DIALECT_XPULP_TRANSFORMS_ALLOCATEREGISTERS_ALLOCATION_H

#include "se/Dialect/XPulp/XPulp.h"

#include "llvm/ADT/SetVector.h"
#include <map>

namespace se::xpulp {

/// From one position to another, both included: instruction i reads at 2i + 1
/// and writes at 2i + 2.
struct Interval {
  unsigned begin, end;
};
using Intervals = llvm::SmallVector<Interval>;

class Allocation {
public:
  /// Of a loop whose body consists of instructions.
  explicit Allocation(LoopOp loop);

  /// All that the loop takes: its own, those of values from outside and that of
  /// the count, if it is in one.
  unsigned getNumRegisters();
  /// Writes the registers into the loop, and the moves.
  void apply();

private:
  /// What lies in register `to` before the next run.
  struct Move {
    unsigned to;
    mlir::Value from;
    bool isFromAside = false; // where `from` was brought before
  };

  unsigned makeChain(mlir::Value value, unsigned begin);
  void addResults(InstructionOpInterface op, unsigned index);
  void joinYields();
  void assignRegisters();
  void planYields();
  bool isInside(mlir::Value value) { return chainOf.contains(value); }
  /// Whether a value lies in this register of the loop.
  bool liesIn(mlir::Value value, unsigned number);
  mlir::Value makeMove(mlir::OpBuilder &builder, mlir::Value value,
                       unsigned to);

  LoopOp loop;
  llvm::SmallVector<InstructionOpInterface> instructions;
  unsigned end; // where yielded values are read
  llvm::DenseMap<mlir::Value, unsigned> lastUse;
  std::vector<Intervals> chains;
  llvm::DenseMap<mlir::Value, unsigned> chainOf;
  /// Before instruction i, a copy to a chain of the operand that it overwrites
  /// and that is needed later or comes from outside.
  std::multimap<unsigned, std::pair<unsigned, mlir::OpOperand *>> copies;
  llvm::SmallVector<unsigned> mergedInto; // chains by number
  llvm::SmallVector<unsigned> registerOf; // of chains
  llvm::SmallVector<Intervals> registers; // when they are taken
  llvm::SmallVector<Move> yields;
  llvm::SetVector<mlir::Value> inputs;
};

} // namespace se::xpulp

#endif // SE_LIB_DIALECT_XPULP_TRANSFORMS_ALLOCATEREGISTERS_ALLOCATION_H
