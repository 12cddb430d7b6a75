// RUN: se-opt %s --split-input-file --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule | FileCheck %s
// RUN: se-opt %s --split-input-file --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling=resident=0 --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule | FileCheck %s
// RUN: se-opt %s --split-input-file --se-attach-target="cores=2 dma-core=2" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule -o /dev/null

// Only the first level reads the input, so what it loads is added up there, and
// all cores do that level again with zeros if one has found something.

// CHECK:       cluster.program @first
// CHECK-SAME:  finite_mask = {{[0-9]+}}
// CHECK-LABEL: func.func @first_kernel(
// CHECK:       cluster.parallel cores 2
// CHECK-NEXT:  ^bb0(%[[CORE:[a-z0-9_]+]]: index
// CHECK:         %[[SUM:.*]] = scf.for {{.*}} iter_args(%[[BEFORE:.*]] = %{{.*}}) -> (f32)
// CHECK:           %[[X:.*]] = memref.load
// CHECK:           math.fma %[[X]], %{{.*}}, %[[BEFORE]] : f32
// CHECK:           memref.store
// CHECK:           scf.yield
// CHECK:         %[[BITS:.*]] = arith.bitcast %[[SUM]] : f32 to i32
// CHECK-NEXT:    memref.store %[[BITS]], %[[WORDS:[a-z0-9_]+]][%[[CORE]]] : memref<{{[23]}}xi32, #cluster.space<l1>>
// CHECK-NEXT:    cluster.barrier
// CHECK:         memref.load %[[WORDS]][%c0
// CHECK:         memref.load %[[WORDS]][%c1
// CHECK:         %[[FOUND:.*]] = arith.cmpi ne
// One core keeps the mask for what is behind the kernel.
// CHECK:         scf.if
// CHECK:           memref.store %{{.*}} : memref<1xi32, #cluster.space<l1>>
// CHECK:         scf.if %[[FOUND]] {
// CHECK:           scf.for
// CHECK:             memref.store
// CHECK:           cluster.barrier
// CHECK-NEXT:    } {cluster.uniform}
rnn.network @first inputs(%x = "x" : tensor<10xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) attributes {reset_if_not_finite} {
  %0 = rnn.finite %x : tensor<10xf32> -> tensor<1xi32>
  %1 = arith.bitcast %x : tensor<10xf32> to tensor<10xi32>
  %2 = rnn.broadcast %0 : tensor<1xi32> -> tensor<10xi32>
  %3 = arith.andi %1, %2 : tensor<10xi32>
  %4 = arith.bitcast %3 : tensor<10xi32> to tensor<10xf32>
  %W = arith.constant dense<[
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 0.0], [0.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 0.0]
  ]> : tensor<2x10xf32>
  %5 = rnn.matvec %W, %4 : tensor<2x10xf32>, tensor<10xf32> -> tensor<2xf32>
  %6 = arith.addf %5, %h : tensor<2xf32>
  rnn.yield %6 : tensor<2xf32> next %6 : tensor<2xf32>
}

// -----

// The first level overwrites a state, so it may not be done twice: inputs are
// gone through before it, and overwritten with zeros if one is not finite.
// Without a ring they come by transfer, otherwise they are copied on the way.

// CHECK-LABEL: func.func @before_kernel(
// CHECK:       cluster.dma_wait
// CHECK:       cluster.barrier
// CHECK:         scf.for {{.*}} iter_args(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) -> (f32, f32, f32, f32)
// CHECK-COUNT-4:   memref.load
// CHECK:           math.fma
// CHECK:         scf.for {{.*}} -> (f32, f32, f32, f32)
// CHECK:           math.fma
// CHECK:         cluster.barrier
// CHECK:         %[[FOUND:.*]] = arith.cmpi ne
// CHECK:         scf.if %[[FOUND]] {
// CHECK:           scf.for
// CHECK-NEXT:        memref.store %cst
// CHECK:           cluster.barrier
// CHECK-NEXT:    } {cluster.uniform}
// CHECK:         scf.for
// CHECK:           arith.addf
rnn.network @before inputs(%x = "x" : tensor<10xf32>)
    states(%h = "h" : tensor<10xf32> reset dense<0.0> : tensor<10xf32>) outputs("y" : tensor<10xf32>) {
  %0 = rnn.finite %x : tensor<10xf32> -> tensor<1xi32>
  %1 = arith.bitcast %x : tensor<10xf32> to tensor<10xi32>
  %2 = rnn.broadcast %0 : tensor<1xi32> -> tensor<10xi32>
  %3 = arith.andi %1, %2 : tensor<10xi32>
  %4 = arith.bitcast %3 : tensor<10xi32> to tensor<10xf32>
  %5 = arith.addf %4, %h : tensor<10xf32>
  rnn.yield %5 : tensor<10xf32> next %5 : tensor<10xf32>
}

// -----

// The cores find the largest magnitude on the way. What is computed of it alone
// comes before the levels, once for each core.

// CHECK-LABEL: func.func @peak_kernel(
// CHECK:         scf.for {{.*}} -> (f32, f32, f32, f32, f32, f32, f32, f32)
// CHECK-COUNT-4:   math.fma
// CHECK:         scf.for
// CHECK:           %[[ABS:.*]] = math.absf
// CHECK-NEXT:      arith.maxnumf %[[ABS]]
// CHECK:         memref.store %{{.*}} : memref<{{[23]}}xf32, #cluster.space<l1>>
// CHECK:         cluster.barrier
// CHECK:         %[[FOUND:.*]] = arith.cmpi ne
// CHECK:         %[[PEAKS:.*]] = memref.view {{.*}} to memref<{{[23]}}xf32, #cluster.space<l1>>
// CHECK:         %[[A:.*]] = memref.load %[[PEAKS]][%c0
// CHECK:         %[[B:.*]] = memref.load %[[PEAKS]][%c1
// CHECK:         %[[MOST:.*]] = arith.maxnumf %[[A]], %[[B]]
// CHECK:         %[[PEAK:.*]] = arith.select %[[FOUND]], %cst{{.*}}, %[[MOST]]
// CHECK:         %[[LEAST:.*]] = arith.maxnumf %[[PEAK]]
// CHECK:         %[[INVERSE:.*]] = arith.divf %{{.*}}, %[[LEAST]]
// CHECK:         scf.for
// CHECK:           arith.mulf %{{.*}}, %[[INVERSE]]
// CHECK-NOT:     arith.divf
// CHECK:         return
rnn.network @peak inputs(%x = "x" : tensor<10xf32>) outputs("y" : tensor<10xf32>) {
  %0, %peak = rnn.finite %x : tensor<10xf32> -> tensor<1xi32>, tensor<1xf32>
  %1 = arith.bitcast %x : tensor<10xf32> to tensor<10xi32>
  %2 = rnn.broadcast %0 : tensor<1xi32> -> tensor<10xi32>
  %3 = arith.andi %1, %2 : tensor<10xi32>
  %4 = arith.bitcast %3 : tensor<10xi32> to tensor<10xf32>
  %least = arith.constant dense<0.01> : tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<1xf32>
  %5 = arith.maxnumf %peak, %least : tensor<1xf32>
  %6 = arith.divf %one, %5 : tensor<1xf32>
  %7 = rnn.broadcast %6 : tensor<1xf32> -> tensor<10xf32>
  %8 = arith.mulf %4, %7 : tensor<10xf32>
  rnn.yield %8 : tensor<10xf32>
}
