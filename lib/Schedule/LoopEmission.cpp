// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LoopEmission.cpp - A loop of the plan on every core ----------------===//

#include "Scheduler.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// A loop over this core's share of [0, elements): contiguous runs of equal
/// length, the last cores may have less.
void Scheduler::emitDealtLoop(int64_t elements,
                              function_ref<void(Value)> body) {
  emitShare(number(0), elements, number(elements),
            [&](Value element, Value) { body(element); });
}

/// A loop over this core's share of `count` elements from `begin` on, which are
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

void Scheduler::emitBody(const Loop &loop, ElementEmitter &emitter) {
  AffineExpr d0 = getAffineDimExpr(0, b.getContext());
  SmallVector<Value> scalars;
  for (Job *job : loop.jobs)
    scalars.push_back(emitter.emit(job->value, d0, job->isDefinition));
  // Stores come last: a state overwritten in place may still be read above.
  for (auto [job, scalar] : llvm::zip(loop.jobs, scalars))
    for (const Destination &destination : job->destinations) {
      Value to;
      switch (destination.kind) {
      case Destination::Buffer:
        to = memory.lookup(destination.buffer);
        break;
      case Destination::Output:
        to = outputBuffers[destination.number];
        break;
      case Destination::State:
        to = stateBuffers[destination.number];
        break;
      }
      memref::StoreOp::create(b, scalar, to,
                              emitter.emitIndex(destination.position));
    }
}

/// One part of the records of the current element: sums go on, and with the
/// last part the element is computed.
void Scheduler::emitPart(const Loop &loop, const StreamedLoop &part,
                         ElementEmitter &emitter, Value tile, Value lower) {
  const Record &record = part.record;
  auto sumsPerElement = int64_t(part.sums.size());
  Type type = getElementTypeOrSelf(
      rnn::MatvecOp(part.sums.front().op).getY().getType());
  int64_t share = llvm::divideCeil(part.rows, cores);
  Value sums = view(kernel.getArgument(0),
                    makeType(int64_t(cores) * share * sumsPerElement, type,
                             cluster::Level::l1),
                    sumOffset);
  Value index = arith::RemUIOp::create(b, tile, number(record.parts));
  auto compare = [&](arith::CmpIPredicate predicate, int64_t value) -> Value {
    return arith::CmpIOp::create(b, predicate, index, number(value));
  };
  Value isFirst = compare(arith::CmpIPredicate::eq, 0);
  Value row =
      arith::AddIOp::create(b, arith::MulIOp::create(b, core, number(share)),
                            arith::SubIOp::create(b, currentElement, lower));
  Value base = arith::MulIOp::create(b, row, number(sumsPerElement));
  for (auto [k, sum] : llvm::enumerate(part.sums)) {
    rnn::MatvecOp op = sum.op;
    Value at = arith::AddIOp::create(b, base, number(int64_t(k)));
    auto start = scf::IfOp::create(b, TypeRange(type), isFirst, true);
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(start.thenBlock());
      scf::YieldOp::create(
          b, ValueRange(arith::ConstantOp::create(b, b.getZeroAttr(type))));
      b.setInsertionPointToStart(start.elseBlock());
      scf::YieldOp::create(b, ValueRange(memref::LoadOp::create(b, sums, at)));
    }
    int64_t columns = shapeOf(op.getW())[1];
    int64_t width = llvm::find_if(record.fields, [&](const auto &field) {
                      return field.length == columns;
                    })->share;
    Value begin = arith::MulIOp::create(b, index, number(width));
    Value length = number(width);
    if (columns != width * record.parts) {
      // A shorter row than others may have nothing in the last parts.
      Value from = begin;
      if (columns < width * (record.parts - 1))
        from = arith::MinUIOp::create(b, begin, number(columns));
      length = arith::MinUIOp::create(
          b, length, arith::SubIOp::create(b, number(columns), from));
    }
    Value total =
        emitter.emitPart(op, sum.position, start.getResult(0), {begin, length});
    memref::StoreOp::create(b, total, sums, at);
  }
  auto last =
      scf::IfOp::create(b, compare(arith::CmpIPredicate::eq, record.parts - 1));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(last.thenBlock());
  for (auto [k, sum] : llvm::enumerate(part.sums)) {
    rnn::MatvecOp op = sum.op;
    Value at = arith::AddIOp::create(b, base, number(int64_t(k)));
    emitter.define(op.getY(), sum.position,
                   memref::LoadOp::create(b, sums, at));
  }
  emitBody(loop, emitter);
}

/// A loop over the tiles of a part of the stream; `body` gets the position of
/// the tile in L1, and its number.
void Scheduler::emitTiles(const StreamedLoop &part,
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
  llvm::DenseSet<Value> defined = getDefined(loop);
  const StreamedLoop *part = records.getLoop(loop);
  Value tileBuffer, firstElement;
  ElementEmitter emitter(
      b, [&](Value value) { return getMemory(value, defined.contains(value)); },
      [&](const ConstantAccess &access) -> Value {
        const Record::Field *field =
            part ? part->record.find(access.constant, access.position)
                 : nullptr;
        if (!field)
          return Value();
        Value row = arith::SubIOp::create(b, currentElement, firstElement);
        Value at = arith::AddIOp::create(
            b, arith::MulIOp::create(b, row, number(part->record.size)),
            number(field->offset));
        if (access.inner)
          at = arith::AddIOp::create(b, at, access.inner);
        return memref::LoadOp::create(b, tileBuffer, at);
      });
  auto wholeElement = [&](Value element) {
    currentElement = element;
    emitter.enterLoop(element);
    emitBody(loop, emitter);
  };
  if (!part)
    return emitDealtLoop(loop.elements, wholeElement);
  MemRefType tileType = makeType(part->rows * part->record.size,
                                 part->record.element, cluster::Level::l1);
  if (part->isResident()) {
    tileBuffer = viewResident(tileType, part->position);
    firstElement = number(0);
    return emitDealtLoop(loop.elements, wholeElement);
  }
  emitTiles(*part, [&](Value position, Value tile) {
    tileBuffer = memref::ViewOp::create(b, tileType, kernel.getArgument(0),
                                        position, ValueRange());
    int64_t parts = part->record.parts;
    Value group = tile;
    if (parts > 1)
      group = arith::DivUIOp::create(b, tile, number(parts));
    Value rows = number(part->rows), count = rows;
    firstElement = arith::MulIOp::create(b, group, rows);
    if (part->elements % part->rows != 0) {
      Value left =
          arith::SubIOp::create(b, number(part->elements), firstElement);
      count = arith::MinUIOp::create(b, rows, left);
    }
    emitShare(firstElement, part->rows, count, [&](Value element, Value lower) {
      if (parts == 1)
        return wholeElement(element);
      currentElement = element;
      emitter.enterLoop(element);
      emitPart(loop, *part, emitter, tile, lower);
    });
  });
}
