// RUN: se-opt %s --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse --split-input-file | FileCheck %s --check-prefixes=CHECK,L1
// RUN: se-opt %s --se-attach-target="cores=2 l1-bytes=128 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="ring=3 tile-rows=1 resident=false" --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse --split-input-file | FileCheck %s --check-prefixes=CHECK,L2
//
// Constants that have no place in the stream, and streams of odd lengths.

// Elements share a constant; there is no stream, and no ring. If L1 has no room the
// constant is read in L2, and inputs and outputs stay there. (The constant takes
// 144 bytes, input and output 432 each.)
// L1:    @resident : memref<144xi8, #cluster.space<l2>>
// L1-NOT: memref.global
// L2:    memref.global {{.*}} : memref<36xf32, #cluster.space<l2>>
// CHECK-LABEL: func.func @shared_kernel
// CHECK-NOT:   !cluster.token
// L1:          ^bb0(%{{.*}}: index, %{{.*}}: index):
// L1-NOT:      cluster.dma_
// L1:          %[[W:.*]] = memref.view {{.*}} to memref<36xf32, #cluster.space<l1>>
// L1:          cluster.dma_start %arg1[
// L1-NEXT:     cluster.dma_wait
// L2:          ^bb0(%{{.*}}: index):
// L2-NOT:      cluster.dma_
// L2:          %[[W:.*]] = memref.get_global
// CHECK-NOT:   cluster.dma_
// CHECK:       memref.load %[[W]]
// CHECK:       arith.mulf
// L1:          cluster.dma_start %{{.*}} to %arg2[
// L1-NEXT:     cluster.dma_wait
// CHECK-NOT:   cluster.dma_
// CHECK:       return
rnn.network @shared inputs(%x = "x" : tensor<3x36xf32>) outputs("y" : tensor<3x36xf32>) {
  %c = arith.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 1.0]> : tensor<36xf32>
  %0 = rnn.broadcast %c : tensor<36xf32> -> tensor<3x36xf32>
  %1 = arith.mulf %x, %0 : tensor<3x36xf32>
  rnn.yield %1 : tensor<3x36xf32>
}

// -----

// No constants at all: nothing is carried.
// CHECK-LABEL: func.func @nothing_kernel
// CHECK:       cluster.parallel cores 2 dma_core 0 {
// CHECK:       func.func @nothing_init_stream
// CHECK-NOT:   cluster.dma_
// CHECK:       return
rnn.network @nothing inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %0 = arith.negf %x : tensor<4xf32>
  rnn.yield %0 : tensor<4xf32>
}

// -----

// One tile in all, fewer than the S - 1 transfers that are under way: the same
// tile is in two slots, and the next transfer is again number 0.
// L2:          @transfers : memref<2xi32, {{.*}}> = dense<[0, 4]>
// CHECK-LABEL: func.func @one_kernel
// L2:          cluster.dma_wait
// L2-NEXT:     cluster.barrier
// L2-NEXT:     memref.load %{{.*}}[%c1] : memref<2xi32,
// L2:          memref.load %{{.*}}[%c0] : memref<2xi32,
// L2:          cluster.dma_start
// L1:          cluster.dma_start %arg1[
// L1-NEXT:     cluster.dma_wait
// L1-NOT:      cluster.dma_wait
// CHECK:       arith.mulf
// CHECK:       func.func @one_init_stream
// L2-COUNT-2:  cluster.dma_start
rnn.network @one inputs(%x = "x" : tensor<1xf32>) outputs("y" : tensor<1xf32>) {
  %a = arith.constant dense_resource<a> : tensor<1xf32>
  %0 = arith.mulf %x, %a : tensor<1xf32>
  rnn.yield %0 : tensor<1xf32>
}

{-#
  dialect_resources: {
    builtin: {
      a: "0x040000000000C03F"
    }
  }
#-}

// -----

// Two types in one loop: a record of two words has both, the wider one first. It
// is viewed as either.
// CHECK:       cluster.program @mixed
// L1:          @resident : memref<16xi8, #cluster.space<l2>>
// L2-DAG:      @transfers : memref<4xi32, {{.*}}> = dense<[0, 8, 8, 8]>
// L2-DAG:      @stream : memref<16xi8, #cluster.space<l2>>
// CHECK-NOT:   memref.global
// CHECK-LABEL: func.func @mixed_kernel
// CHECK:       cluster.barrier
// CHECK:       %[[WORDS:.*]] = memref.view %arg0[%[[TILE:.*]]][] : {{.*}} to memref<{{2|4}}xf32, #cluster.space<l1>>
// CHECK-NEXT:  %[[HALVES:.*]] = memref.view %arg0[%[[TILE]]][] : {{.*}} to memref<{{4|8}}xf16, #cluster.space<l1>>
// CHECK:       %[[RECORD:.*]] = arith.muli %[[I:.*]], %c4
// CHECK-NEXT:  %[[AT:.*]] = arith.addi %[[RECORD]], %c2
// CHECK-NEXT:  %[[A:.*]] = memref.load %[[HALVES]][%[[AT]]]
// CHECK-NEXT:  arith.extf %[[A]]
// CHECK:       %[[AT:.*]] = arith.muli %[[I]], %c2
// CHECK-NEXT:  %[[B:.*]] = memref.load %[[WORDS]][%[[AT]]]
// CHECK-NEXT:  arith.addf %{{.*}}, %[[B]]
// 3.0, 1.0 and 4.0, 2.0.
// L1:          resident: "0x0100000000004040003C00000000804000400000"
// L2:          stream: "0x0100000000004040003C00000000804000400000"
rnn.network @mixed inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %a = arith.constant dense<[1.0, 2.0]> : tensor<2xf16>
  %b = arith.constant dense<[3.0, 4.0]> : tensor<2xf32>
  %0 = arith.extf %a : tensor<2xf16> to tensor<2xf32>
  %1 = arith.mulf %0, %x : tensor<2xf32>
  %2 = arith.addf %1, %b : tensor<2xf32>
  rnn.yield %2 : tensor<2xf32>
}
