// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LowerXPulpHost.cpp - Instructions as calls of the emulation --------===//

#include "LowerXPulp.h"
#include "se/Dialect/XPulp/XPulp.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace se;
using namespace se::conversion;
using riscv::Operand;

/// A scalar as the bits of a register.
static Value toBits(OpBuilder &b, Location loc, Value value) {
  Type type = value.getType(), i32 = b.getI32Type();
  if (type == i32)
    return value;
  Type bits = b.getIntegerType(type.getIntOrFloatBitWidth());
  value = arith::BitcastOp::create(b, loc, bits, value);
  return bits == i32 ? value : arith::ExtUIOp::create(b, loc, i32, value);
}

static Value fromBits(OpBuilder &b, Location loc, Value bits, Type type) {
  if (type == bits.getType())
    return bits;
  Type integer = b.getIntegerType(type.getIntOrFloatBitWidth());
  if (integer != bits.getType())
    bits = arith::TruncIOp::create(b, loc, integer, bits);
  return arith::BitcastOp::create(b, loc, type, bits);
}

/// The function of a row (se/ISA/Emulation.h).
static func::FuncOp declare(ConversionPatternRewriter &rewriter,
                            Operation *user, const riscv::InstructionInfo &info,
                            unsigned numArguments) {
  auto module = user->getParentOfType<ModuleOp>();
  std::string name = ("se_xpulp_" + info.name).str();
  if (auto function = module.lookupSymbol<func::FuncOp>(name))
    return function;
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointToStart(module.getBody());
  Type i32 = rewriter.getI32Type();
  SmallVector<Type> arguments(numArguments, i32);
  auto function =
      func::FuncOp::create(rewriter, module.getLoc(), name,
                           rewriter.getFunctionType(arguments, i32));
  function.setPrivate();
  return function;
}

namespace {
struct EmulateInstruction
    : OpInterfaceConversionPattern<xpulp::InstructionOpInterface> {
  using OpInterfaceConversionPattern::OpInterfaceConversionPattern;

  LogicalResult
  matchAndRewrite(xpulp::InstructionOpInterface op, ArrayRef<Value> operands,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<Type> types;
    if (failed(typeConverter->convertTypes(op->getResultTypes(), types)))
      return failure();
    const riscv::InstructionInfo &info = op.getInfo();
    rewriter.replaceOp(op, info.accessBytes
                               ? makeAccess(op, operands, types, rewriter)
                               : makeCall(op, operands, types, rewriter));
    return success();
  }

private:
  static SmallVector<Value> makeCall(xpulp::InstructionOpInterface op,
                                     ArrayRef<Value> operands, TypeRange types,
                                     ConversionPatternRewriter &b) {
    Location loc = op.getLoc();
    const riscv::InstructionInfo &info = op.getInfo();
    SmallVector<Value> arguments;
    for (Value operand : operands)
      arguments.push_back(toBits(b, loc, operand));
    riscv::Operands immediates = xpulp::getImmediates(op);
    for (Operand operand : {Operand::imm, Operand::imm2})
      if (info.has(operand))
        arguments.push_back(arith::ConstantIntOp::create(b, loc, b.getI32Type(),
                                                         immediates[operand]));
    auto function = declare(b, op, info, arguments.size());
    Value bits = func::CallOp::create(b, loc, function, arguments).getResult(0);
    return {fromBits(b, loc, bits, types.front())};
  }

  static SmallVector<Value> makeAccess(xpulp::InstructionOpInterface op,
                                       ArrayRef<Value> operands,
                                       TypeRange types, OpBuilder &b) {
    Location loc = op.getLoc();
    const riscv::InstructionInfo &info = op.getInfo();
    bool isLoad = info.kind == riscv::Kind::Load;
    // The base, a store's value, and what is added.
    Value address = operands.front(), offset;
    if (info.has(Operand::imm))
      offset = arith::ConstantIndexOp::create(
          b, loc, xpulp::getImmediates(op)[Operand::imm]);
    else
      offset = operands.back();
    Value next = arith::AddIOp::create(b, loc, address, offset);
    Value number = arith::IndexCastOp::create(b, loc, b.getI64Type(),
                                              info.writesRs1 ? address : next);
    Value pointer = LLVM::IntToPtrOp::create(
        b, loc, LLVM::LLVMPointerType::get(b.getContext()), number);
    Type i32 = b.getI32Type(), type = b.getIntegerType(8 * info.accessBytes);
    constexpr unsigned alignment = 1;
    SmallVector<Value> results;
    if (isLoad) {
      Value value = LLVM::LoadOp::create(b, loc, type, pointer, alignment);
      if (type != i32 && info.accessSigned)
        value = arith::ExtSIOp::create(b, loc, i32, value);
      else if (type != i32)
        value = arith::ExtUIOp::create(b, loc, i32, value);
      results.push_back(fromBits(b, loc, value, types.front()));
    } else {
      Value value = toBits(b, loc, operands[1]);
      if (type != i32)
        value = arith::TruncIOp::create(b, loc, type, value);
      LLVM::StoreOp::create(b, loc, value, pointer, alignment);
    }
    if (info.writesRs1)
      results.push_back(next);
    return results;
  }
};
} // namespace

void conversion::populateHostPatterns(TypeConverter &types,
                                      RewritePatternSet &patterns) {
  patterns.add<EmulateInstruction>(types, patterns.getContext());
}
