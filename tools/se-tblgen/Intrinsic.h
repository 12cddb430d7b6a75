// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which rows of the table C gets, and how they look there.

#ifndef SE_TBLGEN_INTRINSIC_H
#define SE_TBLGEN_INTRINSIC_H

#include "Rows.h"
#include <string>

namespace se::tblgen {

/// An operand that the C programmer gives.
struct Parameter {
  llvm::StringRef name;
  bool isImmediate;
  /// What the field of an immediate holds, both ends included.
  int64_t min, max;
};

/// A row that LLVM does not know.
struct Intrinsic {
  const llvm::Record *row;
  Encoding encoding;
  /// For C without its prefix: the mnemonic and the row's form if rows share
  /// the mnemonic; "pv_add_b", "p_lw_post".
  std::string name;
  /// As the assembler writes them, rd only if it is a source.
  std::vector<Parameter> parameters;
  bool writesRd;
  /// rs1 is a pointer, which the instruction moves on.
  bool updates;

  bool isLoad() const {
    return getKind(*row) == "Load" || getKind(*row) == "EventLoad";
  }
  bool isStore() const { return getKind(*row) == "Store"; }
  bool isLoop() const { return getKind(*row) == "Loop"; }
  bool readsRd() const { return row->getValueAsBit("ReadsRd"); }
  bool hasImmediates() const {
    return llvm::any_of(parameters, [](auto &p) { return p.isImmediate; });
  }
  /// Whether a register holds a binary32 number.
  bool isFloat(llvm::StringRef operand) const;
};

/// Of the groups Xpulp* without branches, Xfvec, Xfaux and Xf16alt.
std::vector<Intrinsic> getIntrinsics(const llvm::RecordKeeper &records);

/// What the instruction does, in the words of the table: "rd = rs1 + imm".
std::string describeSemantics(const llvm::Record &row);

} // namespace se::tblgen

#endif // SE_TBLGEN_INTRINSIC_H
