// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PlacementPasses.cpp - Split stages, and where buffers lie ----------===//

#include "Planner.h"
#include "Schedulable.h"

#include "se/Schedule/Passes.h"

namespace se::schedule {
#define GEN_PASS_DEF_SPLITSTAGES
#define GEN_PASS_DEF_PLACEBUFFERS
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// Lets a planner decide, unless buffers have their places already.
static LogicalResult
decide(ModuleOp module, llvm::function_ref<llvm::Error(Planner &)> decision) {
  auto network = getTiled(module);
  if (failed(network))
    return failure();
  if ((*network)->hasAttr(plan::BufferAttr::attrName))
    return success();
  Planner planner(*network, /*remarks=*/false);
  llvm::Error error = decision(planner);
  if (!error)
    return success();
  emitDoesNotFit(*network, llvm::toString(std::move(error)));
  return failure();
}

namespace {
struct SplitStagesPass : schedule::impl::SplitStagesBase<SplitStagesPass> {
  void runOnOperation() override {
    if (failed(decide(getOperation(),
                      [](Planner &planner) { return planner.splitStages(); })))
      signalPassFailure();
  }
};

struct PlaceBuffersPass : schedule::impl::PlaceBuffersBase<PlaceBuffersPass> {
  void runOnOperation() override {
    if (failed(decide(getOperation(),
                      [](Planner &planner) { return planner.placeBuffers(); })))
      signalPassFailure();
  }
};
} // namespace
