// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Legalize.cpp - Make precision explicit -----------------------------===//
//
// The rule for fp16: what a matvec or reduction accumulates is f32 (of a matvec
// f16, if the policy says so) and stays f32 through arithmetic; everything that
// is stored or fed to a product is f16, but for what --rnn-choose-floats has
// chosen. docs/numerics.md has the reasons. int8 is like fp16, but for the
// matvecs (Products.h).
//
//===----------------------------------------------------------------------===//

#include "ActivationTable.h"
#include "Floats.h"
#include "Marks.h"
#include "Products.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

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
using se::quantization::LayerPolicy;
using se::quantization::Policy;
using se::quantization::Precision;
using se::quantization::StatePrecision;

namespace {

class Legalizer {
public:
  Legalizer(MLIRContext *context, const Layers &layers,
            const Products &products)
      : layers(layers), products(products), half(Float16Type::get(context)),
        single(Float32Type::get(context)) {}

  LogicalResult convert(NetworkOp network);

private:
  LogicalResult convert(Operation *op);
  void convert(arith::ConstantOp op);
  void convertInputs(NetworkOp network);
  LogicalResult convertStates(NetworkOp network);
  FloatType getStateType(NetworkOp network, unsigned k);
  void convert(ActivationOp op);
  LogicalResult convert(quant::DequantizeCastOp op);
  Value interpolate(OpBuilder &b, Location loc, ActivationKind kind, Value x);

  /// What is stored or fed to a product.
  FloatType getStored(Operation *op) {
    bool isSingleOp =
        layers.getPrecision(op) == Precision::FP32 || se::rnn::isSingle(op);
    return isSingleOp ? single : half;
  }
  /// Of a layer of fp16, and computed in f16.
  bool isOfHalves(Operation *op) {
    return layers.getPrecision(op) == Precision::FP16 && !se::rnn::isSingle(op);
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

  const Layers &layers;
  const Products products;
  ProductRewriter rewriter;
  FloatType half, single;
  std::map<ActivationKind, ActivationTable> tables;
};

} // namespace

TypedAttr Legalizer::makeConstant(arith::ConstantOp op, FloatType element) {
  std::optional<std::vector<float>> values = readFloats(op.getValue());
  if (!values)
    return op.getValue();
  return se::rnn::makeConstant(
      cast<RankedTensorType>(typeWith(op.getType(), element)), *values,
      getConstantName(op.getValue()));
}

Value Legalizer::cast_(Value value, FloatType element, Operation *op) {
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
bool Legalizer::isChosen(Value value) {
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
Value Legalizer::limit(OpBuilder &b, Location loc, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  auto splat = [&](float most) -> Value {
    return arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(type, b.getF32FloatAttr(most)));
  };
  value = arith::MinimumFOp::create(b, loc, value, splat(65504));
  return arith::MaximumFOp::create(b, loc, value, splat(-65504));
}

/// What computes in f16 gets a constant of f16; others choose when they are
/// converted.
void Legalizer::convert(arith::ConstantOp op) {
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

/// Sigmoid or tanh of `x`, which is rounded to f16 before.
Value Legalizer::interpolate(OpBuilder &b, Location loc, ActivationKind kind,
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
void Legalizer::convert(ActivationOp op) {
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

/// Integers, and their values as f32.
LogicalResult Legalizer::convert(quant::DequantizeCastOp op) {
  auto cast_ = op.getInput().getDefiningOp<quant::QuantizeCastOp>();
  auto type = dyn_cast<quant::UniformQuantizedType>(se::rnn::getType(op));
  if (!cast_ || !type)
    return op.emitOpError("must come after a quant.qcast to "
                          "!quant.uniform with one scale");
  OpBuilder b(op);
  Location loc = op.getLoc();
  se::quantization::Grid grid = getGrid(type);
  Value q = quantize(b, loc, cast_.getInput(), type.getStorageType(), grid);
  auto floats = cast<RankedTensorType>(op.getType()).clone(Type(single));
  Value y = arith::SIToFPOp::create(b, loc, floats, q);
  auto splat = [&](float value) -> Value {
    return arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(floats, b.getF32FloatAttr(value)));
  };
  if (grid.zeroPoint)
    y = arith::SubFOp::create(b, loc, y, splat(float(grid.zeroPoint)));
  y = arith::MulFOp::create(b, loc, y, splat(grid.scale));
  op.replaceAllUsesWith(y);
  op.erase();
  if (cast_->use_empty())
    cast_.erase();
  return success();
}

LogicalResult Legalizer::convert(Operation *op) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    convert(constant);
    return success();
  }
  if (auto product = products.find(op); product != products.end()) {
    rewriter.rewrite(cast<MatvecOp>(op), product->second);
    return success();
  }
  if (isa<quant::QuantizeCastOp, ObserveOp>(op))
    return success(); // by its reader; not any more
  if (auto mark = dyn_cast<quant::DequantizeCastOp>(op))
    return convert(mark);
  FloatType stored = getStored(op);
  if (isa<MatvecOp, ReduceOp>(op)) {
    // What is not summed up needs no rounding before.
    auto reduce = dyn_cast<ReduceOp>(op);
    if (!reduce || (reduce.getKind() != ReduceKind::max &&
                    reduce.getKind() != ReduceKind::min))
      castOperands(op, stored);
    bool hasHalfSums =
        isa<MatvecOp>(op) && layers[op].hasHalfSums && !stored.isF32();
    setResultElement(op, hasHalfSums ? half : single);
    return success();
  }
  if (auto activation = dyn_cast<ActivationOp>(op)) {
    if (!stored.isF32()) {
      convert(activation);
      return success();
    }
    castOperands(op, single);
    setResultElement(op, single);
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
void Legalizer::convertInputs(NetworkOp network) {
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

/// Of the layer that computes the next state.
FloatType Legalizer::getStateType(NetworkOp network, unsigned k) {
  if (isSingleState(network, k))
    return single;
  Operation *next = network.getYield().getStates()[k].getDefiningOp();
  const LayerPolicy &layer = layers[next ? next : network];
  if (layer.precision == Precision::FP32)
    return single;
  // Behind reshapes.
  SmallVector<Value> values{network.getStateArguments()[k]};
  for (size_t i = 0; i != values.size(); ++i)
    for (Operation *user : values[i].getUsers()) {
      if (isa<MatvecOp>(user))
        return half;
      if (auto reshape = dyn_cast<ReshapeOp>(user))
        values.push_back(reshape.getY());
    }
  // What is stored as i16 is computed in f32.
  return layer.cellState == StatePrecision::FP16 ? half : single;
}

LogicalResult Legalizer::convertStates(NetworkOp network) {
  SmallVector<Attribute> types, resets;
  for (auto [k, state] : llvm::enumerate(network.getStateArguments())) {
    Type type = typeWith(state.getType(), getStateType(network, unsigned(k)));
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

LogicalResult Legalizer::convert(NetworkOp network) {
  for (auto op : network.getBody().front().getOps<MatvecOp>())
    if (layers.getPrecision(op) == Precision::INT8 && !products.contains(op))
      return op.emitOpError("is of an int8 layer, but its operands are not "
                            "quantized: --rnn-quantize comes first");
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
  if (products.empty())
    return success();
  rewriter.fuseSums();
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
  quantizeStates(network);
  return success();
}

namespace {
struct LegalizePass : se::rnn::impl::LegalizeBase<LegalizePass> {
  using LegalizeBase::LegalizeBase;
  explicit LegalizePass(const Policy &policy) : policy(policy) {}

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (!policy) {
      auto loaded = Policy::load(precision);
      if (!loaded) {
        module.emitError(llvm::toString(loaded.takeError()));
        return signalPassFailure();
      }
      policy = *loaded;
    }
    if (failed(legalize(module, *policy)))
      signalPassFailure();
  }

  LogicalResult legalize(ModuleOp module, const Policy &policy) {
    module.walk([](ObserveOp op) { op.erase(); });
    if (policy.isUniform() && policy.getBase() == se::quantization::Base::FP32)
      return success();
    // A cell may have other types in each layer.
    if (failed(inlineCells(module)))
      return failure();
    for (auto network : module.getOps<NetworkOp>()) {
      Products products = readProducts(network);
      Layers layers(policy);
      Tensors tensors(network);
      if (!policy.isUniform() && failed(layers.add(network, tensors)))
        return failure();
      if (failed(Legalizer(&getContext(), layers, products).convert(network)))
        return failure();
    }
    return success();
  }

  std::optional<Policy> policy;
};
} // namespace

std::unique_ptr<Pass> se::rnn::createLegalize(const Policy &policy) {
  return std::make_unique<LegalizePass>(policy);
}
