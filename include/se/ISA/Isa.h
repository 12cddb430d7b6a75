// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The instruction table of include/se/ISA as C++ data: encodings, and
// what decoding, encoding and cost accounting need to know.

#ifndef SE_ISA_ISA_H
#define SE_ISA_ISA_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>

namespace se::riscv {

/// The full instructions: what a core executes.
enum class Opcode : uint16_t {
#define SE_OPCODE(name) name,
#define SE_COMPRESSED(name)
#define GET_ISA_OPCODES
#include "se/ISA/Isa.inc"
  Count
};

/// The 16-bit forms, each of which stands for a full instruction.
enum class CompressedForm : uint16_t {
#define SE_OPCODE(name)
#define SE_COMPRESSED(name) name,
#define GET_ISA_OPCODES
#include "se/ISA/Isa.inc"
  Count
};

/// How an instruction is executed; see IsaBase.td.
enum class Kind : uint8_t {
  Compute,
  Load,
  Store,
  EventLoad,
  Branch,
  Jump,
  Csr,
  Loop,
  System,
};

/// The cost class; see IsaBase.td.
enum class Timing : uint8_t {
  One,
  Simd,
  Load,
  Store,
  Branch,
  Jump,
  Mul,
  Mulh,
  Div,
  Divu,
  Fpu,
  FdivS,
  FdivH,
};

/// The fields of an instruction word. The last four occur in 16-bit forms.
enum class Operand : uint8_t {
  rd,
  rs1,
  rs2,
  rs3,
  imm,
  imm2,
  imm3,
  rm,
  rdc,
  rs1c,
  rs2c,
  immc,
};
inline constexpr unsigned numOperands = unsigned(Operand::immc) + 1;

/// A run of bits of the word that holds bits of an operand.
struct Field {
  Operand operand;
  uint8_t wordBit, operandBit, width;
  /// The width of a signed operand, 0 if unsigned.
  uint8_t signedWidth;
};

/// One row of the table.
struct InstructionInfo {
  /// The row's unique name, e.g. "P_LW_POST".
  llvm::StringLiteral name;
  /// As assembled, e.g. "p.lw" and "rd, imm(rs1!)".
  llvm::StringLiteral mnemonic, operands;
  /// The extension: "I", "M", "C", "Zicsr", "Zfinx", "XpulpSimd", ...
  llvm::StringLiteral group;
  /// The `.insn` form: "r", "i", "s", "b", "u", "j", "r4", or "".
  llvm::StringLiteral format;
  /// A word w is this instruction if (w & mask) == match.
  uint32_t mask, match;
  /// The instruction executed; of a 16-bit form, the one it stands for.
  Opcode opcode;
  Kind kind;
  Timing timing;
  /// Bytes: 2 or 4.
  uint8_t size;
  /// rd is also a source.
  bool readsRd;
  /// rs1 is also a destination (post-increment).
  bool writesRs1;
  /// Bytes that a load or store moves, else 0, and whether a load extends
  /// their sign.
  uint8_t accessBytes;
  bool accessSigned;
  llvm::ArrayRef<Field> fields;
  /// This operand of the full instruction times `targetScale` is the distance
  /// in bytes to a place in the code; the scale is 0 if there is none.
  Operand target;
  uint8_t targetScale;

  bool has(Operand operand) const;
};

/// The values of a word's operands; registers by number, immediates signed or
/// not as the table says.
struct Operands {
  int32_t value[numOperands] = {};

  int32_t &operator[](Operand operand) { return value[unsigned(operand)]; }
  int32_t operator[](Operand operand) const { return value[unsigned(operand)]; }
};

/// All rows: the full instructions in the order of Opcode, then the 16-bit
/// forms in the order of CompressedForm.
llvm::ArrayRef<InstructionInfo> getInstructions();

const InstructionInfo &getInfo(Opcode opcode);
const InstructionInfo &getInfo(CompressedForm form);

/// The bytes of the instruction that starts with this half word.
inline unsigned getSize(uint32_t word) { return (word & 3) == 3 ? 4 : 2; }

/// A decoded word. `operands` are those of the full instruction.
struct Decoded {
  const InstructionInfo *info;
  Operands operands;
};

/// Decodes a word, of which only the lower half counts if it is short. Empty
/// if the word is no instruction of the table.
std::optional<Decoded> decode(uint32_t word);

/// The word of a row with these operands; the inverse of decode, except that
/// for a 16-bit form the operands are those of the form (rdc, immc, ...).
/// Operand bits that have no place in the word are dropped.
uint32_t encode(const InstructionInfo &info, const Operands &operands);

} // namespace se::riscv

#endif // SE_ISA_ISA_H
