// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The page of all instructions, in Markdown.

#include "Emitters.h"
#include "Intrinsic.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TableGen/TableGenBackend.h"

using namespace llvm;
using namespace se;
using namespace se::tblgen;

/// A cell of a table.
static std::string code(StringRef text) {
  std::string escaped;
  for (char c : text)
    escaped += c == '|' ? "\\|" : std::string(1, c);
  return escaped.empty() ? "" : "`" + escaped + "`";
}

/// The word from its highest bit on: constants as bits, operands by name with
/// their bits, `-` for a bit that the decoder ignores.
static std::string describeEncoding(const Record &row) {
  Encoding encoding = readEncoding(row);
  unsigned size = unsigned(row.getValueAsBitsInit("Inst")->getNumBits());
  std::string text;
  bool wasConstant = true;
  for (unsigned bit = size; bit != 0;) {
    const FieldRun *field = find_if(encoding.fields, [&](const FieldRun &f) {
      return f.wordBit + f.width == bit;
    });
    bool isConstant = field == encoding.fields.end();
    if (!text.empty() && !(isConstant && wasConstant))
      text += " ";
    wasConstant = isConstant;
    if (isConstant) {
      --bit;
      bool isFixed = encoding.mask >> bit & 1;
      text += isFixed ? (encoding.match >> bit & 1 ? "1" : "0") : "-";
      continue;
    }
    bit = field->wordBit;
    text += field->operand;
    if (field->width == getWidth(row, field->operand))
      continue;
    unsigned top = field->operandBit + field->width - 1;
    text += "[" + utostr(top);
    if (top != field->operandBit)
      text += ":" + utostr(field->operandBit);
    text += "]";
  }
  return text;
}

static constexpr StringLiteral introduction = R"(# Instructions

Every instruction of the `pulp-open` cores that the simulator, the disassembler
and the header `se/xpulp.h` know. Generated from `include/se/ISA`.

* Encoding: from the highest bit on; `-` is ignored by the decoder and written as 0.
* Semantics: C++ over the operands, registers as `uint32_t`, immediates as
  `int32_t`; functions on lanes and floating-point numbers are those of
  `include/se/ISA/Semantics.h` and `FloatOps.h`. Where RISC-V has floating-point
  registers, these are the integer registers. `cpu` is the core.
* Cycles: `memory` is the latency of the memory, 0 in L1.
)";

bool tblgen::emitIsaDoc(raw_ostream &os, const RecordKeeper &records) {
  MapVector<StringRef, std::vector<const Record *>> groups;
  for (const Record *row : getRows(records, "Instruction"))
    groups[row->getValueAsString("Group")].push_back(row);
  os << introduction;
  for (const auto &[group, rows] : groups) {
    os << "\n## " << group << "\n\n"
       << "| instruction | encoding | semantics | cycles "
          "|\n|---|---|---|---|\n";
    for (const Record *row : rows)
      os << "| "
         << code((row->getValueAsString("Mnemonic") + " " +
                  row->getValueAsString("AsmOperands"))
                     .str())
         << " | " << code(describeEncoding(*row)) << " | "
         << code(describeSemantics(*row)) << " | "
         << row->getValueAsDef("Time")->getValueAsString("Cycles") << " |\n";
  }
  os << "\n## C\n\nShort forms, which act and cost as what they stand for.\n\n"
     << "| instruction | encoding | stands for | operands | legal if |\n"
        "|---|---|---|---|---|\n";
  for (const Record *row : getRows(records, "Compressed"))
    os << "| "
       << code((row->getValueAsString("Mnemonic") + " " +
                row->getValueAsString("AsmOperands"))
                   .str())
       << " | " << code(describeEncoding(*row)) << " | "
       << code(row->getValueAsDef("Base")->getValueAsString("Mnemonic"))
       << " | " << code(row->getValueAsString("Operands")) << " | "
       << code(row->getValueAsString("Predicate")) << " |\n";
  return false;
}
