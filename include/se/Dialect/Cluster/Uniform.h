// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Uniform.h - Branches that all cores take alike -----------*- C++ -*-===//

#ifndef SE_DIALECT_CLUSTER_UNIFORM_H
#define SE_DIALECT_CLUSTER_UNIFORM_H

#include "llvm/ADT/StringRef.h"

namespace se::cluster {
/// Of an scf.if whose condition depends on data: all cores find the same, so
/// there may be barriers within. The proof goes through frames with the branch
/// and without it.
constexpr llvm::StringLiteral uniformName = "cluster.uniform";
} // namespace se::cluster

#endif // SE_DIALECT_CLUSTER_UNIFORM_H
