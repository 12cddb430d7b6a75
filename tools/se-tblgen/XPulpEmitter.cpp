// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes an operation of the xpulp dialect from each row of Isa.td that LLVM has
// no instruction for. The classes that the operations derive from are in
// include/se/Dialect/XPulp/XPulpOps.td.

#include "Emitters.h"
#include "Rows.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TableGen/Error.h"
#include "llvm/TableGen/TableGenBackend.h"

using namespace llvm;
using namespace se;
using namespace se::tblgen;

/// The operation's name without the dialect: the mnemonic, and the form where
/// several rows have that.
static std::string getName(const Record &row) {
  StringRef form = row.getValueAsString("Form");
  return (row.getValueAsString("Mnemonic") + (form.empty() ? "" : ".") + form)
      .str();
}

/// "pv.sdotsp.b" gives "PvSdotspBOp".
static std::string getClass(StringRef name) {
  std::string result;
  bool atStart = true;
  for (char c : name) {
    if (c == '.' || c == '_') {
      atStart = true;
      continue;
    }
    result += atStart ? toUpper(c) : c;
    atStart = false;
  }
  return result + "Op";
}

/// The constraint on a register operand, by its field.
static StringRef getType(const Record &row, StringRef operand) {
  std::string field = operand.str() + "Type";
  field[0] = toUpper(field[0]);
  return row.getValueAsDef(field)->getValueAsString("Name");
}

/// Operations that have one of these write the type out.
static bool isOpen(StringRef type) {
  return type == "XPulp_Half" || type == "XPulp_Word";
}

static bool isInteger(StringRef type) {
  return type == "I32" || type.starts_with("XPulp_VectorI");
}

static std::string getDescription(const Record &row) {
  std::string text;
  raw_string_ostream os(text);
  auto code = [&](const Twine &what) { os << "`" << what << "`"; };
  code(row.getValueAsString("Mnemonic") + " " +
       row.getValueAsString("AsmOperands"));
  os << ", form " << row.getValueAsString("Format") << " of group "
     << row.getValueAsString("Group") << ".\n\n";
  if (StringRef address = row.getValueAsString("Address"); !address.empty()) {
    os << "    Accesses `" << row.getValueAsString("MemType") << "` at ";
    code(address);
    if (StringRef update = row.getValueAsString("Update"); !update.empty()) {
      os << "; the last result is ";
      code(update);
    }
    os << ". Addresses are in bytes.";
  } else {
    os << "    ";
    code(row.getValueAsString("Semantics"));
    if (row.getValueAsBit("ReadsRd"))
      os << ", where `rd` is `accumulator` before and `result` after";
    os << ".";
  }
  return text;
}

static void emitOperation(raw_ostream &os, const Record &row) {
  std::string name = getName(row);
  StringRef kind = getKind(row);
  bool isUpdate = !row.getValueAsString("Update").empty();
  bool isFoldable = kind == "Compute";
  std::string arguments, format, open;
  ListSeparator argumentSep, formatSep(" `,` ");
  auto argument = [&](const Twine &type, const Twine &name) {
    arguments += (StringRef(argumentSep) + type + ":$" + name).str();
    format += (StringRef(formatSep) + "$" + name).str();
  };
  for (StringRef operand : getOperationOperands(row)) {
    if (operand.starts_with("imm")) {
      bool hasSign = isSigned(row, operand);
      int64_t range = int64_t(1) << getWidth(row, operand);
      argument("XPulp_Immediate<" + Twine(hasSign ? -range / 2 : 0) + ", " +
                   Twine(hasSign ? range / 2 - 1 : range - 1) + ">",
               operand);
      continue;
    }
    StringRef name = operand == "rd" ? "accumulator" : operand;
    StringRef type = getType(row, operand);
    argument(type, name);
    isFoldable &= isInteger(type);
    if (isOpen(type))
      open = name;
  }
  std::string results;
  ListSeparator resultSep;
  if (readEncoding(row).has("rd")) {
    StringRef type = getType(row, "rd");
    results += (StringRef(resultSep) + type + ":$result").str();
    isFoldable &= isInteger(type);
    if (isOpen(type))
      open = "result";
  }
  if (isUpdate)
    results += (StringRef(resultSep) + "Index:$next").str();

  os << "def XPulp_" << getClass(name) << " : XPulp_"
     << (isFoldable ? "Foldable" : kind) << "Op<\"" << name << "\", \""
     << row.getName() << "\"> {\n";
  os << "  let summary = \"" << row.getValueAsString("Mnemonic") << " "
     << row.getValueAsString("AsmOperands") << "\";\n";
  os << "  let description = [{\n    " << getDescription(row) << "\n  }];\n";
  os << "  let arguments = (ins " << arguments << ");\n";
  os << "  let results = (outs " << results << ");\n";
  os << "  let assemblyFormat = \"" << format << " attr-dict"
     << (open.empty() ? "" : " `:` type($" + open + ")") << "\";\n";
  os << "}\n\n";
}

bool tblgen::emitXPulpOps(raw_ostream &os, const RecordKeeper &records) {
  emitSourceFileHeader("Instructions as operations", os, records);
  StringSet<> names;
  for (const Record *row : getOperations(records)) {
    if (!names.insert(getName(*row)).second) {
      PrintError(row->getLoc(),
                 "there is an operation '" + getName(*row) +
                     "' already: rows with one mnemonic need different forms");
      return true;
    }
    emitOperation(os, *row);
  }
  return false;
}
