// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Test cases of se/xpulp.h, each twice: for the host by the semantics of the
// table, for the device by the function or macro of the header. Loads and
// stores act on `memory`, whose start is `origin` and to whose byte 16 the
// pointer points; their result is mix(value, pointer - origin).

#include "Emitters.h"
#include "Intrinsic.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TableGen/TableGenBackend.h"

using namespace llvm;
using namespace se;
using namespace se::tblgen;

namespace {
/// An intrinsic with values for its immediates.
struct Case {
  const Intrinsic &intrinsic;
  SmallVector<std::pair<StringRef, int64_t>, 2> immediates;
};
} // namespace

/// Both ends of the immediates and something between; an access within
/// `memory` if they are part of its address.
static std::vector<Case> getCases(ArrayRef<Intrinsic> intrinsics) {
  std::vector<Case> cases;
  for (const Intrinsic &intrinsic : intrinsics) {
    if (intrinsic.isLoop())
      continue;
    bool inAddress =
        mentions(intrinsic.row->getValueAsString("Address"), "imm");
    unsigned count = intrinsic.hasImmediates() && !inAddress ? 3 : 1;
    for (unsigned i = 0; i != count; ++i) {
      Case next{intrinsic, {}};
      for (const Parameter &p : intrinsic.parameters)
        if (p.isImmediate)
          next.immediates.push_back({p.name, inAddress ? 8
                                             : i == 0  ? p.min
                                             : i == 1  ? p.max
                                                       : p.max / 3});
      cases.push_back(std::move(next));
    }
  }
  return cases;
}

static void emitHostCase(raw_ostream &os, const Case &c) {
  const Intrinsic &intrinsic = c.intrinsic;
  const Record &row = *intrinsic.row;
  StringRef semantics = row.getValueAsString("Semantics");
  os << "{\"se_" << intrinsic.name << "\", [](uint32_t rd, uint32_t rs1, "
     << "uint32_t rs2, uint32_t rs3) -> uint32_t {\n";
  for (auto [name, value] : c.immediates)
    os << "  [[maybe_unused]] const int32_t " << name << " = " << value
       << ";\n";
  os << "  [[maybe_unused]] const unsigned rm = 0, frm = 0;\n";
  if (!intrinsic.isLoad() && !intrinsic.isStore()) {
    os << "  " << semantics << ";\n  return rd;\n}},\n";
    return;
  }
  StringRef type = row.getValueAsString("MemType");
  os << "  rs1 = 16; rs2 = " << (intrinsic.isStore() ? "rs2" : "rs2 & 12")
     << "; rs3 &= 12;\n"
     << "  uint8_t *at = memory + (" << row.getValueAsString("Address")
     << ");\n";
  if (intrinsic.isLoad())
    os << "  " << type << " value;\n  std::memcpy(&value, at, sizeof(value));\n"
       << "  rd = value;\n";
  else
    os << "  " << type << " value = " << semantics
       << ";\n  std::memcpy(at, &value, sizeof(value));\n"
       << "  rd = summary();\n";
  if (intrinsic.updates)
    os << "  rs1 = " << row.getValueAsString("Update") << ";\n";
  os << "  return mix(rd, rs1);\n}},\n";
}

static void emitDeviceCase(raw_ostream &os, const Case &c, unsigned number) {
  const Intrinsic &intrinsic = c.intrinsic;
  bool isAccess = intrinsic.isLoad() || intrinsic.isStore();
  os << "static uint32_t case_" << number
     << "(uint32_t rd, uint32_t rs1, uint32_t rs2, uint32_t rs3) {\n"
     << "  (void)rd; (void)rs1; (void)rs2; (void)rs3;\n";
  if (isAccess)
    os << "  uint8_t *at = memory + 16;\n";
  std::string call = "se_" + intrinsic.name + "(";
  ListSeparator sep;
  for (const Parameter &p : intrinsic.parameters) {
    call += StringRef(sep);
    const auto *immediate =
        find_if(c.immediates, [&](const auto &i) { return i.first == p.name; });
    if (immediate != c.immediates.end())
      call += itostr(immediate->second);
    else if (isAccess && p.name == "rs1")
      call += "at";
    else if (isAccess && !(p.name == "rs2" && intrinsic.isStore()))
      call += p.name.str() + " & 12";
    else
      call += intrinsic.isFloat(p.name) ? "to_float(" + p.name.str() + ")"
                                        : p.name.str();
  }
  call += ")";
  if (intrinsic.isFloat("rd"))
    call = "to_bits(" + call + ")";
  if (intrinsic.isStore())
    os << "  " << call << ";\n  rd = summary();\n";
  else
    os << "  rd = " << call << ";\n";
  os << "  return " << (isAccess ? "mix(rd, (uint32_t)(at - memory))" : "rd")
     << ";\n}\n";
}

bool tblgen::emitXpulpCases(raw_ostream &os, const RecordKeeper &records) {
  std::vector<Intrinsic> intrinsics = getIntrinsics(records);
  std::vector<Case> cases = getCases(intrinsics);
  emitSourceFileHeader("Test cases of se/xpulp.h", os, records);
  os << "#ifdef GET_HOST_CASES\n";
  for (const Case &c : cases)
    emitHostCase(os, c);
  os << "#endif\n#ifdef GET_DEVICE_CASES\n";
  for (auto [i, c] : enumerate(cases))
    emitDeviceCase(os, c, i);
  os << "static uint32_t (*const cases[])(uint32_t, uint32_t, uint32_t, "
        "uint32_t) = {\n";
  for (unsigned i = 0, e = cases.size(); i != e; ++i)
    os << "  case_" << i << ",\n";
  os << "};\n#endif\n";
  return false;
}
