// RUN: se-opt %s --se-schedule="cores=2 resident=false ring=2 slot-bytes=144" --se-verify-schedule --canonicalize --cse | FileCheck %s
//
// Two gates of 16 + 3 weights and a bias each, and groups of two elements: a record
// has 4 rows of 16, 4 rows of 3 and 4 biases, 320 bytes; those of two cores do not
// fit a slot of 144 bytes. Records are cut into 8 parts: pieces of 2 words of each
// row of 16 and of 1 word of each row of 3 (and a word that may be read beyond them),
// 52 bytes, but 64 with the biases in the last part. One core computes both gates of
// its elements.

// 3 elements in one tile of 2 groups, 8 parts.
// CHECK:       @transfers : memref<16xi32, {{.*}}> = dense<[0, 104, 104, 104, 208, 104, 312, 104, 416, 104, 520, 104, 624, 104, 728, 128]>
// CHECK:       func.func @net_kernel
// CHECK:       scf.for %[[T:.*]] = %c0 to %c8 step %c1
// CHECK:         cluster.dma_wait
// CHECK-NEXT:    cluster.barrier
// CHECK:         %[[ROUND:.*]] = arith.divui %[[T]], %c8
// CHECK-NEXT:    %[[FIRST:.*]] = arith.muli %[[ROUND]], %c2
// CHECK:         scf.for %[[I:.*]] =
// CHECK:           %[[PART:.*]] = arith.remui %[[T]], %c8
// CHECK-NEXT:      %[[ELEMENT:.*]] = arith.muli %[[I]], %c2
// CHECK-NEXT:      %[[LOCAL:.*]] = arith.subi %[[I]], %[[FIRST]]
//
// Sums start with 0 or go on, from part * 2 on.
// CHECK:           %[[START:.*]] = arith.cmpi eq, %[[PART]], %c0
// CHECK-NEXT:      %[[SUMS:.*]]:4 = scf.if %[[START]] -> (f32, f32, f32, f32) {
// CHECK-NEXT:        scf.yield %cst, %cst, %cst, %cst
// CHECK-NEXT:      } else {
// CHECK-NEXT:        %[[L0:.*]] = memref.load %[[SAVED:.*]][%[[S0:.*]]]
// CHECK-NEXT:        %[[L1:.*]] = memref.load %[[SAVED]][%[[S1:.*]]]
// CHECK-NEXT:        %[[L2:.*]] = memref.load %[[SAVED]][%[[S2:.*]]]
// CHECK-NEXT:        %[[L3:.*]] = memref.load %[[SAVED]][%[[S3:.*]]]
// CHECK-NEXT:        scf.yield %[[L0]], %[[L1]], %[[L2]], %[[L3]]
// CHECK:           %[[BEGIN:.*]] = arith.muli %[[PART]], %c2
// CHECK-NEXT:      %[[LAST:.*]] = arith.cmpi eq, %[[PART]], %c7
// CHECK-NEXT:      %[[STRIDE:.*]] = arith.select %[[LAST]], %c16, %c13
// CHECK-NEXT:      %[[RECORD:.*]] = arith.muli %[[LOCAL]], %[[STRIDE]]
// CHECK-NEXT:      %[[WX:.*]]:4 = cluster.dot %{{.*}}[%[[BEGIN]]], %[[TILE:.*]][%[[RECORD]]], %c2, %[[SUMS]]#0, %[[SUMS]]#1, %[[SUMS]]#2, %[[SUMS]]#3 : memref<16xf32,
// CHECK-NEXT:      memref.store %[[WX]]#0, %[[SAVED]][%[[S0]]]
// CHECK-NEXT:      memref.store %[[WX]]#1, %[[SAVED]][%[[S1]]]
// CHECK-NEXT:      memref.store %[[WX]]#2, %[[SAVED]][%[[S2]]]
// CHECK-NEXT:      memref.store %[[WX]]#3, %[[SAVED]][%[[S3]]]
//
// The rows of 3 end in part 2: the others begin behind them and have 0 elements.
// CHECK:           %[[SUMS:.*]]:4 = scf.if %[[START]]
// CHECK:           %[[SHORT:.*]] = arith.minui %[[PART]], %c3
// CHECK:           %[[LEFT:.*]] = arith.subi %c3, %[[SHORT]]
// CHECK:           %[[LENGTH:.*]] = arith.minui %[[LEFT]], %c1
// CHECK:           %[[AT:.*]] = arith.addi %[[RECORD]], %c8
// CHECK:           %[[VZ:.*]]:4 = cluster.dot %{{.*}}, %[[TILE]][%[[AT]]], %[[LENGTH]], %[[SUMS]]#0, %[[SUMS]]#1, %[[SUMS]]#2, %[[SUMS]]#3 : memref<3xf32,
// CHECK-NOT:       cluster.dot
//
// With the last part the elements are computed, once.
// CHECK:           scf.if %[[LAST]] {
// CHECK:             arith.addf %[[WX]]#0, %[[VZ]]#0
// CHECK:             rnn.activation <sigmoid>
// CHECK:             arith.addf %[[WX]]#1, %[[VZ]]#1
// CHECK:             rnn.activation <tanh>
// CHECK:             memref.store %{{.*}}, %[[Y:.*]][%[[ELEMENT]]] : memref<3xf32
// The second group has no second one.
// CHECK:             %[[SECOND:.*]] = arith.addi %[[ELEMENT]], %c1
// CHECK-NEXT:        %[[EXISTS:.*]] = arith.cmpi ult, %[[SECOND]], %c3
// CHECK-NEXT:        scf.if %[[EXISTS]] {
// CHECK:               arith.addf %[[WX]]#2, %[[VZ]]#2
// CHECK:               rnn.activation <sigmoid>
// CHECK:               arith.addf %[[WX]]#3, %[[VZ]]#3
// CHECK:               rnn.activation <tanh>
// CHECK:               memref.store %{{.*}}, %[[Y]][%[[SECOND]]] : memref<3xf32
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
