// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ScheduleNetwork.cpp - Deal a network's rows to cores ---------------===//

#include "KernelEmitter.h"
#include "Planner.h"
#include "Schedulable.h"

#include "se/Schedule/Passes.h"

namespace se::schedule {
#define GEN_PASS_DEF_SCHEDULENETWORK
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule;

namespace {
struct ScheduleNetworkPass
    : schedule::impl::ScheduleNetworkBase<ScheduleNetworkPass> {
  using ScheduleNetworkBase::ScheduleNetworkBase;

  void runOnOperation() override {
    auto network = getSchedulable(getOperation());
    if (failed(network))
      return signalPassFailure();
    auto stream = (*network)->getAttrOfType<plan::StreamAttr>(
        plan::StreamAttr::attrName);
    if (!stream) {
      network->emitError("the network has no attribute '")
          << plan::StreamAttr::attrName
          << "', which says how its parameters flow (--se-choose-tiling)";
      return signalPassFailure();
    }
    for (auto stage : network->getBody().getOps<plan::StageOp>())
      if (!stage.getTiling()) {
        stage.emitError("stage '") << stage.getName()
                                   << "' has no tiling (--se-choose-tiling)";
        return signalPassFailure();
      }
    auto target = cluster::TargetAttr::lookup(*network);
    Planner planner(*network, TilingOptions(target),
                    unsigned(target.getDmaCore()), remarks,
                    stream.getScreening(), stream);
    auto schedule = planner.run();
    if (!schedule) {
      emitDoesNotFit(*network, llvm::toString(schedule.takeError()));
      return signalPassFailure();
    }
    KernelEmitter(**schedule).run();
  }
};
} // namespace
