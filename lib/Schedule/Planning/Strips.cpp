// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Strips.cpp - Elements of a stage by strips -------------------------===//

#include "Strips.h"

#include "Positions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

AffineExpr schedule::localize(AffineExpr position, int64_t strip) {
  MLIRContext *context = position.getContext();
  AffineExpr d0 = getAffineDimExpr(0, context),
             d1 = getAffineDimExpr(1, context),
             inStrip = getAffineDimExpr(2, context);
  AffineExpr expr = position.replaceDims({d0 * strip + inStrip, d1});
  // What is known of d2 is that it is less than `strip`.
  while (true) {
    expr = simplifyAffineExpr(expr, /*numDims=*/3, /*numSymbols=*/0);
    llvm::DenseMap<AffineExpr, AffineExpr> replacements;
    expr.walk([&](AffineExpr part) {
      bool isMod = part.getKind() == AffineExprKind::Mod;
      if (!isMod && part.getKind() != AffineExprKind::FloorDiv)
        return;
      auto binary = cast<AffineBinaryOpExpr>(part);
      int64_t by = cast<AffineConstantExpr>(binary.getRHS()).getValue();
      // Of whole strips and the number in one, divided by whole strips.
      AffineExpr strips = simplifyAffineExpr(binary.getLHS() - inStrip,
                                             /*numDims=*/3, /*numSymbols=*/0);
      if (strips.isFunctionOfDim(2))
        return;
      AffineExpr zero = getAffineConstantExpr(0, context);
      if (strips == zero && by >= strip) {
        replacements[part] = isMod ? inStrip : zero;
      } else if (strips.getLargestKnownDivisor() % strip == 0 &&
                 by % strip == 0) {
        AffineExpr whole = strips.floorDiv(strip);
        replacements[part] = isMod ? whole % (by / strip) * strip + inStrip
                                   : whole.floorDiv(by / strip);
      }
    });
    if (replacements.empty())
      return expr;
    expr = expr.replace(replacements);
  }
}

bool schedule::isInvariant(AffineExpr localized) {
  return !localized.isFunctionOfDim(2);
}

bool schedule::isLinearInStrip(AffineExpr localized) {
  return !localized
              .walk([](AffineExpr part) {
                bool divides = part.getKind() == AffineExprKind::Mod ||
                               part.getKind() == AffineExprKind::FloorDiv;
                return divides && part.isFunctionOfDim(2)
                           ? WalkResult::interrupt()
                           : WalkResult::advance();
              })
              .wasInterrupted();
}

bool schedule::areNeighboursInStrip(AffineExpr localized) {
  AffineExpr first = simplifyAffineExpr(
      localized - getAffineDimExpr(2, localized.getContext()),
      /*numDims=*/3, /*numSymbols=*/0);
  return isInvariant(first) && first.getLargestKnownDivisor() % 2 == 0;
}

bool StripInvariants::contains(Value value) {
  auto it = known.find(value);
  if (it != known.end())
    return it->second;
  Operation *op = value.getDefiningOp();
  return known[value] = op && compute(op);
}

bool StripInvariants::compute(Operation *op) {
  // What a loop reads depends on its turn.
  if (auto read = dyn_cast<plan::ReadOp>(op))
    return read->getParentOp() == stage &&
           isInvariant(localize(getPosition(read), strip));
  auto areInvariant = [&](ValueRange values) {
    return llvm::all_of(values, [&](Value value) {
      return isa<TensorType>(value.getType()) || contains(value);
    });
  };
  auto loop = dyn_cast<scf::ForOp>(op);
  if (!loop)
    return areInvariant(op->getOperands());
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(loop.getRegion(), captured);
  captured.remove(stage.getElement());
  captured.insert_range(loop->getOperands());
  if (!areInvariant(captured.getArrayRef()))
    return false;
  return !loop.getBody()
              ->walk([&](plan::ReadOp read) {
                return isInvariant(localize(getPosition(read), strip))
                           ? WalkResult::advance()
                           : WalkResult::interrupt();
              })
              .wasInterrupted();
}
