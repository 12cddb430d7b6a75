// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StripElements.cpp - Which stages compute their elements by strips --===//

#include "../Cost/ElementCost.h"
#include "../Planning/Positions.h"
#include "../Planning/Schedulable.h"
#include "../Planning/Storage.h"

#include "se/Schedule/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <set>

namespace se::schedule {
#define GEN_PASS_DEF_STRIPELEMENTS
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// The lengths of rows that a stage's places divide by, and their divisors, as
/// far as they divide its elements.
static std::set<int64_t> findLengths(plan::StageOp stage) {
  auto elements = int64_t(stage.getElements());
  constexpr int64_t longest = 1024;
  std::set<int64_t> lengths;
  stage.getBody().walk([&](plan::ReadOp read) {
    getPosition(read).walk([&](AffineExpr part) {
      auto binary = dyn_cast<AffineBinaryOpExpr>(part);
      if (!binary || (part.getKind() != AffineExprKind::Mod &&
                      part.getKind() != AffineExprKind::FloorDiv))
        return;
      int64_t by = cast<AffineConstantExpr>(binary.getRHS()).getValue();
      for (int64_t length = 2;
           length <= std::min(by, longest) && length < elements; ++length)
        if (by % length == 0 && elements % length == 0)
          lengths.insert(length);
    });
  });
  return lengths;
}

namespace {
struct StripElementsPass
    : schedule::impl::StripElementsBase<StripElementsPass> {
  void runOnOperation() override {
    auto network = getSchedulable(getOperation());
    if (failed(network))
      return signalPassFailure();
    Machine machine(cluster::TargetAttr::lookup(*network));
    Storage storage(*network);
    network->walk([&](plan::StageOp stage) {
      if (!stage.getStrips() && !stage.getBatch() && !stage.getTiling() &&
          stage.getBody().getOps<plan::DotOp>().empty())
        choose(stage, storage, machine);
    });
  }

  /// Sets the fastest length, or none.
  void choose(plan::StageOp stage, const Storage &storage,
              const Machine &machine) {
    auto elements = int64_t(stage.getElements());
    // Of what the core with the most elements computes.
    auto getCyclesOf = [&](int64_t length) {
      Cost turn = getElementCost(stage, /*inPairs=*/false);
      turn += double(storage.getNumStores(stage)) * storeCost;
      Cost cost = double(length) * turn;
      cost += getStripCost(stage);
      return getCycles(cost, machine.cores, machine) *
             double(llvm::divideCeil(elements / length, machine.cores));
    };
    double best = getCyclesOf(1);
    int64_t chosen = 0;
    for (int64_t length : findLengths(stage)) {
      stage.setStrips(length);
      double cycles = getCyclesOf(length);
      if (cycles < best) {
        best = cycles;
        chosen = length;
      }
    }
    stage.setStripsAttr({});
    if (chosen)
      stage.setStrips(chosen);
  }
};
} // namespace
