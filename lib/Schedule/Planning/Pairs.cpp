// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Pairs.cpp - What two elements of a stage share ---------------------===//

#include "Pairs.h"

#include "se/Dialect/RNN/RNN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

bool schedule::isPacked(Operation *op) {
  auto isHalf = [](Type type) { return getElementTypeOrSelf(type).isF16(); };
  if (isa<rnn::InterpolateOp>(op))
    return true;
  if (isa<rnn::QuantizeOp>(op))
    return isHalf(op->getOperand(0).getType());
  if (!isHalf(op->getResult(0).getType()))
    return false;
  if (isa<arith::TruncFOp>(op))
    return getElementTypeOrSelf(op->getOperand(0).getType()).isF32();
  return isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::NegFOp,
             math::FmaOp, math::ExpOp, math::LogOp, math::SqrtOp>(op);
}

bool schedule::areNeighbours(AffineExpr position) {
  AffineExpr d0 = getAffineDimExpr(0, position.getContext());
  auto offset = dyn_cast<AffineConstantExpr>(
      simplifyAffineExpr(position - d0, /*numDims=*/2, /*numSymbols=*/0));
  return offset && offset.getValue() % 2 == 0;
}
