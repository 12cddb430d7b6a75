// RUN: rm -rf %t && mkdir %t && split-file %s %t
// DEFINE: %{integers} = --rnn-tabulate-activations --rnn-lower-quantized --rnn-fuse-sums --rnn-quantize-states
// RUN: se-opt %t/net.mlir --rnn-quantize="precision=%t/policy.json" --rnn-join-scales --rnn-assign-floats="precision=%t/policy.json" --rnn-narrow-floats %{integers} | FileCheck %s

// A scale for each frame of what a recurrent layer reads: what it is made of
// reaches the state by its peak too, but is not recurrent for that.
// CHECK-LABEL: rnn.network @net
// CHECK:       rnn.matvec %{{.*}} : tensor<2x2xf16>, tensor<2xf16>
// CHECK:       %[[A:.*]] = rnn.activation <relu>
// CHECK:       %[[PEAK:.*]] = rnn.peak %[[A]]
// CHECK:       %[[ONE:.*]] = arith.divf %{{.*}}, %[[PEAK]]
// CHECK:       %[[SCALED:.*]] = arith.mulf %[[A]]
// CHECK:       %[[Q:.*]] = rnn.quantize %[[SCALED]]
// CHECK:       rnn.matvec %{{.*}}, %[[Q]] : tensor<2x2xi8>, tensor<2xi8>
// CHECK:       rnn.broadcast %[[PEAK]]

//--- policy.json
{"default": "mixed", "tensors": {"a": {"range": [0, 4], "frame": [0, 1]}, "h": [-1, 1]}}
//--- net.mlir
rnn.network @net inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 2.0]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("fc")
  %a = rnn.activation <relu> %0 : tensor<2xf32> -> tensor<2xf32> loc("a")
  %1 = rnn.matvec %W, %a : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("rnn")
  %2 = rnn.matvec %W, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("rnn")
  %3 = arith.addf %1, %2 : tensor<2xf32> loc("rnn")
  %4 = rnn.activation <tanh> %3 : tensor<2xf32> -> tensor<2xf32> loc("rnn")
  rnn.yield %4 : tensor<2xf32> next %4 : tensor<2xf32>
}
