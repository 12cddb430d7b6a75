// RUN: se-opt %s --rnn-inline-cells | FileCheck %s

// What a cell makes of its weights alone is a constant of the network.
// CHECK-LABEL: rnn.network @net
// CHECK-DAG:     %[[W:.*]] = arith.constant dense<{{\[}}[1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
// CHECK-DAG:     %[[A:.*]] = arith.constant dense<[1.000000e+00, 2.71828{{[0-9]*}}]> : tensor<2xf32>
// CHECK-DAG:     rnn.matvec %[[W]], %{{.*}}
// CHECK-DAG:     arith.mulf %[[A]], %{{.*}}
// CHECK-NOT:     math.exp
rnn.cell @cell inputs(%x : tensor<2xf32>) states(%h : tensor<2xf32>)
    weights(%w : tensor<1x2x2xf32>, %log : tensor<2xf32>) outputs(tensor<2xf32>) {
  %0 = rnn.reshape %w : tensor<1x2x2xf32> -> tensor<2x2xf32>
  %1 = rnn.matvec %0, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %2 = math.exp %log : tensor<2xf32>
  %3 = arith.mulf %2, %h : tensor<2xf32>
  %4 = arith.addf %1, %3 : tensor<2xf32>
  rnn.yield %4 : tensor<2xf32> next %4 : tensor<2xf32>
}

rnn.network @net inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) {
  %w = arith.constant dense<[[[1.0, 2.0], [3.0, 4.0]]]> : tensor<1x2x2xf32>
  %log = arith.constant dense<[0.0, 1.0]> : tensor<2xf32>
  %y, %next = rnn.apply @cell(%x) states(%h) weights(%w, %log)
      : (tensor<2xf32>), (tensor<2xf32>), (tensor<1x2x2xf32>, tensor<2xf32>) -> (tensor<2xf32>), (tensor<2xf32>)
  rnn.yield %y : tensor<2xf32> next %next : tensor<2xf32>
}
