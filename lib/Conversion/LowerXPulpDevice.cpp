// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LowerXPulpDevice.cpp - Instructions as inline assembly -------------===//

#include "InstructionText.h"
#include "LoopAssembly.h"
#include "LowerXPulp.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace se;
using namespace se::conversion;
using riscv::Operand;

namespace {
/// One block of assembly in the making: outputs, then inputs.
class AssemblyBuilder {
public:
  AssemblyBuilder(ConversionPatternRewriter &rewriter, Location loc)
      : rewriter(rewriter), loc(loc) {}

  void addOutput(StringRef constraint, Type type) {
    outputs.push_back(constraint.str());
    resultTypes.push_back(toRegister(type));
  }
  void addInput(const llvm::Twine &constraint, Value value);
  /// The outputs; of those types.
  SmallVector<Value> create(const llvm::Twine &text, bool accessesMemory,
                            TypeRange types);

private:
  /// What LLVM puts into an integer register: addresses are i32.
  Type toRegister(Type type) {
    return isa<IndexType, BFloat16Type>(type) ? rewriter.getI32Type() : type;
  }

  ConversionPatternRewriter &rewriter;
  Location loc;
  SmallVector<std::string> outputs, inputs;
  SmallVector<Type> resultTypes;
  SmallVector<Value> operands;
};
} // namespace

void AssemblyBuilder::addInput(const llvm::Twine &constraint, Value value) {
  if (value.getType().isBF16()) {
    value =
        arith::BitcastOp::create(rewriter, loc, rewriter.getI16Type(), value);
    value = arith::ExtUIOp::create(rewriter, loc, rewriter.getI32Type(), value);
  } else if (isa<IndexType>(value.getType())) {
    value =
        arith::IndexCastOp::create(rewriter, loc, rewriter.getI32Type(), value);
  }
  inputs.push_back(constraint.str());
  operands.push_back(value);
}

SmallVector<Value> AssemblyBuilder::create(const llvm::Twine &text,
                                           bool accessesMemory,
                                           TypeRange types) {
  MLIRContext *context = rewriter.getContext();
  std::string constraints;
  llvm::raw_string_ostream os(constraints);
  llvm::interleave(llvm::concat<std::string>(outputs, inputs), os, ",");
  // Other cores and the DMA write the memory: accesses stay where they are.
  if (accessesMemory)
    os << ",~{memory}";
  SmallVector<Type> results;
  if (resultTypes.size() == 1)
    results = resultTypes;
  else if (!resultTypes.empty())
    results = {LLVM::LLVMStructType::getLiteral(context, resultTypes)};
  auto assembly = LLVM::InlineAsmOp::create(
      rewriter, loc, results, operands, text.str(), constraints,
      /*has_side_effects=*/accessesMemory, /*is_align_stack=*/false,
      LLVM::tailcallkind::TailCallKind::None,
      LLVM::AsmDialectAttr::get(context, LLVM::AsmDialect::AD_ATT),
      /*operand_attrs=*/ArrayAttr());
  SmallVector<Value> values;
  for (auto [i, type] : llvm::enumerate(types)) {
    Value value = assembly.getResult(0);
    if (resultTypes.size() > 1)
      value = LLVM::ExtractValueOp::create(rewriter, loc, value, i);
    if (type.isBF16()) {
      value =
          arith::TruncIOp::create(rewriter, loc, rewriter.getI16Type(), value);
      value = arith::BitcastOp::create(rewriter, loc, type, value);
    } else if (isa<IndexType>(type)) {
      value = arith::IndexCastOp::create(rewriter, loc, type, value);
    }
    values.push_back(value);
  }
  return values;
}

namespace {
struct LowerInstruction
    : OpInterfaceConversionPattern<xpulp::InstructionOpInterface> {
  using OpInterfaceConversionPattern::OpInterfaceConversionPattern;
  LogicalResult
  matchAndRewrite(xpulp::InstructionOpInterface op, ArrayRef<Value> operands,
                  ConversionPatternRewriter &rewriter) const override {
    const riscv::InstructionInfo &info = op.getInfo();
    SmallVector<Type> types;
    if (failed(typeConverter->convertTypes(op->getResultTypes(), types)))
      return failure();
    AssemblyBuilder assembly(rewriter, op.getLoc());
    for (Type type : types)
      assembly.addOutput("=r", type);
    SmallVector<Operand, 4> fields = xpulp::getRegisterOperands(info);
    // Outputs that are inputs as well: rd is the first, rs1 the last.
    auto getOutput = [&](Operand field) -> std::optional<unsigned> {
      if (field == Operand::rd)
        return 0;
      if (field == Operand::rs1 && info.writesRs1)
        return types.size() - 1;
      return std::nullopt;
    };
    for (auto [field, operand] : llvm::zip(fields, operands)) {
      std::optional<unsigned> output = getOutput(field);
      assembly.addInput(output ? llvm::Twine(*output) : llvm::Twine("r"),
                        operand);
    }
    std::string text =
        getInstructionText(info, xpulp::getImmediates(op), [&](Operand field) {
          unsigned number = getOutput(field).value_or(
              types.size() + (llvm::find(fields, field) - fields.begin()));
          return "$" + std::to_string(number);
        });
    rewriter.replaceOp(op, assembly.create(text, info.accessBytes != 0, types));
    return success();
  }
};

struct LowerLoop : OpConversionPattern<xpulp::LoopOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(xpulp::LoopOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    LoopAssembly loop = makeLoopAssembly(op);
    SmallVector<Type> types;
    SmallVector<Value> inputs;
    if (failed(typeConverter->convertTypes(op.getResultTypes(), types)) ||
        failed(rewriter.getRemappedValues(loop.inputs, inputs)))
      return failure();
    AssemblyBuilder assembly(rewriter, op.getLoc());
    // Registers are written before all inputs have been read.
    for (Type type : types)
      assembly.addOutput("=&r", type);
    for (unsigned i = types.size(); i != loop.numRegisters; ++i)
      assembly.addOutput("=&r", rewriter.getI32Type());
    for (Value input : inputs)
      assembly.addInput("r", input);
    if (loop.readsCount) {
      Value count = op.getCount();
      if (!count)
        count = arith::ConstantIndexOp::create(rewriter, op.getLoc(),
                                               *op.getConstantCount());
      assembly.addInput("r", count);
    }
    for (auto [i, init] :
         llvm::enumerate(adaptor.getArguments().take_front(types.size())))
      assembly.addInput(llvm::Twine(i), init);
    rewriter.replaceOp(op,
                       assembly.create(loop.text, loop.accessesMemory, types));
    return success();
  }
};
} // namespace

void conversion::populateDevicePatterns(TypeConverter &types,
                                        RewritePatternSet &patterns) {
  patterns.add<LowerInstruction, LowerLoop>(types, patterns.getContext());
}
