// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FuseGates.cpp - Matvecs of one vector become one matvec ------------===//

#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace se::rnn {
#define GEN_PASS_DEF_FUSEGATES
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

namespace {
/// Matvecs of one vector, in program order.
using Group = SmallVector<MatvecOp>;
} // namespace

static bool isConstant(Value value) {
  return value.getDefiningOp<arith::ConstantOp>() != nullptr;
}

/// Groups of at least two matvecs in `block` that may be fused. In a cell the
/// matrices are its weights, each used once; in a network they are constants.
static SmallVector<Group> findGroups(Block &block, CellOp cell) {
  llvm::MapVector<std::pair<Value, Type>, Group> byVector;
  for (auto matvec : block.getOps<MatvecOp>()) {
    Value w = matvec.getW();
    if (cell) {
      auto argument = dyn_cast<BlockArgument>(w);
      if (!argument || !w.hasOneUse() ||
          argument.getArgNumber() < cell.getNumInputs() + cell.getNumStates())
        continue;
    } else if (!isConstant(w)) {
      continue;
    }
    Type element =
        cast<RankedTensorType>(matvec.getY().getType()).getElementType();
    byVector[{matvec.getX(), element}].push_back(matvec);
  }
  SmallVector<Group> groups;
  for (auto &[vector, group] : byVector)
    if (group.size() > 1)
      groups.push_back(group);
  return groups;
}

static Value stackRows(OpBuilder &b, Location loc, ValueRange matrices) {
  auto type = cast<RankedTensorType>(matrices[0].getType());
  int64_t rows = 0;
  for (Value matrix : matrices)
    rows += cast<RankedTensorType>(matrix.getType()).getDimSize(0);
  return tensor::ConcatOp::create(
      b, loc, type.clone({rows, type.getDimSize(1)}), 0, matrices);
}

/// Replaces the results of `group` by slices of one matvec with matrix `w`.
static void replaceGroup(Group &group, Value w) {
  MatvecOp first = group.front();
  SmallVector<Location> locations;
  for (MatvecOp matvec : group)
    locations.push_back(matvec.getLoc());
  ImplicitLocOpBuilder b(FusedLoc::get(first.getContext(), locations), first);
  auto type = cast<RankedTensorType>(first.getY().getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = cast<RankedTensorType>(w.getType()).getDimSize(0);
  Value all = MatvecOp::create(b, type.clone(shape), w, first.getX());
  int64_t offset = 0;
  for (MatvecOp matvec : group) {
    auto part = cast<RankedTensorType>(matvec.getY().getType());
    SmallVector<OpFoldResult> offsets(shape.size(), b.getIndexAttr(0)), sizes,
        strides(shape.size(), b.getIndexAttr(1));
    offsets.back() = b.getIndexAttr(offset);
    for (int64_t dim : part.getShape())
      sizes.push_back(b.getIndexAttr(dim));
    b.setLoc(matvec.getLoc());
    Value slice =
        tensor::ExtractSliceOp::create(b, part, all, offsets, sizes, strides);
    offset += part.getShape().back();
    matvec.getY().replaceAllUsesWith(slice);
  }
  for (MatvecOp matvec : group)
    matvec.erase();
}

static void fuseInNetwork(NetworkOp network) {
  for (Group &group : findGroups(network.getBody().front(), CellOp())) {
    SmallVector<Value> matrices;
    for (MatvecOp matvec : group)
      matrices.push_back(matvec.getW());
    // Constants may stand anywhere: stack copies where the first matvec is.
    OpBuilder b(group.front());
    for (Value &matrix : matrices)
      matrix = b.clone(*matrix.getDefiningOp())->getResult(0);
    replaceGroup(group, stackRows(b, group.front().getLoc(), matrices));
  }
}

/// Replaces weights `fused` of the cell and of all its applications by one
/// more weight at the end, the fused ones stacked.
static void fuseInCell(CellOp cell, ArrayRef<ApplyOp> applications) {
  for (Group &group : findGroups(cell.getBody().front(), cell)) {
    Block &block = cell.getBody().front();
    unsigned firstWeight = cell.getNumInputs() + cell.getNumStates();
    SmallVector<unsigned> fused;
    SmallVector<Type> types;
    for (MatvecOp matvec : group) {
      fused.push_back(cast<BlockArgument>(matvec.getW()).getArgNumber() -
                      firstWeight);
      types.push_back(matvec.getW().getType());
    }
    Type stacked;
    for (ApplyOp apply : applications) {
      OpBuilder b(apply);
      SmallVector<Value> matrices, weights;
      for (unsigned i : fused)
        matrices.push_back(apply.getWeights()[i]);
      for (auto [i, weight] : llvm::enumerate(apply.getWeights()))
        if (!llvm::is_contained(fused, i))
          weights.push_back(weight);
      weights.push_back(stackRows(b, apply.getLoc(), matrices));
      stacked = weights.back().getType();
      apply.getWeightsMutable().assign(weights);
    }
    replaceGroup(group, block.addArgument(stacked, cell.getLoc()));
    BitVector erase(block.getNumArguments());
    for (unsigned i : fused)
      erase.set(firstWeight + i);
    block.eraseArguments(erase);
    SmallVector<Type> weightTypes;
    for (BlockArgument weight : block.getArguments().drop_front(firstWeight))
      weightTypes.push_back(weight.getType());
    cell.removeArgumentNamesAttr();
    cell.setWeightTypesAttr(OpBuilder(cell).getTypeArrayAttr(weightTypes));
  }
}

namespace {
struct FuseGatesPass : se::rnn::impl::FuseGatesBase<FuseGatesPass> {
  void runOnOperation() override {
    llvm::StringMap<SmallVector<ApplyOp>> applications;
    getOperation().walk(
        [&](ApplyOp apply) { applications[apply.getCell()].push_back(apply); });
    for (auto cell : getOperation().getOps<CellOp>())
      // The stacked weight's type comes from an application.
      if (auto it = applications.find(cell.getSymName());
          it != applications.end())
        fuseInCell(cell, it->second);
    for (auto network : getOperation().getOps<NetworkOp>())
      fuseInNetwork(network);
  }
};
} // namespace
