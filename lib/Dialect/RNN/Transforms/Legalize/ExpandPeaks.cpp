// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ExpandPeaks.cpp - Make comparisons of rnn.peak ---------------------===//

#include "se/Dialect/RNN/RNNScreening.h"
#include "se/Dialect/RNN/Transforms/Screening.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"

namespace se::rnn {
#define GEN_PASS_DEF_EXPANDPEAKS
#include "se/Dialect/RNN/Transforms/Screening.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

/// The cores find so many maxima side by side, of every so many elements, or a
/// multiple of it: `maxChain` elements are compared in one expression.
static constexpr int64_t numMaxima = 8;
static constexpr int64_t maxChain = 32;

/// Elementwise but for the end: a reduction's operand would be copied first.
static Value expand(PeakOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  Type element = getElementTypeOrSelf(op.getX().getType());
  int64_t elements = cast<ShapedType>(op.getX().getType()).getNumElements();
  auto vector = [&](int64_t count) {
    return RankedTensorType::get({count}, element);
  };
  Value x = op.getX();
  if (x.getType() != vector(elements))
    x = ReshapeOp::create(b, vector(elements), x);
  int64_t count = numMaxima;
  while (elements / count > maxChain)
    count += numMaxima;
  count = std::min(count, elements);
  Value maxima = arith::ConstantOp::create(
      b, DenseElementsAttr::get(
             vector(count),
             b.getFloatAttr(element, op.getAtLeast().convertToDouble())));
  for (int64_t first = 0; first < elements; first += count) {
    auto at = [&](int64_t i) {
      return SmallVector<OpFoldResult>{b.getIndexAttr(i)};
    };
    Value part = tensor::ExtractSliceOp::create(
        b, x, at(std::min(first, elements - count)), at(count), at(1));
    maxima = arith::MaxNumFOp::create(b, math::AbsFOp::create(b, part), maxima);
  }
  return ReduceOp::create(b, vector(1), ReduceKind::max, maxima, int64_t(0));
}

namespace {
struct ExpandPeaksPass : se::rnn::impl::ExpandPeaksBase<ExpandPeaksPass> {
  using ExpandPeaksBase::ExpandPeaksBase;
  void runOnOperation() override {
    getOperation().walk([](PeakOp op) {
      op.replaceAllUsesWith(expand(op));
      op.erase();
    });
  }
};
} // namespace
