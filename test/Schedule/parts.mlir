// RUN: se-opt %s --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false ring=2 slot-bytes=144" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s
// RUN: sed 's/<relu>/<sigmoid>/; s/<leaky_relu>/<tanh>/' %s | se-opt - --se-attach-target="cores=1 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="tile-rows=4 resident=false ring=2 slot-bytes=144" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s --check-prefix=SAVED
//
// Groups are of two elements if their code is short, of one if it is long.
//
// Two gates of 16 + 3 weights and a bias each, and groups of two elements: a record
// has 4 rows of 16, 4 rows of 3 and 4 biases, 320 bytes; those of two cores do not
// fit a slot of 144 bytes. Records are cut into 8 parts: pieces of 2 words of each
// row of 16 and, because these are short, of 1 word of each row of 3 (and a word that
// may be read beyond them), 52 bytes; the last part has nothing of the rows of 3 but
// the biases, 48 bytes. One core computes both gates of its elements.

// 3 elements in one tile of 2 groups, 8 parts, one group for each core.
// CHECK:       @transfers : memref<16xi32, {{.*}}> = dense<[0, 104, 104, 104, 208, 104, 312, 104, 416, 104, 520, 104, 624, 104, 728, 96]>
// CHECK:       func.func @net_kernel
// CHECK:         ^bb0(%[[CORE:.*]]: index, %{{.*}}: !cluster.token<dma>, %{{.*}}: index):
// CHECK:       %[[BUSY:.*]] = arith.cmpi ult, %[[CORE]], %c2
//
// The sums of both vectors go on from part to part.
// CHECK:       %[[ALL:.*]]:11 = scf.for %[[PART:.*]] = %c0 to %c7 step %c1 iter_args(%{{.*}}, %{{.*}}, %{{.*}}, %[[S0:.*]] = %cst, %[[S1:.*]] = %cst, %[[S2:.*]] = %cst, %[[S3:.*]] = %cst, %[[S4:.*]] = %cst, %[[S5:.*]] = %cst, %[[S6:.*]] = %cst, %[[S7:.*]] = %cst)
// CHECK:         %[[PLACE:.*]] = cluster.dma_wait
// CHECK-NEXT:    cluster.barrier
// CHECK:         %[[TILE:.*]] = memref.view %arg0[%[[PLACE]]][]
// CHECK-NEXT:    %[[SUMS:.*]]:8 = scf.if %[[BUSY]]
// CHECK-NEXT:      %[[BEGIN:.*]] = arith.muli %[[PART]], %c2
// CHECK-NEXT:      %[[RECORD:.*]] = arith.muli %[[CORE]], %c13
// CHECK-NEXT:      %[[WX:.*]]:4 = cluster.dot %{{.*}}[%[[BEGIN]]], %[[TILE]][%[[RECORD]]], %c2, %[[S0]], %[[S1]], %[[S2]], %[[S3]] : memref<16xf32,
//
// The rows of 3 end in part 2: the others begin behind them and have 0 elements.
// CHECK-NEXT:      %[[SHORT:.*]] = arith.minui %[[PART]], %c3
// CHECK-NEXT:      %[[LEFT:.*]] = arith.subi %c3, %[[SHORT]]
// CHECK-NEXT:      %[[LENGTH:.*]] = arith.minui %[[LEFT]], %c1
// CHECK-NEXT:      %[[AT:.*]] = arith.addi %[[RECORD]], %c8
// CHECK-NEXT:      %[[VZ:.*]]:4 = cluster.dot %{{.*}}[%[[PART]]], %[[TILE]][%[[AT]]], %[[LENGTH]], %[[S4]], %[[S5]], %[[S6]], %[[S7]] : memref<3xf32,
// CHECK-NEXT:      scf.yield %[[WX]]#0, %[[WX]]#1, %[[WX]]#2, %[[WX]]#3, %[[VZ]]#0, %[[VZ]]#1, %[[VZ]]#2, %[[VZ]]#3
// CHECK-NEXT:    } else {
// CHECK-NEXT:      scf.yield %[[S0]], %[[S1]], %[[S2]], %[[S3]], %[[S4]], %[[S5]], %[[S6]], %[[S7]]
// CHECK:         scf.yield %{{.*}}, %[[PLACE]], %{{.*}}, %[[SUMS]]#0,
//
// Then the last part, and the elements, once.
// CHECK:       %[[PLACE:.*]] = cluster.dma_wait %[[ALL]]#0
// CHECK-NEXT:  cluster.barrier
// CHECK:       %[[TILE:.*]] = memref.view %arg0[%[[PLACE]]][]
// CHECK-NEXT:  scf.if %[[BUSY]] {
// CHECK-NEXT:    %[[RECORD:.*]] = arith.muli %[[CORE]], %c12
// CHECK-NEXT:    %[[WX:.*]]:4 = cluster.dot %{{.*}}[%c14], %[[TILE]][%[[RECORD]]], %c2, %[[ALL]]#3, %[[ALL]]#4, %[[ALL]]#5, %[[ALL]]#6 :
// CHECK-NEXT:    %[[SUM:.*]] = arith.addf %[[WX]]#0, %[[ALL]]#7
// CHECK-NEXT:    %[[AT:.*]] = arith.addi %[[RECORD]], %c8
// CHECK-NEXT:    %[[BIAS:.*]] = memref.load %[[TILE]][%[[AT]]]
// CHECK-NEXT:    arith.addf %[[SUM]], %[[BIAS]]
// CHECK:         rnn.activation <relu>
// CHECK:         arith.addf %[[WX]]#1, %[[ALL]]#8
// CHECK:         rnn.activation <leaky_relu>
// CHECK:         memref.store %{{.*}}, %[[Y:.*]][%[[ELEMENT:.*]]] : memref<3xf32
// The second group has no second one.
// CHECK:         %[[SECOND:.*]] = arith.addi %[[ELEMENT]], %c1
// CHECK-NEXT:    %[[EXISTS:.*]] = arith.cmpi ult, %[[SECOND]], %c3
// CHECK-NEXT:    scf.if %[[EXISTS]] {
// CHECK:           arith.addf %[[WX]]#2, %[[ALL]]#9
// CHECK:           rnn.activation <relu>
// CHECK:           arith.addf %[[WX]]#3, %[[ALL]]#10
// CHECK:           rnn.activation <leaky_relu>
// CHECK:           memref.store %{{.*}}, %[[Y]][%[[SECOND]]] : memref<3xf32
// CHECK-NOT:     cluster.barrier
// CHECK:       cluster.yield

// A core with more groups of a tile keeps their sums in L1: they start with 0 or go
// on, and with the last part the elements are computed.
// SAVED:       func.func @net_kernel
// SAVED:       scf.for %[[PART:.*]] = %c0 to %c4 step %c1
// SAVED:         cluster.dma_wait
// SAVED-NEXT:    cluster.barrier
// SAVED:         scf.for
// SAVED:           %[[START:.*]] = arith.cmpi eq, %[[PART]], %c0
// SAVED-NEXT:      %[[SUMS:.*]]:2 = scf.if %[[START]] -> (f32, f32) {
// SAVED-NEXT:        scf.yield %cst, %cst
// SAVED-NEXT:      } else {
// SAVED-NEXT:        %[[L0:.*]] = memref.load %[[SAVED:.*]][%[[A0:.*]]]
// SAVED-NEXT:        %[[L1:.*]] = memref.load %[[SAVED]][%[[A1:.*]]]
// SAVED-NEXT:        scf.yield %[[L0]], %[[L1]]
// SAVED:           %[[WX:.*]]:2 = cluster.dot %{{.*}}, %{{.*}}, %c4, %[[SUMS]]#0, %[[SUMS]]#1 :
// SAVED-NEXT:      memref.store %[[WX]]#0, %[[SAVED]][%[[A0]]]
// SAVED-NEXT:      memref.store %[[WX]]#1, %[[SAVED]][%[[A1]]]
// SAVED:           %[[SUMS:.*]]:2 = scf.if %[[START]]
// SAVED:           %[[VZ:.*]]:2 = cluster.dot %{{.*}}, %{{.*}}, %{{.*}}, %[[SUMS]]#0, %[[SUMS]]#1 :
// SAVED:           scf.if %{{.*}} {
// SAVED-NEXT:        arith.addf %[[WX]]#0, %[[VZ]]#0
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
  %i = rnn.activation <relu> %i0 : tensor<3xf32> -> tensor<3xf32>
  %g = rnn.activation <leaky_relu> %g0 : tensor<3xf32> -> tensor<3xf32>
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
