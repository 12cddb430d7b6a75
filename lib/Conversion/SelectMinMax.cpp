// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SelectMinMax.cpp - Lesser and greater integers ---------------------===//

#include "se/Conversion/Passes.h"
#include "se/Dialect/XPulp/Instructions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"

namespace se::conversion {
#define GEN_PASS_DEF_SELECTMINMAX
#include "se/Conversion/Passes.h.inc"
} // namespace se::conversion

using namespace mlir;
using namespace se;

template <typename Instruction> static void replace(Operation *op) {
  if (!op->getResult(0).getType().isInteger(32))
    return;
  OpBuilder b(op);
  op->replaceAllUsesWith(Instruction::create(
      b, op->getLoc(), op->getResult(0).getType(), op->getOperands()));
  op->erase();
}

namespace {
struct SelectMinMaxPass : conversion::impl::SelectMinMaxBase<SelectMinMaxPass> {
  void runOnOperation() override {
    getOperation().walk([](Operation *op) {
      llvm::TypeSwitch<Operation *>(op)
          .Case<arith::MinSIOp>(replace<xpulp::PMinOp>)
          .Case<arith::MinUIOp>(replace<xpulp::PMinuOp>)
          .Case<arith::MaxSIOp>(replace<xpulp::PMaxOp>)
          .Case<arith::MaxUIOp>(replace<xpulp::PMaxuOp>);
    });
  }
};
} // namespace
