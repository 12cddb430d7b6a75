// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "se/ISA/Isa.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"
#include <array>
#include <vector>

using namespace llvm;
using namespace se::riscv;

namespace {

/// As generated: the fields inline, so that the table is one initializer.
struct Row {
  StringLiteral name, mnemonic, operands, group, format;
  uint32_t mask, match;
  Opcode opcode;
  Kind kind;
  Timing timing;
  uint8_t size;
  bool readsRd, writesRs1;
  uint8_t accessBytes;
  bool accessSigned;
  std::initializer_list<Field> fields;
  Operand target;
  uint8_t targetScale;
};

class Table {
public:
  Table();

  ArrayRef<InstructionInfo> getRows() const { return rows; }
  const InstructionInfo *find(uint32_t word) const;

private:
  /// Rows that can match, by the low 7 bits of the word (full) or by the low
  /// two (16-bit forms), those with more fixed bits first.
  std::array<std::vector<const InstructionInfo *>, 128> candidates;
  std::vector<InstructionInfo> rows;
  std::vector<std::vector<Field>> fields;
};

} // namespace

Table::Table() {
  const Row source[] = {
#define GET_ISA_TABLE
#include "se/ISA/Isa.inc"
  };
  rows.reserve(std::size(source));
  fields.reserve(std::size(source));
  for (const Row &row : source) {
    fields.emplace_back(row.fields);
    rows.push_back({row.name, row.mnemonic, row.operands, row.group, row.format,
                    row.mask, row.match, row.opcode, row.kind, row.timing,
                    row.size, row.readsRd, row.writesRs1, row.accessBytes,
                    row.accessSigned, fields.back(), row.target,
                    row.targetScale});
  }
  for (unsigned low = 0; low != candidates.size(); ++low) {
    for (const InstructionInfo &info : rows) {
      // Of a 16-bit form only the two bits that tell it from a long one.
      uint32_t mask = info.mask & (info.size == 2 ? 3 : 127);
      if (getSize(low) == info.size && (low & mask) == (info.match & mask))
        candidates[low].push_back(&info);
    }
    stable_sort(candidates[low], [](auto *a, auto *b) {
      return popcount(a->mask) > popcount(b->mask);
    });
  }
}

const InstructionInfo *Table::find(uint32_t word) const {
  for (const InstructionInfo *info : candidates[word & 127])
    if ((word & info->mask) == info->match)
      return info;
  return nullptr;
}

static const Table &getTable() {
  static const Table table;
  return table;
}

bool InstructionInfo::has(Operand operand) const {
  return any_of(fields, [&](const Field &f) { return f.operand == operand; });
}

ArrayRef<InstructionInfo> se::riscv::getInstructions() {
  return getTable().getRows();
}

const InstructionInfo &se::riscv::getInfo(Opcode opcode) {
  return getInstructions()[unsigned(opcode)];
}

const InstructionInfo &se::riscv::getInfo(CompressedForm form) {
  return getInstructions()[unsigned(Opcode::Count) + unsigned(form)];
}

static Operands extract(const InstructionInfo &info, uint32_t word) {
  Operands result;
  for (const Field &field : info.fields) {
    uint32_t bits =
        (word >> field.wordBit) & maskTrailingOnes<uint32_t>(field.width);
    result[field.operand] |= bits << field.operandBit;
  }
  for (const Field &field : info.fields)
    if (field.signedWidth)
      result[field.operand] =
          SignExtend32(result[field.operand], field.signedWidth);
  return result;
}

static int32_t signExtend(int32_t value, unsigned width) {
  return SignExtend32(value, width);
}

/// Rewrites the operands of a 16-bit form into those of its full instruction.
/// False if the word is illegal.
static bool expand(CompressedForm form, Operands &ops) {
  const int32_t rdc = ops[Operand::rdc], rs1c = ops[Operand::rs1c],
                rs2c = ops[Operand::rs2c], immc = ops[Operand::immc];
  int32_t &rd = ops[Operand::rd], &rs1 = ops[Operand::rs1],
          &rs2 = ops[Operand::rs2], &imm = ops[Operand::imm];
  switch (form) {
#define GET_ISA_EXPANSIONS
#include "se/ISA/Isa.inc"
  case CompressedForm::Count:
    break;
  }
  llvm_unreachable("not a form");
}

std::optional<Decoded> se::riscv::decode(uint32_t word) {
  if (getSize(word) == 2)
    word &= 0xffff;
  const InstructionInfo *info = getTable().find(word);
  if (!info)
    return std::nullopt;
  Decoded result{info, extract(*info, word)};
  if (info->size == 2) {
    unsigned index = info - getInstructions().data();
    auto form = CompressedForm(index - unsigned(Opcode::Count));
    if (!expand(form, result.operands))
      return std::nullopt;
  }
  return result;
}

uint32_t se::riscv::encode(const InstructionInfo &info,
                           const Operands &operands) {
  uint32_t word = info.match;
  for (const Field &field : info.fields) {
    uint32_t bits = uint32_t(operands[field.operand]) >> field.operandBit;
    word |= (bits & maskTrailingOnes<uint32_t>(field.width)) << field.wordBit;
  }
  return word;
}
