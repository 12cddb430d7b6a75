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
static constexpr double divideCycles = 14;

static Cost getCost(Operation &op) {
  if (auto loop = dyn_cast<scf::ForOp>(op)) {
    double trips = 1;
    if (auto count = loop.getStaticTripCount())
      trips = double(count->getSExtValue());
    Cost body = getCost(*loop.getBody());
    bool isSum = loop.getNumRegionIterArgs() != 0;
    body.cycles += isSum ? stepCycles / unroll : stepCycles;
    Cost cost = trips * body;
    cost.cycles += 6;
    return cost;
  }
  if (isa<memref::LoadOp, memref::StoreOp>(op))
    return {1, 0};
  if (auto activation = dyn_cast<rnn::ActivationOp>(op)) {
    using rnn::ActivationKind;
    switch (activation.getFunction().getKind()) {
    case ActivationKind::sigmoid:
    case ActivationKind::elu:
    case ActivationKind::softsign:
      return {65, 30};
    case ActivationKind::tanh:
    case ActivationKind::scaled_tanh:
      return {60, 30};
    case ActivationKind::softplus:
      return {110, 60};
    default:
      return {5, 2};
    }
  }
  if (isa<math::MathDialect>(op.getDialect()))
    return isa<math::FmaOp>(op)    ? Cost{1, 1, 1}
           : isa<math::AbsFOp>(op) ? Cost{1, 1}
                                   : Cost{60, 30};
  if (isa<arith::DivFOp>(op))
    return {divideCycles, divideCycles};
  if (isa<arith::ArithDialect>(op.getDialect()) && op.getNumResults() == 1 &&
      isa<FloatType>(op.getResult(0).getType()) && !isa<arith::ConstantOp>(op))
    return {1, 1};
  return {};
}

Cost schedule::getCost(Block &block) {
  Cost cost;
  for (Operation &op : block)
    cost += ::getCost(op);
  return cost;
}

double schedule::getCycles(Cost cost, unsigned cores) {
  // Cores i and i + 4 share an FPU.
  double sharing = cores > 4 ? 2 : 1;
  return std::max(cost.cycles, sharing * cost.fpu);
}
