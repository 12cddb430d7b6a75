// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LowerXPulp.cpp - Instructions for the device or the host -----------===//

#include "LowerXPulp.h"
#include "se/Conversion/Passes.h"
#include "se/Dialect/XPulp/XPulp.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace se::conversion {
#define GEN_PASS_DEF_LOWERXPULP
#include "se/Conversion/Passes.h.inc"
} // namespace se::conversion

using namespace mlir;
using namespace se;

/// The same loop, with a branch. A count of 0 counts as 1.
static void convertToFor(xpulp::LoopOp loop) {
  OpBuilder builder(loop);
  Location loc = loop.getLoc();
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  Value one = index(1), count = loop.getCount();
  count = count ? arith::MaxUIOp::create(builder, loc, count, one)
                : index(*loop.getConstantCount());
  auto replacement =
      scf::ForOp::create(builder, loc, index(0), count, one, loop.getInits(),
                         [](OpBuilder &, Location, Value, ValueRange) {});
  Block *body = loop.getBlock(), *newBody = replacement.getBody();
  Operation *yield = body->getTerminator();
  OpBuilder atYield(yield);
  scf::YieldOp::create(atYield, loc, yield->getOperands());
  yield->erase();
  for (auto [from, to] :
       llvm::zip(body->getArguments(), newBody->getArguments().drop_front()))
    from.replaceAllUsesWith(to);
  newBody->getOperations().splice(newBody->end(), body->getOperations());
  loop.replaceAllUsesWith(replacement.getResults());
  loop.erase();
}

namespace {
/// Outside of hardware loops there is nothing to move.
struct LowerMove : OpConversionPattern<xpulp::MoveOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(xpulp::MoveOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, adaptor.getValue());
    return success();
  }
};

struct LowerXPulpPass : conversion::impl::LowerXPulpBase<LowerXPulpPass> {
  using LowerXPulpBase::LowerXPulpBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<xpulp::LoopOp> loops;
    module.walk([&](xpulp::LoopOp loop) { loops.push_back(loop); });
    for (xpulp::LoopOp loop : loops)
      if (host || !loop.getRegisters())
        convertToFor(loop);

    MLIRContext *context = &getContext();
    Type i32 = IntegerType::get(context, 32);
    TypeConverter types;
    types.addConversion([](Type type) { return type; });
    types.addConversion([=](VectorType type) -> std::optional<Type> {
      bool isWord = type.getRank() == 1 && type.getShape()[0] == 1 &&
                    type.getElementType() == i32;
      if (isWord || xpulp::isPacked(type))
        return i32;
      return std::nullopt;
    });
    auto cast = [](OpBuilder &builder, Type type, ValueRange values,
                   Location loc) {
      return UnrealizedConversionCastOp::create(builder, loc, type, values)
          .getResult(0);
    };
    types.addSourceMaterialization(cast);
    types.addTargetMaterialization(cast);

    RewritePatternSet patterns(context);
    if (host)
      conversion::populateHostPatterns(types, patterns);
    else
      conversion::populateDevicePatterns(types, patterns);
    conversion::populatePackedPatterns(types, patterns);
    // It is an instruction as well.
    patterns.add<LowerMove>(types, context, /*benefit=*/2);
    ConversionTarget target(*context);
    target.addIllegalDialect<xpulp::XPulpDialect>();
    target.markUnknownOpDynamicallyLegal([&](Operation *op) {
      auto isLegal = [&](Region &region) { return types.isLegal(&region); };
      if (auto function = dyn_cast<func::FuncOp>(op))
        return types.isSignatureLegal(function.getFunctionType()) &&
               isLegal(function.getBody());
      return types.isLegal(op) && llvm::all_of(op->getRegions(), isLegal);
    });
    scf::populateSCFStructuralTypeConversionsAndLegality(types, patterns,
                                                         target);
    populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns,
                                                                   types);
    populateCallOpTypeConversionPattern(patterns, types);
    populateReturnOpTypeConversionPattern(patterns, types);
    populateBranchOpInterfaceTypeConversionPattern(patterns, types);
    if (failed(applyFullConversion(module, target, std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
