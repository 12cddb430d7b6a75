// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CellLibrary.h - Cells that come with the tools -----------*- C++ -*-===//
//
// The files of the folder cells, which are part of the library: a tool needs no
// other file to know them (docs/cells.md).
//
//===----------------------------------------------------------------------===//

#ifndef SE_DIALECT_RNN_CELLLIBRARY_H
#define SE_DIALECT_RNN_CELLLIBRARY_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace se::rnn {

/// `cells/NAME.mlir`, in which the cell is `@se.NAME`.
struct LibraryCell {
  llvm::StringLiteral name;
  llvm::StringLiteral text;
};

/// Sorted by name.
llvm::ArrayRef<LibraryCell> getLibraryCells();

/// The cell of this name, without `se.`; null if there is none.
const LibraryCell *findLibraryCell(llvm::StringRef name);

/// What to tell those who ask for a cell that there is not.
std::string describeUnknownCell(llvm::StringRef name);

/// What stands in the file.
mlir::OwningOpRef<mlir::ModuleOp> parseLibraryCell(const LibraryCell &cell,
                                                   mlir::MLIRContext *context);

} // namespace se::rnn

#endif // SE_DIALECT_RNN_CELLLIBRARY_H
