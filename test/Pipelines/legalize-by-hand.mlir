// RUN: rm -rf %t && mkdir %t && split-file %s %t && cd %t
// RUN: se-opt net.mlir --se-pipeline=to=normalized -o normalized.mlir
// RUN: se-opt normalized.mlir --se-pipeline="from=normalized to=legalized precision=policy.json" -o pipeline.mlir
//
// What a pass has found is in the IR: text in between changes nothing.
// DEFINE: %{quantize} = se-opt normalized.mlir --rnn-read-layers --rnn-split-layers=precision=policy.json --rnn-write-layers | se-opt - --rnn-read-layers --rnn-weigh-layers=precision=policy.json --rnn-write-layers | se-opt - --rnn-read-layers --rnn-choose-floats=precision=policy.json --rnn-write-layers | se-opt - --rnn-read-layers --rnn-quantize=precision=policy.json --rnn-write-layers
// DEFINE: %{scales} = se-opt - --rnn-read-layers --rnn-join-scales --rnn-write-layers
// DEFINE: %{floats} = se-opt - --rnn-read-layers --rnn-assign-floats=precision=policy.json --rnn-write-layers | se-opt - --rnn-read-layers --rnn-narrow-floats --rnn-write-layers | se-opt - --rnn-read-layers --rnn-tabulate-activations --rnn-write-layers
// DEFINE: %{integers} = se-opt - --rnn-read-layers --rnn-lower-quantized --rnn-write-layers | se-opt - --rnn-read-layers --rnn-fuse-sums --rnn-write-layers | se-opt - --rnn-read-layers --rnn-quantize-states --rnn-write-layers
// DEFINE: %{rest} = se-opt - --rnn-read-layers --rnn-round-early --rnn-split-reductions --rnn-divide-once --rnn-broadcast-late --rnn-contract --rnn-fold-constants --rnn-screen-inputs --rnn-expand-peaks --cse "--verify-phase=phase=legalized enter=true" --rnn-write-layers
// RUN: %{quantize} | %{scales} | %{floats} | %{integers} | %{rest} | sed -e "s/<stdin>/normalized.mlir/" | diff pipeline.mlir -
//
// There is something of all that in it.
// RUN: FileCheck net.mlir --input-file=pipeline.mlir

//--- policy.json
{"default": "mixed", "layers": {"head": {"precision": "fp32"}, "rnn": {"precision": "int8", "cell_state": "int16"}},
 "tensors": {"x": {"range": [-8, 8], "frame": [-1, 1]}, "h": [-1, 1], "c": [-4, 4]}}
//--- net.mlir
// CHECK: rnn.network @net
// CHECK-SAME: "h" : tensor<2xi8>
// CHECK-SAME: "c" : tensor<2xi16>
// CHECK: rnn.matvec {{.*}} -> tensor<2xi32>
// CHECK: arith.addi
// CHECK: rnn.interpolate
// CHECK: rnn.matvec {{.*}} : tensor<1x2xf32>, tensor<2xf32> -> tensor<1xf32>
rnn.network @net inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>,
           %c = "c" : tensor<2xf32> reset dense<[1.0, 0.0]> : tensor<2xf32>)
    outputs("y" : tensor<1xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 2.0]]> : tensor<2x2xf32>
  %R = arith.constant dense<[[1.5, -3.0], [1.0, 1.0]]> : tensor<2x2xf32>
  %b = arith.constant dense<[0.25, 0.5]> : tensor<2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("rnn")
  %1 = rnn.matvec %R, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("rnn")
  %2 = arith.addf %1, %b : tensor<2xf32> loc("rnn")
  %3 = arith.addf %0, %2 : tensor<2xf32> loc("rnn")
  %z = rnn.activation <sigmoid> %3 : tensor<2xf32> -> tensor<2xf32> loc("rnn")
  %4 = arith.mulf %z, %c : tensor<2xf32> loc("rnn")
  %5 = rnn.activation <tanh> %4 : tensor<2xf32> -> tensor<2xf32> loc("rnn")
  %V = arith.constant dense<[[1.0, 0.5]]> : tensor<1x2xf32>
  %6 = rnn.matvec %V, %5 : tensor<1x2xf32>, tensor<2xf32> -> tensor<1xf32> loc("head")
  rnn.yield %6 : tensor<1xf32> next %5, %4 : tensor<2xf32>, tensor<2xf32>
}
