// RUN: se-opt %s --rnn-broadcast-late --split-input-file | FileCheck %s

// CHECK-LABEL: rnn.network @cast
// CHECK:         %[[A:.*]] = arith.extf %{{.*}} : tensor<1x8xf16> to tensor<1x8xf32>
// CHECK:         %[[S:.*]] = arith.constant dense<2.000000e+00> : tensor<1x8xf32>
// CHECK:         %[[M:.*]] = arith.mulf %[[A]], %[[S]] : tensor<1x8xf32>
// CHECK:         %[[B:.*]] = rnn.broadcast %[[M]] : tensor<1x8xf32> -> tensor<4x8xf32>
// CHECK:         rnn.yield %[[B]]
rnn.network @cast inputs(%a = "a" : tensor<1x8xf16>) states()
    outputs("y" : tensor<4x8xf32>) {
  %two = arith.constant dense<2.0> : tensor<4x8xf32>
  %0 = rnn.broadcast %a : tensor<1x8xf16> -> tensor<4x8xf16>
  %1 = arith.extf %0 : tensor<4x8xf16> to tensor<4x8xf32>
  %2 = arith.mulf %1, %two : tensor<4x8xf32>
  rnn.yield %2 : tensor<4x8xf32>
}

// -----

// Rows and columns meet only in the product.
// CHECK-LABEL: rnn.network @outer
// CHECK:         rnn.broadcast
// CHECK:         rnn.broadcast
// CHECK:         arith.mulf {{.*}} : tensor<4x8xf32>
rnn.network @outer inputs(%a = "a" : tensor<1x8xf32>, %b = "b" : tensor<4x1xf32>) states()
    outputs("y" : tensor<4x8xf32>) {
  %0 = rnn.broadcast %a : tensor<1x8xf32> -> tensor<4x8xf32>
  %1 = rnn.broadcast %b : tensor<4x1xf32> -> tensor<4x8xf32>
  %2 = arith.mulf %0, %1 : tensor<4x8xf32>
  rnn.yield %2 : tensor<4x8xf32>
}
