// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- XPulp.h - The xpulp dialect ------------------------------*- C++ -*-===//
//
// Instructions as operations, and hardware loops. The dialect's documentation
// is in XPulpOps.td.
//
//===----------------------------------------------------------------------===//

#ifndef SE_DIALECT_XPULP_XPULP_H
#define SE_DIALECT_XPULP_XPULP_H

#include "se/Dialect/XPulp/XPulpDialect.h"
#include "se/ISA/Isa.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "se/Dialect/XPulp/XPulpInterfaces.h.inc"

namespace se::xpulp {

/// Whether a value of this type is a vector that fills a register of 32 bits.
bool isPacked(mlir::Type type);

/// The fields of an instruction that are register operands of its operation,
/// in order; rd is one if the instruction reads it.
llvm::SmallVector<riscv::Operand, 4>
getRegisterOperands(const riscv::InstructionInfo &info);

/// The operand whose register a result overwrites, if it does.
std::optional<unsigned> getOverwrittenOperand(InstructionOpInterface op,
                                              unsigned result);

/// On an instruction of a loop with registers: those of its results.
constexpr llvm::StringLiteral registersName = "xpulp.registers";

/// The least number of instructions that a hardware loop may have.
constexpr unsigned minLoopInstructions = 2;

/// Adds to `state` what an instruction has; no type if it has no result.
void buildInstruction(mlir::OpBuilder &builder, mlir::OperationState &state,
                      riscv::Opcode opcode, mlir::Type type,
                      mlir::ValueRange operands,
                      llvm::ArrayRef<int32_t> immediates);

/// The immediates of an operation: its attributes imm and imm2, where present.
riscv::Operands getImmediates(InstructionOpInterface op);

/// The result of a computing operation on constant integers, or null.
mlir::Attribute foldInstruction(InstructionOpInterface op,
                                llvm::ArrayRef<mlir::Attribute> operands);

} // namespace se::xpulp

// Those that are no instructions; Instructions.h has the others.
#define GET_OP_CLASSES
#include "se/Dialect/XPulp/XPulpOps.h.inc"

#endif // SE_DIALECT_XPULP_XPULP_H
