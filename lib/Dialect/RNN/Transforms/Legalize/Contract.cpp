// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Contract.cpp - Arithmetic in fewer instructions --------------------===//

#include "BoundedValues.h"
#include "Floats.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"

#include <cmath>

namespace se::rnn {
#define GEN_PASS_DEF_CONTRACT
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

//===----------------------------------------------------------------------===//
// Averages and products that are added
//===----------------------------------------------------------------------===//

/// A product that only `add` reads.
static arith::MulFOp getProduct(Value value) {
  auto product = value.getDefiningOp<arith::MulFOp>();
  return product && product->hasOneUse() ? product : arith::MulFOp();
}

/// (1 - z) * a + z * b becomes fma(z, b - a, a).
static Value contractAverage(OpBuilder &builder, arith::AddFOp op) {
  arith::MulFOp products[] = {getProduct(op.getLhs()), getProduct(op.getRhs())};
  if (!products[0] || !products[1])
    return Value();
  for (unsigned first : {0, 1})
    for (unsigned i : {0, 1})
      for (unsigned k : {0, 1}) {
        arith::MulFOp one = products[first], other = products[1 - first];
        Value z = other->getOperand(k);
        if (getComplement(one->getOperand(i)) != z)
          continue;
        Value a = one->getOperand(1 - i), b = other->getOperand(1 - k);
        Value difference =
            arith::SubFOp::create(builder, op.getLoc(), b, a).getResult();
        return math::FmaOp::create(builder, op.getLoc(), z, difference, a);
      }
  return Value();
}

/// a * b + c becomes fma(a, b, c); of two products the second is rounded once
/// only.
static Value contractProduct(OpBuilder &builder, arith::AddFOp op) {
  arith::MulFOp product = getProduct(op.getRhs());
  Value rest = op.getLhs();
  if (!product) {
    product = getProduct(op.getLhs());
    rest = op.getRhs();
  }
  if (!product)
    return Value();
  return math::FmaOp::create(builder, op.getLoc(), product.getLhs(),
                             product.getRhs(), rest);
}

/// c - a * b becomes fma(a, -b, c), a * b - c becomes fma(a, b, -c), in f32:
/// the instruction negates as well, that of two halves does not.
static Value contractDifference(OpBuilder &builder, arith::SubFOp op) {
  if (!getElementTypeOrSelf(op.getType()).isF32())
    return Value();
  auto negate = [&](Value value) -> Value {
    return arith::NegFOp::create(builder, op.getLoc(), value);
  };
  if (arith::MulFOp product = getProduct(op.getRhs())) {
    // A constant that is negated is another one, which takes bytes; and scaled
    // sums of integers begin with the integers.
    Value a = product.getLhs(), b = product.getRhs();
    if (b.getDefiningOp<arith::ConstantOp>() &&
        !a.getDefiningOp<arith::SIToFPOp>())
      std::swap(a, b);
    return math::FmaOp::create(builder, op.getLoc(), a, negate(b), op.getLhs());
  }
  if (arith::MulFOp product = getProduct(op.getLhs()))
    return math::FmaOp::create(builder, op.getLoc(), product.getLhs(),
                               product.getRhs(), negate(op.getRhs()));
  return Value();
}

//===----------------------------------------------------------------------===//
// Arithmetic whose result is rounded
//===----------------------------------------------------------------------===//

/// Whether a value of f32 is a sum of integers, scaled.
static bool isScaledSum(Value value) {
  Operation *op = value.getDefiningOp();
  if (!isa_and_nonnull<arith::MulFOp, math::FmaOp>(op))
    return false;
  auto sum = op->getOperand(0).getDefiningOp<arith::SIToFPOp>();
  return sum && getElementTypeOrSelf(sum.getIn().getType()).isInteger(32);
}

namespace {
/// f32 arithmetic between sums of integers and values of f16, of which the
/// result is only used rounded to f16.
class Rounding {
public:
  explicit Rounding(arith::TruncFOp root)
      : root(root), builder(root), half(builder.getF16Type()) {}

  /// Computes the same in f16, if that is what it is.
  bool run() {
    if (!isPart(root.getIn()) || !hasHalf || !hasSum)
      return false;
    root.replaceAllUsesWith(narrow(root.getIn()));
    return true;
  }

private:
  static bool isArithmetic(Value value) {
    return isa_and_nonnull<arith::AddFOp, arith::SubFOp, arith::MulFOp,
                           math::FmaOp>(value.getDefiningOp()) &&
           value.hasOneUse() && !isSingle(value.getDefiningOp());
  }
  bool isPart(Value value);
  Value narrow(Value value);

  arith::TruncFOp root;
  OpBuilder builder;
  Type half;
  bool hasHalf = false, hasSum = false;
};
} // namespace

bool Rounding::isPart(Value value) {
  if (auto extension = value.getDefiningOp<arith::ExtFOp>()) {
    hasHalf = true;
    return getElementTypeOrSelf(extension.getIn().getType()).isF16();
  }
  if (isScaledSum(value)) {
    hasSum = true;
    return true;
  }
  if (auto values = readFloats(value))
    return llvm::all_of(*values, [](float v) { return std::fabs(v) <= 65504; });
  return isArithmetic(value) &&
         llvm::all_of(value.getDefiningOp()->getOperands(),
                      [&](Value operand) { return isPart(operand); });
}

Value Rounding::narrow(Value value) {
  if (auto extension = value.getDefiningOp<arith::ExtFOp>())
    return extension.getIn();
  auto type = cast<RankedTensorType>(value.getType()).clone(half);
  if (auto constant = value.getDefiningOp<arith::ConstantOp>())
    return arith::ConstantOp::create(
        builder, value.getLoc(),
        makeConstant(type, *readFloats(value),
                     getConstantName(constant.getValue())));
  if (isScaledSum(value))
    return arith::TruncFOp::create(builder, value.getLoc(), type, value);
  SmallVector<Value> operands;
  for (Value operand : value.getDefiningOp()->getOperands())
    operands.push_back(narrow(operand));
  OperationState state(value.getLoc(), value.getDefiningOp()->getName(),
                       operands, type);
  return builder.create(state)->getResult(0);
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
struct ContractPass : se::rnn::impl::ContractBase<ContractPass> {
  void runOnOperation() override {
    for (Operation &op : *getOperation().getBody())
      if (isa<NetworkOp, CellOp>(op))
        contract(&op);
  }

  /// All values in a network or a cell are tensors.
  static void contract(Operation *network) {
    // Averages first: they are made of products.
    auto run = [&](auto contract, auto op) {
      OpBuilder builder(op);
      Value value = contract(builder, op);
      if (!value)
        return;
      if (isSingle(op))
        setSingle(value.getDefiningOp());
      op.replaceAllUsesWith(value);
      eraseWithOperands(op);
    };
    for (auto contract : {contractAverage, contractProduct})
      network->walk([&](arith::AddFOp op) { run(contract, op); });
    network->walk([&](arith::SubFOp op) { run(contractDifference, op); });
    network->walk([](arith::TruncFOp op) {
      if (Rounding(op).run())
        eraseWithOperands(op);
    });
    clearChoices(network);
  }

  /// Erases an operation, and what nobody else needs.
  static void eraseWithOperands(Operation *op) {
    SmallVector<Value> operands(op->getOperands());
    op->erase();
    for (Value operand : operands)
      if (Operation *maker = operand.getDefiningOp();
          maker && isOpTriviallyDead(maker))
        eraseWithOperands(maker);
  }
};
} // namespace
