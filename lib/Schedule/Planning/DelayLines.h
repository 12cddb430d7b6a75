// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- DelayLines.h - Where the slots of plan.push lie ----------*- C++ -*-===//
//
// A delay line of N slots lies in two halves of N + 1 places each, and place p
// of one half holds what place p of the other does. With the head at place h
// the line's slots are those from h on. The slot that is put in goes to the
// place before h, around the half: none of the N slots that are still to be
// read is there. Then the line begins a place further on, or with `front` at
// the new slot. The head stays in the first half.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_SCHEDULE_PLANNING_DELAYLINES_H
#define SE_LIB_SCHEDULE_PLANNING_DELAYLINES_H

#include "se/Dialect/Plan/Plan.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/SetVector.h"

namespace se::schedule {

/// The delay line that a state is, or null.
plan::PushOp findDelayLine(mlir::Value state);

/// Places of half a ring.
int64_t getPlaces(plan::PushOp line);
int64_t getSlotBytes(plan::PushOp line);

/// All of a state in L1: of a delay line both halves.
int64_t getStateElements(mlir::Value state);
mlir::MemRefType getStateType(mlir::Value state);

/// Lines that move on alike have one head: by their places, and whether the new
/// slot comes first.
using Heads = llvm::SetVector<std::pair<int64_t, unsigned>>;
inline Heads::value_type getHead(plan::PushOp line) {
  return {getPlaces(line), line.getFront() ? 1 : 0};
}
Heads findHeads(rnn::NetworkOp network);

/// May two neighbours of a tensor that a stage reads be one word, as far as the
/// place where it begins tells? Slots of a delay line begin anywhere.
bool beginsAtWord(mlir::Value tensor);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_DELAYLINES_H
