// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LowerCluster.cpp - cluster ops become calls of the runtime ---------===//

#include "se/Conversion/Passes.h"
#include "se/Dialect/Cluster/Cluster.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

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

static void lower(cluster::ParallelOp op, ModuleOp module) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  Value id =
      func::CallOp::create(
          b, loc, declare(module, "se_kernel_core_id", {}, b.getI32Type()))
          .getResult(0);
  Value core = arith::IndexCastUIOp::create(b, loc, b.getIndexType(), id);
  Block &body = op.getBody().front();
  body.getTerminator()->erase();
  body.getArgument(0).replaceAllUsesWith(core);
  op->getBlock()->getOperations().splice(op->getIterator(),
                                         body.getOperations());
  op.erase();
}

static void lower(cluster::NextTileOp op, ModuleOp module) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  Type i32 = b.getI32Type();
  auto number = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(b, b.getI32IntegerAttr(value));
  };
  Value arguments[] = {arith::IndexCastUIOp::create(b, i32, op.getTile()),
                       op.getData(),
                       op.getTable(),
                       op.getRing(),
                       op.getControl(),
                       number(op.getTiles()),
                       number(op.getSlots()),
                       number(op.getSlotBytes())};
  func::CallOp::create(b,
                       declare(module, "se_kernel_next_tile",
                               ValueRange(arguments).getTypes(), {}),
                       arguments);
  op.erase();
}

namespace {
struct LowerClusterPass : conversion::impl::LowerClusterBase<LowerClusterPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    module.walk([&](cluster::BarrierOp op) {
      OpBuilder b(op);
      func::CallOp::create(b, op.getLoc(),
                           declare(module, "se_kernel_barrier", {}, {}));
      op.erase();
    });
    module.walk([&](cluster::ParallelOp op) { lower(op, module); });
    module.walk([&](cluster::NextTileOp op) { lower(op, module); });
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
