// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Legalize.cpp - Make precision explicit -----------------------------===//
//
// The rule for fp16: what a matvec or reduction accumulates is f32 and stays
// f32 through arithmetic; everything that is stored or fed to a product is f16.
// docs/numerics.md has the reasons.
//
//===----------------------------------------------------------------------===//

#include "ActivationTable.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/TypeUtilities.h"

#include <map>

namespace se::rnn {
#define GEN_PASS_DEF_LEGALIZE
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

namespace {

class ToHalf {
public:
  explicit ToHalf(MLIRContext *context)
      : half(Float16Type::get(context)), single(Float32Type::get(context)) {}

  LogicalResult convert(CellOp cell);
  LogicalResult convert(NetworkOp network);

private:
  LogicalResult convertBody(Block &block);
  LogicalResult convert(Operation *op);
  void convert(arith::ConstantOp op);
  void convert(ActivationOp op);
  Value interpolate(OpBuilder &b, Location loc, ActivationKind kind, Value x);

  Type typeWith(Type type, FloatType element) {
    return cast<RankedTensorType>(type).clone(element);
  }
  bool isSingle(Value value) {
    return getElementTypeOrSelf(value.getType()).isF32();
  }
  /// Truth values between comparison and selection stay what they are.
  static bool isFloat(Value value) {
    return isa<FloatType>(getElementTypeOrSelf(value.getType()));
  }
  /// `value` as a tensor of `element`, through a cast before `op` if needed.
  Value cast_(Value value, FloatType element, Operation *op) {
    if (!isFloat(value) || getElementTypeOrSelf(value.getType()) == element)
      return value;
    OpBuilder b(op);
    Type type = typeWith(value.getType(), element);
    if (element.isF32())
      return arith::ExtFOp::create(b, op->getLoc(), type, value);
    return arith::TruncFOp::create(b, op->getLoc(), type, value);
  }
  void castOperands(Operation *op, FloatType element) {
    for (OpOperand &operand : op->getOpOperands())
      operand.set(cast_(operand.get(), element, op));
  }
  void setResultElement(Operation *op, FloatType element) {
    for (Value result : op->getResults())
      if (isFloat(result))
        result.setType(typeWith(result.getType(), element));
  }
  ArrayAttr halves(ArrayAttr types) {
    SmallVector<Type> converted;
    for (Attribute type : types)
      converted.push_back(typeWith(cast<TypeAttr>(type).getValue(), half));
    return Builder(half.getContext()).getTypeArrayAttr(converted);
  }

  FloatType half, single;
  std::map<ActivationKind, ActivationTable> tables;
};

} // namespace

void ToHalf::convert(arith::ConstantOp op) {
  auto type = dyn_cast<RankedTensorType>(op.getType());
  if (!type || !type.getElementType().isF32())
    return;
  std::optional<std::vector<float>> values = readFloats(op.getValue());
  if (!values)
    return;
  auto converted = makeConstant(cast<RankedTensorType>(typeWith(type, half)),
                                *values, getConstantName(op.getValue()));
  op.setValueAttr(converted);
  op.getResult().setType(converted.getShapedType());
}

/// Sigmoid or tanh of `x`, which is rounded to f16 before.
Value ToHalf::interpolate(OpBuilder &b, Location loc, ActivationKind kind,
                          Value x) {
  auto [it, isNew] = tables.try_emplace(kind);
  ActivationTable &table = it->second;
  if (isNew)
    table = makeActivationTable(b.getContext(), kind);
  Value lines = arith::ConstantOp::create(b, loc, table.lines);
  if (isSingle(x))
    x = arith::TruncFOp::create(b, loc, typeWith(x.getType(), half), x);
  return InterpolateOp::create(b, loc, x, lines,
                               b.getF32FloatAttr(table.scale));
}

/// Functions that have a table are computed in f16, others in f32.
void ToHalf::convert(ActivationOp op) {
  ActivationAttr function = op.getFunction();
  OpBuilder b(op);
  Location loc = op.getLoc();
  auto splat = [&](Type type, float value) -> Value {
    auto tensor = cast<RankedTensorType>(type);
    return arith::ConstantOp::create(
        b, loc,
        DenseElementsAttr::get(tensor,
                               b.getFloatAttr(tensor.getElementType(), value)));
  };
  Value x = op.getX(), y;
  switch (function.getKind()) {
  case ActivationKind::sigmoid:
  case ActivationKind::tanh:
    y = interpolate(b, loc, function.getKind(), x);
    break;
  case ActivationKind::scaled_tanh: {
    Value beta = splat(x.getType(), function.getBetaValue());
    Value product = arith::MulFOp::create(b, loc, beta, x);
    y = interpolate(b, loc, ActivationKind::tanh, product);
    Value alpha = splat(y.getType(), function.getAlphaValue());
    y = arith::MulFOp::create(b, loc, alpha, y);
    break;
  }
  default:
    setResultElement(op, half);
    return;
  }
  op.replaceAllUsesWith(y);
  op.erase();
}

LogicalResult ToHalf::convert(Operation *op) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    convert(constant);
    return success();
  }
  if (isa<MatvecOp, ReduceOp>(op)) {
    castOperands(op, half);
    setResultElement(op, single);
    return success();
  }
  if (auto activation = dyn_cast<ActivationOp>(op)) {
    convert(activation);
    return success();
  }
  if (isa<ApplyOp>(op)) {
    castOperands(op, half);
    setResultElement(op, half);
    return success();
  }
  if (isa<YieldOp>(op)) {
    castOperands(op, half);
    return success();
  }
  // Arithmetic and data movement: f32 if any operand is.
  if (op->getNumResults() == 1 && op->getNumRegions() == 0 &&
      isa_and_nonnull<arith::ArithDialect, math::MathDialect, RNNDialect,
                      tensor::TensorDialect>(op->getDialect())) {
    bool anySingle =
        llvm::any_of(op->getOperands(), [&](Value v) { return isSingle(v); });
    FloatType element = anySingle ? single : half;
    castOperands(op, element);
    setResultElement(op, element);
    return success();
  }
  return op->emitOpError("has no fp16 form");
}

LogicalResult ToHalf::convertBody(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(block))
    if (failed(convert(&op)))
      return failure();
  return success();
}

LogicalResult ToHalf::convert(CellOp cell) {
  cell.setInputTypesAttr(halves(cell.getInputTypes()));
  cell.setStateTypesAttr(halves(cell.getStateTypes()));
  cell.setWeightTypesAttr(halves(cell.getWeightTypes()));
  cell.setOutputTypesAttr(halves(cell.getOutputTypes()));
  Block &block = cell.getBody().front();
  for (BlockArgument argument : block.getArguments())
    argument.setType(typeWith(argument.getType(), half));
  return convertBody(block);
}

LogicalResult ToHalf::convert(NetworkOp network) {
  Block &block = network.getBody().front();
  OpBuilder b = OpBuilder::atBlockBegin(&block);
  for (BlockArgument input : network.getInputArguments()) {
    if (input.use_empty())
      continue;
    auto rounded = arith::TruncFOp::create(
        b, network.getLoc(), typeWith(input.getType(), half), input);
    input.replaceAllUsesExcept(rounded, rounded);
  }
  SmallVector<Attribute> resets;
  for (auto [state, reset] :
       llvm::zip(network.getStateArguments(), network.getResetValues())) {
    state.setType(typeWith(state.getType(), half));
    std::optional<std::vector<float>> values = readFloats(reset);
    if (!values)
      return network.emitOpError("the reset value of a state cannot be read");
    resets.push_back(makeConstant(cast<RankedTensorType>(state.getType()),
                                  *values, "reset"));
  }
  network.setStateTypesAttr(halves(network.getStateTypes()));
  network.setResetValuesAttr(b.getArrayAttr(resets));
  for (Operation &op : llvm::make_early_inc_range(block)) {
    // The casts of the inputs made above.
    if (auto cast = dyn_cast<arith::TruncFOp>(op))
      if (isa<BlockArgument>(cast.getIn()))
        continue;
    if (auto yield = dyn_cast<YieldOp>(op)) {
      for (OpOperand &operand : yield.getOutputsMutable())
        operand.set(cast_(operand.get(), single, yield));
      for (OpOperand &operand : yield.getStatesMutable())
        operand.set(cast_(operand.get(), half, yield));
      continue;
    }
    if (failed(convert(&op)))
      return failure();
  }
  return success();
}

namespace {
struct LegalizePass : se::rnn::impl::LegalizeBase<LegalizePass> {
  using LegalizeBase::LegalizeBase;
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (precision == "fp32")
      return;
    if (precision != "fp16") {
      module.emitError("unknown precision '")
          << precision << "', expected fp32 or fp16";
      return signalPassFailure();
    }
    ToHalf toHalf(&getContext());
    for (auto cell : module.getOps<CellOp>())
      if (failed(toHalf.convert(cell)))
        return signalPassFailure();
    for (auto network : module.getOps<NetworkOp>())
      if (failed(toHalf.convert(network)))
        return signalPassFailure();
  }
};
} // namespace
