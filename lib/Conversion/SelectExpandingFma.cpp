// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SelectExpandingFma.cpp - Products of halves, sums of singles -------===//

#include "se/Conversion/Passes.h"
#include "se/Simulator/Isa.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/FormatVariadic.h"

namespace se::conversion {
#define GEN_PASS_DEF_SELECTEXPANDINGFMA
#include "se/Conversion/Passes.h.inc"
} // namespace se::conversion

using namespace mlir;
using namespace se;

/// The operand before its extension from f16, if that is what it is.
static Value getHalf(Value value) {
  auto extension = value.getDefiningOp<arith::ExtFOp>();
  if (!extension || !extension.getIn().getType().isF16())
    return Value();
  return extension.getIn();
}

/// `.insn` text for an instruction with the operands rd (also a source), rs1
/// and rs2, rounding as the control register says.
static std::string getText(sim::Opcode opcode) {
  const sim::InstructionInfo &info = sim::getInfo(opcode);
  constexpr unsigned dynamicRounding = 7;
  return llvm::formatv(".insn {0} {1}, {2}, {3}, $0, $1, $2", info.format,
                       info.match & 0x7f, dynamicRounding, info.match >> 25);
}

namespace {
struct SelectExpandingFmaPass
    : conversion::impl::SelectExpandingFmaBase<SelectExpandingFmaPass> {
  void runOnOperation() override {
    getOperation().walk([](math::FmaOp op) {
      Value a = getHalf(op.getA()), b = getHalf(op.getB());
      if (!a || !b || !op.getType().isF32())
        return;
      OpBuilder builder(op);
      Value sum = LLVM::InlineAsmOp::create(
                      builder, op.getLoc(), TypeRange(op.getType()),
                      ValueRange{a, b, op.getC()},
                      getText(sim::Opcode::FMACEX_S_H), "=r,r,r,0",
                      /*has_side_effects=*/false, /*is_align_stack=*/false,
                      LLVM::tailcallkind::TailCallKind::None,
                      LLVM::AsmDialectAttr::get(builder.getContext(),
                                                LLVM::AsmDialect::AD_ATT),
                      /*operand_attrs=*/ArrayAttr())
                      .getResult(0);
      op.replaceAllUsesWith(sum);
      op.erase();
    });
  }
};
} // namespace
