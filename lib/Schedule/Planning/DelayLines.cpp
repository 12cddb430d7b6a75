// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- DelayLines.cpp - Where the slots of plan.push lie ------------------===//

#include "DelayLines.h"
#include "Schedule.h"

#include "se/Schedule/Indexing.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

plan::PushOp schedule::findDelayLine(Value state) {
  for (Operation *user : state.getUsers())
    if (auto push = dyn_cast<plan::PushOp>(user))
      if (push.getLine() == state)
        return push;
  return {};
}

int64_t schedule::getPlaces(plan::PushOp line) { return line.getSlots() + 1; }

int64_t schedule::getSlotBytes(plan::PushOp line) {
  return line.getSlotElements() *
         getElementTypeOrSelf(line.getLine()).getIntOrFloatBitWidth() / 8;
}

int64_t schedule::getStateElements(Value state) {
  plan::PushOp line = findDelayLine(state);
  return line ? 2 * getPlaces(line) * line.getSlotElements()
              : elementsOf(state);
}

MemRefType schedule::getStateType(Value state) {
  return makeType(getStateElements(state), getElementTypeOrSelf(state),
                  cluster::Level::l1);
}

Heads schedule::findHeads(rnn::NetworkOp network) {
  Heads heads;
  for (auto line : network.getBody().front().getOps<plan::PushOp>())
    heads.insert(getHead(line));
  return heads;
}

bool schedule::beginsAtWord(Value tensor) {
  plan::PushOp line = tensor.getDefiningOp<plan::PushOp>();
  if (!line)
    line = findDelayLine(tensor);
  return !line || getSlotBytes(line) % 4 == 0;
}
