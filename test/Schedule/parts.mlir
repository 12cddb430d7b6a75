// RUN: se-opt %s --se-schedule="cores=2 resident=false ring=2 slot-bytes=144" --se-verify-schedule --canonicalize --cse | FileCheck %s
//
// Two gates of 16 + 3 weights and a bias each make a record of 160 bytes; those
// of two cores do not fit a slot of 144 bytes. Records are cut into 4 parts of
// 72 bytes: pieces of 4 words of each row, and both biases in each part. One core
// computes both gates of its element.

// 3 elements in tiles of 2 and 1, 4 parts each.
// CHECK:       @transfers : memref<16xi32, {{.*}}> = dense<[0, 144, 144, 144, 288, 144, 432, 144, 576, 72, 648, 72, 720, 72, 792, 72]>
// CHECK:       func.func @net_kernel
// CHECK:       scf.for %[[T:.*]] = %c0 to %c8 step %c1
// CHECK:         cluster.dma_wait
// CHECK-NEXT:    cluster.barrier
// CHECK:         %[[GROUP:.*]] = arith.divui %[[T]], %c4
// CHECK:         scf.for %[[I:.*]] =
// CHECK:           %[[PART:.*]] = arith.remui %[[T]], %c4
// CHECK-NEXT:      %[[FIRST:.*]] = arith.cmpi eq, %[[PART]], %c0
//
// A sum starts with 0 or goes on, from part * 4 on.
// CHECK:           %[[START:.*]] = scf.if %[[FIRST]] -> (f32) {
// CHECK-NEXT:        scf.yield %cst
// CHECK-NEXT:      } else {
// CHECK-NEXT:        %[[LOAD:.*]] = memref.load %[[SUMS:.*]][%[[AT:.*]]]
// CHECK-NEXT:        scf.yield %[[LOAD]]
// CHECK:           %[[BEGIN:.*]] = arith.muli %[[PART]], %c4
// CHECK-NEXT:      %[[SUM:.*]] = scf.for %[[K:.*]] = %c0 to %c4 step %c1 iter_args(%[[ACC:.*]] = %[[START]])
// CHECK-NEXT:        arith.addi %[[BEGIN]], %[[K]]
// CHECK:             math.fma %{{.*}}, %{{.*}}, %[[ACC]]
// CHECK:           }
// CHECK-NEXT:      memref.store %[[SUM]], %[[SUMS]][%[[AT]]]
//
// The row of 3 ends in part 0: the others begin behind it and have 0 elements.
// CHECK:           %[[SHORT:.*]] = arith.minui %[[BEGIN]], %c3
// CHECK-NEXT:      %[[LEFT:.*]] = arith.subi %c3, %[[SHORT]]
// CHECK-NEXT:      %[[LENGTH:.*]] = arith.minui %[[LEFT]], %c4
// CHECK:           scf.for %{{.*}} = %c0 to %[[LENGTH]] step %c1
// CHECK-COUNT-3:   math.fma
// CHECK-NOT:       math.fma
//
// With the last part the element is computed, once.
// CHECK:           %[[LAST:.*]] = arith.cmpi eq, %[[PART]], %c3
// CHECK:           scf.if %[[LAST]] {
// CHECK:             rnn.activation <sigmoid>
// CHECK:             rnn.activation <tanh>
// CHECK:             memref.store {{.*}} memref<3xf32>
// CHECK-NOT:     cluster.barrier
// CHECK:       cluster.yield
rnn.network @net inputs(%x = "x" : tensor<16xf32>, %z = "z" : tensor<3xf32>) outputs("y" : tensor<3xf32>) {
  %W = arith.constant dense_resource<W> : tensor<6x16xf32>
  %V = arith.constant dense_resource<V> : tensor<6x3xf32>
  %b = arith.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]> : tensor<6xf32>
  %0 = rnn.matvec %W, %x : tensor<6x16xf32>, tensor<16xf32> -> tensor<6xf32>
  %1 = rnn.matvec %V, %z : tensor<6x3xf32>, tensor<3xf32> -> tensor<6xf32>
  %2 = arith.addf %0, %1 : tensor<6xf32>
  %3 = arith.addf %2, %b : tensor<6xf32>
  %i0 = tensor.extract_slice %3[0] [3] [1] : tensor<6xf32> to tensor<3xf32>
  %g0 = tensor.extract_slice %3[3] [3] [1] : tensor<6xf32> to tensor<3xf32>
  %i = rnn.activation <sigmoid> %i0 : tensor<3xf32> -> tensor<3xf32>
  %g = rnn.activation <tanh> %g0 : tensor<3xf32> -> tensor<3xf32>
  %y = arith.mulf %i, %g : tensor<3xf32>
  rnn.yield %y : tensor<3xf32>
}

{-#
  dialect_resources: {
    builtin: {
      W: "0x04000000000040BF000020BF000000BF0000C0BE000080BE000000BE000000000000003E0000803E0000C03E0000003F0000203F0000403F000040BF000020BF000000BF0000C0BE000080BE000000BE000000000000003E0000803E0000C03E0000003F0000203F0000403F000040BF000020BF000000BF0000C0BE000080BE000000BE000000000000003E0000803E0000C03E0000003F0000203F0000403F000040BF000020BF000000BF0000C0BE000080BE000000BE000000000000003E0000803E0000C03E0000003F0000203F0000403F000040BF000020BF000000BF0000C0BE000080BE000000BE000000000000003E0000803E0000C03E0000003F0000203F0000403F000040BF000020BF000000BF0000C0BE000080BE000000BE000000000000003E0000803E0000C03E0000003F0000203F0000403F000040BF000020BF000000BF0000C0BE000080BE000000BE000000000000003E0000803E0000C03E0000003F0000203F0000403F000040BF000020BF000000BF0000C0BE000080BE",
      V: "0x04000000000040BF000020BF000000BF0000C0BE000080BE000000BE000000000000003E0000803E0000C03E0000003F0000203F0000403F000040BF000020BF000000BF0000C0BE000080BE"
    }
  }
#-}
