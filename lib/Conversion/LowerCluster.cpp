// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LowerCluster.cpp - cluster ops become calls of the runtime ---------===//

#include "se/Conversion/Passes.h"
#include "se/Dialect/Cluster/Cluster.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/Transforms/DialectConversion.h"

namespace se::conversion {
#define GEN_PASS_DEF_LOWERCLUSTER
#include "se/Conversion/Passes.h.inc"
} // namespace se::conversion

using namespace mlir;
using namespace se;

/// A function of the runtime (runtime/include/se/runtime.h).
static func::FuncOp declare(ModuleOp module, StringRef name,
                            TypeRange arguments, TypeRange results) {
  if (auto function = module.lookupSymbol<func::FuncOp>(name))
    return function;
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  auto function = func::FuncOp::create(b, module.getLoc(), name,
                                       b.getFunctionType(arguments, results));
  function.setPrivate();
  return function;
}

/// A token is the position to which the transfer goes, times 16, plus the
/// number that the engine's driver gave it.
static constexpr int64_t tokenScale = 16;

static Value makeIndex(OpBuilder &b, Location loc, int64_t value) {
  return arith::ConstantIndexOp::create(b, loc, value);
}

static Value emitIsDmaCore(OpBuilder &b, Operation *op) {
  auto parallel = op->getParentOfType<cluster::ParallelOp>();
  return arith::CmpIOp::create(
      b, op->getLoc(), arith::CmpIPredicate::eq, parallel.getCore(),
      makeIndex(b, op->getLoc(), parallel.getDmaCore()));
}

static bool isInL1(Value memref) {
  auto level = dyn_cast_or_null<cluster::LevelAttr>(
      cast<MemRefType>(memref.getType()).getMemorySpace());
  return !level || level.getValue() == cluster::Level::l1;
}

/// Which function starts a transfer.
static StringRef getStartFunction(cluster::DmaStartOp op) {
  if (op.getToken().getType().getEngine() == cluster::Engine::external)
    return "se_kernel_external_start";
  if (isInL1(op.getTo()))
    return op.getLine() ? "se_kernel_dma_in_2d" : "se_kernel_dma_in";
  return op.getLine() ? "se_kernel_dma_out_2d" : "se_kernel_dma_out";
}

namespace {
struct LowerDmaStart : OpConversionPattern<cluster::DmaStartOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(cluster::DmaStartOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Type index = rewriter.getIndexType();
    auto start = [&](OpBuilder &b, Location) {
      auto getAddress = [&](Value memref, Value position) -> Value {
        Value base =
            memref::ExtractAlignedPointerAsIndexOp::create(b, loc, memref);
        return arith::AddIOp::create(b, loc, base, position);
      };
      SmallVector<Value> arguments{
          getAddress(op.getFrom(), adaptor.getFromPosition()),
          getAddress(op.getTo(), adaptor.getToPosition()), adaptor.getBytes()};
      if (op.getLine())
        llvm::append_values(arguments, adaptor.getLine(), adaptor.getStride());
      auto function =
          declare(op->getParentOfType<ModuleOp>(), getStartFunction(op),
                  ValueRange(arguments).getTypes(), index);
      Value id = func::CallOp::create(b, loc, function, arguments).getResult(0);
      scf::YieldOp::create(b, loc, id);
    };
    auto branch =
        scf::IfOp::create(rewriter, loc, emitIsDmaCore(rewriter, op), start,
                          [&](OpBuilder &b, Location) {
                            scf::YieldOp::create(b, loc, makeIndex(b, loc, 0));
                          });
    Value position =
        arith::MulIOp::create(rewriter, loc, adaptor.getToPosition(),
                              makeIndex(rewriter, loc, tokenScale));
    rewriter.replaceOpWithNewOp<arith::AddIOp>(op, position,
                                               branch.getResult(0));
    return success();
  }
};

struct LowerDmaWait : OpConversionPattern<cluster::DmaWaitOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(cluster::DmaWaitOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    bool isExternal =
        op.getToken().getType().getEngine() == cluster::Engine::external;
    Value scale = makeIndex(rewriter, loc, tokenScale);
    scf::IfOp::create(
        rewriter, loc, emitIsDmaCore(rewriter, op),
        [&](OpBuilder &b, Location) {
          Value id = arith::RemUIOp::create(b, loc, adaptor.getToken(), scale);
          auto function = declare(op->getParentOfType<ModuleOp>(),
                                  isExternal ? "se_kernel_external_wait"
                                             : "se_kernel_dma_wait",
                                  id.getType(), {});
          func::CallOp::create(b, loc, function, id);
          scf::YieldOp::create(b, loc);
        });
    rewriter.replaceOpWithNewOp<arith::DivUIOp>(op, adaptor.getToken(), scale);
    return success();
  }
};

/// Only the types change; the region is inlined later.
struct ConvertParallel : OpConversionPattern<cluster::ParallelOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(cluster::ParallelOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (failed(rewriter.convertRegionTypes(&op.getBody(), *typeConverter)))
      return failure();
    rewriter.modifyOpInPlace(op, [] {});
    return success();
  }
};

struct ConvertYield : OpConversionPattern<cluster::YieldOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(cluster::YieldOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<cluster::YieldOp>(op, adaptor.getCarried());
    return success();
  }
};
} // namespace

/// Transfers become calls of the runtime, tokens numbers.
static LogicalResult lowerTransfers(ModuleOp module) {
  MLIRContext *context = module.getContext();
  TypeConverter types;
  types.addConversion([](Type type) { return type; });
  types.addConversion([](cluster::TokenType type) -> Type {
    return IndexType::get(type.getContext());
  });
  ConversionTarget target(*context);
  target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
  target.addIllegalOp<cluster::DmaStartOp, cluster::DmaWaitOp>();
  target.addDynamicallyLegalOp<cluster::ParallelOp>(
      [&](cluster::ParallelOp op) { return types.isLegal(&op.getBody()); });
  target.addDynamicallyLegalOp<cluster::YieldOp>(
      [&](cluster::YieldOp op) { return types.isLegal(op); });
  RewritePatternSet patterns(context);
  patterns.add<LowerDmaStart, LowerDmaWait, ConvertParallel, ConvertYield>(
      types, context);
  scf::populateSCFStructuralTypeConversionsAndLegality(types, patterns, target);
  return applyPartialConversion(module, target, std::move(patterns));
}

/// Sections of the constants that do not lie in L2, for se-make-entry-points,
/// which no longer sees levels.
static void recordSections(ModuleOp module) {
  SmallVector<NamedAttribute> sections;
  Builder b(module.getContext());
  for (auto global : module.getOps<memref::GlobalOp>()) {
    auto level =
        dyn_cast_or_null<cluster::LevelAttr>(global.getType().getMemorySpace());
    if (!level || level.getValue() == cluster::Level::l2)
      continue;
    std::string section =
        level.getValue() == cluster::Level::l1
            ? ".l1.data"
            : (".weights." + stringifyLevel(level.getValue())).str();
    sections.push_back(
        b.getNamedAttr(global.getSymName(), b.getStringAttr(section)));
  }
  for (auto program : module.getOps<cluster::ProgramOp>())
    program->setDiscardableAttr(conversion::sectionsAttrName,
                                b.getDictionaryAttr(sections));
}

/// The region becomes the body of the function. What it carries lies in
/// `control`, which all cores read and the one that drives the DMA writes.
static void lower(cluster::ParallelOp op, ModuleOp module) {
  Location loc = op.getLoc();
  Block &body = op.getBody().front();
  Operation *yield = body.getTerminator();
  OpBuilder b(op);
  Type i32 = b.getI32Type(), index = b.getIndexType();
  auto control = [&](unsigned word) -> std::pair<Value, Value> {
    return {op.getControl(), makeIndex(b, loc, word)};
  };
  Value id = func::CallOp::create(b, loc,
                                  declare(module, "se_kernel_core_id", {}, i32))
                 .getResult(0);
  Value core = arith::IndexCastUIOp::create(b, loc, index, id);
  for (BlockArgument argument : body.getArguments().drop_front()) {
    auto [memref, word] = control(argument.getArgNumber() - 1);
    Value value = memref::LoadOp::create(b, loc, memref, word);
    argument.replaceAllUsesWith(
        arith::IndexCastUIOp::create(b, loc, index, value));
  }
  if (yield->getNumOperands()) {
    b.setInsertionPoint(yield);
    auto branch = scf::IfOp::create(b, loc, emitIsDmaCore(b, yield));
    b.setInsertionPointToStart(branch.thenBlock());
    for (auto [k, value] : llvm::enumerate(yield->getOperands())) {
      auto [memref, word] = control(k);
      memref::StoreOp::create(b, loc,
                              arith::IndexCastUIOp::create(b, loc, i32, value),
                              memref, word);
    }
  }
  yield->erase();
  body.getArgument(0).replaceAllUsesWith(core);
  op->getBlock()->getOperations().splice(op->getIterator(),
                                         body.getOperations());
  op.erase();
}

namespace {
struct LowerClusterPass : conversion::impl::LowerClusterBase<LowerClusterPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    recordSections(module);
    if (failed(lowerTransfers(module)))
      return signalPassFailure();
    module.walk([&](cluster::BarrierOp op) {
      OpBuilder b(op);
      func::CallOp::create(b, op.getLoc(),
                           declare(module, "se_kernel_barrier", {}, {}));
      op.erase();
    });
    module.walk([&](cluster::ParallelOp op) { lower(op, module); });
    AttrTypeReplacer replacer;
    replacer.addReplacement([](MemRefType type) -> std::optional<Type> {
      if (!isa_and_nonnull<cluster::LevelAttr>(type.getMemorySpace()))
        return std::nullopt;
      return MemRefType::get(type.getShape(), type.getElementType(),
                             type.getLayout());
    });
    replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true,
                                          /*replaceLocs=*/false,
                                          /*replaceTypes=*/true);
  }
};
} // namespace
