// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Intrinsic.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/TableGen/Error.h"
#include <algorithm>

using namespace llvm;
using namespace se;
using namespace se::tblgen;

static bool isUnknownToLlvm(const Record &row) {
  StringRef group = row.getValueAsString("Group");
  return (group.starts_with("Xpulp") && group != "XpulpBranch") ||
         group == "Xfvec" || group == "Xfaux" || group == "Xf16alt";
}

static Parameter makeParameter(const Record &row, StringRef name) {
  if (!name.starts_with("imm"))
    return {name, false, 0, 0};
  unsigned width = getWidth(row, name);
  int64_t values = int64_t(1) << width;
  return isSigned(row, name)
             ? Parameter{name, true, -values / 2, values / 2 - 1}
             : Parameter{name, true, 0, values - 1};
}

/// The identifiers of "rd, imm(rs1!)".
static SmallVector<StringRef, 5> splitOperands(StringRef text) {
  SmallVector<StringRef, 5> names;
  SplitString(text, names, ", ()!");
  return names;
}

std::vector<Intrinsic> tblgen::getIntrinsics(const RecordKeeper &records) {
  std::vector<Intrinsic> result;
  for (const Record *row : getRows(records, "Instruction")) {
    if (isUnknownToLlvm(*row))
      result.push_back({row, readEncoding(*row), "", {}, false, false});
  }
  StringSet<> names;
  for (Intrinsic &intrinsic : result) {
    const Record &row = *intrinsic.row;
    intrinsic.name = row.getValueAsString("Mnemonic").str();
    if (StringRef form = row.getValueAsString("Form"); !form.empty())
      intrinsic.name += "_" + form.str();
    std::replace(intrinsic.name.begin(), intrinsic.name.end(), '.', '_');
    if (!names.insert(StringRef(intrinsic.name).upper()).second)
      PrintFatalError(&row, "another row has the C name " + intrinsic.name);
    intrinsic.updates = !row.getValueAsString("Update").empty();
    for (StringRef name : splitOperands(row.getValueAsString("AsmOperands"))) {
      intrinsic.writesRd |= name == "rd";
      if (name != "rm" && (name != "rd" || row.getValueAsBit("ReadsRd")))
        intrinsic.parameters.push_back(makeParameter(row, name));
    }
    // A load has the pointer before the offset, as a store has.
    if (intrinsic.isLoad() || intrinsic.isStore()) {
      auto &parameters = intrinsic.parameters;
      std::stable_partition(
          parameters.begin(), parameters.end(), [&](const Parameter &p) {
            return p.name == "rs1" || (p.name == "rs2" && intrinsic.isStore());
          });
    }
  }
  return result;
}

bool Intrinsic::isFloat(StringRef operand) const {
  std::string field = operand.str() + "Type"; // "rdType"
  field[0] = toUpper(field[0]);
  return row->getValueAsDef(field)->getValueAsString("Name") == "F32";
}

std::string tblgen::describeSemantics(const Record &row) {
  StringRef semantics = row.getValueAsString("Semantics");
  StringRef kind = getKind(row);
  std::string place = ("*(" + row.getValueAsString("MemType") + " *)(" +
                       row.getValueAsString("Address") + ")")
                          .str();
  std::string text = semantics.str();
  if (kind == "Load" || kind == "EventLoad")
    text = "rd = " + place;
  else if (kind == "Store")
    text = place + " = " + semantics.str();
  else if (kind == "Branch")
    text = "if (" + semantics.str() + ") pc = pc + imm";
  else if (kind == "Jump")
    text = "target = " + semantics.str() + "; rd = pc + size; pc = target";
  else if (kind == "Csr")
    text = "rd = old; csr[imm] = " + semantics.str();
  if (StringRef update = row.getValueAsString("Update"); !update.empty())
    text += "; rs1 = " + update.str();
  return text;
}
