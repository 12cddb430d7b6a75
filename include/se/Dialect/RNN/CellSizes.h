// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- CellSizes.h - What the names of a cell's sizes stand for -*- C++ -*-===//

#ifndef SE_DIALECT_RNN_CELLSIZES_H
#define SE_DIALECT_RNN_CELLSIZES_H

#include "se/Dialect/RNN/RNN.h"

#include "llvm/ADT/SmallVector.h"

#include <optional>
#include <string>

namespace se::rnn {

/// `[4 * h, x]`.
void printShape(llvm::raw_ostream &os, mlir::AffineMap shape,
                mlir::ArrayAttr sizeNames);

/// Values of the sizes that a cell names; none if it names no sizes.
class CellSizes {
public:
  explicit CellSizes(CellOp cell);

  llvm::ArrayRef<llvm::StringRef> getNames() const { return names; }
  /// False if the cell has no size of this name.
  bool set(llvm::StringRef name, int64_t value);
  /// Takes the sizes that are the whole of a dimension of an argument, if they
  /// are not known yet.
  void bind(unsigned argument, llvm::ArrayRef<int64_t> shape);
  std::optional<int64_t> get(llvm::StringRef name) const;
  /// The shape of an argument. Nothing if the cell does not say it, or not all
  /// of its sizes are known.
  std::optional<llvm::SmallVector<int64_t>> getShape(unsigned argument) const;
  /// `[4 * h, x]`, as the cell's text says.
  std::string format(unsigned argument) const;
  /// `x = 40, h = 64`.
  std::string format() const;

private:
  mlir::AffineMap getMap(unsigned argument) const;

  mutable CellOp cell;
  llvm::SmallVector<llvm::StringRef> names;
  llvm::SmallVector<std::optional<int64_t>> values;
};

} // namespace se::rnn

#endif // SE_DIALECT_RNN_CELLSIZES_H
