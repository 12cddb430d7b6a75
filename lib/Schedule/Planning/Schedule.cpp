// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Schedule.cpp - All that is decided before code is emitted ----------===//

#include "Schedule.h"
#include "DelayLines.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

Schedule::Schedule(rnn::NetworkOp network, const TilingOptions &options,
                   unsigned dmaCore, plan::Screening screening)
    : network(network), storage(network), options(options),
      cores(options.machine.cores), dmaCore(dmaCore), screening(screening),
      stageLoops(options.machine) {
  auto screens = network.getBody().front().getOps<rnn::FiniteOp>();
  if (!screens.empty())
    screen = *screens.begin();
}

bool Schedule::needsPeak(size_t k) const {
  rnn::FiniteOp finite = screen;
  return !finite.getPeaks().empty() && !finite.getPeaks()[k].use_empty();
}

int64_t Schedule::getControlWords() const {
  return schedule::getControlWords(tiling) + int64_t(findHeads(network).size());
}

SmallVector<Type> Schedule::getPortTypes() const {
  rnn::NetworkOp op = network;
  SmallVector<Type> list;
  for (ArrayAttr types : {op.getInputTypes(), op.getOutputTypes()})
    llvm::append_range(list, types.getAsValueRange<TypeAttr>());
  return list;
}

void Schedule::writeTiling() const {
  rnn::NetworkOp op = network;
  MLIRContext *context = op.getContext();
  for (const StageLoop &loop : stageLoops.getLoops()) {
    const Panel &panel = loop.panel;
    plan::StageOp stage = loop.stage;
    stage.setTilingAttr(
        loop.isStreamed()
            ? plan::TilingAttr::get(context, panel.registerTile,
                                    getPanelBytes(loop), loop.tileSize,
                                    panel.pieces, panel.keepsSums,
                                    loop.resident, loop.unroll)
            : plan::TilingAttr::get(context, panel.registerTile, 0, 0, 1, false,
                                    0, loop.unroll));
  }
  op->setAttr(plan::StreamAttr::attrName,
              plan::StreamAttr::get(context, tiling.slots, tiling.slotBytes,
                                    options.l1Bytes, screening,
                                    options.codeBytes));
}

MemRefType schedule::makeType(int64_t count, Type element,
                              cluster::Level level) {
  return MemRefType::get({count}, element, AffineMap(),
                         cluster::LevelAttr::get(element.getContext(), level));
}

MemRefType schedule::bufferType(Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  return makeType(type.getNumElements(), type.getElementType(),
                  cluster::Level::l1);
}

MemRefType schedule::portType(Type tensor, cluster::Level level) {
  return makeType(cast<RankedTensorType>(tensor).getNumElements(),
                  Float32Type::get(tensor.getContext()), level);
}
