// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the generator can make of Isa.td. Each returns true on an error, which
// it has reported.

#ifndef SE_TBLGEN_EMITTERS_H
#define SE_TBLGEN_EMITTERS_H

namespace llvm {
class raw_ostream;
class RecordKeeper;
} // namespace llvm

namespace se::tblgen {

/// The table, the simulator's executors and the emulation in C++.
bool emitIsa(llvm::raw_ostream &os, const llvm::RecordKeeper &records);

/// The operations of the xpulp dialect in ODS.
bool emitXPulpOps(llvm::raw_ostream &os, const llvm::RecordKeeper &records);

/// A C header of the instructions that LLVM does not know, and test cases of
/// it for the host and the device.
bool emitXpulpHeader(llvm::raw_ostream &os, const llvm::RecordKeeper &records);
bool emitXpulpCases(llvm::raw_ostream &os, const llvm::RecordKeeper &records);

/// A page of all instructions in Markdown.
bool emitIsaDoc(llvm::raw_ostream &os, const llvm::RecordKeeper &records);

} // namespace se::tblgen

#endif // SE_TBLGEN_EMITTERS_H
