// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What all backends read from the rows of Isa.td.

#ifndef SE_TBLGEN_ISAROWS_H
#define SE_TBLGEN_ISAROWS_H

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/TableGen/Record.h"
#include <cstdint>
#include <vector>

namespace se::tblgen {

/// A run of bits that an operand fills.
struct FieldRun {
  llvm::StringRef operand;
  unsigned wordBit, operandBit, width;
};

/// The bits of a row: fixed ones, and the runs from the lowest on.
struct Encoding {
  uint32_t mask = 0, match = 0;
  llvm::SmallVector<FieldRun, 8> fields;

  bool has(llvm::StringRef operand) const {
    return llvm::any_of(fields, [&](auto &f) { return f.operand == operand; });
  }
};

Encoding readEncoding(const llvm::Record &row);

/// The bits of an operand, those without a place in the word among them.
unsigned operandWidth(const llvm::Record &row, llvm::StringRef operand);

/// Whether `name` stands in `text` as a whole identifier.
bool mentions(llvm::StringRef text, llvm::StringRef name);

/// All rows of a class, in the order of the files.
std::vector<const llvm::Record *> getRows(const llvm::RecordKeeper &records,
                                          llvm::StringRef className);

} // namespace se::tblgen

#endif // SE_TBLGEN_ISAROWS_H
