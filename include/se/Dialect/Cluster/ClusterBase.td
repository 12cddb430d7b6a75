// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ClusterBase.td - The dialect and its levels -----------*- tablegen -*-===//

#ifndef SE_DIALECT_CLUSTER_CLUSTERBASE_TD
#define SE_DIALECT_CLUSTER_CLUSTERBASE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/EnumAttr.td"

def Cluster_Dialect : Dialect {
  let name = "cluster";
  let cppNamespace = "::se::cluster";
  let summary = "Cores, barriers and memory levels of a multi-core cluster";
  let description = [{
    The `cluster` dialect says where and when: which core computes what, where
    cores wait for each other, and in which memory level a buffer lies. Buffers
    are memrefs with a `#cluster.space` attribute; loops and arithmetic are
    `scf`, `arith` and `math`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

class Cluster_Case<string name, int value> : I32EnumAttrCase<name, value>;

def Cluster_Level : I32EnumAttr<"Level", "a memory level of a target", [
    Cluster_Case<"l1", 1>, Cluster_Case<"l2", 2>, Cluster_Case<"l3", 3>,
    Cluster_Case<"nvm", 4>]> {
  let cppNamespace = "::se::cluster";
  let genSpecializedAttr = 0;
}

#endif // SE_DIALECT_CLUSTER_CLUSTERBASE_TD
