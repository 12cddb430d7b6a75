// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns the rows of Isa.td into C++. The vocabulary is in IsaBase.td; the
// macros that the executors use are defined by lib/Simulator/Execute.cpp.

#include "Emitters.h"
#include "Rows.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TableGen/Error.h"
#include "llvm/TableGen/Record.h"
#include "llvm/TableGen/TableGenBackend.h"

using namespace llvm;
using namespace se;
using namespace se::tblgen;

static void emitOpcodes(raw_ostream &os, ArrayRef<const Record *> full,
                        ArrayRef<const Record *> compressed) {
  os << "#ifdef GET_ISA_OPCODES\n#undef GET_ISA_OPCODES\n";
  for (const Record *row : full)
    os << "SE_OPCODE(" << row->getName() << ")\n";
  os << "#undef SE_OPCODE\n";
  for (const Record *row : compressed)
    os << "SE_COMPRESSED(" << row->getName() << ")\n";
  os << "#undef SE_COMPRESSED\n#endif // GET_ISA_OPCODES\n\n";
}

/// Bytes of the memory access and whether its value is signed.
static std::string getAccess(const Record &row) {
  StringRef type = row.getValueAsString("MemType");
  unsigned bits = 0;
  bool isSigned = !type.consume_front("u");
  if (type.consume_front("int"))
    type.consumeInteger(10, bits);
  return (Twine(bits / 8) + (bits && isSigned ? ", true" : ", false")).str();
}

static void emitRow(raw_ostream &os, const Record &row) {
  Encoding encoding = readEncoding(row);
  bool isCompressed = row.isSubClassOf("Compressed");
  const Record &meaning = isCompressed ? *row.getValueAsDef("Base") : row;
  os << "{\"" << row.getName() << "\", \"" << row.getValueAsString("Mnemonic")
     << "\", \"" << row.getValueAsString("AsmOperands") << "\", \""
     << row.getValueAsString("Group") << "\", \""
     << (isCompressed ? "" : meaning.getValueAsString("Format")) << "\", "
     << format_hex(encoding.mask, 10) << ", " << format_hex(encoding.match, 10)
     << ", Opcode::" << meaning.getName() << ", Kind::" << getKind(meaning)
     << ", Timing::" << meaning.getValueAsDef("Time")->getValueAsString("Name")
     << ", " << row.getValueAsInt("Size") << ", "
     << (meaning.getValueAsBit("ReadsRd") ? "true" : "false") << ", "
     << (meaning.getValueAsString("Update").empty() ? "false" : "true") << ", "
     << getAccess(meaning) << ", {";
  ListSeparator sep;
  for (const FieldRun &field : encoding.fields) {
    os << sep << "{Operand::" << field.operand << ", " << field.wordBit << ", "
       << field.operandBit << ", " << field.width << ", "
       << (isSigned(row, field.operand) ? getWidth(row, field.operand) : 0)
       << "}";
  }
  StringRef target = meaning.getValueAsString("Target");
  os << "}, Operand::" << (target.empty() ? "imm" : target) << ", "
     << (target.empty() ? 0 : meaning.getValueAsInt("TargetScale")) << "},\n";
}

static void emitTable(raw_ostream &os, ArrayRef<const Record *> full,
                      ArrayRef<const Record *> compressed) {
  os << "#ifdef GET_ISA_TABLE\n#undef GET_ISA_TABLE\n";
  for (const Record *row : full)
    emitRow(os, *row);
  for (const Record *row : compressed)
    emitRow(os, *row);
  os << "#endif // GET_ISA_TABLE\n\n";
}

/// One case per short form: assigns the fields of the full instruction.
static void emitExpansions(raw_ostream &os,
                           ArrayRef<const Record *> compressed) {
  os << "#ifdef GET_ISA_EXPANSIONS\n#undef GET_ISA_EXPANSIONS\n";
  for (const Record *row : compressed) {
    os << "case CompressedForm::" << row->getName() << ":\n";
    StringRef predicate = row->getValueAsString("Predicate");
    if (!predicate.empty())
      os << "  if (!(" << predicate << "))\n    return false;\n";
    if (StringRef operands = row->getValueAsString("Operands");
        !operands.empty())
      os << "  " << operands << ";\n";
    os << "  return true;\n";
  }
  os << "#endif // GET_ISA_EXPANSIONS\n\n";
}

static void emitExecutor(raw_ostream &os, const Record &row) {
  Encoding encoding = readEncoding(row);
  StringRef kind = getKind(row);
  StringRef time = row.getValueAsDef("Time")->getValueAsString("Name");
  StringRef semantics = row.getValueAsString("Semantics");
  StringRef address = row.getValueAsString("Address");
  StringRef update = row.getValueAsString("Update");
  std::string text = (semantics + " " + address + " " + update).str();

  os << "SE_BEGIN(" << row.getName() << ")\n";
  for (StringRef reg : {"rs1", "rs2", "rs3"})
    if (encoding.has(reg) && (mentions(text, reg) || time.starts_with("Div")))
      os << "  const uint32_t " << reg << " = SE_REG(" << reg << ");\n";
  for (StringRef imm : {"imm", "imm2", "imm3"})
    if (encoding.has(imm) && mentions(text, imm))
      os << "  const int32_t " << imm << " = SE_IMM(" << imm << ");\n";
  if (mentions(text, "pc"))
    os << "  const uint32_t pc = SE_PC;\n";
  if (encoding.has("rm") && mentions(text, "rm"))
    os << "  const unsigned rm = SE_ROUNDING;\n";
  if (mentions(text, "frm"))
    os << "  const unsigned frm = SE_FRM;\n";

  if (kind == "Compute") {
    bool isFpu = time == "Fpu" || time == "FdivS" || time == "FdivH";
    if (isFpu)
      os << "  SE_TIME_" << time << "();\n";
    if (row.getValueAsBit("ReadsRd"))
      os << "  uint32_t rd = SE_REG(rd);\n";
    else
      os << "  uint32_t rd;\n";
    os << "  " << semantics << ";\n  SE_SET_RD(rd);\n";
    if (!isFpu)
      os << "  SE_TIME_" << time << "();\n";
  } else if (kind == "Load" || kind == "EventLoad" || kind == "Store") {
    os << "  const uint32_t address = " << address << ";\n";
    if (kind == "Store")
      os << "  const uint32_t value = " << semantics << ";\n";
    if (!update.empty())
      os << "  SE_UPDATE(" << update << ");\n";
    os << "  SE_" << kind.upper() << "(" << row.getValueAsString("MemType")
       << ");\n";
  } else if (kind == "Branch") {
    os << "  SE_BRANCH(" << semantics << ");\n";
  } else if (kind == "Jump") {
    os << "  SE_JUMP(" << semantics << ");\n";
  } else if (kind == "Csr") {
    // An operand that is register x0 or the number 0 only reads (not csrrw).
    StringRef source = encoding.has("rs1") ? "rs1" : "imm2";
    os << "  SE_CSR(" << semantics << ", "
       << (mentions(semantics, "old") ? ("SE_FIELD(" + source + ") != 0").str()
                                      : std::string("true"))
       << ");\n";
  } else {
    os << "  SE_SYSTEM(" << semantics << ");\n";
  }
  // A product that the next instruction uses comes late, like a load.
  if (time == "Mul" || time == "Mulh")
    kind = "Late";
  os << "SE_END(" << kind << ")\n";
}

static void emitExecutors(raw_ostream &os, ArrayRef<const Record *> full) {
  os << "#ifdef GET_ISA_EXECUTORS\n#undef GET_ISA_EXECUTORS\n";
  for (const Record *row : full)
    emitExecutor(os, *row);
  os << "#endif // GET_ISA_EXECUTORS\n\n";
}

/// For each computing operation of the xpulp dialect a function of its
/// operands, and a list of them: SE_EMULATED(row, arguments of an array o).
static void emitEmulation(raw_ostream &os, ArrayRef<const Record *> rows) {
  os << "#ifdef GET_ISA_EMULATION\n#undef GET_ISA_EMULATION\n";
  for (const Record *row : rows) {
    os << "extern \"C\" uint32_t se_xpulp_" << row->getName() << "(";
    SmallVector<StringRef> operands = getOperationOperands(*row);
    interleaveComma(operands, os, [&](StringRef operand) {
      os << (operand.starts_with("imm") ? "int32_t " : "uint32_t ") << operand;
    });
    os << ") {\n";
    StringRef semantics = row->getValueAsString("Semantics");
    for (StringRef mode : {"rm", "frm"})
      if (mentions(semantics, mode))
        os << "  const unsigned " << mode << " = RNE;\n";
    if (!row->getValueAsBit("ReadsRd"))
      os << "  uint32_t rd;\n";
    os << "  " << semantics << ";\n  return rd;\n}\n";
  }
  os << "#endif // GET_ISA_EMULATION\n\n";

  os << "#ifdef GET_ISA_EMULATED\n#undef GET_ISA_EMULATED\n";
  for (const Record *row : rows) {
    os << "SE_EMULATED(" << row->getName();
    for (unsigned i = 0, e = getOperationOperands(*row).size(); i != e; ++i)
      os << ", o[" << i << "]";
    os << ")\n";
  }
  os << "#undef SE_EMULATED\n#endif // GET_ISA_EMULATED\n";
}

/// Two rows that match the same words with equally many fixed bits would make
/// the decoder depend on their order.
static bool checkOverlaps(ArrayRef<const Record *> rows) {
  for (const Record *a : rows)
    for (const Record *b : rows) {
      if (a == b)
        break;
      Encoding x = readEncoding(*a), y = readEncoding(*b);
      uint32_t common = x.mask & y.mask;
      if ((x.match & common) == (y.match & common) &&
          popcount(x.mask) == popcount(y.mask)) {
        PrintError(a->getLoc(), "encoding of " + a->getName() +
                                    " cannot be told from that of " +
                                    b->getName());
        return true;
      }
    }
  return false;
}

bool tblgen::emitIsa(raw_ostream &os, const RecordKeeper &records) {
  auto full = getRows(records, "Instruction");
  auto compressed = getRows(records, "Compressed");
  if (checkOverlaps(full) || checkOverlaps(compressed))
    return true;
  emitSourceFileHeader("The instruction table", os, records);
  emitOpcodes(os, full, compressed);
  emitTable(os, full, compressed);
  emitExpansions(os, compressed);
  emitExecutors(os, full);
  auto operations = getOperations(records);
  erase_if(operations,
           [](const Record *row) { return getKind(*row) != "Compute"; });
  emitEmulation(os, operations);
  return false;
}
