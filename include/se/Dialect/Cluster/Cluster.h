// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Cluster.h - The cluster dialect --------------------------*- C++ -*-===//
//
// Where and when: cores, barriers, memory levels. The dialect's documentation
// is in ClusterOps.td.
//
//===----------------------------------------------------------------------===//

#ifndef SE_DIALECT_CLUSTER_CLUSTER_H
#define SE_DIALECT_CLUSTER_CLUSTER_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "se/Dialect/Cluster/ClusterDialect.h.inc"
#include "se/Dialect/Cluster/ClusterEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "se/Dialect/Cluster/ClusterAttributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "se/Dialect/Cluster/ClusterTypes.h.inc"

#define GET_OP_CLASSES
#include "se/Dialect/Cluster/ClusterOps.h.inc"

#endif // SE_DIALECT_CLUSTER_CLUSTER_H
