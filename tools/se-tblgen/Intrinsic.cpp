// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Intrinsic.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/TableGen/Error.h"
#include <algorithm>

using namespace llvm;
using namespace se::tblgen;

static bool isUnknownToLlvm(const Record &row) {
  StringRef group = row.getValueAsString("Group");
  return (group.starts_with("Xpulp") && group != "XpulpBranch") ||
         group == "Xfvec" || group == "Xfaux" || group == "Xf16alt";
}

static Parameter makeParameter(const Record &row, StringRef name) {
  if (!name.starts_with("imm"))
    return {name, false, 0, 0};
  unsigned width = operandWidth(row, name);
  bool isSigned = (name == "imm" && row.getValueAsBit("ImmSigned")) ||
                  (name == "imm2" && row.getValueAsBit("Imm2Signed"));
  int64_t values = int64_t(1) << width;
  return isSigned ? Parameter{name, true, -values / 2, values / 2 - 1}
                  : Parameter{name, true, 0, values - 1};
}

/// The identifiers of "rd, imm(rs1!)".
static SmallVector<StringRef, 5> splitOperands(StringRef text) {
  SmallVector<StringRef, 5> names;
  SplitString(text, names, ", ()!");
  return names;
}

std::vector<Intrinsic> se::tblgen::getIntrinsics(const RecordKeeper &records) {
  std::vector<Intrinsic> result;
  StringMap<unsigned> uses;
  for (const Record *row : getRows(records, "Instruction")) {
    ++uses[row->getValueAsString("Mnemonic")];
    if (isUnknownToLlvm(*row))
      result.push_back({row, readEncoding(*row), "", {}, false, false});
  }
  StringSet<> names;
  for (Intrinsic &intrinsic : result) {
    const Record &row = *intrinsic.row;
    StringRef mnemonic = row.getValueAsString("Mnemonic");
    intrinsic.name =
        uses[mnemonic] == 1 ? mnemonic.str() : row.getName().lower();
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

std::string se::tblgen::describeSemantics(const Record &row) {
  StringRef semantics = row.getValueAsString("Semantics");
  StringRef kind = row.getValueAsDef("Class")->getValueAsString("Name");
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
