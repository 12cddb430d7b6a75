// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ChooseTiling.cpp - How parameters are cut, and what stays ----------===//

#include "../Planning/Arena.h"
#include "../Planning/Planner.h"
#include "../Planning/Schedulable.h"

#include "se/Schedule/Passes.h"

#include "llvm/ADT/StringSwitch.h"

namespace se::schedule {
#define GEN_PASS_DEF_CHOOSETILING
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule;

static std::optional<CodePlace> symbolizeCodePlace(StringRef text) {
  return llvm::StringSwitch<std::optional<CodePlace>>(text)
      .Case("auto", CodePlace::Automatic)
      .Case("l1", CodePlace::L1)
      .Case("l2", CodePlace::L2)
      .Default(std::nullopt);
}

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
    if (codeBytes < 0)
      return reject("code-bytes must not be negative", codeBytes);
    if (!symbolizeCodePlace(code))
      return module.emitError("code must be l1, l2 or auto, found '")
             << code << "'";
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
    options.code = *symbolizeCodePlace(code);
    options.codeBytes = codeBytes;
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
