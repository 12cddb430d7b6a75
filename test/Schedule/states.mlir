// RUN: se-opt %s --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse --split-input-file | FileCheck %s
//
// When a state is overwritten, and its reset value.

// In place: only the loop that computes it reads it, each element where it is
// overwritten. The store comes after all loads of the element.
// CHECK-LABEL: func.func @in_place_kernel
// CHECK:         %[[S:[a-z0-9_]+]] = memref.view %arg0[%c0]
// CHECK:         cluster.dma_wait
// CHECK-NEXT:    cluster.barrier
// CHECK-NOT:     cluster.barrier
// CHECK:         scf.for %[[I:[a-z0-9]+]]
// CHECK:           %[[OLD:[a-z0-9_]+]] = memref.load %[[S]][%[[I]]]
// CHECK:           memref.store %[[NEW:[a-z0-9_]+]], %[[S]][%[[I]]]
// CHECK-NOT:       memref.load
// CHECK:         }
// The state is not copied, the output leaves.
// CHECK-NEXT:    cluster.barrier
// CHECK-NEXT:    cluster.dma_start %{{[a-z0-9_]+}}[%c0] to %arg2[%c0]
// CHECK-NEXT:    cluster.dma_wait
// CHECK-NEXT:    cluster.yield
rnn.network @in_place inputs(%x = "x" : tensor<4xf32>)
    states(%s = "s" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %0 = arith.addf %x, %s : tensor<4xf32>
  %1 = arith.mulf %s, %s : tensor<4xf32>
  rnn.yield %1 : tensor<4xf32> next %0 : tensor<4xf32>
}

// -----

// Not in place: another element is read (reversed by a transpose).
// CHECK-LABEL: func.func @moved_kernel
// CHECK:         scf.for
// CHECK:         }
// CHECK:         cluster.barrier
// CHECK:         scf.for
// CHECK-NEXT:      memref.load
// CHECK-NEXT:      memref.store
// CHECK:         cluster.yield
rnn.network @moved states(%s = "s" : tensor<2x2xf32> reset dense<0.0> : tensor<2x2xf32>) {
  %0 = rnn.transpose %s [1, 0] : tensor<2x2xf32> -> tensor<2x2xf32>
  rnn.yield next %0 : tensor<2x2xf32>
}

// -----

// The copy of a state goes by words.
// CHECK-LABEL: func.func @words_kernel
// CHECK:         cluster.barrier
// CHECK:         %[[FROM:[a-z0-9_]+]] = memref.view %arg0[%c16][] : {{.*}} to memref<2xi32, #cluster.space<l1>>
// CHECK-NEXT:    %[[TO:[a-z0-9_]+]] = memref.view %arg0[%c0][] : {{.*}} to memref<2xi32, #cluster.space<l1>>
// CHECK:         scf.for %[[I:[a-z0-9]+]] =
// CHECK-NEXT:      %[[WORD:[a-z0-9_]+]] = memref.load %[[FROM]][%[[I]]]
// CHECK-NEXT:      memref.store %[[WORD]], %[[TO]][%[[I]]]
// CHECK-NEXT:    }
// CHECK-NEXT:    cluster.yield
rnn.network @words states(%s = "s" : tensor<2x2xf16> reset dense<0.0> : tensor<2x2xf16>) {
  %0 = rnn.transpose %s [1, 0] : tensor<2x2xf16> -> tensor<2x2xf16>
  rnn.yield next %0 : tensor<2x2xf16>
}

// -----

// If a word is not full, it goes by elements.
// CHECK-LABEL: func.func @halves_kernel
// CHECK-NOT:     xi32
// CHECK:         cluster.barrier
// CHECK-NOT:     xi32
// CHECK:         scf.for %[[I:[a-z0-9]+]] =
// CHECK-NEXT:      %[[HALF:[a-z0-9_]+]] = memref.load %{{[a-z0-9_]+}}[%[[I]]] : memref<9xf16, #cluster.space<l1>>
// CHECK-NEXT:      memref.store %[[HALF]], %{{[a-z0-9_]+}}[%[[I]]] : memref<9xf16, #cluster.space<l1>>
// CHECK-NEXT:    }
// CHECK-NEXT:    cluster.yield
rnn.network @halves states(%s = "s" : tensor<3x3xf16> reset dense<0.0> : tensor<3x3xf16>) {
  %0 = rnn.transpose %s [1, 0] : tensor<3x3xf16> -> tensor<3x3xf16>
  rnn.yield next %0 : tensor<3x3xf16>
}

// -----

// Two states that change places: both are read before either is written.
// CHECK-LABEL: func.func @swap_kernel
// CHECK:         scf.for
// CHECK:           %[[A:[a-z0-9_]+]] = memref.load
// CHECK:           %[[B:[a-z0-9_]+]] = memref.load
// CHECK-DAG:       memref.store %[[A]], %[[A1:[a-z0-9_]+]]
// CHECK-DAG:       memref.store %[[B]], %[[B1:[a-z0-9_]+]]
// CHECK:         return
rnn.network @swap states(%a = "a" : tensor<4xf32> reset dense<1.0> : tensor<4xf32>,
                         %b = "b" : tensor<4xf32> reset dense<2.0> : tensor<4xf32>) {
  rnn.yield next %b, %a : tensor<4xf32>, tensor<4xf32>
}

// -----

// Reset values: a splat is a constant, others lie with the parameters. Offsets
// are multiples of 16.
// CHECK:       cluster.program @reset
// CHECK-SAME:    states [#cluster.port<"a", shape = [2], element = f32>, #cluster.port<"b", shape = [1, 3], element = f16, offset = 16>]
// CHECK:       memref.global "private" constant @[[VALUES:[a-z0-9_]+]] : memref<2xf32, #cluster.space<l2>> = dense<[1.000000e+00, 2.000000e+00]>
// CHECK-LABEL: func.func @reset_reset_states(
// CHECK-DAG:     %[[HALF:[a-z0-9_]+]] = arith.constant 5.000000e-01 : f16
// CHECK-DAG:     %[[GLOBAL:[a-z0-9_]+]] = memref.get_global @[[VALUES]]
// CHECK:         scf.for %[[I:[a-z0-9]+]] =
// CHECK-NEXT:      %[[V:[a-z0-9_]+]] = memref.load %[[GLOBAL]][%[[I]]]
// CHECK-NEXT:      memref.store %[[V]], %{{[a-z0-9_]+}}[%[[I]]]
// CHECK:         scf.for
// CHECK-NEXT:      memref.store %[[HALF]]
rnn.network @reset states(%a = "a" : tensor<2xf32> reset dense<[1.0, 2.0]> : tensor<2xf32>,
                          %b = "b" : tensor<1x3xf16> reset dense<0.5> : tensor<1x3xf16>) {
  rnn.yield next %a, %b : tensor<2xf32>, tensor<1x3xf16>
}

// -----

// Without states, and with ports that L1 has no room for: the buffer is not empty,
// because a struct in C may not be.
// CHECK:       cluster.program @stateless {{.*}} state_bytes 16
rnn.network @stateless inputs(%x = "x" : tensor<8000xf32>) outputs("y" : tensor<8000xf32>) {
  %0 = arith.negf %x : tensor<8000xf32>
  rnn.yield %0 : tensor<8000xf32>
}
