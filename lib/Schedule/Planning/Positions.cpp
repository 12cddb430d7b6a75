// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Positions.cpp - Where stages read ----------------------------------===//

#include "Positions.h"

#include "se/Schedule/Indexing.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// The expression of a place.
static AffineExpr getExpression(Operation *op, AffineMap place,
                                ValueRange dims) {
  auto stage = op->getParentOfType<plan::StageOp>();
  SmallVector<AffineExpr> replacements;
  for (Value dim : dims)
    replacements.push_back(
        getAffineDimExpr(dim == stage.getElement() ? 0 : 1, op->getContext()));
  return place.getResult(0).replaceDims(replacements);
}

AffineExpr schedule::getPosition(plan::ReadOp read) {
  return getExpression(read, read.getPlace(), read.getDims());
}

AffineExpr schedule::getRow(plan::DotOp dot) {
  return getExpression(dot, dot.getRow(), dot.getRowDims());
}

AffineExpr schedule::getStart(plan::DotOp dot) {
  return getExpression(dot, dot.getStart(), dot.getStartDims());
}

AffineExpr schedule::getStartOfVector(plan::DotOp dot, plan::BatchAttr batch) {
  AffineExpr element = batch.getElement().getResult(0), start = getStart(dot);
  std::vector<int64_t> starts;
  for (int64_t vector = 0; vector != batch.getVectors(); ++vector)
    starts.push_back(
        evaluatePosition(start, {evaluatePosition(element, {0, vector})}));
  return fitStrides(starts, getAffineDimExpr(1, dot.getContext()));
}

AffineExpr schedule::fitStrides(ArrayRef<int64_t> values, AffineExpr index) {
  auto size = int64_t(values.size());
  AffineExpr sum = getAffineConstantExpr(values[0], index.getContext());
  for (int64_t period = 1; period < size;) {
    int64_t stride = values[period] - values[0], count = 2;
    while (count * period < size &&
           values[count * period] == values[0] + count * stride)
      ++count;
    if (size % (count * period))
      return {};
    AffineExpr digit = index.floorDiv(period);
    if (count * period != size)
      digit = digit % count;
    sum = sum + digit * stride;
    period *= count;
  }
  for (int64_t i = 0; i != size; ++i)
    if (evaluatePosition(sum, {i, i}) != values[i])
      return {};
  return sum;
}
