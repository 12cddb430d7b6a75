// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- NarrowFloats.cpp - Which floats are f16 ----------------------------===//
//
// The rule for f16: what a matvec or reduction accumulates is f32 (of a matvec
// f16, if that was assigned) and stays f32 through arithmetic; everything that
// is stored or fed to a product is f16. docs/numerics.md has the reasons. int8
// is like f16, but for the matvecs, whose marks take f32 and give f32.
//
// No TypeConverter: which type a value gets does not follow from the type that
// it has, but from what computes it, for which layer, and of which operands.
//
//===----------------------------------------------------------------------===//

#include "Floats.h"
#include "Marks.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/FiniteRoot.h"
#include "se/Dialect/RNN/Movement.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/TypeUtilities.h"

namespace se::rnn {
#define GEN_PASS_DEF_NARROWFLOATS
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

namespace {

class FloatNarrower {
public:
  explicit FloatNarrower(MLIRContext *context)
      : half(Float16Type::get(context)), single(Float32Type::get(context)) {}

  LogicalResult convert(NetworkOp network);

private:
  LogicalResult convert(Operation *op);
  void convert(arith::ConstantOp op);
  void convertInputs(NetworkOp network);
  LogicalResult convertStates(NetworkOp network);
  LogicalResult convertSum(Operation *op);

  /// What is stored or fed to a product.
  FloatType getStored(Operation *op) {
    return getFloats(op) == FloatKind::f32 ? single : half;
  }
  /// Its constants and inputs are rounded before.
  static bool isOfHalves(Operation *op) {
    FloatKind kind = getFloats(op);
    return kind == FloatKind::f16 || kind == FloatKind::f16_sums;
  }
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
  TypedAttr makeConstant(arith::ConstantOp op, FloatType element);
  static bool isChosen(Value value);
  static Value limit(OpBuilder &b, Location loc, Value value);
  /// `value` as a tensor of `element`, through a cast before `op` if needed.
  Value cast_(Value value, FloatType element, Operation *op);
  void castOperands(Operation *op, FloatType element) {
    for (OpOperand &operand : op->getOpOperands())
      operand.set(cast_(operand.get(), element, op));
  }
  void setResultElement(Operation *op, FloatType element) {
    for (Value result : op->getResults())
      if (isFloat(result))
        result.setType(typeWith(result.getType(), element));
  }

  FloatType half, single;
};

} // namespace

TypedAttr FloatNarrower::makeConstant(arith::ConstantOp op, FloatType element) {
  std::optional<std::vector<float>> values = readFloats(op.getValue());
  if (!values)
    return op.getValue();
  return se::rnn::makeConstant(
      cast<RankedTensorType>(typeWith(op.getType(), element)), *values,
      getConstantName(op.getValue()));
}

Value FloatNarrower::cast_(Value value, FloatType element, Operation *op) {
  if (!isFloat(value) || getElementTypeOrSelf(value.getType()) == element)
    return value;
  OpBuilder b(op);
  if (auto constant = value.getDefiningOp<arith::ConstantOp>();
      constant && !element.isF32())
    return arith::ConstantOp::create(b, constant.getLoc(),
                                     makeConstant(constant, element));
  Type type = typeWith(value.getType(), element);
  // What leaves the network is named like what computes it.
  Operation *source = value.getDefiningOp();
  Location loc = isa<YieldOp>(op) && source ? source->getLoc() : op->getLoc();
  if (element.isF32())
    return arith::ExtFOp::create(b, loc, type, value);
  if (isa<MatvecOp, YieldOp>(op) && isChosen(value))
    value = limit(b, loc, value);
  return arith::TruncFOp::create(b, loc, type, value);
}

/// Whether arithmetic that had to be f32 computes `value`.
bool FloatNarrower::isChosen(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  if (isa<ReshapeOp, TransposeOp, BroadcastOp, tensor::ExtractSliceOp,
          tensor::ConcatOp>(op))
    return llvm::any_of(op->getOperands(),
                        [](Value operand) { return isChosen(operand); });
  return se::rnn::isSingle(op) && !isa<MatvecOp>(op);
}

/// `value` as far as f16 is finite.
Value FloatNarrower::limit(OpBuilder &b, Location loc, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  auto splat = [&](float most) -> Value {
    return arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(type, b.getF32FloatAttr(most)));
  };
  // A root is not negative, and one that is marked no NaN.
  Operation *source = value.getDefiningOp();
  while (isMovement(source) && source->getOperand(0).getDefiningOp())
    source = source->getOperand(0).getDefiningOp();
  auto root = dyn_cast<math::SqrtOp>(source);
  if (root && hasFiniteRoot(root))
    return arith::MinimumFOp::create(b, loc, value, splat(65504),
                                     arith::FastMathFlags::nnan);
  value = arith::MinimumFOp::create(b, loc, value, splat(65504));
  return arith::MaximumFOp::create(b, loc, value, splat(-65504));
}

/// What computes in f16 gets a constant of f16; others choose when they are
/// converted.
void FloatNarrower::convert(arith::ConstantOp op) {
  auto type = dyn_cast<RankedTensorType>(op.getType());
  if (!type || !type.getElementType().isF32())
    return;
  auto isHalf = [&](OpOperand &use) { return isOfHalves(use.getOwner()); };
  if (!llvm::any_of(op->getUses(), isHalf) && !op->use_empty())
    return;
  TypedAttr value = makeConstant(op, half);
  if (llvm::all_of(op->getUses(), isHalf)) {
    op.setValueAttr(value);
    op.getResult().setType(value.getType());
    return;
  }
  OpBuilder b(op);
  Value converted = arith::ConstantOp::create(b, op.getLoc(), value);
  op.getResult().replaceUsesWithIf(converted, isHalf);
}

/// A matvec or a reduction. Matvecs of marked operands are of integers: they
/// stay what they are until --rnn-lower-quantized.
LogicalResult FloatNarrower::convertSum(Operation *op) {
  FloatType stored = getStored(op);
  auto matvec = dyn_cast<MatvecOp>(op);
  if (matvec && getMarkedProduct(matvec))
    return success();
  if (matvec && getFloats(op) == FloatKind::int8)
    return op->emitOpError("is of an int8 layer, but its operands are not "
                           "quantized: --rnn-quantize comes first");
  // What is not summed up needs no rounding before.
  auto reduce = dyn_cast<ReduceOp>(op);
  if (!reduce || (reduce.getKind() != ReduceKind::max &&
                  reduce.getKind() != ReduceKind::min))
    castOperands(op, stored);
  setResultElement(op, getFloats(op) == FloatKind::f16_sums ? half : single);
  return success();
}

LogicalResult FloatNarrower::convert(Operation *op) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    convert(constant);
    return success();
  }
  if (isa<quant::DequantizeCastOp>(op))
    return success();
  if (isa<quant::QuantizeCastOp>(op)) {
    castOperands(op, single);
    return success();
  }
  if (isa<MatvecOp, ReduceOp>(op))
    return convertSum(op);
  FloatType stored = getStored(op);
  if (isa<ActivationOp>(op)) {
    // A function takes what there is.
    if (stored.isF32())
      castOperands(op, single);
    setResultElement(op, stored);
    return success();
  }
  // Arithmetic and data movement: f32 if any operand is. Constants have not
  // been decided on.
  if (op->getNumResults() == 1 && op->getNumRegions() == 0 &&
      isa_and_nonnull<arith::ArithDialect, math::MathDialect, RNNDialect,
                      tensor::TensorDialect>(op->getDialect())) {
    bool anySingle = llvm::any_of(op->getOperands(), [&](Value v) {
      return isSingle(v) && !v.getDefiningOp<arith::ConstantOp>();
    });
    FloatType element = anySingle ? single : stored;
    castOperands(op, element);
    setResultElement(op, element);
    return success();
  }
  return op->emitOpError("has no fp16 form");
}

/// Inputs are rounded where they enter a layer of fp16. What yields them casts
/// them itself.
void FloatNarrower::convertInputs(NetworkOp network) {
  OpBuilder b = OpBuilder::atBlockBegin(&network.getBody().front());
  for (auto [input, name] :
       llvm::zip(network.getInputArguments(),
                 network.getInputNames().getAsRange<StringAttr>())) {
    auto isHalf = [&](OpOperand &use) {
      return !isa<YieldOp>(use.getOwner()) && isOfHalves(use.getOwner());
    };
    if (!llvm::any_of(input.getUses(), isHalf))
      continue;
    auto rounded =
        arith::TruncFOp::create(b, NameLoc::get(name, network.getLoc()),
                                typeWith(input.getType(), half), input);
    input.replaceUsesWithIf(rounded, [&](OpOperand &use) {
      return use.getOwner() != rounded && isHalf(use);
    });
  }
}

LogicalResult FloatNarrower::convertStates(NetworkOp network) {
  SmallVector<Attribute> types, resets;
  for (auto [k, state] : llvm::enumerate(network.getStateArguments())) {
    bool isHalf = isHalfState(network, unsigned(k));
    Type type = typeWith(state.getType(), isHalf ? half : single);
    std::optional<std::vector<float>> values =
        readFloats(network.getResetValues()[k]);
    if (!values)
      return network.emitOpError("the reset value of a state cannot be read");
    state.setType(type);
    types.push_back(TypeAttr::get(type));
    resets.push_back(
        se::rnn::makeConstant(cast<RankedTensorType>(type), *values, "reset"));
  }
  Builder b(network.getContext());
  network.setStateTypesAttr(b.getArrayAttr(types));
  network.setResetValuesAttr(b.getArrayAttr(resets));
  return success();
}

LogicalResult FloatNarrower::convert(NetworkOp network) {
  convertInputs(network);
  if (failed(convertStates(network)))
    return failure();
  Block &block = network.getBody().front();
  for (Operation &op : llvm::make_early_inc_range(block)) {
    // The casts of the inputs made above.
    if (auto cast = dyn_cast<arith::TruncFOp>(op))
      if (isa<BlockArgument>(cast.getIn()))
        continue;
    if (auto yield = dyn_cast<YieldOp>(op)) {
      for (OpOperand &operand : yield.getOutputsMutable())
        operand.set(cast_(operand.get(), single, yield));
      for (auto [operand, state] :
           llvm::zip(yield.getStatesMutable(), network.getStateArguments()))
        operand.set(cast_(
            operand.get(),
            cast<FloatType>(getElementTypeOrSelf(state.getType())), yield));
      continue;
    }
    if (failed(convert(&op)))
      return failure();
  }
  return success();
}

namespace {
struct NarrowFloatsPass : se::rnn::impl::NarrowFloatsBase<NarrowFloatsPass> {
  void runOnOperation() override {
    for (auto network : getOperation().getOps<NetworkOp>()) {
      if (!network->hasAttr(halfStatesAttrName))
        continue;
      if (failed(FloatNarrower(&getContext()).convert(network)))
        return signalPassFailure();
      clearFloats(network);
    }
  }
};
} // namespace
