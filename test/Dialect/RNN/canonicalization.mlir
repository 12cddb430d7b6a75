// RUN: se-opt %s --canonicalize --split-input-file | FileCheck %s
//
// Every folder and canonicalizer, and the cases that look alike but must stay.

// A product with the zero vector is zero.
// CHECK-LABEL: func @matvec_zero
func.func @matvec_zero(%W: tensor<8x4xf32>) -> tensor<8xf32> {
  // CHECK-NEXT: %[[ZERO:[a-zA-Z0-9_]+]] = arith.constant dense<0.000000e+00> : tensor<8xf32>
  // CHECK-NEXT: return %[[ZERO]]
  %x = arith.constant dense<0.0> : tensor<4xf32>
  %y = rnn.matvec %W, %x : tensor<8x4xf32>, tensor<4xf32> -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// The zero has the result's type.
// CHECK-LABEL: func @matvec_zero_f16
func.func @matvec_zero_f16(%W: tensor<8x4xf16>) -> tensor<2x8xf32> {
  // CHECK-NEXT: arith.constant dense<0.000000e+00> : tensor<2x8xf32>
  // CHECK-NOT: rnn.matvec
  %x = arith.constant dense<0.0> : tensor<2x4xf16>
  %y = rnn.matvec %W, %x : tensor<8x4xf16>, tensor<2x4xf16> -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// Not with -0 (the sum starts at +0, a product may be +0: still +0, but nobody
// needs the case), with another constant, or with a zero matrix.
// CHECK-LABEL: func @matvec_stays
func.func @matvec_stays(%W: tensor<8x4xf32>, %x: tensor<4xf32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
  // CHECK-COUNT-3: rnn.matvec
  %one = arith.constant dense<1.0> : tensor<4xf32>
  %some = arith.constant dense<[0.0, 0.0, 0.0, 1.0]> : tensor<4xf32>
  %zeros = arith.constant dense<0.0> : tensor<8x4xf32>
  %0 = rnn.matvec %W, %one : tensor<8x4xf32>, tensor<4xf32> -> tensor<8xf32>
  %1 = rnn.matvec %W, %some : tensor<8x4xf32>, tensor<4xf32> -> tensor<8xf32>
  // x may be infinite.
  %2 = rnn.matvec %zeros, %x : tensor<8x4xf32>, tensor<4xf32> -> tensor<8xf32>
  return %0, %1, %2 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}

// -----

// A reduction over dimensions of size 1 changes nothing...
// CHECK-LABEL: func @reduce_nothing
// CHECK-SAME: (%[[X:[a-zA-Z0-9_]+]]: tensor<1x8xf32>)
func.func @reduce_nothing(%x: tensor<1x8xf32>) -> (tensor<1x8xf32>, tensor<1x8xf32>) {
  // CHECK-NEXT: return %[[X]], %[[X]]
  %0 = rnn.reduce <mean> %x axes [0] : tensor<1x8xf32> -> tensor<1x8xf32>
  %1 = rnn.reduce <max> %x axes [] : tensor<1x8xf32> -> tensor<1x8xf32>
  return %0, %1 : tensor<1x8xf32>, tensor<1x8xf32>
}

// ... unless it widens.
// CHECK-LABEL: func @reduce_stays
func.func @reduce_stays(%x: tensor<1x8xf16>) -> (tensor<1x8xf32>, tensor<1x1xf16>) {
  // CHECK-COUNT-2: rnn.reduce
  %0 = rnn.reduce <sum> %x axes [0] : tensor<1x8xf16> -> tensor<1x8xf32>
  %1 = rnn.reduce <sum> %x axes [1] : tensor<1x8xf16> -> tensor<1x1xf16>
  return %0, %1 : tensor<1x8xf32>, tensor<1x1xf16>
}

// -----

// relu of what is never negative.
// CHECK-LABEL: func @relu_twice
func.func @relu_twice(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  // CHECK-NEXT: %[[R:[a-zA-Z0-9_]+]] = rnn.activation <relu>
  // CHECK-NEXT: %[[S:[a-zA-Z0-9_]+]] = rnn.activation <sigmoid>
  // CHECK-NEXT: return %[[R]], %[[S]]
  %0 = rnn.activation <relu> %x : tensor<8xf32> -> tensor<8xf32>
  %1 = rnn.activation <relu> %0 : tensor<8xf32> -> tensor<8xf32>
  %2 = rnn.activation <sigmoid> %x : tensor<8xf32> -> tensor<8xf32>
  %3 = rnn.activation <relu> %2 : tensor<8xf32> -> tensor<8xf32>
  return %1, %3 : tensor<8xf32>, tensor<8xf32>
}

// CHECK-LABEL: func @relu_stays
func.func @relu_stays(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf16>, tensor<8xf32>) {
  // CHECK-NEXT: rnn.activation <tanh>
  // CHECK-NEXT: rnn.activation <relu>
  // CHECK-NEXT: rnn.activation <relu>
  // CHECK-NEXT: rnn.activation <relu> {{.*}} -> tensor<8xf16>
  // CHECK-NEXT: rnn.activation <leaky_relu
  %0 = rnn.activation <tanh> %x : tensor<8xf32> -> tensor<8xf32>
  %1 = rnn.activation <relu> %0 : tensor<8xf32> -> tensor<8xf32>
  %2 = rnn.activation <relu> %x : tensor<8xf32> -> tensor<8xf32>
  // This one rounds.
  %3 = rnn.activation <relu> %2 : tensor<8xf32> -> tensor<8xf16>
  %4 = rnn.activation <leaky_relu, alpha = 2.0 : f32> %2 : tensor<8xf32> -> tensor<8xf32>
  return %1, %3, %4 : tensor<8xf32>, tensor<8xf16>, tensor<8xf32>
}

// -----

// CHECK-LABEL: func @affine_identity
// CHECK-SAME: (%[[X:[a-zA-Z0-9_]+]]: tensor<8xf32>)
func.func @affine_identity(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  // CHECK-NEXT: return %[[X]], %[[X]]
  %0 = rnn.activation <affine> %x : tensor<8xf32> -> tensor<8xf32>
  %1 = rnn.activation <affine, alpha = 1.0 : f32, beta = 0.0 : f32> %x : tensor<8xf32> -> tensor<8xf32>
  return %0, %1 : tensor<8xf32>, tensor<8xf32>
}

// CHECK-LABEL: func @affine_stays
func.func @affine_stays(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf16>) {
  // CHECK-COUNT-3: rnn.activation <affine
  %0 = rnn.activation <affine, alpha = 2.0 : f32> %x : tensor<8xf32> -> tensor<8xf32>
  %1 = rnn.activation <affine, beta = 1.0 : f32> %x : tensor<8xf32> -> tensor<8xf32>
  %2 = rnn.activation <affine> %x : tensor<8xf32> -> tensor<8xf16>
  return %0, %1, %2 : tensor<8xf32>, tensor<8xf32>, tensor<8xf16>
}

// -----

// CHECK-LABEL: func @reshape
// CHECK-SAME: (%[[X:[a-zA-Z0-9_]+]]: tensor<2x4xf32>)
func.func @reshape(%x: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<4x2xf32>) {
  // CHECK-NEXT: %[[R:[a-zA-Z0-9_]+]] = rnn.reshape %[[X]] : tensor<2x4xf32> -> tensor<4x2xf32>
  // CHECK-NEXT: return %[[X]], %[[R]]
  %0 = rnn.reshape %x : tensor<2x4xf32> -> tensor<8xf32>
  %1 = rnn.reshape %0 : tensor<8xf32> -> tensor<2x4xf32>
  %2 = rnn.reshape %0 : tensor<8xf32> -> tensor<4x2xf32>
  return %1, %2 : tensor<2x4xf32>, tensor<4x2xf32>
}

// CHECK-LABEL: func @reshape_constant
func.func @reshape_constant() -> (tensor<4xf32>, tensor<4x1xf32>, tensor<2x2xf32>) {
  // CHECK-DAG: arith.constant dense<1.000000e+00> : tensor<4xf32>
  // CHECK-DAG: arith.constant dense<{{\[}}[1.000000e+00], [2.000000e+00], [3.000000e+00], [4.000000e+00]]> : tensor<4x1xf32>
  // CHECK-DAG: arith.constant dense_resource<blob> : tensor<2x2xf32>
  // CHECK-NOT: rnn.reshape
  %splat = arith.constant dense<1.0> : tensor<2x2xf32>
  %dense = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %blob = arith.constant dense_resource<blob> : tensor<4xf32>
  %0 = rnn.reshape %splat : tensor<2x2xf32> -> tensor<4xf32>
  %1 = rnn.reshape %dense : tensor<2x2xf32> -> tensor<4x1xf32>
  %2 = rnn.reshape %blob : tensor<4xf32> -> tensor<2x2xf32>
  return %0, %1, %2 : tensor<4xf32>, tensor<4x1xf32>, tensor<2x2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      blob: "0x040000000000803F000000400000404000008040"
    }
  }
#-}

// -----

// CHECK-LABEL: func @transpose_identity
// CHECK-SAME: (%[[X:[a-zA-Z0-9_]+]]: tensor<2x3x4xf32>)
func.func @transpose_identity(%x: tensor<2x3x4xf32>) -> (tensor<2x3x4xf32>, tensor<2x3x4xf32>) {
  // CHECK-NEXT: return %[[X]], %[[X]]
  %0 = rnn.transpose %x [0, 1, 2] : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %1 = rnn.transpose %x [1, 2, 0] : tensor<2x3x4xf32> -> tensor<3x4x2xf32>
  %2 = rnn.transpose %1 [2, 0, 1] : tensor<3x4x2xf32> -> tensor<2x3x4xf32>
  return %0, %2 : tensor<2x3x4xf32>, tensor<2x3x4xf32>
}

// Composed, not in the other order: with p = [1, 2, 0] and q = [1, 0, 2] the
// other order would give [2, 1, 0].
// CHECK-LABEL: func @transpose_compose
// CHECK-SAME: (%[[X:[a-zA-Z0-9_]+]]: tensor<2x3x4xf32>)
func.func @transpose_compose(%x: tensor<2x3x4xf32>) -> tensor<4x3x2xf32> {
  // CHECK-NEXT: %[[T:[a-zA-Z0-9_]+]] = rnn.transpose %[[X]] [2, 1, 0] : tensor<2x3x4xf32> -> tensor<4x3x2xf32>
  // CHECK-NEXT: return %[[T]]
  %0 = rnn.transpose %x [1, 2, 0] : tensor<2x3x4xf32> -> tensor<3x4x2xf32>
  %1 = rnn.transpose %0 [1, 0, 2] : tensor<3x4x2xf32> -> tensor<4x3x2xf32>
  return %1 : tensor<4x3x2xf32>
}

// CHECK-LABEL: func @transpose_splat
func.func @transpose_splat() -> tensor<3x2xf32> {
  // CHECK-NEXT: %[[C:[a-zA-Z0-9_]+]] = arith.constant dense<1.500000e+00> : tensor<3x2xf32>
  // CHECK-NEXT: return %[[C]]
  %x = arith.constant dense<1.5> : tensor<2x3xf32>
  %0 = rnn.transpose %x [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// Only dimensions of size 1 move.
// CHECK-LABEL: func @transpose_to_reshape
func.func @transpose_to_reshape(%x: tensor<1x3x1x4xf32>) -> tensor<3x4x1x1xf32> {
  // CHECK-NEXT: rnn.reshape %{{[^ ]*}} : tensor<1x3x1x4xf32> -> tensor<3x4x1x1xf32>
  // CHECK-NEXT: return
  %0 = rnn.transpose %x [1, 3, 0, 2] : tensor<1x3x1x4xf32> -> tensor<3x4x1x1xf32>
  return %0 : tensor<3x4x1x1xf32>
}

// CHECK-LABEL: func @transpose_stays
func.func @transpose_stays(%x: tensor<1x3x1x4xf32>) -> (tensor<4x3x1x1xf32>, tensor<2x2xf32>) {
  // CHECK-DAG: rnn.transpose %{{[^ ]*}} [3, 1, 0, 2]
  // CHECK-DAG: rnn.transpose %{{[^ ]*}} [1, 0]
  %c = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %0 = rnn.transpose %x [3, 1, 0, 2] : tensor<1x3x1x4xf32> -> tensor<4x3x1x1xf32>
  // The job of --rnn-fold-constants.
  %1 = rnn.transpose %c [1, 0] : tensor<2x2xf32> -> tensor<2x2xf32>
  return %0, %1 : tensor<4x3x1x1xf32>, tensor<2x2xf32>
}

// -----

// CHECK-LABEL: func @broadcast
// CHECK-SAME: (%[[X:[a-zA-Z0-9_]+]]: tensor<8xf32>)
func.func @broadcast(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<2x8xf32>) {
  // CHECK-NEXT: %[[C:[a-zA-Z0-9_]+]] = arith.constant dense<2.000000e+00> : tensor<2x8xf32>
  // CHECK-NEXT: return %[[X]], %[[C]]
  %c = arith.constant dense<2.0> : tensor<1xf32>
  %0 = rnn.broadcast %x : tensor<8xf32> -> tensor<8xf32>
  %1 = rnn.broadcast %c : tensor<1xf32> -> tensor<2x8xf32>
  return %0, %1 : tensor<8xf32>, tensor<2x8xf32>
}

// CHECK-LABEL: func @broadcast_stays
func.func @broadcast_stays(%x: tensor<8xf32>) -> (tensor<1x8xf32>, tensor<2x2xf32>) {
  // CHECK-COUNT-2: rnn.broadcast
  %c = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = rnn.broadcast %x : tensor<8xf32> -> tensor<1x8xf32>
  %1 = rnn.broadcast %c : tensor<2xf32> -> tensor<2x2xf32>
  return %0, %1 : tensor<1x8xf32>, tensor<2x2xf32>
}

// -----

// Results that nobody uses: all tensor ops are pure, an application too.
// CHECK-LABEL: rnn.network @unused
rnn.network @unused inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // CHECK-NEXT: rnn.yield %x
  %0:2 = rnn.apply @cell(%x) states(%x) weights() : (tensor<4xf32>), (tensor<4xf32>), () -> (tensor<4xf32>), (tensor<4xf32>)
  %1 = rnn.activation <tanh> %x : tensor<4xf32> -> tensor<4xf32>
  rnn.yield %x : tensor<4xf32>
}
// CHECK: rnn.cell @cell
rnn.cell @cell inputs(%x : tensor<4xf32>) states(%h : tensor<4xf32>) outputs(tensor<4xf32>) {
  rnn.yield %x : tensor<4xf32> next %h : tensor<4xf32>
}

// -----

// CHECK-LABEL: func @matvec_zero_i8
func.func @matvec_zero_i8(%W: tensor<8x4xi8>) -> tensor<8xi32> {
  %x = arith.constant dense<0> : tensor<4xi8>
  // CHECK: %[[Y:.*]] = arith.constant dense<0> : tensor<8xi32>
  // CHECK-NEXT: return %[[Y]]
  %y = rnn.matvec %W, %x : tensor<8x4xi8>, tensor<4xi8> -> tensor<8xi32>
  return %y : tensor<8xi32>
}

// -----

// Where sizes are open, equal types say nothing.
// CHECK-LABEL: rnn.cell @open
rnn.cell @open inputs(%x : tensor<?xf32>, %W : tensor<?x?xf32>)
    outputs(tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?x?xf32>) {
  // CHECK-DAG: rnn.broadcast %x
  %0 = rnn.broadcast %x : tensor<?xf32> -> tensor<?xf32>
  // CHECK-DAG: rnn.broadcast %{{.*}} : tensor<f32> -> tensor<?xf32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %1 = rnn.broadcast %one : tensor<f32> -> tensor<?xf32>
  // CHECK-DAG: rnn.reshape %W : tensor<?x?xf32> -> tensor<?x?xf32>
  %2 = rnn.reshape %W : tensor<?x?xf32> -> tensor<?x?xf32>
  // CHECK-DAG: rnn.reduce <sum> %W axes [0] : tensor<?x?xf32> -> tensor<?x?xf32>
  %3 = rnn.reduce <sum> %W axes [0] : tensor<?x?xf32> -> tensor<?x?xf32>
  // CHECK-DAG: rnn.matvec
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %4 = rnn.matvec %W, %zero : tensor<?x?xf32>, tensor<4xf32> -> tensor<?xf32>
  // CHECK-DAG: rnn.transpose %{{.*}} [1, 0] : tensor<4x4xf32> -> tensor<?x?xf32>
  %c = arith.constant dense<2.0> : tensor<4x4xf32>
  %5 = rnn.transpose %c [1, 0] : tensor<4x4xf32> -> tensor<?x?xf32>
  rnn.yield %0, %1, %2, %3, %4, %5 : tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?x?xf32>
}
