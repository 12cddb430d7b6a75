// RUN: se-opt %s --rnn-join-biases | FileCheck %s

// CHECK-LABEL: rnn.cell @cell
// CHECK:         %[[X:.*]] = rnn.matvec
// CHECK:         %[[H:.*]] = rnn.matvec
// CHECK:         %[[BC:.*]] = arith.addf %b, %c
// CHECK-NEXT:    %[[XH:.*]] = arith.addf %[[X]], %[[H]]
// CHECK-NEXT:    %[[Y:.*]] = arith.addf %[[XH]], %[[BC]]
// CHECK:         rnn.yield %[[Y]]
rnn.cell @cell inputs(%x : tensor<2xf32>) states(%h : tensor<2xf32>)
    weights(%w : tensor<2x2xf32>, %r : tensor<2x2xf32>, %b : tensor<2xf32>, %c : tensor<2xf32>)
    outputs(tensor<2xf32>) {
  %0 = rnn.matvec %w, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = arith.addf %0, %b : tensor<2xf32>
  %2 = rnn.matvec %r, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %3 = arith.addf %2, %c : tensor<2xf32>
  %4 = arith.addf %1, %3 : tensor<2xf32>
  rnn.yield %4 : tensor<2xf32> next %4 : tensor<2xf32>
}

// One bias, a part that others read, and no product: nothing is reordered.
// CHECK-LABEL: rnn.network @others
// CHECK:         %[[ONE:.*]] = rnn.matvec
// CHECK-NEXT:    %[[B1:.*]] = arith.addf %[[ONE]], %
// CHECK-NEXT:    %[[B2:.*]] = arith.addf %[[B1]], %
// CHECK-NEXT:    %[[P1:.*]] = arith.addf %x, %
// CHECK-NEXT:    arith.addf %[[P1]], %
rnn.network @others inputs(%x = "x" : tensor<2xf32>) states()
    outputs("y" : tensor<2xf32>, "z" : tensor<2xf32>, "u" : tensor<2xf32>) {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = rnn.matvec %w, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = arith.addf %0, %b : tensor<2xf32>
  %2 = arith.addf %1, %b : tensor<2xf32>
  %3 = arith.addf %x, %b : tensor<2xf32>
  %4 = arith.addf %3, %b : tensor<2xf32>
  rnn.yield %1, %2, %4 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}
