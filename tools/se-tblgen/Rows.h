// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rows of Isa.td, as the generators read them.

#ifndef SE_TBLGEN_ROWS_H
#define SE_TBLGEN_ROWS_H

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/TableGen/Record.h"

namespace se::tblgen {

/// A run of bits that an operand fills.
struct FieldRun {
  llvm::StringRef operand;
  unsigned wordBit, operandBit, width;
};

struct Encoding {
  uint32_t mask = 0, match = 0;
  llvm::SmallVector<FieldRun, 8> fields;

  bool has(llvm::StringRef operand) const {
    return llvm::any_of(fields, [&](auto &f) { return f.operand == operand; });
  }
};

Encoding readEncoding(const llvm::Record &row);

/// Bits of an operand field.
unsigned getWidth(const llvm::Record &row, llvm::StringRef operand);

/// Whether the immediate `operand` is signed.
bool isSigned(const llvm::Record &row, llvm::StringRef operand);

/// Whether `name` stands in `text` as a whole identifier.
bool mentions(llvm::StringRef text, llvm::StringRef name);

/// "Compute", "Load", ...
llvm::StringRef getKind(const llvm::Record &row);

/// The rows of a class, in the order of the file.
std::vector<const llvm::Record *> getRows(const llvm::RecordKeeper &records,
                                          llvm::StringRef className);

/// Those that have an operation in the xpulp dialect: what LLVM does not know
/// or HasOperation asks for, except hardware loops, branches and p.elw.
std::vector<const llvm::Record *>
getOperations(const llvm::RecordKeeper &records);

/// The operands of that operation in order: rd if it is read, rs1, rs2, rs3
/// and the immediates. The rounding mode is the dynamic one.
llvm::SmallVector<llvm::StringRef>
getOperationOperands(const llvm::Record &row);

} // namespace se::tblgen

#endif // SE_TBLGEN_ROWS_H
