// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PlanReport.cpp - The attribute plan.report -------------------------===//

#include "PlanReport.h"

#include "../Planning/TileTable.h"

#include "se/Dialect/RNN/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

static int64_t toNumber(double value) { return int64_t(value + 0.5); }

namespace {
/// Bytes of parameters in each memory.
struct Bytes {
  int64_t l1 = 0, l2 = 0, l3 = 0, nvm = 0;
  int64_t &operator[](cluster::Level level) {
    switch (level) {
    case cluster::Level::l1:
      return l1;
    case cluster::Level::l2:
      return l2;
    case cluster::Level::l3:
      return l3;
    case cluster::Level::nvm:
      return nvm;
    }
    llvm_unreachable("unknown level");
  }
  plan::BytesAttr getAttr(MLIRContext *context) const {
    return plan::BytesAttr::get(context, l1, l2, l3, nvm);
  }
};
} // namespace

/// `tiles` are those of all loops from this stage's on.
static plan::StageReportAttr reportStage(plan::StageOp stage,
                                         const Schedule &schedule,
                                         ArrayRef<Tile> &tiles) {
  const Tiling &tiling = schedule.tiling;
  const TilingOptions &options = schedule.options;
  const StageLoop &loop = schedule.stageLoops.getLoop(stage);
  Bytes bytes;
  int64_t number = 0, flowing = 0;
  for (; !tiles.empty() && tiles.front().loop == &loop; ++number) {
    const Tile &tile = tiles.consume_front();
    flowing += tile.level != cluster::Level::l1;
    bytes[tile.level] += tile.bytes;
  }
  double rate =
      tiling.isInL3 ? options.l3.bytesPerCycle : options.machine.bytesPerCycle;
  double dma = double(bytes.l2 + bytes.nvm + bytes.l3) / rate +
               double(flowing) * transferCycles;
  double outer = 0;
  if (tiling.external)
    outer = double(bytes.nvm) / options.nvm.bytesPerCycle +
            double(bytes.l3) / options.l3.bytesPerCycle;
  double macs = loop.getCost().products * double(loop.rows) /
                double(loop.panel.registerTile);
  MLIRContext *context = stage.getContext();
  return plan::StageReportAttr::get(
      context, stage.getName(), int64_t(stage.getDepth()),
      int64_t(stage.getElements()), toNumber(macs), loop.panel.registerTile,
      loop.panel.vectors,
      number ? std::min(loop.tileSize * loop.panel.registerTile, loop.rows)
             : loop.rows,
      loop.panel.kBlocks, number, bytes.getAttr(context),
      plan::CyclesAttr::get(context,
                            toNumber(getLoopCycles(loop, options.machine)),
                            toNumber(dma), toNumber(outer)));
}

plan::ReportAttr schedule::makeReport(const Schedule &schedule) {
  rnn::NetworkOp network = schedule.network;
  MLIRContext *context = network.getContext();
  const Tiling &tiling = schedule.tiling;
  const TilingOptions &options = schedule.options;
  std::vector<Tile> list = listTiles(schedule.stageLoops.getLoops(), tiling);
  ArrayRef<Tile> tiles = list;
  SmallVector<plan::StageReportAttr> stages;
  for (ArrayRef<plan::StageOp> depth : schedule.storage.getDepths())
    for (plan::StageOp stage : depth)
      stages.push_back(reportStage(stage, schedule, tiles));
  Bytes used, available;
  used.l1 = schedule.stateBytes + options.codeBytes;
  used.l2 = tiling.streamBytes - tiling.externalBytes;
  used.l3 = tiling.externalBytes - tiling.nonVolatileBytes;
  used.nvm = tiling.nonVolatileBytes;
  if (tiling.isInL3)
    std::swap(used.l2, used.l3);
  int64_t &image = tiling.imageLevel == cluster::Level::l2    ? used.l2
                   : tiling.imageLevel == cluster::Level::nvm ? used.nvm
                                                              : used.l3;
  image += tiling.residentBytes;
  used.l2 += schedule.otherL2Bytes + tiling.getOuterBytes();
  if (!options.codeBytes)
    used.l2 += tiling.getTableBytes();
  available.l1 = schedule.l1Available + options.codeBytes;
  available.l2 = options.l2Bytes;
  available.l3 = options.l3.bytes;
  available.nvm = options.nvm.bytes;
  return plan::ReportAttr::get(
      context, toNumber(tiling.cycles),
      plan::CyclesAttr::get(context, toNumber(tiling.computeCycles),
                            toNumber(tiling.dmaCycles),
                            toNumber(tiling.externalCycles)),
      tiling.slots, tiling.slotBytes, tiling.getExternalSlots(),
      used.getAttr(context), available.getAttr(context), stages,
      schedule.buffers);
}

void schedule::remarkStages(const Schedule &schedule, plan::ReportAttr report) {
  auto reports = report.getStages().begin();
  for (ArrayRef<plan::StageOp> depth : schedule.storage.getDepths())
    for (plan::StageOp stage : depth) {
      plan::StageReportAttr entry = *reports++;
      plan::BytesAttr bytes = entry.getBytes();
      plan::CyclesAttr cycles = entry.getCycles();
      emitRemark(stage.getLoc())
          << entry.getElements() << " elements on level " << entry.getDepth()
          << ", " << entry.getTiles() << " tiles, " << bytes.getL1()
          << " bytes stay in l1, per frame come " << bytes.getL2()
          << " from l2, " << bytes.getNvm() << " from nvm, " << bytes.getL3()
          << " from l3; compute " << cycles.getCompute() << ", dma "
          << cycles.getDma() << ", external " << cycles.getExternal()
          << " cycles, bound by " << cycles.getBound();
    }
}

void schedule::remarkShared(const Schedule &schedule) {
  int64_t bytes = 0, reads = 0;
  const SharedConstant *largest = nullptr;
  for (auto &[value, constant] : schedule.stageLoops.getShared()) {
    if (schedule.tiling.shared.contains(value))
      continue;
    bytes += constant.bytes;
    reads += constant.reads;
    if (!largest || constant.bytes > largest->bytes)
      largest = &constant;
  }
  if (!largest)
    return;
  auto constant = largest->constant.getDefiningOp<arith::ConstantOp>();
  // What would help and is not so already.
  std::string help;
  if (schedule.stageLoops.isSingle())
    help = "--precision=fp16";
  if (schedule.tiling.slots > 2 ||
      (schedule.tiling.slots && !schedule.options.slotBytes))
    help += std::string(help.empty() ? "" : ", ") +
            "a smaller ring (--schedule=ring=2,slot-bytes=N)";
  if (!help.empty())
    help += " or ";
  emitRemark(constant.getLoc())
      << "'" << rnn::getConstantName(cast<ElementsAttr>(constant.getValue()))
      << "' and other constants that elements share (" << bytes
      << " bytes) do not fit l1: cores wait for l2 at each of " << reads
      << " loads per frame; " << help << "a target with more l1 may make room";
}
