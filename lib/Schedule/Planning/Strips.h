// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Strips.h - Elements of a stage by strips -----------------*- C++ -*-===//
//
// A stage with `strips` L computes its elements in runs of L neighbours, by a
// loop. Element i is number `i mod L` of strip `i floordiv L`; places in
// matrices and broadcasts, which divide by the length of a row, lie side by
// side in a strip or are the same for all of it.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_SCHEDULE_STRIPS_H
#define SE_LIB_SCHEDULE_STRIPS_H

#include "se/Dialect/Plan/Plan.h"

#include "llvm/ADT/DenseMap.h"

namespace se::schedule {

/// A position, an expression of d0 (the element) and d1, as one of the strip
/// d0, of d1, and of the number d2 of the element in the strip.
mlir::AffineExpr localize(mlir::AffineExpr position, int64_t strip);

/// Of a position that is localized: the same in all of a strip, or in
/// neighbours (for a pair: the first at an even place)?
bool isInvariant(mlir::AffineExpr localized);
bool areNeighboursInStrip(mlir::AffineExpr localized);
/// Does it grow evenly along a strip?
bool isLinearInStrip(mlir::AffineExpr localized);

/// Which values of a stage's body are the same for all elements of a strip.
class StripInvariants {
public:
  StripInvariants(plan::StageOp stage, int64_t strip)
      : stage(stage), strip(strip) {}

  bool contains(mlir::Value value);

private:
  bool compute(mlir::Operation *op);

  plan::StageOp stage;
  int64_t strip;
  llvm::DenseMap<mlir::Value, bool> known;
};

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_STRIPS_H
