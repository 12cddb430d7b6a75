// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SelectExpandingFma.cpp - Products of halves, sums of singles -------===//

#include "se/Conversion/Passes.h"
#include "se/Dialect/XPulp/Instructions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace se::conversion {
#define GEN_PASS_DEF_SELECTEXPANDINGFMA
#include "se/Conversion/Passes.h.inc"
} // namespace se::conversion

using namespace mlir;
using namespace se;

/// The operand before its extension from f16, if that is what it is.
static Value getHalf(Value value) {
  auto extension = value.getDefiningOp<arith::ExtFOp>();
  if (!extension || !extension.getIn().getType().isF16())
    return Value();
  return extension.getIn();
}

/// A word holds the elements at an index and behind it if the index is even and
/// the memref begins at a word. Nothing may be stored between the two loads.
static bool isWord(memref::LoadOp first, memref::LoadOp second) {
  if (first.getMemRef() != second.getMemRef() ||
      first.getMemRefType().getRank() != 1)
    return false;
  auto behind = second.getIndices()[0].getDefiningOp<arith::AddIOp>();
  if (!behind || behind.getLhs() != first.getIndices()[0] ||
      !isConstantIntValue(behind.getRhs(), 1))
    return false;
  auto isMultiple = [](Value value, int64_t of) {
    if (auto constant = getConstantIntValue(value))
      return *constant % of == 0;
    auto product = value.getDefiningOp<arith::MulIOp>();
    auto factor = product ? getConstantIntValue(product.getRhs())
                          : std::optional<int64_t>();
    return factor && *factor % of == 0;
  };
  if (first->getBlock() != second->getBlock() ||
      !first->isBeforeInBlock(second))
    return false;
  for (Operation *op = first; op != second; op = op->getNextNode())
    if (!isMemoryEffectFree(op) && !isa<memref::LoadOp>(op))
      return false;
  auto view = first.getMemRef().getDefiningOp<memref::ViewOp>();
  return view && isMultiple(view.getByteShift(), 4) &&
         isMultiple(first.getIndices()[0], 2);
}

/// Two halves in a register.
static Value pack(OpBuilder &b, Location loc, Value first, Value second) {
  auto type = VectorType::get({2}, b.getF16Type());
  auto load = first.getDefiningOp<memref::LoadOp>(),
       next = second.getDefiningOp<memref::LoadOp>();
  if (!load || !next || !isWord(load, next))
    return vector::FromElementsOp::create(b, loc, type,
                                          ValueRange{first, second});
  // Where the loads are: behind them something may be stored.
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointAfter(next);
  return vector::LoadOp::create(b, loc, type, load.getMemRef(),
                                load.getIndices());
}

/// sum + (x1 * w1 + x0 * w0), as cluster.dot adds up two products of halves.
static void selectDot(arith::AddFOp op) {
  if (!op.getType().isF32())
    return;
  auto both = op.getRhs().getDefiningOp<math::FmaOp>();
  auto one =
      both ? both.getC().getDefiningOp<arith::MulFOp>() : arith::MulFOp();
  if (!one || !both->hasOneUse() || !one->hasOneUse() ||
      both->getBlock() != op->getBlock() || one->getBlock() != op->getBlock())
    return;
  Value x0 = getHalf(one.getLhs()), w0 = getHalf(one.getRhs());
  Value x1 = getHalf(both.getA()), w1 = getHalf(both.getB());
  if (!x0 || !w0 || !x1 || !w1)
    return;
  OpBuilder builder(op);
  Value x = pack(builder, op.getLoc(), x0, x1);
  Value w = pack(builder, op.getLoc(), w0, w1);
  op.replaceAllUsesWith(xpulp::VfdotpexSHOp::create(builder, op.getLoc(),
                                                    op.getType(),
                                                    {op.getLhs(), x, w})
                            ->getResult(0));
  for (Operation *dead :
       {op.getOperation(), both.getOperation(), one.getOperation()})
    dead->erase();
}

namespace {
struct SelectExpandingFmaPass
    : conversion::impl::SelectExpandingFmaBase<SelectExpandingFmaPass> {
  void runOnOperation() override {
    getOperation().walk(selectDot);
    getOperation().walk([](math::FmaOp op) {
      Value a = getHalf(op.getA()), b = getHalf(op.getB());
      if (!a || !b || !op.getType().isF32())
        return;
      OpBuilder builder(op);
      Value sum = xpulp::FmacexSHOp::create(builder, op.getLoc(), op.getType(),
                                            {op.getC(), a, b});
      op.replaceAllUsesWith(sum);
      op.erase();
    });
  }
};
} // namespace
