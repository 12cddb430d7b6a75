// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- InlineCells.cpp - Replace rnn.apply by the body of its cell --------===//

#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringSet.h"

namespace se::rnn {
#define GEN_PASS_DEF_INLINECELLS
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

static void inlineCell(ApplyOp apply, CellOp cell) {
  OpBuilder b(apply);
  IRMapping mapping;
  SmallVector<Value> operands(apply.getInputs());
  llvm::append_range(operands, apply.getStates());
  llvm::append_range(operands, apply.getWeights());
  mapping.map(cell.getBody().getArguments(), operands);
  for (Operation &op : cell.getBody().front().without_terminator()) {
    Operation *copy = b.clone(op, mapping);
    copy->setLoc(nameWithin(op.getLoc(), apply.getLoc()));
  }
  YieldOp yield = cell.getYield();
  SmallVector<Value> results;
  for (Value value : yield.getOperands())
    results.push_back(mapping.lookupOrDefault(value));
  apply->replaceAllUsesWith(results);
  apply->erase();
}

/// Whether all that the cell leaves open is known.
static bool isInstance(ApplyOp apply, CellOp cell) {
  return apply.getOperandTypes() == cell.getBody().getArgumentTypes() &&
         !apply.getOptions() && !apply.getWithout() &&
         llvm::equal(apply.getResultTypes(), cell.getYield().getOperandTypes());
}

static LogicalResult inlineInto(Block &block, SymbolTable &symbols,
                                llvm::StringSet<> &active) {
  for (auto apply : llvm::make_early_inc_range(block.getOps<ApplyOp>())) {
    auto cell = symbols.lookup<CellOp>(apply.getCell());
    if (!cell || !isInstance(apply, cell))
      return apply.emitOpError("cell '")
             << apply.getCell()
             << "' has no known sizes, options and weights before "
                "--rnn-instantiate-cells";
    if (!active.insert(apply.getCell()).second)
      return apply.emitOpError("cell '")
             << apply.getCell() << "' applies itself";
    // Inner applications first; a cell's body stays inlined afterwards.
    if (failed(inlineInto(cell.getBody().front(), symbols, active)))
      return failure();
    active.erase(apply.getCell());
    inlineCell(apply, cell);
  }
  return success();
}

LogicalResult se::rnn::inlineCells(ModuleOp module) {
  SymbolTable symbols(module);
  // A cell may apply cells itself, but not, directly or not, itself.
  llvm::StringSet<> seen;
  for (auto network : module.getOps<NetworkOp>()) {
    if (network.getBody().getOps<ApplyOp>().empty())
      continue;
    if (failed(inlineInto(network.getBody().front(), symbols, seen)))
      return failure();
    foldConstants(network);
  }
  for (auto cell : llvm::make_early_inc_range(module.getOps<CellOp>()))
    if (SymbolTable::symbolKnownUseEmpty(cell, module))
      cell.erase();
  return success();
}

namespace {
struct InlineCellsPass : se::rnn::impl::InlineCellsBase<InlineCellsPass> {
  void runOnOperation() override {
    if (failed(inlineCells(getOperation())))
      signalPassFailure();
  }
};
} // namespace
