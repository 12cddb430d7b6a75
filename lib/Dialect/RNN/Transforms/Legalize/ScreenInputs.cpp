// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ScreenInputs.cpp - Frames that are not finite become zeros ---------===//

#include "se/Dialect/RNN/RNNScreening.h"
#include "se/Dialect/RNN/Transforms/Screening.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/StringSwitch.h"

namespace se::rnn {
#define GEN_PASS_DEF_SCREENINPUTS
#include "se/Dialect/RNN/Transforms/Screening.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

std::optional<Nonfinite> se::rnn::symbolizeNonfinite(StringRef text) {
  return llvm::StringSwitch<std::optional<Nonfinite>>(text)
      .Case("zero-frame", Nonfinite::ZeroFrame)
      .Case("reset", Nonfinite::Reset)
      .Case("propagate", Nonfinite::Propagate)
      .Default(std::nullopt);
}

/// Those of whole inputs.
static llvm::DenseMap<Value, SmallVector<PeakOp>> findPeaks(NetworkOp network) {
  llvm::DenseMap<Value, SmallVector<PeakOp>> peaks;
  for (auto peak : network.getBody().front().getOps<PeakOp>()) {
    Value x = peak.getX();
    while (auto reshape = x.getDefiningOp<ReshapeOp>())
      x = reshape.getX();
    auto argument = dyn_cast<BlockArgument>(x);
    if (argument && argument.getArgNumber() < network.getNumInputs())
      peaks[x].push_back(peak);
  }
  return peaks;
}

/// By the larger of `found` and what it shall be at least.
static void replacePeak(PeakOp peak, Value found) {
  ImplicitLocOpBuilder b(peak.getLoc(), peak);
  Value least = arith::ConstantOp::create(
      b, DenseElementsAttr::get(cast<ShapedType>(found.getType()),
                                peak.getAtLeastAttr()));
  peak.replaceAllUsesWith(
      arith::MaxNumFOp::create(b, found, least).getResult());
  peak.erase();
}

static void screen(NetworkOp network, bool resets) {
  mlir::Block &block = network.getBody().front();
  llvm::DenseMap<Value, SmallVector<PeakOp>> peaks = findPeaks(network);
  SmallVector<Value> inputs;
  for (Value input : network.getInputArguments())
    if (getElementTypeOrSelf(input.getType()).isF32() && !input.use_empty())
      inputs.push_back(input);
  if (inputs.empty() || !block.getOps<FiniteOp>().empty())
    return;
  ImplicitLocOpBuilder b(network.getLoc(), network.getContext());
  b.setInsertionPointToStart(&block);
  Type integer = b.getI32Type();
  SmallVector<Type> types(peaks.empty() ? 0 : inputs.size(),
                          RankedTensorType::get({1}, b.getF32Type()));
  auto finite =
      FiniteOp::create(b, RankedTensorType::get({1}, integer), types, inputs);
  Value mask = finite.getMask();
  for (Value input : inputs) {
    b.setLoc(input.getLoc());
    auto type = cast<RankedTensorType>(input.getType());
    RankedTensorType bits = type.clone(integer);
    // A scalar has nothing to repeat the mask along.
    Value same = type.getRank() == 0
                     ? Value(ReshapeOp::create(b, bits, mask))
                     : Value(BroadcastOp::create(b, bits, mask));
    auto before = arith::BitcastOp::create(b, bits, input);
    Value kept = arith::AndIOp::create(b, before, same);
    Value after = arith::BitcastOp::create(b, type, kept);
    input.replaceUsesWithIf(after, [&](OpOperand &use) {
      return use.getOwner() != before && !isa<FiniteOp>(use.getOwner());
    });
  }
  for (auto [input, found] : llvm::zip(inputs, finite.getPeaks()))
    for (PeakOp peak : peaks.lookup(input))
      replacePeak(peak, found);
  if (resets)
    network->setAttr(resetIfNotFiniteName, b.getUnitAttr());
}

namespace {
struct ScreenInputsPass : se::rnn::impl::ScreenInputsBase<ScreenInputsPass> {
  using ScreenInputsBase::ScreenInputsBase;
  void runOnOperation() override {
    if (nonfinite == Nonfinite::Propagate)
      return;
    for (auto network : getOperation().getOps<NetworkOp>())
      screen(network, nonfinite == Nonfinite::Reset);
  }
};
} // namespace
