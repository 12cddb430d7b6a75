// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- largest-tiles-opt.cpp - se-opt with another tiling -----------------===//
//
// docs/tutorials/tiling-pass.md explains it.
//
//===----------------------------------------------------------------------===//

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/RNN/RNN.h"
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
      auto tiling = network->getAttrOfType<cluster::TilingAttr>(
          cluster::TilingAttr::attrName);
      if (!tiling) {
        network.emitError("expected a tiling to change (--se-choose-tiling)");
        return signalPassFailure();
      }
      // 64 bytes tell the next frame what is under way; a transfer has at most
      // 64 KB.
      int64_t slot = std::min<int64_t>((tiling.getL1Bytes() - 64) / 2, 1 << 16);
      slot -= slot % 16;
      SmallVector<cluster::StageTilingAttr> stages;
      for (cluster::StageTilingAttr stage : tiling.getStages()) {
        int64_t fit = slot / stage.getPanelBytes();
        if (fit == 0) {
          network.emitError("a panel of stage '")
              << stage.getName() << "' does not fit";
          return signalPassFailure();
        }
        stages.push_back(cluster::StageTilingAttr::get(
            &getContext(), stage.getName(), stage.getElements(),
            stage.getPanelBytes(), stage.getRegisterTile(),
            /*tile=*/std::min(fit, stage.getRegisterTiles()), /*k_blocks=*/1,
            /*keeps_sums=*/false, /*resident=*/0));
      }
      network->setAttr(cluster::TilingAttr::attrName,
                       cluster::TilingAttr::get(&getContext(), /*slots=*/2,
                                                slot, tiling.getL1Bytes(),
                                                tiling.getScreening(), stages));
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
