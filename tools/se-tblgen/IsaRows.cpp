// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "IsaRows.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace se::tblgen;

Encoding se::tblgen::readEncoding(const Record &row) {
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

unsigned se::tblgen::operandWidth(const Record &row, StringRef operand) {
  return cast<BitsRecTy>(row.getValue(operand)->getType())->getNumBits();
}

bool se::tblgen::mentions(StringRef text, StringRef name) {
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

std::vector<const Record *> se::tblgen::getRows(const RecordKeeper &records,
                                                StringRef className) {
  std::vector<const Record *> rows =
      records.getAllDerivedDefinitions(className);
  sort(rows, [](const Record *a, const Record *b) {
    return a->getID() < b->getID();
  });
  return rows;
}
