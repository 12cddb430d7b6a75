// RUN: se-opt %s --emit-bytecode -o %t.mlirbc
// RUN: se-opt %t.mlirbc | FileCheck %s
// The tools take bytecode by its content.
// RUN: se-compile %t.mlirbc --emit=mlir-imported -o %t.mlir
// RUN: FileCheck %s < %t.mlir
// Text and bytecode are the same module.
// RUN: se-opt %s --emit-bytecode | se-opt > %t.fromBytecode
// RUN: se-opt %s | diff - %t.fromBytecode
// A file that is cut off is an error, not a crash.
// RUN: head -c 200 %t.mlirbc > %t.cut.mlirbc
// RUN: not se-compile %t.cut.mlirbc --emit=mlir-imported -o %t.cut.mlir 2>&1 | FileCheck %s --check-prefix=CUT

// CUT: error:

// Attributes with enums, parameters and optional parts; blobs; properties of ops
// with operand segments.

// CHECK-LABEL: rnn.cell @cell
rnn.cell @cell inputs(%x : tensor<4xf32>) states(%h : tensor<8xf32>) weights(%W : tensor<8x4xf32>)
    outputs(tensor<8xf32>) {
  // CHECK: rnn.matvec
  %0 = rnn.matvec %W, %x : tensor<8x4xf32>, tensor<4xf32> -> tensor<8xf32>
  // CHECK: rnn.activation <hard_sigmoid, alpha = 2.500000e-01 : f32>
  %1 = rnn.activation <hard_sigmoid, alpha = 0.25 : f32> %0 : tensor<8xf32> -> tensor<8xf32>
  %2 = arith.addf %1, %h : tensor<8xf32>
  rnn.yield %2 : tensor<8xf32> next %2 : tensor<8xf32>
}

// CHECK-LABEL: rnn.network @net
// CHECK-SAME: reset dense_resource<reset> : tensor<8xf32>
rnn.network @net inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<8xf32> reset dense_resource<reset> : tensor<8xf32>,
           %g = "g" : tensor<8xf32> reset dense<0.0> : tensor<8xf32>)
    outputs("y" : tensor<8xf32>, "m" : tensor<1xf32>) {
  // CHECK: arith.constant dense_resource<W> : tensor<8x4xf32>
  %W = arith.constant dense_resource<W> : tensor<8x4xf32>
  // CHECK: rnn.apply @cell(%x) states(%h) weights(
  %y, %h1 = rnn.apply @cell(%x) states(%h) weights(%W)
    : (tensor<4xf32>), (tensor<8xf32>), (tensor<8x4xf32>) -> (tensor<8xf32>), (tensor<8xf32>)
  %R = arith.constant dense<0.5> : tensor<24x8xf32>
  // CHECK: rnn.gru {{.*}} linear_before_reset
  %g1 = rnn.gru %y, %g, %R, %R {activations = [#rnn.act<sigmoid>, #rnn.act<leaky_relu, alpha = 0.3 : f32>], linear_before_reset}
    : tensor<8xf32>, tensor<8xf32>, tensor<24x8xf32>, tensor<24x8xf32> -> tensor<8xf32>
  // CHECK: rnn.reduce <max> {{.*}} axes [0]
  %m = rnn.reduce <max> %y axes [0] : tensor<8xf32> -> tensor<1xf32>
  rnn.yield %y, %m : tensor<8xf32>, tensor<1xf32> next %h1, %g1 : tensor<8xf32>, tensor<8xf32>
}

// CHECK: W: "0x04000000010203
{-#
  dialect_resources: {
    builtin: {
      reset: "0x040000000000803F000000400000404000008040000080BF000000C0000040C0000080C0",
      W: "0x04000000010203040506070801020304050607080102030405060708010203040506070801020304050607080102030405060708010203040506070801020304050607080102030405060708010203040506070801020304050607080102030405060708010203040506070801020304050607080102030405060708"
    }
  }
#-}
