// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LoopEmission.cpp - A loop of the plan on every core ----------------===//

#include "Scheduler.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// A loop over this core's share of [0, count): contiguous runs of equal
/// length, the last cores may have less.
void Scheduler::emitDealtLoop(int64_t count, function_ref<void(Value)> body) {
  emitShare(number(0), count, number(count),
            [&](Value index, Value) { body(index); });
}

/// A loop over this core's share of `count` indices from `begin` on, which are
/// at most `most`; `body` also gets the first of them.
void Scheduler::emitShare(Value begin, int64_t most, Value count,
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
  auto loop = scf::ForOp::create(b, lower, upper, number(1));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar(), lower);
}

/// A loop over the tiles of a part of the stream; `body` gets the position of
/// the tile in L1, and its number.
void Scheduler::emitTiles(const GroupedLoop &part,
                          function_ref<void(Value, Value)> body) {
  int64_t tiles = part.getTiles();
  stream->emitLoop(tiles, [&](Value tile) {
    if (!part.resident)
      return body(stream->emitStep(), tile);
    // isChosen(tile, resident, tiles), without a division at hand.
    Value line = arith::MulIOp::create(b, tile, number(part.resident));
    Value before = arith::DivUIOp::create(b, line, number(tiles));
    Value after = arith::DivUIOp::create(
        b, arith::AddIOp::create(b, line, number(part.resident)),
        number(tiles));
    Value flows =
        arith::CmpIOp::create(b, arith::CmpIPredicate::eq, before, after);
    int64_t stride = llvm::alignTo(part.getTileBytes(), Arena::alignment);
    Value kept = arith::AddIOp::create(
        b, arith::MulIOp::create(b, before, number(stride)),
        arith::AddIOp::create(b, residentPosition, number(part.position)));
    body(stream->emitStepIf(flows, kept), tile);
  });
}

void Scheduler::emitLoop(const Loop &loop) {
  enterStage(loop.jobs.front()->value.getLoc(), stageNames[&loop]);
  const GroupedLoop &part = records.getLoop(loop);
  GroupEmitter group(*this, part);
  if (!part.isStreamed())
    return emitDealtLoop(part.getGroups(),
                         [&](Value index) { group.emit(index); });
  if (part.isResident()) {
    group.enterTile(
        arith::AddIOp::create(b, residentPosition, number(part.position)),
        number(0));
    if (!part.isSplit)
      return emitDealtLoop(part.getGroups(),
                           [&](Value index) { group.emit(index); });
    // The same core has the same groups in both.
    emitDealtLoop(part.getGroups(),
                  [&](Value index) { group.emitEarly(index); });
    return emitDealtLoop(part.getGroups(),
                         [&](Value index) { group.emitLate(index); });
  }
  emitTiles(part, [&](Value position, Value tile) {
    int64_t parts = part.record.parts;
    Value round = tile;
    if (parts > 1)
      round = arith::DivUIOp::create(b, tile, number(parts));
    Value rows = number(part.rows), count = rows;
    Value first = arith::MulIOp::create(b, round, rows);
    if (part.getGroups() % part.rows != 0) {
      Value left = arith::SubIOp::create(b, number(part.getGroups()), first);
      count = arith::MinUIOp::create(b, rows, left);
    }
    group.enterTile(position, first);
    emitShare(first, part.rows, count, [&](Value index, Value lower) {
      if (parts == 1)
        return group.emit(index);
      Value share = number(llvm::divideCeil(part.rows, cores));
      Value row =
          arith::AddIOp::create(b, arith::MulIOp::create(b, core, share),
                                arith::SubIOp::create(b, index, lower));
      group.emitPart(index, arith::RemUIOp::create(b, tile, number(parts)),
                     row);
    });
  });
}
