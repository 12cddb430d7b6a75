// RUN: se-opt %s --rnn-normalize-movement | FileCheck %s

// CHECK-LABEL: rnn.network @net
rnn.network @net inputs(%a = "a" : tensor<4x6xf32>, %b = "b" : tensor<2x3xf32>, %c = "c" : tensor<6xf32>)
    outputs("p" : tensor<4x6xf32>, "q" : tensor<4x6xf32>, "r" : tensor<6xf32>, "s" : tensor<24xf32>, "t" : tensor<4x6xf32>) {
  // Columns before and behind, then rows.
  // CHECK:      %[[LEFT:.*]] = tensor.extract_slice %a[1, 0] [2, 2] [1, 1]
  // CHECK-NEXT: %[[RIGHT:.*]] = tensor.extract_slice %a[1, 5] [2, 1] [1, 1]
  // CHECK-NEXT: %[[ROWS:.*]] = tensor.concat dim(1) %[[LEFT]], %b, %[[RIGHT]]
  // CHECK-NEXT: %[[TOP:.*]] = tensor.extract_slice %a[0, 0] [1, 6] [1, 1]
  // CHECK-NEXT: %[[BOTTOM:.*]] = tensor.extract_slice %a[3, 0] [1, 6] [1, 1]
  // CHECK-NEXT: %[[P:.*]] = tensor.concat dim(0) %[[TOP]], %[[ROWS]], %[[BOTTOM]]
  %p = tensor.insert_slice %b into %a[1, 2] [2, 3] [1, 1] : tensor<2x3xf32> into tensor<4x6xf32>
  // A row of rank 1, at the end.
  // CHECK-NEXT: %[[ROW:.*]] = rnn.reshape %c : tensor<6xf32> -> tensor<1x6xf32>
  // CHECK-NEXT: %[[ABOVE:.*]] = tensor.extract_slice %a[0, 0] [3, 6] [1, 1]
  // CHECK-NEXT: %[[Q:.*]] = tensor.concat dim(0) %[[ABOVE]], %[[ROW]]
  %q = tensor.insert_slice %c into %a[3, 0] [1, 6] [1, 1] : tensor<6xf32> into tensor<4x6xf32>
  // CHECK-NEXT: %[[SLICE:.*]] = tensor.extract_slice %a[2, 0] [1, 6] [1, 1] : tensor<4x6xf32> to tensor<1x6xf32>
  // CHECK-NEXT: %[[R:.*]] = rnn.reshape %[[SLICE]] : tensor<1x6xf32> -> tensor<6xf32>
  %r = tensor.extract_slice %a[2, 0] [1, 6] [1, 1] : tensor<4x6xf32> to tensor<6xf32>
  // CHECK-NEXT: %[[S:.*]] = rnn.reshape %a : tensor<4x6xf32> -> tensor<24xf32>
  %s = tensor.collapse_shape %a [[0, 1]] : tensor<4x6xf32> into tensor<24xf32>
  // CHECK-NEXT: %[[T:.*]] = rnn.reshape %[[S]] : tensor<24xf32> -> tensor<4x6xf32>
  %t = tensor.expand_shape %s [[0, 1]] output_shape [4, 6] : tensor<24xf32> into tensor<4x6xf32>
  // CHECK-NEXT: rnn.yield %[[P]], %[[Q]], %[[R]], %[[S]], %[[T]]
  rnn.yield %p, %q, %r, %s, %t : tensor<4x6xf32>, tensor<4x6xf32>, tensor<6xf32>, tensor<24xf32>, tensor<4x6xf32>
}

// Equal parts, gates by name; numbers become constants.
// CHECK-LABEL: rnn.network @short
// CHECK-SAME:    inputs(%x = "x" : tensor<4x3xf32>)
rnn.network @short inputs(%x = "x" : tensor<4x3xf32>) outputs("y" : tensor<2x3xf32>) {
  // CHECK-NEXT: %[[Z:.*]] = tensor.extract_slice %x[0, 0] [2, 3] [1, 1] : tensor<4x3xf32> to tensor<2x3xf32>
  // CHECK-NEXT: %[[R:.*]] = tensor.extract_slice %x[2, 0] [2, 3] [1, 1] : tensor<4x3xf32> to tensor<2x3xf32>
  %z, %r = rnn.split %x ["update", ""] : tensor<4x3xf32>
  // CHECK-NEXT: %[[ONE:.*]] = arith.constant dense<1.000000e+00> : tensor<2x3xf32>
  %one = rnn.fill 1.0 : tensor<2x3xf32>
  // CHECK-NEXT: arith.subf %[[ONE]], %[[Z]]
  %a = arith.subf %one, %z : tensor<2x3xf32>
  %number = arith.constant 2.0 : f32
  // CHECK: %[[TWO:.*]] = arith.constant dense<2.000000e+00> : tensor<2x3xf32>
  %two = rnn.broadcast %number : f32 -> tensor<2x3xf32>
  // CHECK-NEXT: arith.mulf %[[TWO]], %[[R]]
  %b = arith.mulf %two, %r : tensor<2x3xf32>
  %y = arith.addf %a, %b : tensor<2x3xf32>
  rnn.yield %y : tensor<2x3xf32>
}
