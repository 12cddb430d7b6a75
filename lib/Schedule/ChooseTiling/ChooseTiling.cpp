// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ChooseTiling.cpp - How parameters are cut, and what stays ----------===//

#include "../Planning/Arena.h"
#include "../Planning/Planner.h"
#include "../Planning/Schedulable.h"

#include "se/Schedule/Passes.h"

namespace se::schedule {
#define GEN_PASS_DEF_CHOOSETILING
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule;

namespace {
struct ChooseTilingPass : schedule::impl::ChooseTilingBase<ChooseTilingPass> {
  using ChooseTilingBase::ChooseTilingBase;

  LogicalResult checkOptions(ModuleOp module) {
    auto reject = [&](const Twine &rule, int64_t found) {
      return module.emitError(rule) << ", found " << found;
    };
    if (ring != 0 && !plan::StreamAttr::isSlots(ring))
      return reject("the ring must have 2 to 6 slots", ring);
    if (!plan::StreamAttr::isSlotBytes(slotBytes))
      return reject("slot-bytes must be a multiple of " +
                        Twine(Arena::alignment) + " up to " +
                        Twine(plan::StreamAttr::mostSlotBytes),
                    slotBytes);
    if (tileRows < 0)
      return reject("tile-rows must not be negative", tileRows);
    return success();
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto network = failed(checkOptions(module)) ? FailureOr<rnn::NetworkOp>()
                                                : getSchedulable(module);
    if (failed(network))
      return signalPassFailure();
    // Whoever wrote one there wanted it.
    if ((*network)->hasAttr(plan::StreamAttr::attrName))
      return;
    auto target = cluster::TargetAttr::lookup(module);
    TilingOptions options(target);
    options.slots = ring;
    options.slotBytes = slotBytes;
    options.rows = tileRows;
    options.mayStay = resident;
    llvm::Error error = llvm::Error::success();
    for (plan::Screening screening :
         {plan::Screening::first_depth, plan::Screening::copy,
          plan::Screening::in_place}) {
      Planner planner(*network, options, unsigned(target.getDmaCore()),
                      screening, /*given=*/{});
      llvm::consumeError(std::move(error));
      error = planner.chooseTiling();
      if (!error)
        return;
      // Copies need room in L1 and time, the other ways only time.
      if (planner.canScreen() && screening != plan::Screening::copy)
        break;
    }
    emitDoesNotFit(*network, std::move(error));
    signalPassFailure();
  }
};
} // namespace
