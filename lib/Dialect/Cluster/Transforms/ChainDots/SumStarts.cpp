// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SumStarts.cpp - What sums of products start with -------------------===//

#include "SumStarts.h"

#include "se/Dialect/Cluster/Cluster.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace se;

/// Operands with one and the same value.
using Starts = SmallVector<OpOperand *>;

bool cluster::isSumOfProducts(Value value) {
  auto result = dyn_cast_or_null<OpResult>(value);
  if (!result)
    return false;
  unsigned number = result.getResultNumber();
  if (auto loop = result.getDefiningOp<scf::ForOp>())
    return isSumOfProducts(loop.getYieldedValues()[number]);
  if (auto branch = result.getDefiningOp<scf::IfOp>())
    return isSumOfProducts(branch.thenYield().getOperand(number)) ||
           isSumOfProducts(branch.elseYield().getOperand(number));
  return bool(result.getDefiningOp<cluster::DotOp>());
}

bool cluster::isReadOnlyBy(Value value, ArrayRef<OpOperand *> readers) {
  return llvm::all_of(value.getUses(), [&](OpOperand &use) {
    return llvm::is_contained(readers, &use) ||
           isOpTriviallyDead(use.getOwner());
  });
}

static FailureOr<Starts> findStarts(OpResult sum, StringRef &why);

/// Goes back from an operand, from sum to sum, to where `isEnd` holds of what
/// they start with.
static FailureOr<Starts>
goBack(OpOperand &from, function_ref<bool(Value)> isEnd, StringRef &why) {
  Starts starts{&from};
  while (true) {
    Value value = starts.front()->get();
    if (isEnd(value))
      return starts;
    auto sum = dyn_cast<OpResult>(value);
    if (!sum) {
      why = "does not start with 0";
      return failure();
    }
    if (!cluster::isReadOnlyBy(value, starts)) {
      why = "a part of the sum is also read by itself";
      return failure();
    }
    FailureOr<Starts> before = findStarts(sum, why);
    if (failed(before))
      return failure();
    starts = *before;
  }
}

/// What one dot, loop or branch adds to.
static FailureOr<Starts> findStarts(OpResult sum, StringRef &why) {
  unsigned number = sum.getResultNumber();
  if (auto dot = sum.getDefiningOp<cluster::DotOp>())
    return Starts{&dot.getSumsMutable()[number]};
  if (auto loop = sum.getDefiningOp<scf::ForOp>()) {
    Value argument = loop.getRegionIterArg(number);
    FailureOr<Starts> starts =
        goBack((*loop.getYieldedValuesMutable())[number],
               [&](Value value) { return value == argument; }, why);
    if (failed(starts))
      return failure();
    if (!cluster::isReadOnlyBy(argument, *starts)) {
      why = "a part of the sum is also read by itself";
      return failure();
    }
    return Starts{&loop.getInitArgsMutable()[number]};
  }
  if (auto branch = sum.getDefiningOp<scf::IfOp>()) {
    auto isOutside = [&](Value value) {
      return !branch->isAncestor(value.getParentRegion()->getParentOp());
    };
    FailureOr<Starts> then =
        goBack(branch.thenYield()->getOpOperand(number), isOutside, why);
    if (failed(then))
      return failure();
    FailureOr<Starts> otherwise =
        goBack(branch.elseYield()->getOpOperand(number), isOutside, why);
    if (failed(otherwise))
      return failure();
    if (then->front()->get() != otherwise->front()->get()) {
      why = "starts differently in two branches";
      return failure();
    }
    llvm::append_range(*then, *otherwise);
    return then;
  }
  why = "does not start with 0";
  return failure();
}

FailureOr<Starts> cluster::findZeroStarts(OpResult sum, StringRef &why) {
  FailureOr<Starts> starts = findStarts(sum, why);
  while (succeeded(starts)) {
    Value value = starts->front()->get();
    if (matchPattern(value, m_Zero()))
      return starts;
    auto before = dyn_cast<OpResult>(value);
    if (!before) {
      why = "does not start with 0";
      return failure();
    }
    if (!isReadOnlyBy(value, *starts)) {
      why = "a part of the sum is also read by itself";
      return failure();
    }
    starts = findStarts(before, why);
  }
  return failure();
}
