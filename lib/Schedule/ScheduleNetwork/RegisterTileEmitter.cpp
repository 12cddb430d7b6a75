// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RegisterTileEmitter.cpp - Code for one register tile of elements
//------------------===//

#include "RegisterTileEmitter.h"

#include "../Planning/Positions.h"
#include "KernelEmitter.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

RegisterTileEmitter::RegisterTileEmitter(KernelEmitter &kernel,
                                         const StageLoop &loop)
    : kernel(kernel), loop(loop), b(kernel.getBuilder()),
      emitter(b, loop.stage, *this) {}

Value RegisterTileEmitter::getMemory(Value tensor) {
  return kernel.getMemory(tensor);
}

Value RegisterTileEmitter::getScalar(Value tensor) {
  rnn::FiniteOp screen = kernel.getSchedule().screen;
  if (screen && tensor == screen.getMask())
    return kernel.getScreenMask();
  return kernel.getEarlyScalars().lookup(tensor);
}

void RegisterTileEmitter::observe(Value tensor, Value scalar) {
  if (kernel.getScreenSum())
    kernel.addToScreen(tensor, scalar);
}

Value RegisterTileEmitter::number(int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

void RegisterTileEmitter::enterTile(Value position, Value first) {
  firstRegisterTile = first;
  tiles.clear();
  auto add = [&](Type type) {
    if (getTile(type))
      return;
    int64_t width = type.getIntOrFloatBitWidth() / 8;
    MemRefType view =
        makeType(loop.getTileBytes() / width, type, cluster::Level::l1);
    tiles.push_back({type, kernel.viewState(view, position)});
  };
  for (const RowBlock &block : loop.panel.blocks)
    add(block.element);
  for (const Field &field : loop.panel.fields)
    add(field.getElementType());
}

Value RegisterTileEmitter::getTile(Type type) {
  for (auto [known, tile] : tiles)
    if (known == type)
      return tile;
  return Value();
}

std::pair<Value, Value> RegisterTileEmitter::getPanel(Value stride) {
  if (loop.interleave == 1)
    return {arith::MulIOp::create(b, panel, stride), Value()};
  Value lane = arith::RemUIOp::create(b, panel, number(loop.interleave));
  Value first = arith::SubIOp::create(b, panel, lane);
  return {arith::MulIOp::create(b, first, stride), lane};
}

Value RegisterTileEmitter::getBlockIndex(KBlockNumber kBlock,
                                         const RowBlock &block) {
  const Section &section = loop.panel.sections[block.section];
  int64_t width = 4 / block.getLanes();
  bool isFirst = kBlock.known == KBlockNumber::NotLast;
  int64_t first = loop.panel.getBytes(section.first);
  int64_t last = loop.panel.getBytes(section.first + section.kBlocks - 1);
  Value stride = number((isFirst ? first : last) / width);
  if (kBlock.value && kBlock.known == KBlockNumber::Any && first != last)
    stride =
        arith::SelectOp::create(b, isKBlock(kBlock.value, section.kBlocks - 1),
                                stride, number(first / width));
  auto [start, lane] = getPanel(stride);
  if (lane)
    start = arith::AddIOp::create(
        b, start, arith::MulIOp::create(b, lane, number(4 / width)));
  int64_t offset = isFirst ? block.offset : block.lastOffset;
  return arith::AddIOp::create(b, start,
                               number(loop.interleave * offset / width));
}

Value RegisterTileEmitter::getFieldIndex(int64_t offset, int64_t width) {
  int64_t bytes = loop.panel.bytes, end = loop.panel.sections.back().lastBytes;
  auto [start, lane] = getPanel(number(bytes / width));
  if (lane)
    start = arith::AddIOp::create(
        b, start,
        arith::MulIOp::create(b, lane, number((bytes - end) / width)));
  offset += (loop.interleave - 1) * end;
  return arith::AddIOp::create(b, start, number(offset / width));
}

Value RegisterTileEmitter::isKBlock(Value kBlock, int64_t value) {
  return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, kBlock,
                               number(value));
}

Value RegisterTileEmitter::readField(plan::ReadOp read, Lanes lanes) {
  const Field *field = loop.panel.find(read.getTensor(), getPosition(read));
  if (!field || read->getParentOp() != loop.stage)
    return Value();
  int64_t width = field->getWidth();
  int64_t lane = current + lanes.lane;
  Value at = getFieldIndex(field->offset + lane * width, width);
  // What is the same for all elements of a strip is read before their loop.
  if (plan::StageOp stage = loop.stage;
      inStrip &&
      !isInvariant(localize(field->position, int64_t(*stage.getStrips()))))
    at = arith::AddIOp::create(b, at, inStrip);
  if (loop.panel.vectors > 1)
    at = arith::AddIOp::create(
        b, at, arith::MulIOp::create(b, vector, number(field->stride / width)));
  return emitLoad(b, getTile(field->getElementType()), at, lanes.isPair);
}

Value RegisterTileEmitter::readSum(plan::DotOp dot, Lanes lanes) {
  for (auto [block, values] : llvm::zip(loop.panel.blocks, sums)) {
    int64_t found = block.find(dot);
    if (found < 0)
      continue;
    int64_t stride = int64_t(block.sums.size());
    int64_t first = (current + lanes.lane) * stride + found;
    auto pairType = VectorType::get({2}, block.sum);
    auto getPair = [&](Value one, Value other) -> Value {
      return vector::FromElementsOp::create(b, pairType,
                                            ValueRange{one, other});
    };
    Value sum = values[first];
    Value next = lanes.isPair ? values[first + stride] : Value();
    if (sum.getType() == block.sum)
      return next ? getPair(sum, next) : sum;
    // The sums of even columns and those of odd ones.
    Value halves[2];
    for (int64_t k = 0; k != 2; ++k) {
      halves[k] = vector::ExtractOp::create(b, sum, k);
      if (next)
        halves[k] = getPair(halves[k], vector::ExtractOp::create(b, next, k));
    }
    return arith::AddFOp::create(b, halves[0], halves[1]);
  }
  llvm_unreachable("blocks have all sums of their stage");
}

SmallVector<Value> RegisterTileEmitter::emitDot(const RowBlock &block,
                                                KBlockNumber kBlock,
                                                ValueRange from) {
  int64_t lanes = block.getLanes(), share = block.words * lanes;
  Value start = emitIndex(b, block.from, {row, vector});
  Value columns = number(block.columns);
  if (kBlock.value) {
    Value begin = arith::MulIOp::create(b, kBlock.value, number(share));
    int64_t before = share * (block.kBlocks - 1);
    bool isEven =
        block.columns == share * block.kBlocks ||
        (kBlock.known == KBlockNumber::NotLast && block.columns >= before);
    if (isEven) {
      columns = number(share);
    } else if (kBlock.known == KBlockNumber::Last) {
      if (block.columns <= before)
        return llvm::to_vector(from);
      columns = number(block.columns - before);
    } else {
      // A shorter row than others may have nothing in the last K blocks.
      Value end = arith::MinUIOp::create(b, begin, number(block.columns));
      columns = arith::MinUIOp::create(
          b, number(share),
          arith::SubIOp::create(b, number(block.columns), end));
    }
    start = arith::AddIOp::create(b, start, begin);
  }
  Value at = getBlockIndex(kBlock, block);
  auto dot = cluster::DotOp::create(
      b, from.getTypes(), kernel.getMemory(block.vector), start,
      getTile(block.element), at, columns, from, loop.interleave);
  return SmallVector<Value>(dot.getResults());
}

void RegisterTileEmitter::emitVectors(Value index, function_ref<void()> body) {
  this->index = index;
  row = arith::MulIOp::create(b, index, number(loop.panel.registerTile));
  if (loop.isStreamed())
    panel = arith::SubIOp::create(b, index, firstRegisterTile);
  vector = number(0);
  if (loop.panel.vectors == 1)
    return body();
  auto vectors =
      scf::ForOp::create(b, vector, number(loop.panel.vectors), number(1));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(vectors.getBody());
  vector = vectors.getInductionVar();
  body();
}

Value RegisterTileEmitter::getElement(int64_t at) {
  Value place = row;
  if (at)
    place = arith::AddIOp::create(b, row, number(at));
  return emitIndex(b, loop.element, {place, vector});
}

SmallVector<Value> RegisterTileEmitter::startSums(ArrayRef<RowBlock> blocks) {
  SmallVector<Value> start;
  for (const RowBlock &block : blocks)
    start.append(
        block.sums.size() * loop.panel.registerTile,
        arith::ConstantOp::create(b, b.getZeroAttr(block.getSumType())));
  return start;
}

void RegisterTileEmitter::setSums(ValueRange all) {
  sums.clear();
  for (const RowBlock &block : loop.panel.blocks) {
    size_t rows = block.sums.size() * loop.panel.registerTile;
    sums.push_back(llvm::to_vector(all.take_front(rows)));
    all = all.drop_front(rows);
  }
}

SmallVector<Value> RegisterTileEmitter::emitDots(ArrayRef<RowBlock> blocks,
                                                 KBlockNumber kBlock,
                                                 ValueRange before) {
  SmallVector<Value> after;
  for (const RowBlock &block : blocks) {
    size_t rows = block.sums.size() * loop.panel.registerTile;
    llvm::append_range(after, emitDot(block, kBlock, before.take_front(rows)));
    before = before.drop_front(rows);
  }
  return after;
}

void RegisterTileEmitter::emitSums() {
  ArrayRef<RowBlock> blocks = loop.panel.blocks;
  setSums(emitDots(blocks, {}, startSums(blocks)));
}

void RegisterTileEmitter::emit(Value index) {
  emitVectors(index, [&] {
    emitSums();
    emitElements();
  });
}

void RegisterTileEmitter::emitEarly(Value index) {
  isEarly = true;
  emit(index);
  isEarly = false;
}

Value RegisterTileEmitter::getEarlyMemory(const EarlyValue &early) {
  return kernel.viewState(
      makeType(loop.rows, early.value.getType(), cluster::Level::l1),
      early.offset);
}

Value RegisterTileEmitter::findEarly(Value value) {
  if (isLate)
    for (const EarlyValue &early : loop.early)
      if (early.value == value)
        return getEarlyMemory(early);
  return Value();
}

void RegisterTileEmitter::emitLate(Value index) {
  isLate = true;
  emitVectors(index, [&] { emitElements(); });
  isLate = false;
}

void RegisterTileEmitter::emitKBlock(Value index, Value kBlock, Value place) {
  emitVectors(index, [&] {
    Value first = arith::MulIOp::create(b, place, number(loop.panel.vectors));
    emitKBlockOfVector(kBlock, arith::AddIOp::create(b, first, vector));
  });
}

SmallVector<Value> RegisterTileEmitter::emitKBlock(Value index,
                                                   const Section &section,
                                                   KBlockNumber kBlock,
                                                   ValueRange before) {
  SmallVector<Value> after;
  emitVectors(index, [&] {
    after = emitDots(loop.panel.getBlocks(section), kBlock, before);
  });
  return after;
}

void RegisterTileEmitter::emitElements(Value index, ValueRange all) {
  setSums(all);
  emitVectors(index, [&] { emitElements(); });
}

void RegisterTileEmitter::emitKBlockOfVector(Value kBlock, Value place) {
  const Panel &layout = loop.panel;
  int64_t perRegisterTile = layout.getSums() * layout.registerTile;
  int64_t all = kernel.getSchedule().tiling.sumBytes / 4;
  Value base = arith::MulIOp::create(b, place, number(perRegisterTile));
  // What the K block before left, or zeros.
  int64_t offset = 0;
  sums.clear();
  for (const RowBlock &block : layout.blocks) {
    Type type = block.getSumType();
    auto pair = dyn_cast<VectorType>(type);
    Type element = pair ? pair.getElementType() : type;
    int64_t width = pair ? 2 : 1;
    Value partial =
        kernel.viewState(makeType(all * width, element, cluster::Level::l1),
                         kernel.getSchedule().sumOffset);
    auto rows = int64_t(block.sums.size()) * layout.registerTile;
    SmallVector<Type> types(rows, type);
    SmallVector<Value> indices;
    for (int64_t k = 0; k != rows; ++k)
      indices.push_back(b.createOrFold<arith::MulIOp>(
          arith::AddIOp::create(b, base, number(offset + k)), number(width)));
    offset += rows;
    auto start = scf::IfOp::create(b, types, isKBlock(kBlock, 0), true);
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(start.thenBlock());
      Value zero = arith::ConstantOp::create(b, b.getZeroAttr(type));
      scf::YieldOp::create(b, SmallVector<Value>(rows, zero));
      b.setInsertionPointToStart(start.elseBlock());
      SmallVector<Value> loaded;
      for (Value at : indices)
        loaded.push_back(emitLoad(b, partial, at, /*isPair=*/pair != nullptr));
      scf::YieldOp::create(b, loaded);
    }
    sums.push_back(emitDot(block, {kBlock}, start.getResults()));
    for (auto [sum, at] : llvm::zip(sums.back(), indices))
      if (pair)
        vector::StoreOp::create(b, sum, partial, at);
      else
        memref::StoreOp::create(b, sum, partial, at);
  }
  auto last = scf::IfOp::create(b, isKBlock(kBlock, layout.kBlocks - 1));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(last.thenBlock());
  emitElements();
}

/// The elements that exist; all but the last register tile have all.
void RegisterTileEmitter::emitElements() {
  int64_t registerTile = loop.panel.registerTile;
  if (loop.isInStrips)
    return emitStrip();
  bool isWhole = loop.rows % registerTile == 0;
  auto emitIfThere = [&](int64_t from, int64_t count, bool hasElse,
                         function_ref<void()> then,
                         function_ref<void()> otherwise) {
    Value last = arith::AddIOp::create(b, row, number(from + count - 1));
    Value exists = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, last,
                                         number(loop.rows));
    Value before = kernel.getScreenSum();
    bool scans = bool(kernel.getScreenSum());
    SmallVector<Type> types;
    if (scans)
      types.push_back(before.getType());
    auto branch = scf::IfOp::create(b, types, exists, hasElse || scans);
    auto emit = [&](mlir::Block *block, function_ref<void()> body) {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(block);
      body();
      if (scans)
        scf::YieldOp::create(b, kernel.getScreenSum());
      kernel.getScreenSum() = before;
    };
    emit(branch.thenBlock(), then);
    if (hasElse || scans)
      emit(branch.elseBlock(), [&] {
        if (hasElse)
          otherwise();
      });
    if (scans)
      kernel.getScreenSum() = branch.getResult(0);
  };
  auto single = [&](int64_t at) {
    if (isWhole || at == 0)
      return emitElement(at, false);
    emitIfThere(at, 1, false, [&] { emitElement(at, false); }, nullptr);
  };
  for (int64_t at = 0; at < registerTile;) {
    if (!loop.inPairs || at + 1 == registerTile) {
      single(at++);
      continue;
    }
    auto pair = [&] { emitElement(at, true); };
    if (isWhole)
      pair();
    else
      emitIfThere(at, 2, true, pair, [&] { single(at); });
    at += 2;
  }
}

void RegisterTileEmitter::emitElement(int64_t at, bool isPair) {
  AffineExpr d0 = getAffineDimExpr(0, b.getContext());
  current = at;
  Value element = getElement(at);
  if (isPair)
    emitter.enterPair(element,
                      loop.panel.vectors > 1 ? getElement(at + 1) : Value());
  else
    emitter.enterElement(element);
  if (isEarly) {
    for (const EarlyValue &early : loop.early) {
      Value to = getEarlyMemory(early);
      emitter.store(emitter.emit(early.value), to, d0);
    }
    return;
  }
  // Stores come last: a state overwritten in place may still be read above.
  storeResults(emitResults());
}

/// A loop over the elements of a strip, and what it leaves.
void RegisterTileEmitter::emitStrip() {
  plan::StageOp stage = loop.stage;
  unsigned perElement = stage.getNumElementResults();
  int64_t width = loop.inPairs ? 2 : 1, step = width * loop.unroll;
  int64_t inLoop = loop.getTurns() * step;
  SmallVector<Value> sums;
  if (auto starts = stage.getSums())
    for (auto start : starts->getAsRange<TypedAttr>())
      sums.push_back(arith::ConstantOp::create(b, start));
  auto turns =
      scf::ForOp::create(b, number(0), number(inLoop), number(step), sums);
  emitter.enterStrip(index, turns, loop.inPairs);
  current = 0;
  // All loads of a turn stand before its stores, which may be to the same bytes
  // for all that the compiler knows, so that they need not wait for each other.
  auto emitTurn = [&](Value first, int64_t from, int64_t end) {
    SmallVector<std::pair<Value, SmallVector<Value>>> turn;
    for (int64_t at = from; at < end; at += width) {
      inStrip = first;
      if (at)
        inStrip =
            first ? arith::AddIOp::create(b, first, number(at)) : number(at);
      emitter.enterStripElement(inStrip, sums);
      turn.push_back({inStrip, emitResults()});
      sums = emitter.emitSums();
    }
    for (auto &[number, values] : turn) {
      emitter.enterStripElement(number, sums);
      storeResults(values);
    }
  };
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(turns.getBody());
    sums.assign(turns.getRegionIterArgs().begin(),
                turns.getRegionIterArgs().end());
    emitTurn(turns.getInductionVar(), 0, step);
    if (!sums.empty())
      scf::YieldOp::create(b, sums);
  }
  sums.assign(turns.getResults().begin(), turns.getResults().end());
  emitTurn(Value(), inLoop, loop.panel.registerTile);
  inStrip = Value();
  for (auto [result, sum] :
       llvm::zip_equal(stage.getResults().drop_front(perElement), sums))
    for (const Destination &destination :
         kernel.getSchedule().storage.getDestinations(result))
      emitter.storeSum(sum, kernel.getDestination(destination),
                       destination.position);
}

SmallVector<Value> RegisterTileEmitter::emitResults() {
  plan::StageOp stage = loop.stage;
  SmallVector<Value> values;
  for (Value value :
       stage.getYield().getValues().take_front(stage.getNumElementResults()))
    values.push_back(emitter.emit(value));
  return values;
}

void RegisterTileEmitter::storeResults(ArrayRef<Value> values) {
  plan::StageOp stage = loop.stage;
  for (auto [result, value] : llvm::zip(stage.getResults(), values))
    for (const Destination &destination :
         kernel.getSchedule().storage.getDestinations(result))
      emitter.store(value, kernel.getDestination(destination),
                    destination.position, kernel.beginsAtWord(destination));
}
