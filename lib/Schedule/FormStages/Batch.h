// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Batch.h - Matrices that vectors of a batch share ---------*- C++ -*-===//
//
// A matvec with a batch of vectors computes one element for each pair of a row
// of the matrix and a vector. If the elements of a stage are such pairs, what a
// number of rows needs serves all vectors, one after the other.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_SCHEDULE_FORMSTAGES_BATCH_H
#define SE_LIB_SCHEDULE_FORMSTAGES_BATCH_H

#include "se/Dialect/Plan/Plan.h"

namespace se::schedule {

/// How elements share the rows of matrices: those that read the same vectors
/// read the same rows as others do with theirs. Null if they do not, or not in
/// an order that expressions give; `why` says so then.
plan::BatchAttr findBatch(int64_t elements, llvm::ArrayRef<plan::DotOp> dots,
                          const char *&why);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_FORMSTAGES_BATCH_H
