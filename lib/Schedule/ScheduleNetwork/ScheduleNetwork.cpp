// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ScheduleNetwork.cpp - Deal a network's rows to cores ---------------===//

#include "../Planning/Planner.h"
#include "../Planning/Schedulable.h"
#include "KernelEmitter.h"
#include "PlanReport.h"

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
    auto network = getTiled(getOperation());
    if (failed(network))
      return signalPassFailure();
    if (!(*network)->hasAttr(plan::BufferAttr::attrName)) {
      network->emitError("the network has no attribute '")
          << plan::BufferAttr::attrName
          << "', which says where buffers lie (--se-place-buffers)";
      return signalPassFailure();
    }
    auto schedule = Planner(*network).read();
    if (!schedule) {
      emitDoesNotFit(*network, schedule.takeError());
      return signalPassFailure();
    }
    remarkShared(**schedule);
    plan::ReportAttr report = makeReport(**schedule);
    if (remarks)
      remarkStages(**schedule, report);
    KernelEmitter(**schedule)
        .run()
        ->setAttr(plan::ReportAttr::attrName, report);
  }
};
} // namespace
