// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rows.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace se;
using namespace se::tblgen;

Encoding tblgen::readEncoding(const Record &row) {
  Encoding result;
  const BitsInit *bits = row.getValueAsBitsInit("Inst");
  for (unsigned i = 0, e = bits->getNumBits(); i != e; ++i) {
    const Init *bit = bits->getBit(i);
    if (const auto *fixed = dyn_cast<BitInit>(bit)) {
      result.mask |= 1u << i;
      result.match |= uint32_t(fixed->getValue()) << i;
      continue;
    }
    const auto *variable = dyn_cast<VarBitInit>(bit);
    if (!variable)
      continue;
    StringRef name = cast<VarInit>(variable->getBitVar())->getName();
    unsigned from = variable->getBitNum();
    if (!result.fields.empty()) {
      FieldRun &last = result.fields.back();
      if (last.operand == name && last.wordBit + last.width == i &&
          last.operandBit + last.width == from) {
        ++last.width;
        continue;
      }
    }
    result.fields.push_back({name, i, from, 1});
  }
  return result;
}

unsigned tblgen::getWidth(const Record &row, StringRef operand) {
  return cast<BitsRecTy>(row.getValue(operand)->getType())->getNumBits();
}

bool tblgen::isSigned(const Record &row, StringRef operand) {
  return (operand == "imm" && row.getValueAsBit("ImmSigned")) ||
         (operand == "imm2" && row.getValueAsBit("Imm2Signed"));
}

bool tblgen::mentions(StringRef text, StringRef name) {
  for (size_t at = text.find(name); at != StringRef::npos;
       at = text.find(name, at + 1)) {
    auto isWord = [&](size_t i) {
      return i < text.size() && (isAlnum(text[i]) || text[i] == '_');
    };
    if ((at == 0 || !isWord(at - 1)) && !isWord(at + name.size()))
      return true;
  }
  return false;
}

StringRef tblgen::getKind(const Record &row) {
  return row.getValueAsDef("Class")->getValueAsString("Name");
}

std::vector<const Record *> tblgen::getRows(const RecordKeeper &records,
                                            StringRef className) {
  std::vector<const Record *> rows =
      records.getAllDerivedDefinitions(className);
  sort(rows, [](const Record *a, const Record *b) {
    return a->getID() < b->getID();
  });
  return rows;
}

std::vector<const Record *> tblgen::getOperations(const RecordKeeper &records) {
  std::vector<const Record *> rows = getRows(records, "Instruction");
  erase_if(rows, [](const Record *row) {
    StringRef group = row->getValueAsString("Group"), kind = getKind(*row);
    bool isUnknown =
        group.starts_with("Xpulp") || group == "Xfvec" || group == "Xfaux";
    return (!isUnknown && !row->getValueAsBit("HasOperation")) ||
           (kind != "Compute" && kind != "Load" && kind != "Store");
  });
  return rows;
}

SmallVector<StringRef> tblgen::getOperationOperands(const Record &row) {
  Encoding encoding = readEncoding(row);
  SmallVector<StringRef> operands;
  if (row.getValueAsBit("ReadsRd"))
    operands.push_back("rd");
  for (StringRef operand : {"rs1", "rs2", "rs3", "imm", "imm2"})
    if (encoding.has(operand))
      operands.push_back(operand);
  return operands;
}
