// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PlaceBuffers.cpp - Where buffers lie -------------------------------===//

#include "../Planning/Planner.h"

#include "se/Schedule/Passes.h"

namespace se::schedule {
#define GEN_PASS_DEF_PLACEBUFFERS
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule;

llvm::Error Planner::placeBuffers() {
  if (llvm::Error error = planTiles())
    return error;
  placePorts();
  if (llvm::Error error = takeSplits())
    return error;
  SmallVector<Attribute> list(made->buffers.begin(), made->buffers.end());
  network->setAttr(plan::BufferAttr::attrName, b.getArrayAttr(list));
  return llvm::Error::success();
}

namespace {
struct PlaceBuffersPass : schedule::impl::PlaceBuffersBase<PlaceBuffersPass> {
  void runOnOperation() override {
    if (failed(decide(getOperation(),
                      [](Planner &planner) { return planner.placeBuffers(); })))
      signalPassFailure();
  }
};
} // namespace
