// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SE_TBLGEN_ISAEMITTER_H
#define SE_TBLGEN_ISAEMITTER_H

namespace llvm {
class RecordKeeper;
class raw_ostream;
} // namespace llvm

/// Writes the instruction table of Isa.td as C++: opcodes, encodings and
/// executors, each part under its own GET_ macro.
bool emitIsa(llvm::raw_ostream &os, const llvm::RecordKeeper &records);

#endif // SE_TBLGEN_ISAEMITTER_H
