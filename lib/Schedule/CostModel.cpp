// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CostModel.cpp - Cycles of scheduled code ---------------------------===//

#include "CostModel.h"

#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

// Sums are unrolled (se-unroll-reductions): a step of a loop is shared.
static constexpr double unroll = 4;
static constexpr double stepCycles = 5; // add, add, taken branch
static constexpr double sumCycles = 45; // entering one, with its instructions

static Cost makeCost(double cycles, double divisions = 0) {
  Cost cost;
  cost.cycles = cycles;
  cost.divisions = divisions;
  return cost;
}

static Cost getActivationCost(rnn::ActivationKind kind) {
  using rnn::ActivationKind;
  switch (kind) {
  case ActivationKind::sigmoid:
  case ActivationKind::tanh:
  case ActivationKind::scaled_tanh:
    return makeCost(55);
  case ActivationKind::softsign:
    return makeCost(5, 1);
  case ActivationKind::elu:
    return makeCost(45);
  case ActivationKind::softplus:
    return makeCost(110);
  default:
    return makeCost(5);
  }
}

/// Operations that are instructions of the FPU.
static bool isFloatOp(Operation &op) {
  // The product of two halves that is added to a single is one instruction
  // (se-select-expanding-fma).
  if (isa<arith::ExtFOp>(op) &&
      llvm::all_of(op.getUsers(),
                   [](Operation *user) { return isa<math::FmaOp>(user); }))
    return false;
  return isa<arith::ArithDialect, math::MathDialect>(op.getDialect()) &&
         op.getNumResults() == 1 && !isa<arith::ConstantOp>(op) &&
         isa<FloatType>(op.getResult(0).getType());
}

static Cost getCost(Operation &op) {
  if (auto loop = dyn_cast<scf::ForOp>(op)) {
    double trips = 1;
    if (auto count = loop.getStaticTripCount())
      trips = double(count->getSExtValue());
    Cost body = getCost(*loop.getBody());
    bool isSum = loop.getNumRegionIterArgs() != 0;
    body.cycles += isSum ? stepCycles / unroll : stepCycles;
    if (isSum) {
      body.sumCycles = body.cycles;
      for (Operation &inner : *loop.getBody()) {
        body.fpu += isFloatOp(inner);
        bool isProduct = isa<math::FmaOp, arith::MulFOp>(inner) ||
                         (isa<arith::MulIOp>(inner) &&
                          inner.getResult(0).getType().isInteger(32));
        body.products += isProduct;
      }
    }
    Cost cost = trips * body;
    cost.cycles += sumCycles;
    return cost;
  }
  if (isa<memref::LoadOp, memref::StoreOp>(op))
    return makeCost(1);
  if (auto activation = dyn_cast<rnn::ActivationOp>(op))
    return getActivationCost(activation.getFunction().getKind());
  if (isa<rnn::QuantizeOp>(op))
    return makeCost(5);
  if (isa<arith::MulIOp>(op) && op.getResult(0).getType().isInteger(32)) {
    // Of integers, each extended when it was loaded; and the addition.
    return makeCost(2);
  }
  if (isa<rnn::InterpolateOp>(op))
    return makeCost(isa<VectorType>(op.getOperand(0).getType()) ? 11 : 13);
  if (isa<math::FmaOp>(op))
    return makeCost(1);
  if (isa<arith::DivFOp>(op))
    return makeCost(0, 1);
  if (isa<math::MathDialect>(op.getDialect()) && !isa<math::AbsFOp>(op))
    return makeCost(60, 1);
  return makeCost(isFloatOp(op));
}

Cost schedule::getCost(Block &block) {
  Cost cost;
  for (Operation &op : block)
    cost += ::getCost(op);
  return cost;
}

Cost schedule::getDotCost(int64_t rows, int64_t words, bool sharesFpu) {
  Cost cost;
  cost.sumCycles = double(words * (2 * rows + 1));
  cost.cycles = cost.sumCycles + double(2 * rows + 14);
  if (sharesFpu)
    cost.fpu = double(words * rows);
  return cost;
}

double schedule::getCycles(Cost cost, unsigned cores) {
  // Cores i and i + 4 share an FPU: the more they use it, the more they wait.
  double load = 0;
  if (cores > 4 && cost.sumCycles > 0)
    load = 2 * cost.fpu / cost.sumCycles;
  double waiting = 0.17 * load * load * cost.sumCycles;
  // All share a divider, which they need at about the same time.
  double dividing = divideCycles * (1 + 0.6 * (cores - 1)) * cost.divisions;
  return cost.cycles + waiting + dividing;
}
