// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- SlicedParts.h - What slices take of concatenations -------*- C++ -*-===//

#ifndef SE_LIB_IMPORT_ONNX_SLICEDPARTS_H
#define SE_LIB_IMPORT_ONNX_SLICEDPARTS_H

#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace se::onnx_import {

/// The operands of a concatenation, or a value that is none as its only part.
/// There may be thousands of slices of it.
class SlicedParts {
public:
  explicit SlicedParts(mlir::Value source);

  /// Parts with these numbers, but for `end`.
  struct Range {
    size_t begin, end;
  };
  /// Those that a slice takes at least some elements of.
  Range getTaken(mlir::tensor::ExtractSliceOp slice) const;
  /// Those that it takes as a whole.
  Range getWhole(mlir::tensor::ExtractSliceOp slice) const;

  llvm::SmallVector<mlir::Value> values;

private:
  unsigned axis = 0;
  /// Where each part ends along the axis.
  std::vector<int64_t> ends;
};

} // namespace se::onnx_import

#endif // SE_LIB_IMPORT_ONNX_SLICEDPARTS_H
