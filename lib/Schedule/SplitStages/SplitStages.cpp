// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SplitStages.cpp - Stages whose code is too long --------------------===//

#include "../Planning/Planner.h"

#include "se/Schedule/Passes.h"

namespace se::schedule {
#define GEN_PASS_DEF_SPLITSTAGES
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule;

namespace {
struct SplitStagesPass : schedule::impl::SplitStagesBase<SplitStagesPass> {
  void runOnOperation() override {
    if (failed(decide(getOperation(),
                      [](Planner &planner) { return planner.splitStages(); })))
      signalPassFailure();
  }
};
} // namespace
