// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- XPulpDialect.cpp - The xpulp dialect -------------------------------===//

#include "se/Dialect/XPulp/XPulp.h"
#include "se/ISA/Emulation.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;
using namespace se;
using namespace se::xpulp;
using riscv::Operand;

#include "se/Dialect/XPulp/XPulpDialect.cpp.inc"
#include "se/Dialect/XPulp/XPulpInterfaces.cpp.inc"
// Of it, without GET_OP_CLASSES, only the function that registers them.
#include "se/Dialect/XPulp/XPulpInstructions.h.inc"

void XPulpDialect::initialize() { registerXPulpDialectOperations(this); }

Operation *XPulpDialect::materializeConstant(OpBuilder &builder,
                                             Attribute value, Type type,
                                             Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

bool xpulp::isPacked(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  if (!vector || vector.getRank() != 1 || vector.isScalable())
    return false;
  Type element = vector.getElementType();
  int64_t lanes = vector.getNumElements();
  return (lanes == 4 && element.isInteger(8)) ||
         (lanes == 2 &&
          (element.isInteger(16) || element.isF16() || element.isBF16()));
}

SmallVector<Operand, 4>
xpulp::getRegisterOperands(const riscv::InstructionInfo &info) {
  SmallVector<Operand, 4> operands;
  if (info.readsRd)
    operands.push_back(Operand::rd);
  for (Operand operand : {Operand::rs1, Operand::rs2, Operand::rs3})
    if (info.has(operand))
      operands.push_back(operand);
  return operands;
}

std::optional<unsigned> xpulp::getOverwrittenOperand(InstructionOpInterface op,
                                                     unsigned result) {
  const riscv::InstructionInfo &info = op.getInfo();
  if (info.writesRs1 && result + 1 == op->getNumResults()) {
    SmallVector<Operand, 4> operands = getRegisterOperands(info);
    return llvm::find(operands, Operand::rs1) - operands.begin();
  }
  if (info.readsRd)
    return 0;
  return std::nullopt;
}

LogicalResult XPulpDialect::verifyOperationAttribute(Operation *op,
                                                     NamedAttribute attribute) {
  if (attribute.getName() != registersName)
    return op->emitOpError("unknown attribute '")
           << attribute.getName().getValue() << "'";
  auto loop = dyn_cast_or_null<LoopOp>(op->getParentOp());
  if (!isa<InstructionOpInterface>(op) || !loop || !loop.getRegisters())
    return op->emitOpError("'")
           << registersName
           << "' only belongs to an instruction in a loop with registers";
  return success();
}

void xpulp::buildInstruction(OpBuilder &builder, OperationState &state,
                             riscv::Opcode opcode, Type type,
                             ValueRange operands,
                             ArrayRef<int32_t> immediates) {
  const riscv::InstructionInfo &info = riscv::getInfo(opcode);
  assert(operands.size() == getRegisterOperands(info).size() &&
         immediates.size() ==
             unsigned(info.has(Operand::imm)) + info.has(Operand::imm2) &&
         "operands of another instruction");
  state.addOperands(operands);
  constexpr llvm::StringLiteral names[] = {"imm", "imm2"};
  for (auto [name, value] : llvm::zip(names, immediates))
    state.addAttribute(name, builder.getI32IntegerAttr(value));
  if (type)
    state.addTypes(type);
  if (info.writesRs1)
    state.addTypes(builder.getIndexType());
}

riscv::Operands xpulp::getImmediates(InstructionOpInterface op) {
  riscv::Operands immediates;
  auto read = [&](Operand operand, StringRef name) {
    if (auto attribute = op->getAttrOfType<IntegerAttr>(name))
      immediates[operand] = int32_t(attribute.getInt());
  };
  read(Operand::imm, "imm");
  read(Operand::imm2, "imm2");
  return immediates;
}

/// The bits of a constant integer, or of a vector of integers, lane 0 lowest.
static std::optional<uint32_t> toBits(Attribute value) {
  if (auto number = dyn_cast_or_null<IntegerAttr>(value))
    return uint32_t(number.getValue().getZExtValue());
  auto lanes = dyn_cast_or_null<DenseIntElementsAttr>(value);
  if (!lanes)
    return std::nullopt;
  uint32_t bits = 0;
  unsigned position = 0;
  for (const APInt &lane : lanes.getValues<APInt>()) {
    bits |= uint32_t(lane.getZExtValue()) << position;
    position += lane.getBitWidth();
  }
  return bits;
}

static Attribute fromBits(uint32_t bits, Type type) {
  auto vector = dyn_cast<VectorType>(type);
  if (!vector)
    return IntegerAttr::get(type, APInt(32, bits));
  APInt word(32, bits);
  unsigned width = vector.getElementTypeBitWidth();
  SmallVector<APInt> lanes;
  for (unsigned at = 0; at != 32; at += width)
    lanes.push_back(word.extractBits(width, at));
  return DenseElementsAttr::get(vector, lanes);
}

Attribute xpulp::foldInstruction(InstructionOpInterface op,
                                 ArrayRef<Attribute> operands) {
  SmallVector<uint32_t> values;
  for (Attribute operand : operands) {
    std::optional<uint32_t> bits = toBits(operand);
    if (!bits)
      return {};
    values.push_back(*bits);
  }
  const riscv::InstructionInfo &info = op.getInfo();
  riscv::Operands immediates = getImmediates(op);
  for (Operand operand : {Operand::imm, Operand::imm2})
    if (info.has(operand))
      values.push_back(uint32_t(immediates[operand]));
  return fromBits(riscv::emulate(op.getOpcode(), values),
                  op->getResult(0).getType());
}
