// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LoopEmission.cpp - A loop of the plan on every core ----------------===//

#include "Arena.h"
#include "GroupEmitter.h"
#include "KernelEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// A loop over this core's share of [0, count): contiguous runs of equal
/// length, the last cores may have less.
void KernelEmitter::emitDealtLoop(int64_t count,
                                  function_ref<void(Value)> body) {
  emitShare(number(0), count, number(count),
            [&](Value index, Value) { body(index); });
}

/// A loop over this core's share of `count` indices from `begin` on, which are
/// at most `most`; `body` also gets the first of them.
void KernelEmitter::emitShare(Value begin, int64_t most, Value count,
                              function_ref<void(Value, Value)> body) {
  Value lower, upper;
  if (isConstantIntValue(count, most) && most % cores == 0) {
    // All workers pass the same instructions: two that share an FPU then fall
    // into a rhythm without waiting. A core that only drives the DMA has no
    // share.
    Value share = number(most / cores);
    Value isWorker = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, core,
                                           number(cores));
    lower =
        arith::AddIOp::create(b, begin, arith::MulIOp::create(b, core, share));
    upper = arith::AddIOp::create(
        b, lower, arith::SelectOp::create(b, isWorker, share, number(0)));
  } else {
    Value share = arith::CeilDivUIOp::create(b, count, number(cores));
    if (isConstantIntValue(count, most))
      share = number(llvm::divideCeil(most, cores));
    Value end = arith::AddIOp::create(b, begin, count);
    Value offset = arith::MulIOp::create(b, core, share);
    lower =
        arith::MinUIOp::create(b, arith::AddIOp::create(b, begin, offset), end);
    upper =
        arith::MinUIOp::create(b, arith::AddIOp::create(b, lower, share), end);
  }
  if (!screenSum) {
    auto loop = scf::ForOp::create(b, lower, upper, number(1));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar(), lower);
    return;
  }
  auto loop = scf::ForOp::create(b, lower, upper, number(1), screenSum);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  screenSum = loop.getRegionIterArg(0);
  body(loop.getInductionVar(), lower);
  scf::YieldOp::create(b, screenSum);
  screenSum = loop.getResult(0);
}

/// The tiles of a part of the stream, one after the other. A core has groups of
/// a tile (or the same piece of groups) before the next tile comes.
void KernelEmitter::emitTiles(const GroupedLoop &part, GroupEmitter &group) {
  int64_t parts = part.record.parts;
  Value first, count; // groups of the tiles
  auto enterRound = [&](Value round) {
    Value rows = number(part.rows);
    count = rows;
    first = arith::MulIOp::create(b, round, rows);
    if (part.getGroups() % part.rows != 0) {
      Value left = arith::SubIOp::create(b, number(part.getGroups()), first);
      count = arith::MinUIOp::create(b, rows, left);
    }
  };
  auto emitParts = [&](Value number, ValueRange) -> SmallVector<Value> {
    group.enterTile(stream->emitTile(), first);
    emitShare(first, part.rows, count, [&](Value index, Value lower) {
      if (parts == 1)
        return group.emit(index);
      Value share = this->number(llvm::divideCeil(part.rows, cores));
      Value place =
          arith::AddIOp::create(b, arith::MulIOp::create(b, core, share),
                                arith::SubIOp::create(b, index, lower));
      group.emitPart(index, number, place);
    });
    return {};
  };
  auto emitRound = [&](Value round, ValueRange) -> SmallVector<Value> {
    enterRound(round);
    if (parts > 1 && part.record.keepsSums)
      emitPartsInRegisters(part, group, first, count);
    else if (parts == 1)
      emitParts(Value(), {});
    else
      stream->emitLoop(parts, {}, emitParts);
    return {};
  };
  Value kept = residentPosition;
  if (part.resident)
    kept = arith::AddIOp::create(b, kept, number(part.position));
  stream->enterTiles(part.getTiles(), part.resident, kept,
                     llvm::alignTo(part.getTileBytes(), Arena::alignment));
  stream->emitLoop(part.getRounds(), {}, emitRound);
  stream->leaveTiles();
}

/// The parts of the groups from `first` on, one for each of the first `count`
/// cores, and their elements.
void KernelEmitter::emitPartsInRegisters(const GroupedLoop &part,
                                         GroupEmitter &group, Value first,
                                         Value count) {
  Value isBusy =
      arith::CmpIOp::create(b, arith::CmpIPredicate::ult, core, count);
  Value index = arith::AddIOp::create(b, first, core);
  SmallVector<Value> sums;
  Value last; // tile
  for (const Section &section : part.record.sections) {
    auto emitPart = [&](PartNumber number,
                        ValueRange carried) -> SmallVector<Value> {
      ValueRange before = carried.drop_back();
      Value tile = stream->emitTile();
      group.enterTile(tile, first);
      auto branch =
          scf::IfOp::create(b, before.getTypes(), isBusy, /*else=*/true);
      SmallVector<Value> after(branch.getResults());
      after.push_back(tile);
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(branch.thenBlock());
      scf::YieldOp::create(b, group.emitPart(index, section, number, before));
      b.setInsertionPointToStart(branch.elseBlock());
      scf::YieldOp::create(b, before);
      return after;
    };
    SmallVector<Value> carried =
        group.startSums(part.record.getBlocks(section));
    carried.push_back(number(0));
    // A last part that is shorter has code of its own.
    bool isEven = part.record.isEven(section);
    int64_t others = section.parts - 1;
    if (others)
      carried = stream->emitLoop(others + isEven, carried,
                                 [&](Value part, ValueRange values) {
                                   PartNumber number{part};
                                   if (!isEven)
                                     number.known = PartNumber::NotLast;
                                   return emitPart(number, values);
                                 });
    if (!others || !isEven)
      carried = emitPart({number(others), PartNumber::Last}, carried);
    last = carried.pop_back_val();
    llvm::append_range(sums, carried);
  }
  auto branch = scf::IfOp::create(b, isBusy);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  group.enterTile(last, first);
  group.emitElements(index, sums);
}

void KernelEmitter::emitStage(plan::StageOp stage) {
  enterStage(stage.getLoc(), stage.getName());
  const GroupedLoop &part = records.getLoop(stage);
  GroupEmitter group(*this, part);
  if (!part.isStreamed())
    return emitDealtLoop(part.getGroups(),
                         [&](Value index) { group.emit(index); });
  if (!part.isResident())
    return emitTiles(part, group);
  group.enterTile(
      arith::AddIOp::create(b, residentPosition, number(part.position)),
      number(0));
  if (!part.isSplit)
    return emitDealtLoop(part.getGroups(),
                         [&](Value index) { group.emit(index); });
  // The same core has the same groups in both.
  emitDealtLoop(part.getGroups(), [&](Value index) { group.emitEarly(index); });
  emitDealtLoop(part.getGroups(), [&](Value index) { group.emitLate(index); });
}
