// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- largest-tiles-opt.cpp - se-opt with another tiling -----------------===//
//
// docs/tutorials/tiling-pass.md explains it.
//
//===----------------------------------------------------------------------===//

#include "se/Dialect/Plan/Plan.h"
#include "se/Pipelines/Pipelines.h"

#include "mlir/Pass/Pass.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

using namespace mlir;
using namespace se;

namespace {
/// Two slots that take all of L1, the largest tile that fits, nothing resident.
struct LargestTiles : PassWrapper<LargestTiles, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(LargestTiles)
  StringRef getArgument() const final { return "largest-tiles"; }
  StringRef getDescription() const final {
    return "Tile with two slots of the largest size, and keep nothing in L1";
  }

  void runOnOperation() final {
    for (auto network : getOperation().getOps<rnn::NetworkOp>()) {
      auto stream =
          network->getAttrOfType<plan::StreamAttr>(plan::StreamAttr::attrName);
      if (!stream) {
        network.emitError("expected a tiling to change (--se-choose-tiling)");
        return signalPassFailure();
      }
      // 64 bytes tell the next frame what is under way; a transfer has at most
      // 64 KB.
      int64_t slot = std::min<int64_t>((stream.getL1Bytes() - 64) / 2, 1 << 16);
      slot -= slot % 16;
      // Splits and places were decided for another tiling.
      network->removeAttr(plan::BufferAttr::attrName);
      for (auto stage : network.getBody().getOps<plan::StageOp>()) {
        stage.setSplit(false);
        plan::TilingAttr old = *stage.getTiling();
        if (!old.getPanelBytes()) // no parameters
          continue;
        int64_t fit = slot / old.getPanelBytes();
        int64_t all = llvm::divideCeil(stage.getRows(), old.getRegisterTile());
        if (fit == 0) {
          stage.emitError("a panel does not fit");
          return signalPassFailure();
        }
        stage.setTilingAttr(plan::TilingAttr::get(
            &getContext(), old.getRegisterTile(), old.getPanelBytes(),
            /*tile=*/std::min(fit, all), /*k_blocks=*/1, /*keeps_sums=*/false,
            /*resident=*/0, old.getUnroll()));
      }
      network->setAttr(plan::StreamAttr::attrName,
                       plan::StreamAttr::get(&getContext(), /*slots=*/2, slot,
                                             stream.getL1Bytes(),
                                             stream.getScreening(),
                                             stream.getCodeBytes()));
    }
  }
};
} // namespace

int main(int argc, char **argv) {
  DialectRegistry registry;
  registerDialects(registry);
  registerPasses();
  PassRegistration<LargestTiles>();
  return failed(
      MlirOptMain(argc, argv, "se-opt with another tiling\n", registry));
}
