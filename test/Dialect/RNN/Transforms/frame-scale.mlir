// RUN: rm -rf %t && mkdir %t && split-file %s %t
// RUN: se-opt %t/net.mlir --rnn-quantize="precision=%t/positive.json" | FileCheck %s --check-prefix=POSITIVE
// RUN: se-opt %t/net.mlir --rnn-quantize="precision=%t/signed.json" | FileCheck %s --check-prefix=SIGNED
// RUN: se-opt %t/net.mlir --rnn-quantize="precision=%t/positive.json" --rnn-legalize=precision=%t/positive.json --rnn-contract --cse | FileCheck %s --check-prefix=LEGAL
// RUN: se-opt %t/shared.mlir --rnn-quantize="precision=%t/positive.json" | FileCheck %s --check-prefix=SHARED
// RUN: se-opt %t/batch.mlir --rnn-quantize="precision=%t/positive.json" | FileCheck %s --check-prefix=BATCH

// What is divided by its peak has the range 0 to 1; sums are multiplied by it.
// h, which tanh bounds, is as always.
// POSITIVE-LABEL: rnn.network @net
// POSITIVE:       %[[PEAK:.*]] = rnn.peak %x at_least 6.10351563E-5 : tensor<35xf32> -> tensor<1xf32>
// POSITIVE:       %[[INVERSE:.*]] = arith.divf %{{.*}}, %[[PEAK]]
// POSITIVE:       %[[ALL:.*]] = rnn.broadcast %[[INVERSE]]
// POSITIVE:       %[[X:.*]] = arith.mulf %x, %[[ALL]]
// POSITIVE:       %[[Q:.*]] = quant.qcast %[[X]] : tensor<35xf32> to tensor<35x!quant.uniform<i8<-127:127>:f32, 0.0039370078593492508:-127>>
// POSITIVE:       %[[D:.*]] = quant.dcast %[[Q]]
// POSITIVE:       %[[Y:.*]] = rnn.matvec %{{.*}}, %[[D]]
// POSITIVE:       %[[FACTOR:.*]] = rnn.broadcast %[[PEAK]]
// POSITIVE:       arith.mulf %[[Y]], %[[FACTOR]]
// POSITIVE:       quant.qcast %h : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 0.0078740157186985015>>

// The largest magnitude may be that of a negative value: -1 to 1.
// SIGNED-LABEL:   rnn.network @net
// SIGNED:         rnn.peak %x
// SIGNED:         quant.qcast %{{.*}} : tensor<35xf32> to tensor<35x!quant.uniform<i8<-127:127>:f32, 0.0078740157186985015>>

// The scaled product has no scale in common with another one.
// LEGAL-LABEL:    rnn.network @net
// LEGAL:          %[[SCALED:.*]] = arith.mulf %{{.*}} : tensor<35xf32>
// LEGAL:          rnn.quantize %[[SCALED]] scale 0.00393700786 zero_point -127 : tensor<35xf32> -> tensor<35xi8>
// LEGAL:          math.fma {{.*}} : tensor<2xf32>

// Two readers of a vector share its peak.
// SHARED-LABEL:   rnn.network @shared
// SHARED-COUNT-1: rnn.peak
// SHARED-NOT:     rnn.peak
// SHARED:         rnn.yield

// A batch has one range.
// BATCH-LABEL:    rnn.network @batch
// BATCH-NOT:      rnn.peak
// BATCH:          quant.qcast %x : tensor<2x64xf32>

//--- positive.json
{"default": "mixed", "tensors": {"x": {"range": [0, 9], "frame": [0, 1]}}}
//--- signed.json
{"default": "mixed", "tensors": {"x": {"range": [-9, 9], "frame": [-1, 1]}}}
//--- net.mlir
rnn.network @net inputs(%x = "x" : tensor<35xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<0.5> : tensor<2x35xf32>
  %U = arith.constant dense<0.25> : tensor<2x2xf32>
  %a = rnn.matvec %W, %x : tensor<2x35xf32>, tensor<35xf32> -> tensor<2xf32> loc("l")
  %b = rnn.matvec %U, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("l")
  %s = arith.addf %a, %b : tensor<2xf32> loc("l")
  %y = rnn.activation <tanh> %s : tensor<2xf32> -> tensor<2xf32> loc("l")
  rnn.yield %y : tensor<2xf32> next %y : tensor<2xf32>
}
//--- shared.mlir
rnn.network @shared inputs(%x = "x" : tensor<64xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<0.5> : tensor<2x64xf32>
  %V = arith.constant dense<0.125> : tensor<2x64xf32>
  %U = arith.constant dense<0.25> : tensor<2x2xf32>
  %a = rnn.matvec %W, %x : tensor<2x64xf32>, tensor<64xf32> -> tensor<2xf32> loc("l")
  %c = rnn.matvec %V, %x : tensor<2x64xf32>, tensor<64xf32> -> tensor<2xf32> loc("l")
  %b = rnn.matvec %U, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("l")
  %m = arith.mulf %a, %c : tensor<2xf32> loc("l")
  %s = arith.addf %m, %b : tensor<2xf32> loc("l")
  %y = rnn.activation <tanh> %s : tensor<2xf32> -> tensor<2xf32> loc("l")
  rnn.yield %y : tensor<2xf32> next %y : tensor<2xf32>
}
//--- batch.mlir
rnn.network @batch inputs(%x = "x" : tensor<2x64xf32>)
    states(%h = "h" : tensor<2x2xf32> reset dense<0.0> : tensor<2x2xf32>)
    outputs("y" : tensor<2x2xf32>) {
  %W = arith.constant dense<0.5> : tensor<2x64xf32>
  %U = arith.constant dense<0.25> : tensor<2x2xf32>
  %a = rnn.matvec %W, %x : tensor<2x64xf32>, tensor<2x64xf32> -> tensor<2x2xf32> loc("l")
  %b = rnn.matvec %U, %h : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32> loc("l")
  %s = arith.addf %a, %b : tensor<2x2xf32> loc("l")
  %y = rnn.activation <tanh> %s : tensor<2x2xf32> -> tensor<2x2xf32> loc("l")
  rnn.yield %y : tensor<2x2xf32> next %y : tensor<2x2xf32>
}
