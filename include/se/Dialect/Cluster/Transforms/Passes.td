// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.td - Passes on the cluster dialect -------------*- tablegen -*-===//

#ifndef SE_DIALECT_CLUSTER_TRANSFORMS_PASSES_TD
#define SE_DIALECT_CLUSTER_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def ChainDots : Pass<"cluster-chain-dots", "::mlir::ModuleOp"> {
  let summary = "Integer sums of products go on from one to the next (phase `scheduled`)";
  let description = [{
    Of two integer sums of products that are added, the second starts with what
    the first gave: one register instead of two, and no addition. Integers wrap
    around, so every bit of the result stays. Floats would be rounded in another
    order, so their sums stay as they are.

    A sum of products is the result of a `cluster.dot`, of an `scf.for` that
    carries it from turn to turn, or of an `scf.if` one branch of which adds
    products and the other nothing. The second one has to start with 0 behind the
    end of the first, nothing but the addition may read either of them, and
    nothing else what the second is made of.

    Then an element of memory that is added to a sum becomes what its first
    `cluster.dot` starts with, if it lies in the same record (a `memref.view` at
    the same place) as that dot's rows and nothing in between may write it or
    waits for other cores: the rows are at hand there, and so is the element.

    Before:

    ```mlir
    %0 = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<8xi8, #cluster.space<l1>> -> i32
    %1 = cluster.dot %z[%c0], %r[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<8xi8, #cluster.space<l1>> -> i32
    %2 = arith.addi %0, %1 : i32
    %b = memref.load %bias[%c2] : memref<3xi32, #cluster.space<l1>>
    %3 = arith.addi %2, %b : i32
    ```

    After, `%bias` and `%w` being views of one record:

    ```mlir
    %b = memref.load %bias[%c2] : memref<3xi32, #cluster.space<l1>>
    %0 = cluster.dot %x[%c0], %w[%c0], %c4, %b : memref<4xi8, #cluster.space<l1>>, memref<8xi8, #cluster.space<l1>> -> i32
    %3 = cluster.dot %z[%c0], %r[%c0], %c4, %0 : memref<4xi8, #cluster.space<l1>>, memref<8xi8, #cluster.space<l1>> -> i32
    ```

    Why behind the scheduler and not in it: whether two sums lie in one loop body
    is known only when loops are made, and the rule is about `cluster.dot` alone.
    So it holds for schedules of any other origin, too.

    `--remarks-filter=cluster-chain-dots` prints a remark for each sum that was
    chained, for each that was not the reason, and for each function how many
    there are. (Pass statistics and debug output need an MLIR that is built with
    assertions, which packages of distributions are not.)
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::memref::MemRefDialect"];
}

#endif // SE_DIALECT_CLUSTER_TRANSFORMS_PASSES_TD
