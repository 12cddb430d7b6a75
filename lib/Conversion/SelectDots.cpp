// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SelectDots.cpp - The inner loops as instructions -------------------===//
//
// The loop of R rows loads one word ahead and alternates loads and products:
//   before: w0
//   loop:   x, w1, dot0, w2, dot1, ..., w(R-1), dot(R-2), w0 of the next,
//   dot(R-1)
// Where the weights of a second dot follow in memory, its w0 is the word that
// the first one loaded ahead. So no load is followed by its use, and two cores
// that share an FPU, one cycle apart, never ask for it at the same time. Sums
// of floats take two words of x at a time, both loaded first, if they can: 4 R
// + 2 instructions. An odd number lets cores meet again that a bank conflict
// has moved; an even one only if it moved them by an odd number, and then once.
//
//===----------------------------------------------------------------------===//

#include "se/Conversion/Passes.h"
#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/XPulp/Instructions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace se::conversion {
#define GEN_PASS_DEF_SELECTDOTS
#include "se/Conversion/Passes.h.inc"
} // namespace se::conversion

using namespace mlir;
using namespace se;

namespace {
/// What a run of the inner loop hands on.
struct Carried {
  Value x, w;  // addresses of the next words
  Value first; // the word of row 0 that was loaded ahead, if it was
  SmallVector<Value> sums;

  SmallVector<Value> getValues() const {
    SmallVector<Value> values{x, w};
    if (first)
      values.push_back(first);
    llvm::append_range(values, sums);
    return values;
  }
  /// The same things, other values.
  Carried with(ValueRange values) const {
    unsigned at = first ? 3 : 2;
    return {values[0], values[1], first ? values[2] : Value(),
            llvm::to_vector(values.drop_front(at))};
  }
};

/// Where a dot left off in the weights.
struct WeightPosition {
  Block *block = nullptr;
  Value memref, at; // of the dot
  int64_t stride = 1;
  int64_t behind = 0; // elements from there
  Value next, first;  // address of the word to load next; the one before it
};

class DotSelection {
public:
  /// `position` is where the dot before left off, and then where this one does.
  DotSelection(cluster::DotOp op, WeightPosition &position)
      : position(position), op(op), builder(op), loc(op.getLoc()),
        element(cast<MemRefType>(op.getX().getType()).getElementType()),
        lanes(op.getLanes()), rows(op.getSums().size()), stride(op.getStride()),
        word(lanes == 1 ? element : VectorType::get(lanes, element)) {}

  void run();

private:
  Value makeIndex(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value getAddress(Value memref, Value position);
  std::pair<Value, Value> loadWord(Value address, int64_t stride = 1);
  std::pair<Value, Value> loadWeight(Value address) {
    return loadWord(address, stride);
  }
  Value makeDot(Value sum, Value x, Value w);
  Carried makeBody(Carried in, int64_t words);
  Carried makeLoop(Carried in);
  Value loadTail(Value count);
  SmallVector<Value> makeTail(Carried in, Value count);
  bool goesOn();

  WeightPosition &position;
  cluster::DotOp op;
  OpBuilder builder;
  Location loc;
  Type element;
  int64_t lanes, rows, stride;
  Type word;
};
} // namespace

Value DotSelection::getAddress(Value memref, Value position) {
  Value base =
      memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, memref);
  Value bytes =
      arith::MulIOp::create(builder, loc, position, makeIndex(4 / lanes));
  return arith::AddIOp::create(builder, loc, base, bytes);
}

/// The word at an address, and the address of the next, `stride` words on.
std::pair<Value, Value> DotSelection::loadWord(Value address, int64_t stride) {
  auto load = xpulp::PLwPostOp::create(builder, loc, word, address,
                                       int32_t(4 * stride));
  return {load.getResult(), load.getNext()};
}

Value DotSelection::makeDot(Value sum, Value x, Value w) {
  Type type = sum.getType();
  if (element.isF32())
    return xpulp::FmaddSOp::create(builder, loc, type, {w, x, sum});
  if (isa<VectorType>(type))
    return xpulp::VfmacHOp::create(builder, loc, type, {sum, x, w});
  if (element.isF16())
    return xpulp::VfdotpexSHOp::create(builder, loc, type, {sum, x, w});
  if (element.isInteger(16))
    return xpulp::PvSdotspHOp::create(builder, loc, type, {sum, x, w});
  return xpulp::PvSdotspBOp::create(builder, loc, type, {sum, x, w});
}

/// So many words of x and of each row.
Carried DotSelection::makeBody(Carried in, int64_t words) {
  Carried out = in;
  Value w = in.first;
  if (!w)
    std::tie(w, out.w) = loadWeight(out.w);
  SmallVector<Value> xs(words);
  for (Value &x : xs)
    std::tie(x, out.x) = loadWord(out.x);
  for (auto [i, x] : llvm::enumerate(xs)) {
    bool isLast = int64_t(i) + 1 == words;
    for (int64_t row = 0; row != rows; ++row) {
      Value next;
      if (row + 1 != rows || !isLast || in.first)
        std::tie(next, out.w) = loadWeight(out.w);
      out.sums[row] = makeDot(out.sums[row], x, w);
      w = next;
    }
  }
  if (in.first)
    out.first = w;
  return out;
}

/// All words of x that are full.
Carried DotSelection::makeLoop(Carried in) {
  auto emit = [&](OpFoldResult count, int64_t words = 1) {
    auto loop = xpulp::LoopOp::create(
        builder, loc, count, in.getValues(),
        [&](OpBuilder &b, Location, ValueRange arguments) {
          OpBuilder::InsertionGuard guard(builder);
          builder.setInsertionPoint(b.getInsertionBlock(),
                                    b.getInsertionPoint());
          xpulp::YieldOp::create(
              builder, loc, makeBody(in.with(arguments), words).getValues());
        });
    return in.with(loop.getResults());
  };
  if (std::optional<int64_t> columns = getConstantIntValue(op.getColumns())) {
    int64_t words = *columns / lanes;
    if (words == 0)
      return in;
    int64_t step = cluster::DotOp::getWordsPerTurn(element, words);
    words /= step;
    if (words > xpulp::LoopOp::maxConstantCount)
      return emit(makeIndex(words), step);
    return emit(builder.getI32IntegerAttr(words), step);
  }
  // A hardware loop is executed once at least.
  Value words = op.getColumns();
  if (lanes != 1)
    words = arith::DivUIOp::create(builder, loc, words, makeIndex(lanes));
  Value any = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne,
                                    words, makeIndex(0));
  auto branch = scf::IfOp::create(builder, loc,
                                  ValueRange(in.getValues()).getTypes(), any,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(builder, loc, emit(words).getValues());
  builder.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(builder, loc, in.getValues());
  return in.with(branch.getResults());
}

/// The last `count` elements of x, fewer than a word has, and zeros.
Value DotSelection::loadTail(Value count) {
  Type i32 = builder.getI32Type();
  unsigned bits = 32 / lanes;
  Value begin = arith::AddIOp::create(
      builder, loc, op.getFrom(),
      arith::SubIOp::create(builder, loc, op.getColumns(), count));
  auto load = [&](int64_t lane) -> Value {
    Value position =
        arith::AddIOp::create(builder, loc, begin, makeIndex(lane));
    Value value = memref::LoadOp::create(builder, loc, op.getX(), position);
    if (isa<FloatType>(element))
      value =
          arith::BitcastOp::create(builder, loc, builder.getI16Type(), value);
    value = arith::ExtUIOp::create(builder, loc, i32, value);
    if (lane == 0)
      return value;
    Value amount = arith::ConstantIntOp::create(builder, loc, i32, lane * bits);
    return arith::ShLIOp::create(builder, loc, value, amount);
  };
  std::optional<int64_t> constant = getConstantIntValue(count);
  Value bitsOfWord = load(0);
  for (int64_t lane = 1; lane != lanes - 1; ++lane) {
    if (constant && lane >= *constant)
      break;
    Value part;
    if (constant) {
      part = load(lane);
    } else {
      Value isThere = arith::CmpIOp::create(
          builder, loc, arith::CmpIPredicate::ugt, count, makeIndex(lane));
      auto branch = scf::IfOp::create(builder, loc, i32, isThere,
                                      /*withElseRegion=*/true);
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(branch.thenBlock());
      scf::YieldOp::create(builder, loc, load(lane));
      builder.setInsertionPointToStart(branch.elseBlock());
      scf::YieldOp::create(
          builder, loc,
          Value(arith::ConstantIntOp::create(builder, loc, i32, 0)));
      part = branch.getResult(0);
    }
    bitsOfWord = arith::OrIOp::create(builder, loc, bitsOfWord, part);
  }
  Value vector = vector::BroadcastOp::create(
      builder, loc, VectorType::get(1, i32), bitsOfWord);
  return vector::BitCastOp::create(builder, loc, cast<VectorType>(word),
                                   vector);
}

/// The products of the last word, of which x has `count` elements.
SmallVector<Value> DotSelection::makeTail(Carried in, Value count) {
  Value x = loadTail(count), w = in.first, at = in.w;
  if (!w)
    std::tie(w, at) = loadWeight(at);
  for (int64_t row = 0; row != rows; ++row) {
    Value next;
    if (row + 1 != rows)
      std::tie(next, at) = loadWeight(at);
    in.sums[row] = makeDot(in.sums[row], x, w);
    w = next;
  }
  return in.sums;
}

/// A value as one that is not a sum with a constant, and constants.
static std::pair<Value, int64_t> splitSum(Value value) {
  int64_t offset = 0;
  while (auto add = value.getDefiningOp<arith::AddIOp>()) {
    std::optional<int64_t> left = getConstantIntValue(add.getLhs()),
                           right = getConstantIntValue(add.getRhs());
    if (!left && !right)
      break;
    offset += right ? *right : *left;
    value = right ? add.getLhs() : add.getRhs();
  }
  return {value, offset};
}

/// Whether the weights begin where those of the dot before ended.
bool DotSelection::goesOn() {
  if (position.block != op->getBlock() || position.memref != op.getW() ||
      position.stride != stride || rows == 1)
    return false;
  auto [before, from] = splitSum(position.at);
  auto [base, to] = splitSum(op.getAt());
  return before == base && to - from == position.behind;
}

void DotSelection::run() {
  Carried start{getAddress(op.getX(), op.getFrom()), Value(), Value(),
                llvm::to_vector(op.getSums())};
  if (goesOn()) {
    start.first = position.first;
    start.w = position.next;
  } else {
    start.w = getAddress(op.getW(), op.getAt());
    // With one row there is nothing to put between a load and its use.
    if (rows > 1)
      std::tie(start.first, start.w) = loadWeight(start.w);
  }
  Carried end = makeLoop(start);
  SmallVector<Value> sums = end.sums;
  position = WeightPosition();
  if (std::optional<int64_t> columns = getConstantIntValue(op.getColumns())) {
    if (*columns % lanes)
      sums = makeTail(end, makeIndex(*columns % lanes));
    else if (rows > 1)
      position = {op->getBlock(),           op.getW(), op.getAt(), stride,
                  *columns * rows * stride, end.w,     end.first};
  } else if (lanes > 1) {
    Value count =
        arith::RemUIOp::create(builder, loc, op.getColumns(), makeIndex(lanes));
    Value any = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne,
                                      count, makeIndex(0));
    auto branch =
        scf::IfOp::create(builder, loc, ValueRange(sums).getTypes(), any,
                          /*withElseRegion=*/true);
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(branch.thenBlock());
      scf::YieldOp::create(builder, loc, makeTail(end, count));
      builder.setInsertionPointToStart(branch.elseBlock());
      scf::YieldOp::create(builder, loc, sums);
    }
    sums.assign(branch.result_begin(), branch.result_end());
  }
  op.replaceAllUsesWith(sums);
  op.erase();
}

namespace {
struct SelectDotsPass : conversion::impl::SelectDotsBase<SelectDotsPass> {
  void runOnOperation() override {
    WeightPosition position;
    getOperation().walk(
        [&](cluster::DotOp op) { DotSelection(op, position).run(); });
  }
};
} // namespace
