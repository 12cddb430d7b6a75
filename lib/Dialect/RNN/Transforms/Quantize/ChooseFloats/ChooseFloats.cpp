// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ChooseFloats.cpp - What fp16 computes in f32 all the same ----------===//

#include "Floats.h"
#include "Layers/Layers.h"
#include "Layers/Tensors.h"
#include "Needs.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Dialect/RNN/LayerName.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/Format.h"

namespace se::rnn {
#define GEN_PASS_DEF_CHOOSEFLOATS
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;
using namespace se::quantization;

/// What is stored in f16, and presumed of it where nothing is proved.
static constexpr Ranges::Presumption ofArithmetic = {
    /*margin=*/4, /*input=*/std::numeric_limits<double>::infinity(),
    /*product=*/1024,
    /*quotient=*/std::numeric_limits<double>::infinity()};
/// What matrices multiply, which f16 holds if it is a feature as networks are
/// trained on: a spectrum, not its power.
static constexpr Ranges::Presumption ofVectors = {
    /*margin=*/1.5, /*input=*/2000, /*product=*/30, /*quotient=*/30};

namespace {
class FloatChooser {
public:
  FloatChooser(NetworkOp network, const Layers &layers)
      : network(network), layers(layers), flow(network),
        ranges(network, layers.getPolicy(), flow, ofArithmetic),
        vectors(network, layers.getPolicy(), flow, ofVectors),
        needs(network, ranges, flow), wideStates(network.getNumStates()) {}

  void run();

private:
  bool fits(Value value) const { return ranges.get(value).fitsHalf(); }
  bool needsSingle(Value value) const {
    return needs.getFloor(value) < Needs::leastOfHalf;
  }
  bool choose(Operation *op);
  bool choose(MatvecOp op);
  bool choose(ActivationOp op);
  bool chooseArithmetic(Operation *op);
  bool chooseMovement(Operation *op);
  bool chooseState(unsigned k);
  bool isReadWide(Value value);
  bool isWide(Value value);
  void warn(MatvecOp op);
  void warnOfReset(unsigned k);

  NetworkOp network;
  const Layers &layers;
  StateFlow flow;
  Ranges ranges, vectors;
  Needs needs;
  std::vector<bool> wideStates;
  /// Results of data movement for which isReadWide holds, once those that read
  /// them are decided on.
  llvm::DenseSet<Value> readWide;
};
} // namespace

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

static float roundToHalf(float value) {
  APFloat half(value);
  bool ignored;
  half.convert(APFloat::IEEEhalf(), APFloat::rmNearestTiesToEven, &ignored);
  half.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven, &ignored);
  return half.convertToFloat();
}

/// Whether f16 is off by more than 1 percent of `size`.
static bool isLost(float value, float size) {
  return std::isfinite(value) &&
         !(std::fabs(roundToHalf(value) - value) <= 0.01f * std::fabs(size));
}

static float getLargest(ArrayRef<float> values) {
  float most = 0;
  for (float value : values)
    if (std::isfinite(value))
      most = std::max(most, std::fabs(value));
  return most;
}

/// Whether f16 loses elements of a constant that `op` reads: each counts where
/// they are factors, what matters of all where they are terms.
static bool isConstantLost(Value value, Operation *op) {
  if (!isa_and_nonnull<arith::ConstantOp>(value.getDefiningOp()))
    return false;
  std::optional<std::vector<float>> values = readFloats(value);
  if (!values)
    return false;
  bool isFactor = isa<arith::MulFOp, arith::DivFOp, math::PowFOp>(op);
  float largest = getLargest(*values);
  return llvm::any_of(*values, [&](float element) {
    return isLost(element, isFactor ? element : largest);
  });
}

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

static bool isFloat(Value value) {
  return isa<FloatType>(getElementTypeOrSelf(value.getType()));
}

static bool isMovement(Operation *op) {
  return isa<ReshapeOp, TransposeOp, BroadcastOp, tensor::ExtractSliceOp,
             tensor::ConcatOp>(op);
}

/// A product of f16 whose operands f16 cannot hold, or whose matrix is computed
/// in f32: to round all of that in every frame takes longer than it saves.
bool FloatChooser::choose(MatvecOp op) {
  if (layers.getPrecision(op) != Precision::FP16)
    return false;
  auto isConstant = [](Value value) {
    return isa_and_nonnull<arith::ConstantOp>(value.getDefiningOp());
  };
  if (isConstant(op.getW()))
    if (std::optional<std::vector<float>> w = readFloats(op.getW()))
      if (std::isinf(roundToHalf(getLargest(*w))))
        return true;
  return isWide(op.getW()) || !vectors.get(op.getX()).fitsHalf() ||
         needs.getVectorFloor(op) < Needs::leastOfHalf;
}

/// Whether a value is a state of f32, or computed in f32 by choice.
bool FloatChooser::isWide(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op) {
    unsigned number = cast<BlockArgument>(value).getArgNumber(),
             inputs = network.getNumInputs();
    return number >= inputs && wideStates[number - inputs];
  }
  if (isMovement(op))
    return llvm::any_of(op->getOperands(),
                        [&](Value operand) { return isWide(operand); });
  return isSingle(op) && !isa<MatvecOp>(op);
}

bool FloatChooser::choose(ActivationOp op) {
  ActivationAttr function = op.getFunction();
  ActivationKind kind = function.getKind();
  for (float parameter : {function.getAlphaValue(), function.getBetaValue()})
    if (isLost(parameter, parameter))
      return true;
  if (kind == ActivationKind::sigmoid || kind == ActivationKind::tanh ||
      kind == ActivationKind::scaled_tanh)
    return needs.getFloor(op.getY()) < Needs::leastOfTable;
  return needsSingle(op.getY()) || !fits(op.getX()) || !fits(op.getY());
}

bool FloatChooser::chooseArithmetic(Operation *op) {
  auto isLeft = [&](Value value) {
    return isFloat(value) && (!fits(value) || needsSingle(value));
  };
  for (Value operand : op->getOperands())
    if (isConstantLost(operand, op) ||
        (!operand.getDefiningOp<arith::ConstantOp>() && isFloat(operand) &&
         !fits(operand)))
      return true;
  if (isa<arith::CmpFOp, ReduceOp>(op))
    return llvm::any_of(op->getOperands(), isLeft);
  return llvm::any_of(op->getResults(), isLeft);
}

/// Data movement has the type of what it moves; that of an input can be chosen.
bool FloatChooser::chooseMovement(Operation *op) {
  return needsSingle(op->getResult(0)) ||
         llvm::any_of(
             op->getOperands(),
             [&](Value operand) { return isConstantLost(operand, op); }) ||
         (!fits(op->getResult(0)) && isReadWide(op->getResult(0)));
}

/// Whether what reads it is not rounded to f16 anyway.
bool FloatChooser::isReadWide(Value value) {
  return llvm::any_of(value.getUses(), [&](OpOperand &use) {
    Operation *user = use.getOwner();
    if (auto yield = dyn_cast<YieldOp>(user)) {
      unsigned outputs = yield.getOutputs().size();
      return use.getOperandNumber() < outputs ||
             wideStates[use.getOperandNumber() - outputs];
    }
    if (isMovement(user))
      return isSingle(user) || readWide.contains(user->getResult(0));
    return !isa<MatvecOp>(user) || isSingle(user);
  });
}

bool FloatChooser::chooseState(unsigned k) {
  Value state = network.getStateArguments()[k];
  if (flow.isSlow(k))
    return true;
  bool isLeft = !fits(state) || (needsSingle(state) && !needs.isHidden(k));
  return isLeft && isReadWide(state);
}

bool FloatChooser::choose(Operation *op) {
  if (isa<arith::ConstantOp, YieldOp, ObserveOp>(op) ||
      op->getNumResults() != 1 || layers.getPrecision(op) == Precision::FP32)
    return false;
  if (auto matvec = dyn_cast<MatvecOp>(op))
    return choose(matvec);
  if (auto activation = dyn_cast<ActivationOp>(op))
    return choose(activation);
  return isMovement(op) ? chooseMovement(op) : chooseArithmetic(op);
}

void FloatChooser::run() {
  // States read what operations choose, and the other way round.
  bool hasChanged = true;
  while (hasChanged) {
    hasChanged = false;
    for (Operation &op : llvm::reverse(network.getBody().front())) {
      if (isMovement(&op) && isReadWide(op.getResult(0)))
        readWide.insert(op.getResult(0));
      if (!isSingle(&op) && choose(&op)) {
        setSingle(&op);
        hasChanged = true;
      }
    }
    for (unsigned k = 0; k != network.getNumStates(); ++k)
      if (!wideStates[k] && chooseState(k))
        hasChanged = wideStates[k] = true;
  }
  SmallVector<Attribute> names;
  for (auto [k, name] : llvm::enumerate(network.getStateNames()))
    if (wideStates[k])
      names.push_back(name);
    else
      warnOfReset(unsigned(k));
  if (!names.empty())
    network->setAttr(singleStatesAttrName,
                     ArrayAttr::get(network.getContext(), names));
  for (auto op : network.getBody().front().getOps<MatvecOp>())
    warn(op);
}

//===----------------------------------------------------------------------===//
// Warnings
//===----------------------------------------------------------------------===//

static std::string getName(arith::ConstantOp op) {
  StringRef name = getConstantName(op.getValue());
  return name == "constant" ? getLayerName(op.getLoc()) : name.str();
}

static std::string describe(float value) {
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::format("%g becomes %g", value, roundToHalf(value));
  return text;
}

/// A matrix has no elements that matter less than 1 percent of those of their
/// row.
void FloatChooser::warn(MatvecOp op) {
  auto constant = op.getW().getDefiningOp<arith::ConstantOp>();
  if (!constant || layers.getPrecision(op) != Precision::FP16)
    return;
  std::optional<std::vector<float>> w = readFloats(op.getW());
  if (!w)
    return;
  size_t columns = cast<RankedTensorType>(op.getW().getType()).getDimSize(1);
  for (size_t row = 0; row != w->size() / columns; ++row) {
    auto elements = ArrayRef(*w).slice(row * columns, columns);
    float largest = getLargest(elements);
    for (float element : elements)
      if (isLost(element, largest)) {
        op.emitWarning("constant '")
            << getName(constant) << "': " << describe(element)
            << " in f16 (row " << row << ")"
            << (isSingle(op) ? ": this product is computed in f32" : "");
        return;
      }
  }
}

void FloatChooser::warnOfReset(unsigned k) {
  std::optional<std::vector<float>> values =
      readFloats(network.getResetValues()[k]);
  Operation *next = network.getYield().getStates()[k].getDefiningOp();
  if (!values || (next && layers.getPrecision(next) == Precision::FP32))
    return;
  float largest = getLargest(*values);
  for (float value : *values)
    if (isLost(value, largest)) {
      network.emitWarning("state ")
          << network.getStateNames()[k]
          << ": its reset value: " << describe(value) << " in f16";
      return;
    }
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
struct ChooseFloatsPass : se::rnn::impl::ChooseFloatsBase<ChooseFloatsPass> {
  using ChooseFloatsBase::ChooseFloatsBase;
  explicit ChooseFloatsPass(const Policy &policy) : policy(policy) {}

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(loadPolicy(module, policy, precision, calibration)))
      return signalPassFailure();
    if (policy->isUniform() &&
        policy->getBase() == se::quantization::Base::FP32)
      return;
    if (failed(inlineCells(module)))
      return signalPassFailure();
    for (auto network : module.getOps<NetworkOp>()) {
      Layers layers(*policy);
      if (failed(layers.findSplit(network)))
        return signalPassFailure();
      FloatChooser(network, layers).run();
    }
  }

  std::optional<Policy> policy;
};
} // namespace

std::unique_ptr<Pass> se::rnn::createChooseFloats(const Policy &policy) {
  return std::make_unique<ChooseFloatsPass>(policy);
}
