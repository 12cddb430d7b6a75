// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- AddedElements.h - Elements of memory added to sums -------*- C++ -*-===//

#ifndef SE_LIB_DIALECT_CLUSTER_TRANSFORMS_CHAINDOTS_ADDEDELEMENTS_H
#define SE_LIB_DIALECT_CLUSTER_TRANSFORMS_CHAINDOTS_ADDEDELEMENTS_H

#include "mlir/IR/Value.h"

namespace se::cluster {

/// A dot's sum that is only read to add an element of the record which holds
/// the rows starts with that element. Nothing if no element is added; if one is
/// and has to stay where it is, `why` says why.
std::optional<mlir::LogicalResult> startWithElement(mlir::OpResult sum,
                                                    llvm::StringRef &why);

} // namespace se::cluster

#endif // SE_LIB_DIALECT_CLUSTER_TRANSFORMS_CHAINDOTS_ADDEDELEMENTS_H
