// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LoopEmission.cpp - A loop of the plan on every core ----------------===//

#include "../Planning/Arena.h"
#include "KernelEmitter.h"
#include "RegisterTileEmitter.h"

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

/// The tiles of a loop, one after the other. A core has register
/// tiles of a tile (or the same piece of register tiles) before the next tile
/// comes.
void KernelEmitter::emitTiles(const StageLoop &loop,
                              RegisterTileEmitter &registerTile) {
  int64_t kBlocks = loop.panel.kBlocks;
  Value first, count; // register tiles of the tiles
  auto enterRound = [&](Value round) {
    Value rows = number(loop.tileSize);
    count = rows;
    first = arith::MulIOp::create(b, round, rows);
    if (loop.getRegisterTiles() % loop.tileSize != 0) {
      Value left =
          arith::SubIOp::create(b, number(loop.getRegisterTiles()), first);
      count = arith::MinUIOp::create(b, rows, left);
    }
  };
  auto emitKBlocks = [&](Value number, ValueRange) -> SmallVector<Value> {
    registerTile.enterTile(stream->emitTile(), first);
    emitShare(first, loop.tileSize, count, [&](Value index, Value lower) {
      if (kBlocks == 1)
        return registerTile.emit(index);
      Value share = this->number(llvm::divideCeil(loop.tileSize, cores));
      Value place =
          arith::AddIOp::create(b, arith::MulIOp::create(b, core, share),
                                arith::SubIOp::create(b, index, lower));
      registerTile.emitKBlock(index, number, place);
    });
    return {};
  };
  auto emitRound = [&](Value round, ValueRange) -> SmallVector<Value> {
    enterRound(round);
    if (kBlocks > 1 && loop.panel.keepsSums)
      emitKBlocksInRegisters(loop, registerTile, first, count);
    else if (kBlocks == 1)
      emitKBlocks(Value(), {});
    else
      stream->emitLoop(kBlocks, {}, emitKBlocks);
    return {};
  };
  Value kept = residentPosition;
  if (loop.resident)
    kept = arith::AddIOp::create(b, kept, number(loop.position));
  stream->enterTiles(loop.getTiles(), loop.resident, kept,
                     llvm::alignTo(loop.getTileBytes(), Arena::alignment));
  stream->emitLoop(loop.getRounds(), {}, emitRound);
  stream->leaveTiles();
}

/// The K blocks of the register tiles from `first` on, one for each of the
/// first `count` cores, and their elements.
void KernelEmitter::emitKBlocksInRegisters(const StageLoop &loop,
                                           RegisterTileEmitter &registerTile,
                                           Value first, Value count) {
  Value isBusy =
      arith::CmpIOp::create(b, arith::CmpIPredicate::ult, core, count);
  Value index = arith::AddIOp::create(b, first, core);
  SmallVector<Value> sums;
  Value last; // tile
  for (const Section &section : loop.panel.sections) {
    auto emitKBlock = [&](KBlockNumber number,
                          ValueRange carried) -> SmallVector<Value> {
      ValueRange before = carried.drop_back();
      Value tile = stream->emitTile();
      registerTile.enterTile(tile, first);
      auto branch =
          scf::IfOp::create(b, before.getTypes(), isBusy, /*else=*/true);
      SmallVector<Value> after(branch.getResults());
      after.push_back(tile);
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(branch.thenBlock());
      scf::YieldOp::create(
          b, registerTile.emitKBlock(index, section, number, before));
      b.setInsertionPointToStart(branch.elseBlock());
      scf::YieldOp::create(b, before);
      return after;
    };
    SmallVector<Value> carried =
        registerTile.startSums(loop.panel.getBlocks(section));
    carried.push_back(number(0));
    // A last K block that is shorter has code of its own.
    bool isEven = loop.panel.isEven(section);
    int64_t others = section.kBlocks - 1;
    if (others)
      carried = stream->emitLoop(others + isEven, carried,
                                 [&](Value kBlock, ValueRange values) {
                                   KBlockNumber number{kBlock};
                                   if (!isEven)
                                     number.known = KBlockNumber::NotLast;
                                   return emitKBlock(number, values);
                                 });
    if (!others || !isEven)
      carried = emitKBlock({number(others), KBlockNumber::Last}, carried);
    last = carried.pop_back_val();
    llvm::append_range(sums, carried);
  }
  auto branch = scf::IfOp::create(b, isBusy);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  registerTile.enterTile(last, first);
  registerTile.emitElements(index, sums);
}

void KernelEmitter::emitStage(plan::StageOp stage) {
  enterStage(stage.getLoc(), stage.getName());
  const StageLoop &loop = stageLoops.getLoop(stage);
  RegisterTileEmitter registerTile(*this, loop);
  if (!loop.isStreamed())
    return emitDealtLoop(loop.getRegisterTiles(),
                         [&](Value index) { registerTile.emit(index); });
  if (!loop.isResident())
    return emitTiles(loop, registerTile);
  registerTile.enterTile(
      arith::AddIOp::create(b, residentPosition, number(loop.position)),
      number(0));
  if (!loop.isSplit)
    return emitDealtLoop(loop.getRegisterTiles(),
                         [&](Value index) { registerTile.emit(index); });
  // The same core has the same register tiles in both.
  emitDealtLoop(loop.getRegisterTiles(),
                [&](Value index) { registerTile.emitEarly(index); });
  emitDealtLoop(loop.getRegisterTiles(),
                [&](Value index) { registerTile.emitLate(index); });
}
