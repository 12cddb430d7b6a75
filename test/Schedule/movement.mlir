// RUN: se-opt %s --se-attach-target="cores=1 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse --split-input-file | FileCheck %s
//
// Data movement costs nothing but an index: it is followed back to where the
// element lies.

// CHECK-LABEL: func.func @movement_kernel
// CHECK-SAME:    (%{{[a-z0-9]+}}: {{.*}}, %[[X2:[a-z0-9]+]]: memref<6xf32, #cluster.space<l2>>, %[[Z2:[a-z0-9]+]]: memref<3xf32, #cluster.space<l2>>,
// CHECK-SAME:     %[[T2:[a-z0-9]+]]: memref<6xf32, #cluster.space<l2>>, %[[S2:[a-z0-9]+]]: memref<2xf32, #cluster.space<l2>>, %[[A2:[a-z0-9]+]]: memref<6xf32, #cluster.space<l2>>, %[[R2:[a-z0-9]+]]: memref<6xf32, #cluster.space<l2>>, %[[E2:[a-z0-9]+]]: memref<2xf32, #cluster.space<l2>>)
// CHECK-DAG:     %[[C2:[a-z0-9_]+]] = arith.constant 2 : index
// CHECK-DAG:     %[[C3:[a-z0-9_]+]] = arith.constant 3 : index
// CHECK-DAG:     %[[C4:[a-z0-9_]+]] = arith.constant 4 : index
// CHECK:         cluster.dma_start %[[X2]][%c0] to %[[X:[a-z0-9_]+]][%c0]
// CHECK-NEXT:    cluster.dma_start %[[Z2]][%c0] to %[[Z:[a-z0-9_]+]][%c0]
// CHECK-COUNT-2: cluster.dma_wait
// CHECK-NEXT:    cluster.barrier
// CHECK-NOT:     cluster.barrier
// CHECK:         scf.for %[[I:[a-z0-9]+]] =
// Element (i / 2, i mod 2) of the transposed comes from (i mod 2, i / 2).
// CHECK-NEXT:      %[[COLUMN:[a-z0-9_]+]] = arith.remui %[[I]], %[[C2]]
// CHECK-NEXT:      %[[BASE:[a-z0-9_]+]] = arith.muli %[[COLUMN]], %[[C3]]
// CHECK-NEXT:      %[[LINE:[a-z0-9_]+]] = arith.divui %[[I]], %[[C2]]
// CHECK-NEXT:      %[[AT:[a-z0-9_]+]] = arith.addi %[[BASE]], %[[LINE]]
// CHECK-NEXT:      %[[TV:[a-z0-9_]+]] = memref.load %[[X]][%[[AT]]]
// The vector is repeated: element i mod 3. A reshape is nothing.
// CHECK-NEXT:      %[[MOD:[a-z0-9_]+]] = arith.remui %[[I]], %[[C3]]
// CHECK-NEXT:      %[[ZV:[a-z0-9_]+]] = memref.load %[[Z]][%[[MOD]]]
// CHECK-NEXT:      %[[XV:[a-z0-9_]+]] = memref.load %[[X]][%[[I]]]
// CHECK-NEXT:      %[[SUM:[a-z0-9_]+]] = arith.addf %[[ZV]], %[[XV]]
// CHECK-NEXT:      memref.store %[[TV]], %[[T:[a-z0-9_]+]][%[[I]]]
// CHECK-NEXT:      memref.store %[[SUM]], %[[A:[a-z0-9_]+]][%[[I]]]
// CHECK-NEXT:      memref.store %[[SUM]], %[[R:[a-z0-9_]+]][%[[I]]]
// CHECK-NEXT:    }
// CHECK:         scf.for %[[J:[a-z0-9]+]] =
// Row 1, from column 1: position 4 + j. Every second element: 2 j.
// CHECK-NEXT:      %[[J4:[a-z0-9_]+]] = arith.addi %[[J]], %[[C4]]
// CHECK-NEXT:      %[[SV:[a-z0-9_]+]] = memref.load %[[X]][%[[J4]]]
// CHECK-NEXT:      %[[J2:[a-z0-9_]+]] = arith.muli %[[J]], %[[C2]]
// CHECK-NEXT:      %[[EV:[a-z0-9_]+]] = memref.load %[[Z]][%[[J2]]]
// CHECK-NEXT:      memref.store %[[SV]], %[[S:[a-z0-9_]+]][%[[J]]]
// CHECK-NEXT:      memref.store %[[EV]], %[[E:[a-z0-9_]+]][%[[J]]]
// CHECK-NEXT:    }
// CHECK-NEXT:    cluster.barrier
// CHECK-NEXT:    cluster.dma_start %[[T]][%c0] to %[[T2]][%c0]
// CHECK-NEXT:    cluster.dma_start %[[S]][%c0] to %[[S2]][%c0]
// CHECK-NEXT:    cluster.dma_start %[[A]][%c0] to %[[A2]][%c0]
// CHECK-NEXT:    cluster.dma_start %[[R]][%c0] to %[[R2]][%c0]
// CHECK-NEXT:    cluster.dma_start %[[E]][%c0] to %[[E2]][%c0]
rnn.network @movement inputs(%x = "x" : tensor<2x3xf32>, %z = "z" : tensor<3xf32>)
    outputs("t" : tensor<3x2xf32>, "s" : tensor<1x2xf32>, "a" : tensor<2x3xf32>, "r" : tensor<6xf32>, "e" : tensor<2xf32>) {
  %t = rnn.transpose %x [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  %s = tensor.extract_slice %x[1, 1] [1, 2] [1, 1] : tensor<2x3xf32> to tensor<1x2xf32>
  %b = rnn.broadcast %z : tensor<3xf32> -> tensor<2x3xf32>
  %a = arith.addf %b, %x : tensor<2x3xf32>
  %r = rnn.reshape %a : tensor<2x3xf32> -> tensor<6xf32>
  %e = tensor.extract_slice %z[0] [2] [2] : tensor<3xf32> to tensor<2xf32>
  rnn.yield %t, %s, %a, %r, %e : tensor<3x2xf32>, tensor<1x2xf32>, tensor<2x3xf32>, tensor<6xf32>, tensor<2xf32>
}

// -----

// A concatenation that is an output: each piece goes straight to its place, at
// (i / 3) * 4 + i mod 3 and 4 i + 3.
// CHECK-LABEL: func.func @concat_kernel
// CHECK-SAME:    (%{{[a-z0-9]+}}: {{.*}}, %{{[a-z0-9]+}}: memref<6xf32, {{.*}}>, %{{[a-z0-9]+}}: memref<2xf32, {{.*}}>, %[[OUT:[a-z0-9]+]]: memref<8xf32, #cluster.space<l2>>)
// CHECK-DAG:     %[[C3:[a-z0-9_]+]] = arith.constant 3 : index
// CHECK-DAG:     %[[C4:[a-z0-9_]+]] = arith.constant 4 : index
// CHECK:         cluster.dma_wait
// CHECK:         cluster.barrier
// CHECK-NOT:     cluster.barrier
// CHECK:         scf.for %[[I:[a-z0-9]+]] =
// CHECK:           %[[TANH:[a-z0-9_]+]] = rnn.activation <tanh>
// CHECK-NEXT:      %[[LINE:[a-z0-9_]+]] = arith.divui %[[I]], %[[C3]]
// CHECK-NEXT:      %[[LINE4:[a-z0-9_]+]] = arith.muli %[[LINE]], %[[C4]]
// CHECK-NEXT:      %[[COLUMN:[a-z0-9_]+]] = arith.remui %[[I]], %[[C3]]
// CHECK-NEXT:      %[[AT:[a-z0-9_]+]] = arith.addi %[[LINE4]], %[[COLUMN]]
// CHECK-NEXT:      memref.store %[[TANH]], %[[C:[a-z0-9_]+]][%[[AT]]]
// CHECK-NEXT:    }
// CHECK-NOT:     cluster.barrier
// CHECK:         scf.for %[[J:[a-z0-9]+]] =
// CHECK:           %[[J4:[a-z0-9_]+]] = arith.muli %[[J]], %[[C4]]
// CHECK-NEXT:      %[[AT:[a-z0-9_]+]] = arith.addi %[[J4]], %[[C3]]
// CHECK-NEXT:      memref.store %{{[a-z0-9_]+}}, %[[C]][%[[AT]]]
// CHECK-NEXT:    }
// CHECK-NEXT:    cluster.barrier
// CHECK-NEXT:    cluster.dma_start %[[C]][%c0] to %[[OUT]][%c0]
rnn.network @concat inputs(%x = "x" : tensor<2x3xf32>, %z = "z" : tensor<2x1xf32>)
    outputs("c" : tensor<2x4xf32>) {
  %t = rnn.activation <tanh> %x : tensor<2x3xf32> -> tensor<2x3xf32>
  %c = tensor.concat dim(1) %t, %z : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  rnn.yield %c : tensor<2x4xf32>
}

// -----

// One that a product reads is a buffer, filled before the barrier.
// CHECK-LABEL: func.func @concat_product_kernel
// CHECK:         cluster.barrier
// CHECK:         scf.for
// CHECK:           memref.store %{{[a-z0-9_]+}}, %[[BUFFER:[a-z0-9_]+]][
// CHECK:         scf.for
// CHECK:           memref.store %{{[a-z0-9_]+}}, %[[BUFFER]][
// CHECK-NEXT:    }
// CHECK-NEXT:    cluster.barrier
// CHECK:         {{:2}} = cluster.dot %[[BUFFER]][%c0],
rnn.network @concat_product inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>) {
  %W = arith.constant dense_resource<W> : tensor<2x5xf32>
  %c = tensor.concat dim(0) %x, %h : (tensor<3xf32>, tensor<2xf32>) -> tensor<5xf32>
  %0 = rnn.matvec %W, %c : tensor<2x5xf32>, tensor<5xf32> -> tensor<2xf32>
  rnn.yield next %0 : tensor<2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      W: "0x0400000001264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4469163B600D325704"
    }
  }
#-}

// -----

// A batch of vectors: those of a group read the same rows, one after the other.
// CHECK-LABEL: func.func @batch_kernel
// CHECK-DAG:     %[[C6:[a-z0-9_]+]] = arith.constant 6 : index
// CHECK-DAG:     %[[C3:[a-z0-9_]+]] = arith.constant 3 : index
// CHECK-DAG:     %[[C4:[a-z0-9_]+]] = arith.constant 4 : index
// CHECK-COUNT-2: cluster.barrier
// CHECK:         scf.for %[[I:[a-z0-9]+]] =
// CHECK:           %[[ROW:[a-z0-9_]+]] = arith.muli %[[I]], %[[C6]]
// CHECK:           scf.for %[[K:[a-z0-9]+]] = %c0 to %[[C3]]
// CHECK:             %[[FROM:[a-z0-9_]+]] = arith.muli %[[K]], %[[C4]]
// CHECK:             %[[Y:[a-z0-9_]+]]:6 = cluster.dot %{{[a-z0-9_]+}}[%[[FROM]]], %{{[a-z0-9_]+}}[%{{[a-z0-9_]+}}], %[[C4]],
// CHECK:             %[[K2:[a-z0-9_]+]] = arith.muli %[[K]], %[[C6]]
// CHECK:             %[[AT:[a-z0-9_]+]] = arith.addi %[[ROW]], %[[K2]]
// CHECK:             memref.store %[[Y]]#0, %{{[a-z0-9_]+}}[%[[AT]]]
rnn.network @batch inputs(%x = "x" : tensor<3x4xf32>) outputs("y" : tensor<3x6xf32>) {
  %W = arith.constant dense_resource<W> : tensor<6x4xf32>
  %0 = rnn.matvec %W, %x : tensor<6x4xf32>, tensor<3x4xf32> -> tensor<3x6xf32>
  rnn.yield %0 : tensor<3x6xf32>
}

{-#
  dialect_resources: {
    builtin: {
      W: "0x0400000001264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4401264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F4401264B701D426714395E0B305502274C711E4368153A5F0C315603284D721F44"
    }
  }
#-}
