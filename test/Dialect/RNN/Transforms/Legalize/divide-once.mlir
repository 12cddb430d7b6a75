// RUN: se-opt %s --rnn-divide-once | FileCheck %s

// CHECK-LABEL: rnn.network @softmax
// CHECK:         %[[S:.*]] = rnn.broadcast %s
// CHECK:         %[[INV:.*]] = arith.divf %{{.*}}, %s : tensor<1xf32>
// CHECK:         arith.minimumf %[[INV]]
// CHECK:         %[[FINITE:.*]] = arith.maximumf
// CHECK:         %[[ZERO:.*]] = arith.cmpf oeq, %s
// CHECK:         %[[SAFE:.*]] = arith.select %[[ZERO]], %[[INV]], %[[FINITE]]
// CHECK:         %[[R:.*]] = rnn.broadcast %[[SAFE]] : tensor<1xf32> -> tensor<16xf32>
// CHECK:         %[[Q:.*]] = arith.mulf %x, %[[R]]
// CHECK:         %[[N:.*]] = arith.negf %[[Q]]
// CHECK:         %[[REST:.*]] = math.fma %[[N]], %[[S]], %x
// CHECK:         %[[BETTER:.*]] = math.fma %[[REST]], %[[R]], %[[Q]]
// CHECK:         %[[OK:.*]] = arith.cmpf ord, %[[BETTER]], %[[BETTER]]
// CHECK:         %[[Y:.*]] = arith.select %[[OK]], %[[BETTER]], %[[Q]]
// CHECK:         %[[T:.*]] = arith.constant dense<0.333333343> : tensor<16xf32>
// CHECK:         arith.mulf %[[Y]], %[[T]]
// CHECK-NOT:     arith.divf
rnn.network @softmax inputs(%x = "x" : tensor<16xf32>, %s = "s" : tensor<1xf32>) states()
    outputs("y" : tensor<16xf32>) {
  %three = arith.constant dense<3.0> : tensor<16xf32>
  %0 = rnn.broadcast %s : tensor<1xf32> -> tensor<16xf32>
  %1 = arith.divf %x, %0 : tensor<16xf32>
  %2 = arith.divf %1, %three : tensor<16xf32>
  rnn.yield %2 : tensor<16xf32>
}

// CHECK-LABEL: rnn.network @shared
// CHECK:         arith.divf %{{.*}}, %s : tensor<16xf32>
// CHECK:         arith.mulf %x,
// CHECK:         arith.mulf %z,
// CHECK-NOT:     arith.divf
rnn.network @shared inputs(%x = "x" : tensor<16xf32>, %z = "z" : tensor<16xf32>,
    %s = "s" : tensor<16xf32>) states() outputs("y" : tensor<16xf32>, "u" : tensor<16xf32>) {
  %0 = arith.divf %x, %s : tensor<16xf32>
  %1 = arith.divf %z, %s : tensor<16xf32>
  rnn.yield %0, %1 : tensor<16xf32>, tensor<16xf32>
}

// As many divisions, a reciprocal that no float holds, and halves.
// CHECK-LABEL: rnn.network @others
// CHECK-NOT:     arith.mulf
rnn.network @others inputs(%x = "x" : tensor<16xf32>, %z = "z" : tensor<1x16xf32>,
    %h = "h" : tensor<16xf16>) states()
    outputs("y" : tensor<16xf32>, "u" : tensor<1x16xf32>, "v" : tensor<16xf16>) {
  %tiny = arith.constant dense<1.0e-40> : tensor<16xf32>
  %half = arith.constant dense<3.0> : tensor<16xf16>
  %0 = arith.divf %x, %tiny : tensor<16xf32>
  %1 = arith.divf %z, %z : tensor<1x16xf32>
  %2 = arith.divf %h, %half : tensor<16xf16>
  rnn.yield %0, %1, %2 : tensor<16xf32>, tensor<1x16xf32>, tensor<16xf16>
}
