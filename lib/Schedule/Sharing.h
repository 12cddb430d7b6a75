// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Sharing.h - Matrices that vectors of a batch share -------*- C++ -*-===//
//
// A matvec with a batch of vectors computes one element for each pair of a row
// of the matrix and a vector. If the elements of a loop are such pairs, a
// record is what a number of rows needs, and serves all vectors, one after the
// other.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_SCHEDULE_SHARING_H
#define SE_LIB_SCHEDULE_SHARING_H

#include "mlir/IR/AffineExpr.h"
#include "llvm/ADT/ArrayRef.h"

#include <optional>

namespace se::schedule {

struct RowBlock;

/// The elements of a loop as pairs of a row d0 and a vector d1.
struct Sharing {
  int64_t rows = 0, vectors = 0;
  mlir::AffineExpr element; ///< that of row d0 and vector d1
};

/// How `elements` elements share the rows of `blocks`: those that read the same
/// vectors read the same rows as others do with theirs. None if they do not, or
/// not in an order that expressions give. Where blocks read their vectors
/// becomes an expression of d1.
std::optional<Sharing> findSharing(int64_t elements,
                                   llvm::MutableArrayRef<RowBlock> blocks);

/// An expression of `index`, nested strides, that has these values for 0, 1,
/// ...; null if there is none.
mlir::AffineExpr fitStrides(llvm::ArrayRef<int64_t> values,
                            mlir::AffineExpr index);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_SHARING_H
