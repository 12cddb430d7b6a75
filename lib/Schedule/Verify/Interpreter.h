// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Interpreter.h - The integers of a function, executed -----*- C++ -*-===//
//
// Executes loops, addresses and transfers of a scheduled function for one core
// and records what it does to memory. Floating-point values and the contents of
// buffers are unknown; integers of constant globals are known.
//
// A loop that only sums up (no store, transfer or inner region, integers that
// depend on its counter linearly) is executed once: its counter is then a
// progression, and a load reads an interval.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_SCHEDULE_VERIFY_INTERPRETER_H
#define SE_LIB_SCHEDULE_VERIFY_INTERPRETER_H

#include "Trace.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"

namespace se::schedule::proof {

struct Node;

/// A list of operations; values are numbered over the whole function.
struct Code {
  std::vector<Node> nodes;
  std::vector<unsigned> arguments, results;
};

/// What is known of a value: nothing, an integer (for a memref the number of
/// its view, for a token that of its transfer), or the progression `first`,
/// `first + step`... up to `last`.
struct Number {
  int64_t first = 0, last = 0, step = 0;
  bool isKnown = false;

  bool isInteger() const { return isKnown && step == 0; }
  static Number of(int64_t value) { return {value, value, 0, true}; }
};

/// A function, made ready for execution. Calls are inlined.
struct CompiledFunction {
  Code code;
  std::vector<Number> values; ///< constants have their value
};

/// Compiles `function`, whose arguments show `arguments`. Adds globals to
/// `buffers`. Reports what cannot be executed, and cores that touch l3 or nvm.
mlir::FailureOr<CompiledFunction>
compileFunction(mlir::func::FuncOp function, llvm::ArrayRef<unsigned> arguments,
                Buffers &buffers, mlir::SymbolTable &symbols,
                std::map<std::string, unsigned> &globals);

/// How a function is run.
struct Run {
  int64_t core = 0;
  bool isDmaCore = false;
  /// One core executes what stands outside of parallel regions: is it this one?
  bool isAlone = false, isFirst = false;
  /// Are branches entered whose condition depends on data?
  bool entersUniform = false;
  const std::vector<Transfer> *underWay = nullptr;
  const CarriedValues *carried = nullptr;
};

/// Runs a function for one core.
mlir::LogicalResult interpret(const CompiledFunction &function,
                              Buffers &buffers, const Run &run, Trace &trace);

} // namespace se::schedule::proof

#endif // SE_LIB_SCHEDULE_VERIFY_INTERPRETER_H
