// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- AllocateRegisters.cpp - Registers of hardware loops ----------------===//

#include "Allocation.h"

#include "se/Dialect/XPulp/Transforms/Passes.h"

namespace se::xpulp {
#define GEN_PASS_DEF_ALLOCATEREGISTERS
#include "se/Dialect/XPulp/Transforms/Passes.h.inc"
} // namespace se::xpulp

using namespace mlir;
using namespace se;

/// Whether a loop can be a hardware loop: instructions only, and not too many
/// for its set-up.
static bool isStraightLine(xpulp::LoopOp loop) {
  auto body = loop.getBlock()->without_terminator();
  constexpr unsigned maxInstructions = 1024;
  return llvm::all_of(body, llvm::IsaPred<xpulp::InstructionOpInterface>) &&
         llvm::range_size(body) <= maxInstructions;
}

namespace {
struct AllocateRegistersPass
    : xpulp::impl::AllocateRegistersBase<AllocateRegistersPass> {
  using AllocateRegistersBase::AllocateRegistersBase;

  void runOnOperation() override {
    const unsigned limit = maxRegisters;
    if (limit > unsigned(xpulp::LoopOp::maxRegisters)) {
      getOperation().emitError("max-registers must be at most ")
          << xpulp::LoopOp::maxRegisters << ", found " << limit;
      return signalPassFailure();
    }
    getOperation().walk([&](xpulp::LoopOp loop) {
      if (loop.getRegisters() || !isStraightLine(loop))
        return;
      xpulp::Allocation allocation(loop);
      unsigned needed = allocation.getNumRegisters();
      if (needed <= limit)
        return allocation.apply();
      loop.emitRemark("needs ") << needed << " registers, more than " << limit
                                << ": not a hardware loop";
    });
  }
};
} // namespace
