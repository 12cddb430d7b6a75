// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PairElements.cpp - Which stages compute elements in pairs ----------===//

#include "../Cost/ElementCost.h"
#include "../Planning/Schedulable.h"
#include "../Planning/Storage.h"

#include "se/Schedule/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace se::schedule {
#define GEN_PASS_DEF_PAIRELEMENTS
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule;

namespace {
struct PairElementsPass : schedule::impl::PairElementsBase<PairElementsPass> {
  void runOnOperation() override {
    auto network = getSchedulable(getOperation());
    if (failed(network))
      return signalPassFailure();
    Machine machine(cluster::TargetAttr::lookup(*network));
    Storage storage(*network);
    auto getCyclesOf = [&](plan::StageOp stage, bool inPairs) {
      Cost cost = getElementCost(stage, inPairs);
      cost += double(storage.getNumStores(stage)) * storeCost;
      return getCycles(cost, /*busy=*/1, machine);
    };
    for (ArrayRef<plan::StageOp> stages : storage.getDepths())
      for (plan::StageOp stage : stages)
        if (stage.getRows() > 1 && usesPackedHalves(stage) &&
            stage.getStrips().value_or(2) % 2 == 0 &&
            getCyclesOf(stage, true) < 2 * getCyclesOf(stage, false))
          stage.setPairs(true);
  }
};
} // namespace
