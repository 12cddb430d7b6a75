// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- list-cells.cpp - A tool of another project -------------------------===//
//
// Reads a file of the rnn dialect, fuses the products of each vector, and says
// what the cells in it consist of.
//
//===----------------------------------------------------------------------===//

#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

int main(int argc, char **argv) {
  if (argc != 2) {
    llvm::errs() << "usage: list-cells FILE.mlir\n";
    return 1;
  }
  DialectRegistry registry;
  registry.insert<se::rnn::RNNDialect, arith::ArithDialect, math::MathDialect,
                  tensor::TensorDialect>();
  MLIRContext context(registry);
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(argv[1], &context);
  if (!module)
    return 1;
  PassManager passes(&context);
  passes.addPass(se::rnn::createFuseGates());
  if (failed(passes.run(*module)))
    return 1;
  for (auto cell : module->getOps<se::rnn::CellOp>()) {
    llvm::outs() << cell.getSymName() << ": " << cell.getNumStates()
                 << " states, " << cell.getNumWeights() << " weights\n";
    for (Operation &op : cell.getBody().front())
      llvm::outs() << "  " << op.getName() << '\n';
  }
  return 0;
}
