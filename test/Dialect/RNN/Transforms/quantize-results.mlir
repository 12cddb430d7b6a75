// RUN: rm -rf %t && mkdir %t && split-file %s %t
// RUN: se-opt %t/net.mlir --rnn-quantize="precision=%t/policy.json" | FileCheck %s

// A result that only a layer of fp16 reads is not rounded, since nothing would
// be saved; that which int8 reads, and outputs, are.
// CHECK-LABEL: rnn.network @net
// CHECK:       %[[A:.*]] = rnn.activation <relu>
// CHECK-NEXT:  %[[T:.*]] = rnn.reshape %[[A]]
// CHECK-NEXT:  %[[B:.*]] = rnn.reshape %[[T]]
// CHECK:       rnn.matvec %{{.*}}, %[[B]] : tensor<2x2xf32>
// CHECK:       %[[S:.*]] = rnn.activation <sigmoid>
// CHECK-NEXT:  quant.qcast %[[S]]
// CHECK:       rnn.matvec
// CHECK:       %[[SUM:.*]] = arith.addf
// CHECK-NEXT:  quant.qcast %[[SUM]]
// CHECK-NEXT:  %[[Y:.*]] = quant.dcast
// CHECK-NEXT:  rnn.yield %[[Y]]

//--- policy.json
{"default": "int8", "layers": {"half": {"precision": "fp16"}},
 "tensors": {"x": [-1, 1], "a": [0, 4], "y": [-2, 2]}}
//--- net.mlir
rnn.network @net inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 2.0]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("first")
  %a = rnn.activation <relu> %0 : tensor<2xf32> -> tensor<2xf32> loc("a")
  %t = rnn.reshape %a : tensor<2xf32> -> tensor<1x2xf32>
  %b = rnn.reshape %t : tensor<1x2xf32> -> tensor<2xf32>
  %1 = rnn.matvec %W, %b : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("half")
  %s = rnn.activation <sigmoid> %1 : tensor<2xf32> -> tensor<2xf32> loc("s")
  %2 = rnn.matvec %W, %s : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("last")
  %3 = arith.addf %2, %x : tensor<2xf32> loc("y")
  rnn.yield %3 : tensor<2xf32>
}
