// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.h - Passes on the cluster dialect -----------------*- C++ -*-===//

#ifndef SE_DIALECT_CLUSTER_TRANSFORMS_PASSES_H
#define SE_DIALECT_CLUSTER_TRANSFORMS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace se::cluster {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "se/Dialect/Cluster/Transforms/Passes.h.inc"
} // namespace se::cluster

#endif // SE_DIALECT_CLUSTER_TRANSFORMS_PASSES_H
