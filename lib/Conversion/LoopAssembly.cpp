// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- LoopAssembly.cpp - Hardware loops as assembly ----------------------===//

#include "LoopAssembly.h"
#include "InstructionText.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace se;
using namespace se::conversion;
using riscv::Opcode;
using riscv::Operand;

/// The line of one instruction; `getName` names a value.
static std::string getLine(xpulp::InstructionOpInterface op,
                           llvm::function_ref<std::string(Value)> getName) {
  const riscv::InstructionInfo &info = op.getInfo();
  SmallVector<Operand, 4> fields = xpulp::getRegisterOperands(info);
  return getInstructionText(info, xpulp::getImmediates(op), [&](Operand field) {
    if (field == Operand::rd)
      return getName(op->getResult(0));
    if (field == Operand::rs1 && info.writesRs1)
      return getName(op->getResults().back());
    return getName(op->getOperand(llvm::find(fields, field) - fields.begin()));
  });
}

LoopAssembly conversion::makeLoopAssembly(xpulp::LoopOp loop) {
  LoopAssembly result;
  result.numRegisters = *loop.getRegisters();
  Block *body = loop.getBlock();
  llvm::SetVector<Value> inputs;
  for (Operation &op : body->without_terminator()) {
    for (Value operand : op.getOperands())
      if (operand.getParentBlock() != body)
        inputs.insert(operand);
    result.accessesMemory |=
        cast<xpulp::InstructionOpInterface>(op).getInfo().accessBytes != 0;
  }
  auto getName = [&](Value value) {
    unsigned number = value.getParentBlock() == body
                          ? xpulp::LoopOp::getRegister(value)
                          : result.numRegisters +
                                (llvm::find(inputs, value) - inputs.begin());
    return "$" + std::to_string(number);
  };
  SmallVector<std::string> lines;
  for (Operation &op : body->without_terminator())
    lines.push_back(getLine(cast<xpulp::InstructionOpInterface>(op), getName));
  while (lines.size() < xpulp::minLoopInstructions)
    lines.push_back(getInstructionText(riscv::getInfo(Opcode::ADDI), {},
                                       [](Operand) { return "x0"; }));

  // The last instruction's distance from this one, in half words.
  riscv::Operands setup;
  unsigned distance = 2 * lines.size();
  Opcode opcode = Opcode::LP_SETUPI;
  result.readsCount = loop.readsCount(lines.size());
  if (result.readsCount) {
    opcode = Opcode::LP_SETUP;
    setup[Operand::imm] = distance;
  } else {
    setup[Operand::imm] = *loop.getConstantCount();
    setup[Operand::imm3] = distance;
  }
  result.text = getInstructionText(riscv::getInfo(opcode), setup, [&](Operand) {
    return "$" + std::to_string(result.numRegisters + inputs.size());
  });
  for (const std::string &line : lines)
    result.text += "\n" + line;
  result.inputs = inputs.takeVector();
  return result;
}
