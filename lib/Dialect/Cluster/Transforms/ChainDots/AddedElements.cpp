// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- AddedElements.cpp - Elements of memory added to sums ---------------===//

#include "AddedElements.h"
#include "SumStarts.h"

#include "se/Dialect/Cluster/Cluster.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace se;

/// Whether two values are computed alike from the same values.
static bool isSame(Value first, Value second) {
  if (first == second)
    return true;
  Operation *one = first.getDefiningOp(), *other = second.getDefiningOp();
  return one && other && isPure(one) &&
         OperationEquivalence::isEquivalentTo(
             one, other, [](Value a, Value b) { return success(isSame(a, b)); },
             nullptr, OperationEquivalence::IgnoreLocations);
}

/// Whether two memrefs show the memory from the same byte on.
static bool isSameRecord(Value first, Value second) {
  auto one = first.getDefiningOp<memref::ViewOp>();
  auto other = second.getDefiningOp<memref::ViewOp>();
  return one && other && one.getSource() == other.getSource() &&
         one.getByteShift() == other.getByteShift();
}

static bool isSameElement(memref::LoadOp first, memref::LoadOp second) {
  return first.getMemRefType() == second.getMemRefType() &&
         isSameRecord(first.getMemref(), second.getMemref()) &&
         llvm::all_of_zip(first.getIndices(), second.getIndices(), isSame);
}

/// Whether nothing from `from` to `load`, behind it in its block or nested
/// there, may write the record or waits for other cores.
static bool isKept(Operation *from, memref::LoadOp load) {
  Operation *to = from->getBlock()->findAncestorOpInBlock(*load);
  for (Operation *op = from; op != to->getNextNode(); op = op->getNextNode()) {
    auto effects = getEffectsRecursively(op);
    if (!effects)
      return false;
    for (const MemoryEffects::EffectInstance &effect : *effects)
      if (!isa<MemoryEffects::Read>(effect.getEffect()) &&
          (!effect.getValue() ||
           isSameRecord(effect.getValue(), load.getMemref())))
        return false;
  }
  return true;
}

/// Whether a value is there before `place`.
static bool isBefore(Value value, Operation *place) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return value.getParentRegion()->isAncestor(place->getParentRegion());
  Operation *ancestor = place->getBlock()->findAncestorOpInBlock(*op);
  return !ancestor || ancestor->isBeforeInBlock(place);
}

/// Whether a value can be computed before `place`, where it is not yet.
static bool canMoveBefore(Value value, Operation *place) {
  Operation *op = value.getDefiningOp();
  return isBefore(value, place) ||
         (op && isPure(op) && op->getNumRegions() == 0 &&
          llvm::all_of(op->getOperands(), [&](Value operand) {
            return canMoveBefore(operand, place);
          }));
}

/// `value`, computed before `place` if it is not there yet.
static Value moveBefore(Value value, Operation *place, OpBuilder &builder) {
  if (isBefore(value, place))
    return value;
  Operation *op = value.getDefiningOp();
  IRMapping mapping;
  for (Value operand : op->getOperands())
    mapping.map(operand, moveBefore(operand, place, builder));
  return builder.clone(*op, mapping)
      ->getResult(cast<OpResult>(value).getResultNumber());
}

/// The operand that the first dot of a chain in one block starts with; null if
/// sums within are also read otherwise.
static OpOperand *findStart(OpResult sum) {
  auto dot = sum.getDefiningOp<cluster::DotOp>();
  OpOperand &start = dot.getSumsMutable()[sum.getResultNumber()];
  auto before = start.get().getDefiningOp<cluster::DotOp>();
  if (!before || before->getBlock() != dot->getBlock())
    return &start;
  if (!cluster::isReadOnlyBy(start.get(), &start))
    return nullptr;
  return findStart(cast<OpResult>(start.get()));
}

std::optional<LogicalResult> cluster::startWithElement(OpResult sum,
                                                       StringRef &why) {
  SmallVector<arith::AddIOp> adds;
  SmallVector<memref::LoadOp> loads;
  for (Operation *user : sum.getUsers()) {
    if (isOpTriviallyDead(user))
      continue;
    auto add = dyn_cast<arith::AddIOp>(user);
    if (!add)
      return std::nullopt;
    auto load = (add.getLhs() == sum ? add.getRhs() : add.getLhs())
                    .getDefiningOp<memref::LoadOp>();
    if (!load)
      return std::nullopt;
    adds.push_back(add);
    loads.push_back(load);
  }
  if (adds.empty())
    return std::nullopt;
  auto refuse = [&](StringRef reason) {
    why = reason;
    return failure();
  };
  OpOperand *start = findStart(sum);
  if (!start)
    return refuse("a part of the sum is also read by itself");
  if (!matchPattern(start->get(), m_Zero()))
    return refuse("the sum does not start with 0");
  auto dot = cast<cluster::DotOp>(start->getOwner());
  // One behind the dot for each branch, if not all groups have all elements.
  memref::LoadOp load = loads.front();
  bool isEarlier = isBefore(load, dot);
  if (!llvm::all_of(loads, [&](memref::LoadOp other) {
        return other == load || (!isEarlier && !isBefore(other, dot) &&
                                 isSameElement(load, other));
      }))
    return refuse("what is added differs from branch to branch");
  if (!isSameRecord(load.getMemref(), dot.getW()))
    return refuse("what is added lies in another record than the rows");
  OpBuilder builder(dot);
  if (isEarlier) {
    start->set(load);
  } else {
    if (!llvm::all_of(load->getOperands(), [&](Value operand) {
          return canMoveBefore(operand, dot);
        }))
      return refuse("where the added element lies is not known in time");
    if (!llvm::all_of(loads, [&](memref::LoadOp l) { return isKept(dot, l); }))
      return refuse("the record may be written before the element is read");
    IRMapping mapping;
    for (Value operand : load->getOperands())
      mapping.map(operand, moveBefore(operand, dot, builder));
    start->set(builder.clone(*load, mapping)->getResult(0));
  }
  for (arith::AddIOp add : adds) {
    add.replaceAllUsesWith(sum);
    add.erase();
  }
  return success();
}
