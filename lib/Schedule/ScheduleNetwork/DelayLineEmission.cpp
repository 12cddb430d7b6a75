// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- DelayLineEmission.cpp - Delay lines that move on -------------------===//

#include "KernelEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// Views of the slots of each delay line, and of the place of the new one.
void KernelEmitter::enterDelayLines(Value arena, ValueRange current) {
  SmallVector<Value> newPlaces;
  for (auto [head, place] : llvm::zip_equal(heads, current)) {
    auto [places, isFront] = head;
    Value zero = number(0), one = number(1);
    Value isFirst =
        arith::CmpIOp::create(b, arith::CmpIPredicate::eq, place, zero);
    newPlaces.push_back(arith::SelectOp::create(
        b, isFirst, number(places - 1), arith::SubIOp::create(b, place, one)));
    Value following = arith::AddIOp::create(b, place, one);
    Value isLast = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, following,
                                         number(places));
    nextHeads.push_back(
        isFront ? newPlaces.back()
                : arith::SelectOp::create(b, isLast, zero, following));
  }
  for (auto [k, state, offset] : llvm::enumerate(
           ValueRange(network.getStateArguments()), schedule.stateOffsets)) {
    plan::PushOp line = findDelayLine(state);
    if (!line)
      continue;
    size_t number = llvm::find(heads, getHead(line)) - heads.begin();
    int64_t half = getPlaces(line) * getSlotBytes(line);
    auto viewAt = [&, begin = offset](Value place, int64_t more,
                                      Value tensor) -> Value {
      Value bytes =
          arith::MulIOp::create(b, place, this->number(getSlotBytes(line)));
      auto view = memref::ViewOp::create(
          b, bufferType(tensor), arena,
          arith::AddIOp::create(b, bytes, this->number(begin + more)),
          ValueRange());
      setDelayLine(view, line, begin);
      return view;
    };
    Value head = current[number], place = newPlaces[number];
    sources[state] = viewAt(head, 0, state);
    memory[line.getNext()] = line.getFront()
                                 ? viewAt(place, 0, state)
                                 : viewAt(head, getSlotBytes(line), state);
    slots[unsigned(k)] = {viewAt(place, 0, line.getX()),
                          viewAt(place, half, line.getX())};
  }
}

void KernelEmitter::setDelayLine(Value view, plan::PushOp line,
                                 int64_t offset) {
  view.getDefiningOp()->setAttr(
      cluster::DelayLineAttr::attrName,
      cluster::DelayLineAttr::get(b.getContext(), offset,
                                  2 * getPlaces(line) * getSlotBytes(line),
                                  getSlotBytes(line)));
}

/// The heads for the next frame.
SmallVector<Value> KernelEmitter::leaveDelayLines() {
  return std::move(nextHeads);
}
