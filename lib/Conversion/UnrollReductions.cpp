// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- UnrollReductions.cpp - Unroll the innermost loops of sums ----------===//

#include "se/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Utils/Utils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace se::conversion {
#define GEN_PASS_DEF_UNROLLREDUCTIONS
#include "se/Conversion/Passes.h.inc"
} // namespace se::conversion

using namespace mlir;
using namespace se;

/// An innermost loop that carries one float, or a sum of integers, and does
/// nothing else.
static bool isSum(scf::ForOp loop) {
  if (loop.getNumRegionIterArgs() != 1 ||
      !loop.getResult(0).getType().isIntOrFloat())
    return false;
  return !loop.getBody()
              ->walk([](Operation *op) {
                return isa<scf::ForOp, memref::StoreOp, vector::StoreOp>(op)
                           ? WalkResult::interrupt()
                           : WalkResult::advance();
              })
              .wasInterrupted();
}

namespace {
struct UnrollReductionsPass
    : conversion::impl::UnrollReductionsBase<UnrollReductionsPass> {
  using UnrollReductionsBase::UnrollReductionsBase;
  void runOnOperation() override {
    constexpr unsigned mostCopies = 64;
    if (factor < 1 || factor > mostCopies) {
      getOperation().emitError("the factor must be 1 to ")
          << mostCopies << ", found " << factor.getValue();
      return signalPassFailure();
    }
    SmallVector<scf::ForOp> loops;
    getOperation().walk([&](scf::ForOp loop) {
      if (isSum(loop))
        loops.push_back(loop);
    });
    for (scf::ForOp loop : loops) {
      // MLIR's utility divides by it.
      std::optional<int64_t> step = getConstantIntValue(loop.getStep());
      if (step && *step < 1) {
        loop.emitError("a loop with step ") << *step;
        return signalPassFailure();
      }
      if (failed(loopUnrollByFactor(loop, factor)))
        return signalPassFailure();
    }
  }
};
} // namespace
