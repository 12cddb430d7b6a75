// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FormDelayLines.cpp - States that hold the last frames --------------===//

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/Plan/Plan.h"
#include "se/Dialect/RNN/Movement.h"
#include "se/Schedule/Indexing.h"
#include "se/Schedule/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"

#include <numeric>

namespace se::schedule {
#define GEN_PASS_DEF_FORMDELAYLINES
#include "se/Schedule/Passes.h.inc"
} // namespace se::schedule

using namespace mlir;
using namespace se;
using namespace se::schedule;

namespace {
/// How the next value of a state is made of it.
struct Shift {
  tensor::ConcatOp concat;
  bool isFront = false; ///< what is new comes before what is kept
  ValueRange getNew() {
    return ValueRange(concat.getInputs())
        .slice(isFront ? 0 : 1, concat.getInputs().size() - 1);
  }
};
} // namespace

/// Does `value` show neighbours of `state`, from element `first` on?
static bool shows(Value value, Value state, int64_t first) {
  AffineExpr d0 = getAffineDimExpr(0, value.getContext());
  auto [source, position] =
      traceMovement(value, d0, [&](Value end) { return end == state; });
  if (source != state)
    return false;
  auto offset = dyn_cast<AffineConstantExpr>(
      simplifyAffineExpr(position - d0, /*numDims=*/1, /*numSymbols=*/0));
  return offset && offset.getValue() == first;
}

static std::optional<Shift> findShift(Value next, Value state) {
  Shift shift{stripReshapes(next).getDefiningOp<tensor::ConcatOp>()};
  if (!shift.concat || shift.concat.getInputs().size() < 2)
    return std::nullopt;
  // What is joined lies side by side only along the outermost dimension.
  ArrayRef<int64_t> outer =
      shapeOf(shift.concat).take_front(shift.concat.getDim());
  if (llvm::any_of(outer, [](int64_t size) { return size != 1; }))
    return std::nullopt;
  ValueRange inputs = shift.concat.getInputs();
  if (shows(inputs.front(), state,
            elementsOf(state) - elementsOf(inputs.front())))
    return shift;
  shift.isFront = true;
  if (shows(inputs.back(), state, 0))
    return shift;
  return std::nullopt;
}

/// Is a vector of a product with a constant read there? Those are read by
/// words.
static bool isVector(Value value) {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    if (auto matvec = dyn_cast<rnn::MatvecOp>(user))
      return matvec.getX() == value;
    return rnn::isMovement(user) && isVector(user->getResult(0));
  });
}

/// Frames after which all lines are at their first places again. The proof of a
/// schedule follows 1,024 frames at most, and the ring may have 6 slots, of
/// which each frame begins at another one.
static constexpr int64_t maxPeriod = 1024 / 6;

/// What all lines may take more of L1 than copies, two slots each.
static constexpr int64_t shareOfL1 = 32;

/// `period` is that of the lines so far, `bytes` what they may take more.
static void form(rnn::NetworkOp network, unsigned number, int64_t &period,
                 int64_t &bytes) {
  rnn::YieldOp yield = network.getYield();
  Value state = network.getStateArguments()[number];
  if (!isa<SplatElementsAttr>(network.getResetValues()[number]))
    return;
  std::optional<Shift> shift = findShift(yield.getStates()[number], state);
  if (!shift)
    return;
  // The line is that state alone.
  unsigned at = yield.getOutputs().size() + number;
  for (auto [k, value] : llvm::enumerate(yield.getOperands()))
    if (k != at && stripReshapes(value) == shift->concat.getResult())
      return;
  int64_t slot = 0, all = elementsOf(state);
  for (Value value : shift->getNew())
    slot += elementsOf(value);
  if (slot == 0 || all % slot != 0 || all < 2 * slot)
    return;
  int64_t longer = std::lcm(period, all / slot + 1);
  if (longer > maxPeriod)
    return;
  int64_t bits = slot * getElementTypeOrSelf(state).getIntOrFloatBitWidth();
  if (bits % 32 != 0 && (isVector(state) || isVector(shift->concat)))
    return;
  if (2 * bits / 8 > bytes)
    return;
  bytes -= 2 * bits / 8;
  period = longer;
  ImplicitLocOpBuilder b(shift->concat.getLoc(), shift->concat);
  Value x = shift->getNew().front();
  if (shift->getNew().size() > 1) {
    auto type = cast<RankedTensorType>(shift->concat.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape[shift->concat.getDim()] = shape[shift->concat.getDim()] * slot / all;
    x = tensor::ConcatOp::create(b, type.clone(shape), shift->concat.getDim(),
                                 shift->getNew());
  }
  Value next =
      plan::PushOp::create(b, state.getType(), x, state, shift->isFront);
  if (next.getType() != shift->concat.getType())
    next = rnn::ReshapeOp::create(b, shift->concat.getType(), next);
  shift->concat.replaceAllUsesWith(next);
  shift->concat.erase();
}

namespace {
struct FormDelayLinesPass
    : schedule::impl::FormDelayLinesBase<FormDelayLinesPass> {
  void runOnOperation() override {
    for (auto network : getOperation().getOps<rnn::NetworkOp>()) {
      // Those first that take longest to copy.
      auto order = llvm::to_vector(
          llvm::seq(0u, unsigned(network.getStateArguments().size())));
      llvm::stable_sort(order, [&](unsigned a, unsigned b) {
        return elementsOf(network.getStateArguments()[a]) >
               elementsOf(network.getStateArguments()[b]);
      });
      int64_t period = 1, bytes = std::numeric_limits<int64_t>::max();
      if (auto target = cluster::TargetAttr::lookup(network))
        bytes = target.getL1().getAvailable() / shareOfL1;
      for (unsigned k : order)
        form(network, k, period, bytes);
    }
  }
};
} // namespace
