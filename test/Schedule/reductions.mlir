// RUN: se-opt %s --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse --split-input-file | FileCheck %s
//
// A reduction is a loop of one core per result element, in row-major order.

// CHECK-LABEL: func.func @kinds_kernel
// CHECK-DAG:     %[[ZERO:[a-z0-9_]+]] = arith.constant 0.000000e+00 : f32
// CHECK-DAG:     %[[LOWEST:[a-z0-9_]+]] = arith.constant 0xFF800000 : f32
// CHECK-DAG:     %[[HIGHEST:[a-z0-9_]+]] = arith.constant 0x7F800000 : f32
// CHECK-DAG:     %[[SIX:[a-z0-9_]+]] = arith.constant 6.000000e+00 : f32
// CHECK:         cluster.barrier
// CHECK:         %[[SUM:[a-z0-9_]+]] = scf.for {{.*}} iter_args(%[[A:[a-z0-9]+]] = %[[ZERO]])
// CHECK:           arith.addf %[[A]], %{{[a-z0-9_]+}} : f32
// CHECK:         %[[TOTAL:[a-z0-9_]+]] = scf.for {{.*}} iter_args(%[[A:[a-z0-9]+]] = %[[ZERO]])
// CHECK:           arith.addf %[[A]]
// CHECK:         arith.divf %[[TOTAL]], %[[SIX]]
// CHECK:         scf.for {{.*}} iter_args(%[[A:[a-z0-9]+]] = %[[LOWEST]])
// CHECK:           arith.maximumf %[[A]]
// CHECK:         scf.for {{.*}} iter_args(%[[A:[a-z0-9]+]] = %[[HIGHEST]])
// CHECK:           arith.minimumf %[[A]]
rnn.network @kinds inputs(%x = "x" : tensor<6xf32>)
    outputs("a" : tensor<1xf32>, "b" : tensor<1xf32>, "c" : tensor<1xf32>, "d" : tensor<1xf32>) {
  %0 = rnn.reduce <sum> %x axes [0] : tensor<6xf32> -> tensor<1xf32>
  %1 = rnn.reduce <mean> %x axes [0] : tensor<6xf32> -> tensor<1xf32>
  %2 = rnn.reduce <max> %x axes [0] : tensor<6xf32> -> tensor<1xf32>
  %3 = rnn.reduce <min> %x axes [0] : tensor<6xf32> -> tensor<1xf32>
  rnn.yield %0, %1, %2, %3 : tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>
}

// -----

// Over the first and last of three dimensions [2, 3, 4]: step k of element i
// reads (k / 4) * 12 + i * 4 + k mod 4.
// CHECK-LABEL: func.func @axes_kernel
// CHECK-DAG:     %[[C4:[a-z0-9_]+]] = arith.constant 4 : index
// CHECK-DAG:     %[[C8:[a-z0-9_]+]] = arith.constant 8 : index
// CHECK-DAG:     %[[C12:[a-z0-9_]+]] = arith.constant 12 : index
// CHECK:         cluster.barrier
// CHECK:         scf.for %[[I:[a-z0-9]+]] =
// CHECK:           scf.for %[[K:[a-z0-9]+]] = %{{[a-z0-9_]+}} to %[[C8]] step
// CHECK-DAG:         %[[OUTER:[a-z0-9_]+]] = arith.divui %[[K]], %[[C4]]
// CHECK-DAG:         arith.muli %[[OUTER]], %[[C12]]
// CHECK-DAG:         arith.muli %[[I]], %[[C4]]
// CHECK-DAG:         arith.remui %[[K]], %[[C4]]
// CHECK:             memref.load
rnn.network @axes inputs(%x = "x" : tensor<2x3x4xf32>) outputs("y" : tensor<1x3x1xf32>) {
  %0 = rnn.reduce <sum> %x axes [0, 2] : tensor<2x3x4xf32> -> tensor<1x3x1xf32>
  rnn.yield %0 : tensor<1x3x1xf32>
}

// -----

// Normalization: the mean is computed once, not for every element that reads it.
// CHECK-LABEL: func.func @normalize_kernel
// CHECK:         cluster.barrier
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK:           arith.divf
// CHECK-NEXT:      memref.store %{{[a-z0-9_]+}}, %[[MEAN:[a-z0-9_]+]][{{.*}}] : memref<1xf32, #cluster.space<l1>>
// CHECK:         cluster.barrier
// CHECK-NOT:     iter_args
// CHECK:         memref.load %[[MEAN]]
// CHECK:         arith.subf
// CHECK-NOT:     iter_args
// CHECK:         return
rnn.network @normalize inputs(%x = "x" : tensor<6xf32>) outputs("y" : tensor<6xf32>) {
  %m = rnn.reduce <mean> %x axes [0] : tensor<6xf32> -> tensor<1xf32>
  %b = rnn.broadcast %m : tensor<1xf32> -> tensor<6xf32>
  %y = arith.subf %x, %b : tensor<6xf32>
  rnn.yield %y : tensor<6xf32>
}

// -----

// A sum of one product is a loop too: what it reads of a constant is read as in any other
// loop, not element by element.
// CHECK-LABEL: func.func @single_kernel
// CHECK:         cluster.barrier
// CHECK:         scf.for %[[I:[a-z0-9]+]] =
// CHECK:           %[[W:[a-z0-9_]+]] = memref.load %{{[a-z0-9_]+}}[%[[I]]] : memref<3xf32, #cluster.space<l1>>
// CHECK:           math.fma %[[W]],
rnn.network @single inputs(%x = "x" : tensor<1xf32>) outputs("y" : tensor<3xf32>) {
  %0 = arith.constant dense<[[[1.0]], [[2.0]], [[3.0]]]> : tensor<3x1x1xf32>
  %w = rnn.reshape %0 : tensor<3x1x1xf32> -> tensor<3x1xf32>
  %y = rnn.matvec %w, %x : tensor<3x1xf32>, tensor<1xf32> -> tensor<3xf32>
  rnn.yield %y : tensor<3xf32>
}

// -----

// FP16 is widened.
// CHECK-LABEL: func.func @half_kernel
// CHECK:         iter_args
// CHECK:         %[[V:[a-z0-9_]+]] = memref.load {{.*}}xf16
// CHECK-NEXT:    %[[V32:[a-z0-9_]+]] = arith.extf %[[V]] : f16 to f32
// CHECK-NEXT:    arith.addf %{{[a-z0-9]+}}, %[[V32]] : f32
rnn.network @half states(%h = "h" : tensor<4xf16> reset dense<1.0> : tensor<4xf16>) outputs("y" : tensor<1xf32>) {
  %0 = rnn.reduce <sum> %h axes [0] : tensor<4xf16> -> tensor<1xf32>
  rnn.yield %0 : tensor<1xf32> next %h : tensor<4xf16>
}
