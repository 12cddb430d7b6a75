// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ScheduleNetwork.cpp - Deal a network's rows to cores ---------------===//

#include "KernelEmitter.h"
#include "Planner.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Schedule/Indexing.h"
#include "se/Schedule/Passes.h"

namespace se::schedule {
#define GEN_PASS_DEF_SCHEDULENETWORK
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// Truth values that would need memory.
static bool isStoredMask(Operation *op) {
  if (op->getNumResults() != 1 ||
      !getElementTypeOrSelf(op->getResult(0).getType()).isInteger(1))
    return false;
  auto constant = dyn_cast<arith::ConstantOp>(op);
  return isa<tensor::ConcatOp>(op) ||
         (constant && !isa<SplatElementsAttr>(constant.getValue()));
}

/// Operations that the scheduler knows how to compute element by element.
static LogicalResult checkOperations(rnn::NetworkOp network) {
  bool isScreened = false;
  for (Operation &op : network.getBody().front()) {
    if (isa<rnn::FiniteOp>(op)) {
      if (isScreened)
        return op.emitOpError("stands in the network twice");
      isScreened = true;
      continue;
    }
    if (auto constant = dyn_cast<arith::ConstantOp>(op))
      if (!rnn::hasData(constant.getValue()))
        return op.emitError("the constant's data is missing or has another "
                            "size");
    if (isStoredMask(&op))
      return op.emitOpError("is a mask in memory, which must be bytes "
                            "(--rnn-store-masks)");
    if (isa<arith::ConstantOp, rnn::YieldOp, rnn::MatvecOp, rnn::ReduceOp,
            tensor::ConcatOp>(op) ||
        isMovement(&op) || isElementwise(&op))
      continue;
    if (isa<rnn::ApplyOp>(op))
      return op.emitOpError(
          "must be inlined before scheduling (--rnn-inline-cells)");
    return op.emitOpError("has no scalar form that can be scheduled");
  }
  return success();
}

namespace {
struct ScheduleNetworkPass
    : schedule::impl::ScheduleNetworkBase<ScheduleNetworkPass> {
  using ScheduleNetworkBase::ScheduleNetworkBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto reject = [&](const Twine &rule, int64_t found) {
      module.emitError(rule) << ", found " << found;
      return signalPassFailure();
    };
    auto target = cluster::TargetAttr::lookup(module);
    if (!target) {
      module.emitError("the module has no attribute '")
          << cluster::TargetAttr::attrName
          << "', which says what to plan for (--se-attach-target)";
      return signalPassFailure();
    }
    if (ring != 0 && (ring < 2 || ring > 6))
      return reject("the ring must have 2 to 6 slots", ring);
    if (slotBytes < 0 || slotBytes % Arena::alignment != 0)
      return reject("slot-bytes must be a multiple of " +
                        Twine(Arena::alignment),
                    slotBytes);
    if (tileRows < 0)
      return reject("tile-rows must not be negative", tileRows);
    auto networks = llvm::to_vector(module.getOps<rnn::NetworkOp>());
    if (networks.size() != 1) {
      module.emitError("expected one rnn.network, found ") << networks.size();
      return signalPassFailure();
    }
    if (failed(checkOperations(networks.front())))
      return signalPassFailure();
    TilingOptions options(target);
    options.slots = ring;
    options.slotBytes = slotBytes;
    options.rows = tileRows;
    options.mayStay = resident;
    llvm::Error error = llvm::Error::success();
    std::unique_ptr<const Schedule> schedule;
    for (Screening screening :
         {Screening::FirstLevel, Screening::Copy, Screening::InPlace}) {
      Planner planner(networks.front(), options, unsigned(target.getDmaCore()),
                      remarks, screening);
      llvm::consumeError(std::move(error));
      auto planned = planner.run();
      error = planned.takeError();
      if (!error) {
        schedule = std::move(*planned);
        break;
      }
      // Copies need room in L1 and time, the other ways only time.
      if (planner.canScreen() && screening != Screening::Copy)
        break;
    }
    if (error) {
      std::string text = llvm::toString(std::move(error));
      // The hint comes last.
      auto [what, hint] = StringRef(text).split("; ");
      InFlightDiagnostic diagnostic = networks.front().emitError() << what;
      diagnostic << " on target " << target.getName();
      if (!hint.empty())
        diagnostic << "; " << hint;
      return signalPassFailure();
    }
    KernelEmitter(*schedule).run();
  }
};
} // namespace
