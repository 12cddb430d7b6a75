// RUN: se-opt %s --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse --split-input-file | FileCheck %s
//
// Which values are computed once, which where they are used.

// Used twice for the same element: computed once, nothing is stored between.
// CHECK-LABEL: func.func @twice_kernel
// CHECK:         cluster.dma_wait
// CHECK-NEXT:    cluster.barrier
// CHECK-NOT:     cluster.barrier
// CHECK:         rnn.activation <tanh>
// CHECK-NOT:     rnn.activation <tanh>
// CHECK-NOT:     cluster.barrier
// CHECK:         memref.store %{{.*}}, %[[A:[a-z0-9_]+]][
// CHECK-NEXT:    memref.store %{{.*}}, %[[B:[a-z0-9_]+]][
// CHECK-NEXT:    }
// CHECK-NEXT:    cluster.barrier
// CHECK-NEXT:    cluster.dma_start %[[A]]
// CHECK-NEXT:    cluster.dma_start %[[B]]
// CHECK-NOT:     cluster.barrier
// CHECK-NOT:     rnn.activation <tanh>
// CHECK:         return
rnn.network @twice inputs(%x = "x" : tensor<4xf32>) outputs("a" : tensor<4xf32>, "b" : tensor<4xf32>) {
  %0 = rnn.activation <tanh> %x : tensor<4xf32> -> tensor<4xf32>
  %1 = arith.addf %0, %x : tensor<4xf32>
  %2 = arith.mulf %0, %0 : tensor<4xf32>
  rnn.yield %1, %2 : tensor<4xf32>, tensor<4xf32>
}

// -----

// Expensive and repeated: it gets a buffer, not one evaluation for each element
// that reads it.
// CHECK-LABEL: func.func @repeated_kernel
// CHECK:         rnn.activation <tanh>
// CHECK-NEXT:    memref.store %{{[a-z0-9_]+}}, %[[BUFFER:[a-z0-9_]+]][
// CHECK:         cluster.barrier
// CHECK-NOT:     rnn.activation <tanh>
// CHECK:         memref.load %[[BUFFER]]
// CHECK:         return
rnn.network @repeated inputs(%x = "x" : tensor<1xf32>, %z = "z" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %0 = rnn.activation <tanh> %x : tensor<1xf32> -> tensor<1xf32>
  %1 = rnn.broadcast %0 : tensor<1xf32> -> tensor<4xf32>
  %2 = arith.addf %1, %z : tensor<4xf32>
  rnn.yield %2 : tensor<4xf32>
}

// -----

// Cheap and repeated: computed again.
// CHECK-LABEL: func.func @cheap_kernel
// CHECK:         cluster.dma_wait
// CHECK-NEXT:    cluster.dma_wait
// CHECK-NEXT:    cluster.barrier
// CHECK-NOT:     cluster.barrier
// CHECK:         scf.for
// CHECK:           %[[NEGATED:[a-z0-9_]+]] = arith.negf
// CHECK:           arith.addf %[[NEGATED]],
// CHECK-NEXT:      memref.store
// CHECK-NEXT:    }
// CHECK-NEXT:    cluster.barrier
// CHECK-NEXT:    cluster.dma_start
// CHECK-NOT:     cluster.barrier
// CHECK:         return
rnn.network @cheap inputs(%x = "x" : tensor<1xf32>, %z = "z" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %0 = arith.negf %x : tensor<1xf32>
  %1 = rnn.broadcast %0 : tensor<1xf32> -> tensor<4xf32>
  %2 = arith.addf %1, %z : tensor<4xf32>
  rnn.yield %2 : tensor<4xf32>
}

// -----

// What nobody reads is not computed; one value may be several outputs and a
// state.
// CHECK-LABEL: func.func @outputs_kernel
// CHECK-NOT:     rnn.activation <sigmoid>
// CHECK:         rnn.activation <tanh>
// CHECK-COUNT-3: memref.store
// CHECK:         return
rnn.network @outputs inputs(%x = "x" : tensor<4xf32>)
    states(%s = "s" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>) outputs("a" : tensor<4xf32>, "b" : tensor<2x2xf32>) {
  %0 = rnn.activation <tanh> %x : tensor<4xf32> -> tensor<4xf32>
  %1 = rnn.activation <sigmoid> %x : tensor<4xf32> -> tensor<4xf32>
  %2 = rnn.reshape %0 : tensor<4xf32> -> tensor<2x2xf32>
  rnn.yield %0, %2 : tensor<4xf32>, tensor<2x2xf32> next %0 : tensor<4xf32>
}

// -----

// A splat is no parameter, other constants are.
// CHECK:       cluster.program @constants {{.*}}weight_bytes = 16 : i64
// CHECK-COUNT-1: memref.global
// CHECK-NOT:   memref.global
// CHECK:       arith.constant 2.000000e+00 : f32
rnn.network @constants inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %0 = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %1 = arith.constant dense<2.0> : tensor<4xf32>
  %2 = arith.mulf %x, %0 : tensor<4xf32>
  %3 = arith.addf %2, %1 : tensor<4xf32>
  rnn.yield %3 : tensor<4xf32>
}
