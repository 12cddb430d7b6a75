// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PlanReport.cpp - The plan as an attribute --------------------------===//

#include "PlanReport.h"

#include "se/Dialect/RNN/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

void PlanReport::addStage(plan::StageOp stage) {
  const StageLoop &loop = stageLoops.getLoop(stage);
  bool flows = loop.isStreamed();
  // Bytes per frame from each memory, and what stays.
  int64_t resident = 0, l2 = 0, nvm = 0, l3 = 0, flowing = 0;
  if (flows)
    for (int64_t tile = 0, e = loop.getTiles(); tile != e; ++tile) {
      int64_t bytes = loop.getBytes(tile);
      if (loop.isResident(tile)) {
        resident += bytes;
        continue;
      }
      ++flowing;
      if (!isChosen(transfers++, tiling.external, tiling.transfers))
        (tiling.isInL3 ? l3 : l2) += bytes;
      else if (isChosen(external++, tiling.nonVolatile, tiling.external))
        nvm += bytes;
      else
        l3 += bytes;
    }
  double rate =
      tiling.isInL3 ? options.l3.bytesPerCycle : options.machine.bytesPerCycle;
  double dma = double(l2 + nvm + l3) / rate + double(flowing) * transferCycles;
  double outer = 0;
  if (tiling.external)
    outer = double(nvm) / options.nvm.bytesPerCycle +
            double(l3) / options.l3.bytesPerCycle;
  double compute = getLoopCycles(loop, options.machine);
  StringRef bound = outer > std::max(dma, compute) ? "external"
                    : dma > compute                ? "dma"
                                                   : "compute";
  if (remarks)
    emitRemark(stage.getLoc())
        << stage.getElements() << " elements on level " << stage.getDepth()
        << ", " << (flows ? loop.getTiles() : 0) << " tiles, " << resident
        << " bytes stay in l1, per frame come " << l2 << " from l2, " << nvm
        << " from nvm, " << l3 << " from l3; compute " << int64_t(compute)
        << ", dma " << int64_t(dma) << ", external " << int64_t(outer)
        << " cycles, bound by " << bound;
  stages.push_back(b.getDictionaryAttr(
      {text("name", stage.getName()), number("level", double(stage.getDepth())),
       number("elements", double(stage.getElements())),
       number("macs", loop.getCost().products * double(loop.rows) /
                          double(loop.panel.registerTile)),
       number("group", double(loop.panel.registerTile)),
       number("rows",
              double(flows ? std::min(loop.tileSize * loop.panel.registerTile,
                                      loop.rows)
                           : loop.rows)),
       number("vectors", double(loop.panel.vectors)),
       number("parts", double(loop.panel.kBlocks)),
       number("tiles", double(flows ? loop.getTiles() : 0)),
       number("resident_bytes", double(resident)),
       number("l2_bytes", double(l2)), number("nvm_bytes", double(nvm)),
       number("l3_bytes", double(l3)), number("compute_cycles", compute),
       number("dma_cycles", dma), number("external_cycles", outer),
       text("bound", bound)}));
}

void PlanReport::checkShared() const {
  int64_t bytes = 0, reads = 0;
  const SharedConstant *largest = nullptr;
  for (auto &[value, constant] : stageLoops.getShared()) {
    if (tiling.shared.contains(value))
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
  if (stageLoops.isSingle())
    help = "--precision=fp16";
  if (tiling.slots > 2 || (tiling.slots && !options.slotBytes))
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

void PlanReport::addBuffer(plan::BufferAttr buffer) {
  SmallVector<NamedAttribute> entries{
      text("name", buffer.getName()), text("level", "l1"),
      number("position", double(buffer.getOffset())),
      number("bytes", double(buffer.getBytes()))};
  if (buffer.getLast() >= 0)
    llvm::append_values(entries, number("from", double(buffer.getFirst())),
                        number("to", double(buffer.getLast())));
  buffers.push_back(b.getDictionaryAttr(entries));
}

DictionaryAttr PlanReport::finish(double frameCycles, int64_t l1Bytes,
                                  int64_t l1Available, int64_t otherL2Bytes) {
  int64_t inL2 = tiling.streamBytes - tiling.externalBytes;
  int64_t l3 = tiling.externalBytes - tiling.nonVolatileBytes;
  if (tiling.isInL3)
    std::swap(inL2, l3);
  int64_t ring = tiling.getExternalSlots() * tiling.slotBytes;
  auto dictionary = [&](StringRef name, ArrayRef<NamedAttribute> entries) {
    return b.getNamedAttr(name, b.getDictionaryAttr(entries));
  };
  return b.getDictionaryAttr(
      {dictionary("cycles", {number("frame", frameCycles),
                             number("compute", tiling.computeCycles),
                             number("dma", tiling.dmaCycles),
                             number("external", tiling.externalCycles)}),
       dictionary("ring",
                  {number("slots", double(tiling.slots)),
                   number("slot_bytes", double(tiling.slotBytes)),
                   number("l2_slots", double(tiling.getExternalSlots()))}),
       dictionary("memory", {number("l1", double(l1Bytes)),
                             number("l1_available", double(l1Available)),
                             number("l2", double(inL2 + tiling.residentBytes +
                                                 otherL2Bytes + ring)),
                             number("l2_available", double(options.l2Bytes)),
                             number("nvm", double(tiling.nonVolatileBytes)),
                             number("nvm_available", double(options.nvm.bytes)),
                             number("l3", double(l3)),
                             number("l3_available", double(options.l3.bytes))}),
       b.getNamedAttr("stages", b.getArrayAttr(stages)),
       b.getNamedAttr("buffers", b.getArrayAttr(buffers))});
}
