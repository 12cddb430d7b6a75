// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StreamEmitter.cpp - Transfers of the weight stream -----------------===//

#include "StreamEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

void StreamEmitter::State::visit(function_ref<void(Value &)> function) {
  for (Value &value : tokens)
    function(value);
  if (free)
    function(free);
  for (Value &value : externalTokens)
    function(value);
  for (Value &value : busySlots)
    function(value);
  for (Value *value :
       {&next, &chosen, &nextOuter, &chosenNvm, &chosenKept, &kept})
    if (*value)
      function(*value);
}

Value StreamEmitter::number(int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

Value StreamEmitter::entry(Value table, Value row, int64_t column) {
  Value at = arith::AddIOp::create(b, arith::MulIOp::create(b, row, number(2)),
                                   number(column));
  return arith::IndexCastUIOp::create(b, b.getIndexType(),
                                      memref::LoadOp::create(b, table, at));
}

Value StreamEmitter::wrap(Value value, int64_t count) {
  Value next = arith::AddIOp::create(b, value, number(1));
  Value ends =
      arith::CmpIOp::create(b, arith::CmpIPredicate::eq, next, number(count));
  return arith::SelectOp::create(b, ends, number(0), next);
}

Value StreamEmitter::isChosen(Value &line, int64_t part, int64_t total) {
  Value next = arith::AddIOp::create(b, line, number(part));
  Value chosen =
      arith::CmpIOp::create(b, arith::CmpIPredicate::uge, next, number(total));
  line = arith::SelectOp::create(
      b, chosen, arith::SubIOp::create(b, next, number(total)), next);
  return chosen;
}

Value StreamEmitter::start(Value from, Value position, Value to,
                           Value toPosition, Value bytes,
                           cluster::Engine engine) {
  return cluster::DmaStartOp::create(
      b, cluster::TokenType::get(b.getContext(), engine), from, position, to,
      toPosition, bytes, Value(), Value());
}

/// Starts the next external transfer.
Value StreamEmitter::startExternal(Value slot) {
  Value row = state.nextOuter;
  Value position = entry(memory.external, row, 0);
  Value bytes = entry(memory.external, row, 1);
  auto startFrom = [&](Value from) {
    return start(from, position, memory.l2Ring, slot, bytes,
                 cluster::Engine::external);
  };
  state.nextOuter = wrap(row, tiling.external);
  if (!memory.l3 || !memory.nvm)
    return startFrom(memory.l3 ? memory.l3 : memory.nvm);
  Value isNvm = isChosen(state.chosenNvm, tiling.nonVolatile, tiling.external);
  auto token =
      cluster::TokenType::get(b.getContext(), cluster::Engine::external);
  auto branch = scf::IfOp::create(b, TypeRange(token), isNvm, true);
  for (auto [region, from] : {std::pair(&branch.getThenRegion(), memory.nvm),
                              std::pair(&branch.getElseRegion(), memory.l3)}) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&region->front());
    scf::YieldOp::create(b, startFrom(from));
  }
  return branch.getResult(0);
}

/// Starts the copy of a tile that came to L2 from behind, and the external
/// transfer that follows, into the slot from which the copy is surely done: the
/// one of S - 1 steps before.
Value StreamEmitter::startFromOuterRing(Value slot, Value bytes) {
  Value position = cluster::DmaWaitOp::create(b, b.getIndexType(),
                                              state.externalTokens.front());
  Value token = start(memory.l2Ring, position, memory.arena, slot, bytes,
                      cluster::Engine::dma);
  state.externalTokens.erase(state.externalTokens.begin());
  state.busySlots.push_back(position);
  Value unused = state.busySlots.front();
  state.busySlots.erase(state.busySlots.begin());
  state.externalTokens.push_back(startExternal(unused));
  return token;
}

/// Emits both branches from the same state; behind it the state is merged.
Value StreamEmitter::emitIf(Value condition, function_ref<Value()> then,
                            function_ref<Value()> otherwise) {
  State before = state;
  SmallVector<Value> results[2];
  Block *blocks[2] = {new Block, new Block};
  for (auto [block, result, emit] :
       {std::tuple(blocks[0], &results[0], then),
        std::tuple(blocks[1], &results[1], otherwise)}) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(block);
    state = before;
    Value value = emit();
    *result = flatten();
    result->push_back(value);
    scf::YieldOp::create(b, *result);
  }
  auto branch =
      scf::IfOp::create(b, ValueRange(results[0]).getTypes(), condition);
  branch.getThenRegion().push_back(blocks[0]);
  branch.getElseRegion().push_back(blocks[1]);
  restore(branch.getResults().drop_back());
  return branch.getResults().back();
}

/// Starts the next transfer, into a slot of the ring.
Value StreamEmitter::startTransfer(Value slot) {
  Value row = state.next;
  Value bytes = entry(memory.transfers, row, 1);
  auto fromStream = [&]() {
    return start(memory.stream, entry(memory.transfers, row, 0), memory.arena,
                 slot, bytes, cluster::Engine::dma);
  };
  auto fromBehind = [&]() { return startFromOuterRing(slot, bytes); };
  state.next = wrap(row, tiling.transfers);
  if (!tiling.external)
    return fromStream();
  if (tiling.external == tiling.transfers)
    return fromBehind();
  Value isExternal = isChosen(state.chosen, tiling.external, tiling.transfers);
  return emitIf(isExternal, fromBehind, fromStream);
}

Value StreamEmitter::emitStep() {
  Value position =
      cluster::DmaWaitOp::create(b, b.getIndexType(), state.tokens.front());
  state.tokens.erase(state.tokens.begin());
  cluster::BarrierOp::create(b);
  state.tokens.push_back(startTransfer(state.free));
  state.free = position;
  return position;
}

void StreamEmitter::enterTiles(int64_t total, int64_t resident, Value position,
                               int64_t bytes) {
  tiles = total;
  keptTiles = resident;
  keptBytes = bytes;
  if (!keptTiles)
    return;
  state.chosenKept = number(0);
  state.kept = position;
}

Value StreamEmitter::emitTile() {
  if (!keptTiles)
    return emitStep();
  Value stays = isChosen(state.chosenKept, keptTiles, tiles);
  auto takeKept = [&] {
    Value position = state.kept;
    state.kept = arith::AddIOp::create(b, position, number(keptBytes));
    return position;
  };
  return emitIf(stays, takeKept, [&] { return emitStep(); });
}

void StreamEmitter::leaveTiles() {
  keptTiles = 0;
  state.chosenKept = state.kept = Value();
}

SmallVector<Value> StreamEmitter::flatten() {
  SmallVector<Value> values;
  state.visit([&](Value &value) { values.push_back(value); });
  return values;
}

void StreamEmitter::restore(ValueRange values) {
  state.visit([&](Value &value) {
    value = values.front();
    values = values.drop_front();
  });
}

SmallVector<Value> StreamEmitter::emitLoop(
    int64_t count, ValueRange start,
    function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  SmallVector<Value> carried = flatten();
  size_t own = carried.size();
  llvm::append_range(carried, start);
  auto loop =
      scf::ForOp::create(b, number(0), number(count), number(1), carried);
  auto enter = [&](ValueRange values) {
    restore(values.take_front(own));
    return values.drop_front(own);
  };
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> results =
        body(loop.getInductionVar(), enter(loop.getRegionIterArgs()));
    carried = flatten();
    llvm::append_range(carried, results);
    scf::YieldOp::create(b, carried);
  }
  return llvm::to_vector(enter(loop.getResults()));
}

/// The numbers after the first S - 1 transfers, which is where every frame
/// starts: it makes as many steps as there are transfers.
void StreamEmitter::setNumbers() {
  int64_t started = tiling.slots - 1, outer = 0, line = 0;
  for (int64_t i = 0; i != started; ++i)
    outer += schedule::isChosen(i % tiling.transfers, tiling.external,
                                tiling.transfers);
  state.next = number(started % tiling.transfers);
  if (!tiling.external)
    return;
  line = started * tiling.external % tiling.transfers;
  state.chosen = number(line);
  outer += tiling.ahead;
  state.nextOuter = number(outer % tiling.external);
  if (memory.nvm && memory.l3)
    state.chosenNvm = number(outer * tiling.nonVolatile % tiling.external);
}

void StreamEmitter::emitStart() {
  state = State();
  state.next = number(0);
  if (tiling.external) {
    state.chosen = state.nextOuter = number(0);
    if (memory.nvm && memory.l3)
      state.chosenNvm = number(0);
    for (int64_t i = 0; i != tiling.ahead; ++i)
      state.externalTokens.push_back(
          startExternal(number(i * tiling.slotBytes)));
    for (int64_t i = 0; i != tiling.slots - 1; ++i)
      state.busySlots.push_back(number((tiling.ahead + i) * tiling.slotBytes));
  }
  for (int64_t i = 0; i != tiling.slots - 1; ++i) {
    Value slot = number(memory.ring + i * tiling.slotBytes);
    Value token = startTransfer(slot);
    state.tokens.push_back(token);
  }
  state.free = number(memory.ring + (tiling.slots - 1) * tiling.slotBytes);
}

SmallVector<Type> StreamEmitter::getCarriedTypes() {
  auto token = [&](cluster::Engine engine) {
    return cluster::TokenType::get(b.getContext(), engine);
  };
  SmallVector<Type> types(tiling.slots - 1, token(cluster::Engine::dma));
  types.push_back(b.getIndexType());
  if (tiling.external) {
    types.append(tiling.ahead, token(cluster::Engine::external));
    types.append(tiling.slots - 1, b.getIndexType());
  }
  return types;
}

void StreamEmitter::enterFrame(ValueRange carried) {
  state = State();
  auto take = [&](int64_t count) {
    SmallVector<Value> values(carried.take_front(count));
    carried = carried.drop_front(count);
    return values;
  };
  state.tokens = take(tiling.slots - 1);
  state.free = take(1).front();
  if (tiling.external) {
    state.externalTokens = take(tiling.ahead);
    state.busySlots = take(tiling.slots - 1);
  }
  setNumbers();
}

SmallVector<Value> StreamEmitter::leaveFrame() {
  state.next = state.chosen = state.nextOuter = state.chosenNvm = Value();
  return flatten();
}
