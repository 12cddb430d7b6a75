// Inputs are looked at before all levels; without a ring they come by transfer.
//
// RUN: se-opt %s --se-schedule="cores=2" --se-verify-schedule | FileCheck %s --check-prefixes=CHECK,BROUGHT
// RUN: se-opt %s --se-schedule="cores=2 resident=off" --se-verify-schedule | FileCheck %s --check-prefixes=CHECK,COPIED
// RUN: se-opt %s --se-schedule="cores=2 dma-core=2" --se-verify-schedule -o /dev/null

// CHECK:       cluster.program @net
// CHECK-SAME:  finite_mask = [[MASK:[0-9]+]]
// CHECK-LABEL: func.func @net_kernel(%{{.*}}: memref<{{[0-9]+}}xi8, #cluster.space<l1>>, %[[X:[a-z0-9]+]]: memref<10xf32, #cluster.space<l2>>
// CHECK:       cluster.parallel cores 2
// CHECK-NEXT:  ^bb0(%[[CORE:[a-z0-9]+]]: index
// BROUGHT:       cluster.dma_wait
// BROUGHT-NEXT:  cluster.barrier
// Four elements with four sums in a turn, then what is left.
// CHECK:         scf.for %{{.*}} step %c4{{.*}} iter_args(%{{.*}} = %cst, %{{.*}} = %cst, %{{.*}} = %cst, %{{.*}} = %cst)
// COPIED-COUNT-4: memref.load %[[X]]
// CHECK:           math.fma %{{.*}}, %cst, %{{.*}} : f32
// COPIED-NEXT:     memref.store
// BROUGHT-NOT:     memref.store
// CHECK:           scf.yield
// CHECK:         scf.for %{{.*}} step %c1
// CHECK:           math.fma
// A word of each core, and all words.
// CHECK:         memref.store %{{.*}}, %[[WORDS:[a-z0-9_]+]][%[[CORE]]] : memref<{{[23]}}xi32, #cluster.space<l1>>
// CHECK-NEXT:    cluster.barrier
// CHECK-NEXT:    memref.load %[[WORDS]][%c0
// CHECK-NEXT:    memref.load %[[WORDS]][%c1
// CHECK:         arith.extsi %{{.*}} : i1 to i32
// CHECK:         scf.if
// CHECK:           memref.store %{{.*}} : memref<1xi32, #cluster.space<l1>>
// The first level needs no barrier, and masks each element.
// CHECK-NOT:     cluster.barrier
// CHECK:         scf.for
// CHECK:           arith.andi %{{.*}} : i32
// CHECK-NEXT:      arith.bitcast %{{.*}} : i32 to f32
// CHECK:           memref.store
// CHECK:         cluster.barrier
rnn.network @net inputs(%x = "x" : tensor<10xf32>)
    states(%h = "h" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>)
    outputs("y" : tensor<4xf32>) attributes {reset_if_not_finite} {
  %0 = rnn.finite %x : tensor<10xf32> -> tensor<1xi32>
  %1 = arith.bitcast %x : tensor<10xf32> to tensor<10xi32>
  %2 = rnn.broadcast %0 : tensor<1xi32> -> tensor<10xi32>
  %3 = arith.andi %1, %2 : tensor<10xi32>
  %4 = arith.bitcast %3 : tensor<10xi32> to tensor<10xf32>
  %W = arith.constant dense<[
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 0.0], [0.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 0.0],
    [1.0, 0.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 0.0], [1.0, 2.0, 0.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 0.0]
  ]> : tensor<4x10xf32>
  %5 = rnn.matvec %W, %4 : tensor<4x10xf32>, tensor<10xf32> -> tensor<4xf32>
  %6 = arith.addf %5, %h : tensor<4xf32>
  rnn.yield %6 : tensor<4xf32> next %6 : tensor<4xf32>
}
