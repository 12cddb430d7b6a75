// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Phases.cpp - What may stand in each phase --------------------------===//

#include "se/Pipelines/Phases.h"

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/DSP/DSP.h"
#include "se/Dialect/Plan/Plan.h"
#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/XPulp/XPulpDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

namespace se {
#define GEN_PASS_DECL_VERIFYPHASE
#define GEN_PASS_DEF_VERIFYPHASE
#include "se/Pipelines/Passes.h.inc"
} // namespace se

using namespace mlir;
using namespace se;

static constexpr StringLiteral names[] = {"imported", "normalized", "legalized",
                                          "planned",  "scheduled",  "selected",
                                          "llvm"};

StringRef se::stringifyPhase(Phase phase) { return names[unsigned(phase)]; }

std::optional<Phase> se::symbolizePhase(StringRef name) {
  for (auto [i, known] : llvm::enumerate(names))
    if (name == known)
      return Phase(i);
  return std::nullopt;
}

std::string se::describeUnknownPhase(StringRef name) {
  const auto *nearest = llvm::min_element(names, [&](StringRef a, StringRef b) {
    return a.edit_distance(name) < b.edit_distance(name);
  });
  // A word that has little in common with any name was no slip.
  constexpr unsigned mostSlips = 3;
  std::string text = ("unknown phase '" + name + "', ").str();
  if (nearest->edit_distance(name) <= mostSlips)
    return text + ("did you mean '" + *nearest + "'?").str();
  return text + "expected one of " + llvm::join(ArrayRef(names), ", ");
}

std::optional<Phase> se::getPhase(ModuleOp module) {
  Attribute attr = module->getAttr(phaseAttrName);
  if (!attr)
    return Phase::Imported;
  std::optional<Phase> phase;
  if (auto string = dyn_cast<StringAttr>(attr))
    phase = symbolizePhase(string.getValue());
  if (!phase)
    module.emitError("attribute ")
        << phaseAttrName << " is not the name of a phase: " << attr;
  return phase;
}

template <typename... Dialects> static bool isOf(Operation *op) {
  return op && isa_and_nonnull<Dialects...>(op->getDialect());
}

/// Element types that come with a policy: halves, integers and their sums.
static bool isOfPolicy(Type element) {
  return element.isF16() || element.isInteger(8) || element.isInteger(16) ||
         element.isInteger(32);
}

/// Tensors of floats, or of truth values between comparison and selection; with
/// `allowPolicy` of what a policy makes of floats.
static bool hasTensorsOf(Operation *op, bool allowPolicy) {
  auto allowed = [&](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.hasStaticShape())
      return false;
    Type element = tensor.getElementType();
    return element.isF32() || element.isInteger(1) ||
           (allowPolicy && isOfPolicy(element));
  };
  return llvm::all_of(op->getOperandTypes(), allowed) &&
         llvm::all_of(op->getResultTypes(), allowed);
}

/// Operations that become code for one element. All others are refused before
/// any pass sees them.
static bool isArithmetic(Operation *op) {
  if (isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp,
          arith::RemFOp, arith::NegFOp, arith::MaximumFOp, arith::MinimumFOp,
          arith::MaxNumFOp, arith::MinNumFOp, arith::CmpFOp, arith::SelectOp,
          arith::ConstantOp>(op))
    return true;
  // Of masks, and what stands in later phases.
  return isa<arith::AndIOp, arith::OrIOp, arith::XOrIOp, arith::CmpIOp,
             arith::UIToFPOp, arith::SIToFPOp, arith::ExtFOp, arith::TruncFOp,
             arith::AddIOp, arith::ExtSIOp, arith::ExtUIOp, arith::TruncIOp>(
      op);
}

static bool isFunction(Operation *op) {
  return isa<math::AbsFOp, math::AcosOp, math::AcoshOp, math::AsinOp,
             math::AsinhOp, math::AtanOp, math::AtanhOp, math::Atan2Op,
             math::CeilOp, math::ClampFOp, math::CopySignOp, math::CosOp,
             math::CoshOp, math::ErfOp, math::ErfcOp, math::ExpOp, math::Exp2Op,
             math::ExpM1Op, math::FloorOp, math::FmaOp, math::IsFiniteOp,
             math::IsInfOp, math::IsNaNOp, math::LogOp, math::Log10Op,
             math::Log1pOp, math::Log2Op, math::PowFOp, math::RoundOp,
             math::RoundEvenOp, math::RsqrtOp, math::SinOp, math::SinhOp,
             math::SqrtOp, math::TanOp, math::TanhOp, math::TruncOp>(op);
}

/// What rnn-normalize-movement knows.
static bool isMovement(Operation *op) {
  if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
    return llvm::all_of(insert.getStaticStrides(),
                        [](int64_t stride) { return stride == 1; });
  return isa<tensor::ConcatOp, tensor::ExtractSliceOp, tensor::ExpandShapeOp,
             tensor::CollapseShapeOp, tensor::CastOp>(op);
}

/// Arithmetic on sizes in a cell, of which rnn-instantiate-cells leaves
/// nothing.
static bool isOfSizes(Operation *op) {
  if (!op->getParentOfType<rnn::CellOp>() ||
      !llvm::all_of(op->getResultTypes(), llvm::IsaPred<IndexType>))
    return false;
  return isa<tensor::DimOp, arith::ConstantOp, arith::AddIOp, arith::SubIOp,
             arith::MulIOp, arith::DivSIOp, arith::DivUIOp>(op);
}

/// A number that rnn.broadcast repeats.
static bool isNumber(Operation *op) {
  return isa<arith::ConstantOp>(op) && op->getResult(0).getType().isF32() &&
         llvm::all_of(op->getUsers(), llvm::IsaPred<rnn::BroadcastOp>);
}

/// What may stand in a cell besides, before its sizes are known.
static bool isGeneric(Operation *op) {
  if (isOfSizes(op))
    return true;
  if (auto broadcast = dyn_cast<rnn::BroadcastOp>(op))
    if (broadcast.getX().getType().isF32())
      return true;
  auto allowed = [&](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor ? tensor.getElementType().isF32() ||
                        tensor.getElementType().isInteger(1)
                  : type.isIndex();
  };
  return op->getParentOfType<rnn::CellOp>() &&
         isOf<rnn::RNNDialect, arith::ArithDialect, math::MathDialect,
              tensor::TensorDialect>(op) &&
         llvm::all_of(op->getOperandTypes(), allowed) &&
         llvm::all_of(op->getResultTypes(), allowed);
}

/// Whether code can be made of an operation on tensors, whatever its types.
static bool canBeCompiled(Operation *op) {
  if (isOfSizes(op))
    return true;
  if (isOf<math::MathDialect>(op))
    return isFunction(op);
  if (isOf<tensor::TensorDialect>(op))
    return isMovement(op);
  if (isOf<arith::ArithDialect>(op))
    return isArithmetic(op);
  return true;
}

static bool isTensorOp(Operation *op, bool allowPolicy) {
  if (!isOf<rnn::RNNDialect, arith::ArithDialect, math::MathDialect,
            tensor::TensorDialect>(op))
    return false;
  if (auto network = dyn_cast<rnn::NetworkOp>(op))
    return llvm::all_of(network.getBody().getArgumentTypes(), [&](Type type) {
      Type element = cast<RankedTensorType>(type).getElementType();
      return element.isF32() || (allowPolicy && isOfPolicy(element));
    });
  if (isa<rnn::CellOp>(op))
    return true;
  return hasTensorsOf(op, allowPolicy);
}

/// Stages, what they are put together from, and scalars in their bodies.
static bool isPlanned(Operation *op) {
  if (!op->getParentOfType<plan::StageOp>())
    return isa<plan::StageOp, plan::PushOp>(op) ||
           (isTensorOp(op, /*allowPolicy=*/true) &&
            !isa<rnn::CellOp, rnn::ApplyOp, rnn::MatvecOp, rnn::ReduceOp,
                 rnn::LSTMOp, rnn::GRUOp, rnn::LinearOp>(op));
  return isOf<plan::PlanDialect>(op) ||
         isa<rnn::ActivationOp, rnn::QuantizeOp, rnn::InterpolateOp, scf::ForOp,
             scf::YieldOp>(op) ||
         isOf<arith::ArithDialect, math::MathDialect>(op);
}

/// The functions of math that are one instruction.
static bool isInstruction(Operation *op) {
  return isa<math::FmaOp, math::SqrtOp, math::AbsFOp, math::CopySignOp,
             math::FloorOp, math::CeilOp, math::RoundEvenOp, math::RoundOp,
             math::TruncOp, math::CountLeadingZerosOp>(op);
}

/// Types of the values in loops and instructions. Of wider ones LLVM makes no
/// code, and says so only by ending the process.
static bool isOfMachine(Type type) {
  constexpr unsigned mostBits = 64;
  Type element = getElementTypeOrSelf(type);
  return !element.isIntOrFloat() || element.getIntOrFloatBitWidth() <= mostBits;
}

/// An application that leaves something to rnn-instantiate-cells.
static bool isOfOpenCell(Operation *op) {
  auto apply = dyn_cast<rnn::ApplyOp>(op);
  if (!apply)
    return false;
  auto cell = SymbolTable::lookupNearestSymbolFrom<rnn::CellOp>(
      op, apply.getCellAttr());
  return !cell || apply.getOptions() || apply.getWithout() ||
         apply.getOperandTypes() != cell.getBody().getArgumentTypes();
}

/// What only rnn-expand-named-cells, rnn-instantiate-cells and
/// rnn-normalize-movement know.
static bool isNamed(Operation *op) {
  return isa<rnn::LSTMOp, rnn::GRUOp, rnn::LinearOp, rnn::FillOp, rnn::SplitOp,
             rnn::ChooseOp>(op);
}

static bool isAllowed(Operation *op, Phase phase) {
  if (isa<ModuleOp>(op))
    return true;
  switch (phase) {
  case Phase::Imported:
    return isTensorOp(op, /*allowPolicy=*/false) || isGeneric(op) ||
           isNumber(op) || isOf<dsp::DSPDialect>(op);
  case Phase::Normalized:
    return isTensorOp(op, /*allowPolicy=*/false) && !isNamed(op) &&
           !isOfOpenCell(op);
  case Phase::Legalized:
    return isTensorOp(op, /*allowPolicy=*/true) && !isNamed(op) &&
           !isOfOpenCell(op);
  case Phase::Planned:
    return isPlanned(op);
  case Phase::Scheduled:
  case Phase::Selected: {
    for (TypeRange types :
         {TypeRange(op->getOperandTypes()), TypeRange(op->getResultTypes())})
      if (llvm::any_of(types, [](Type type) {
            return isa<TensorType>(type) || !isOfMachine(type);
          }))
        return false;
    if (phase == Phase::Scheduled &&
        isa<rnn::ActivationOp, rnn::QuantizeOp, rnn::InterpolateOp>(op))
      return true;
    if (isOf<math::MathDialect>(op))
      return phase == Phase::Scheduled || isInstruction(op);
    if (isa<cluster::DotOp>(op))
      return phase == Phase::Scheduled;
    if (isOf<xpulp::XPulpDialect>(op))
      return phase == Phase::Selected;
    return isOf<cluster::ClusterDialect, func::FuncDialect, scf::SCFDialect,
                memref::MemRefDialect, arith::ArithDialect,
                vector::VectorDialect>(op);
  }
  case Phase::LLVM:
    return isOf<LLVM::LLVMDialect>(op);
  }
  llvm_unreachable("all phases handled");
}

/// Of a tensor or a memory, as in ONNX import. Passes compute with sizes in
/// bytes and hold some tensors as a whole.
static constexpr int64_t maxElements = int64_t(1) << 28;

static bool isTooLarge(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped || !shaped.hasStaticShape())
    return false;
  int64_t elements = 1;
  return llvm::any_of(shaped.getShape(), [&](int64_t size) {
    return llvm::MulOverflow(elements, size, elements) ||
           elements > maxElements;
  });
}

static LogicalResult verifySizes(Operation *op) {
  auto check = [&](Type type) -> LogicalResult {
    if (!isTooLarge(type))
      return success();
    return op->emitError() << type << " has more than " << maxElements
                           << " elements, the most that a value may have";
  };
  for (Type type : op->getResultTypes())
    if (failed(check(type)))
      return failure();
  for (Region &region : op->getRegions())
    for (Block &block : region)
      for (Type type : block.getArgumentTypes())
        if (failed(check(type)))
          return failure();
  return success();
}

LogicalResult se::verifyPhase(ModuleOp module, Phase phase) {
  bool isImported = phase == Phase::Imported || phase == Phase::Normalized;
  WalkResult result = module.walk([&](Operation *op) {
    if (failed(verifySizes(op)))
      return WalkResult::interrupt();
    // What an op of tensor holds is part of it.
    while (isImported && isOf<tensor::TensorDialect>(op->getParentOp()))
      op = op->getParentOp();
    if (isImported && !canBeCompiled(op)) {
      op->emitError("'") << op->getName()
                         << "' cannot be compiled: docs/phases.md lists the "
                            "operations that can";
      return WalkResult::interrupt();
    }
    if (isAllowed(op, phase))
      return WalkResult::advance();
    op->emitError("'") << op->getName()
                       << "' with these types may not stand in "
                       << "phase '" << stringifyPhase(phase) << "'";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

namespace {
struct VerifyPhasePass : se::impl::VerifyPhaseBase<VerifyPhasePass> {
  using VerifyPhaseBase::VerifyPhaseBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    std::optional<Phase> expected =
        phase.empty() ? getPhase(module) : symbolizePhase(phase);
    if (!expected) {
      if (!phase.empty())
        module.emitError(describeUnknownPhase(phase));
      return signalPassFailure();
    }
    if (failed(verifyPhase(module, *expected)))
      return signalPassFailure();
    if (enter)
      module->setAttr(
          phaseAttrName,
          StringAttr::get(&getContext(), stringifyPhase(*expected)));
  }
};
} // namespace

std::unique_ptr<Pass> se::createEnterPhasePass(Phase phase) {
  VerifyPhaseOptions options;
  options.phase = stringifyPhase(phase).str();
  options.enter = true;
  return createVerifyPhase(options);
}
