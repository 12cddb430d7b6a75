// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FiniteMask.h - Steps that end in a reset -----------------*- C++ -*-===//

#ifndef SE_DIALECT_CLUSTER_FINITEMASK_H
#define SE_DIALECT_CLUSTER_FINITEMASK_H

#include "llvm/ADT/StringRef.h"

namespace se::cluster {
/// Of a cluster.program: the byte of the state buffer where the kernel leaves
/// a word; if that is 0, `reset` is executed behind the kernel.
constexpr llvm::StringLiteral finiteMaskName = "finite_mask";
} // namespace se::cluster

#endif // SE_DIALECT_CLUSTER_FINITEMASK_H
