// RUN: rm -rf %t && mkdir %t && split-file %s %t
// RUN: se-opt %t/net.mlir --rnn-quantize="precision=%t/mixed.json" | FileCheck %s
// RUN: se-opt %t/counter.mlir --rnn-quantize="precision=%t/int8.json" | FileCheck %s --check-prefix=COUNTER
//
// A layer is recurrent if a product of its reaches a state without another
// matrix: the candidate and the gate of a cell that multiplies no state by a
// matrix, and what is kept for a later frame. What comes before or behind is not.

// CHECK-LABEL:   rnn.network @net
// CHECK-NOT:     = quant
// CHECK:         rnn.matvec %{{.*}}, %x
// CHECK-COUNT-4: = quant.
// CHECK:         rnn.matvec
// CHECK-COUNT-6: = quant.
// CHECK:         rnn.matvec
// CHECK-COUNT-6: = quant.
// CHECK:         rnn.matvec
// CHECK-COUNT-2: = quant.
// CHECK-NOT:     = quant
// CHECK:         rnn.matvec %{{.*}} : tensor<2x4xf32>
// CHECK-NOT:     = quant

//--- mixed.json
{"default": "mixed", "tensors": {"x": [-1, 1], "before": [-1, 1], "h": [-1, 1], "line": [-1, 1]}}
//--- net.mlir
rnn.network @net inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>,
           %line = "line" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>)
    outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 2.0]]> : tensor<2x2xf32>
  %one = arith.constant dense<1.0> : tensor<2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("before")
  %1 = rnn.matvec %W, %0 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("gate")
  %z = rnn.activation <sigmoid> %1 : tensor<2xf32> -> tensor<2xf32> loc("gate")
  %2 = rnn.matvec %W, %0 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("candidate")
  %k = arith.subf %one, %z : tensor<2xf32> loc("cell")
  %3 = arith.mulf %k, %h : tensor<2xf32> loc("cell")
  %4 = arith.mulf %z, %2 : tensor<2xf32> loc("cell")
  %5 = arith.addf %3, %4 : tensor<2xf32> loc("cell")
  // The last two values, moved on by one.
  %6 = rnn.matvec %W, %5 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("kept")
  %old = tensor.extract_slice %line[2] [2] [1] : tensor<4xf32> to tensor<2xf32> loc("line")
  %next = tensor.concat dim(0) %old, %6 : (tensor<2xf32>, tensor<2xf32>) -> tensor<4xf32> loc("line")
  %V = arith.constant dense<0.5> : tensor<2x4xf32>
  %y = rnn.matvec %V, %next : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32> loc("after")
  rnn.yield %y : tensor<2xf32> next %5, %next : tensor<2xf32>, tensor<4xf32>
}
//--- int8.json
{"default": "int8", "cell_state": "int16", "tensors": {"k": [0, 3], "h": [-1, 1], "tick": [0, 1], "all": [0, 3], "count": [0, 3]}}
//--- counter.mlir
// The counter and what is made of it keep their floats, the signal's state does
// not.
// COUNTER-LABEL: rnn.network @counter
// COUNTER-NOT:   quant.qcast %k
// COUNTER:       quant.qcast %h : {{.*}}!quant.uniform<i16
// COUNTER:       quant.dcast {{.*}}
// COUNTER-NOT:   quant
// COUNTER:       %[[NEXT:.*]] = arith.select %{{.*}}
// COUNTER-NEXT:  rnn.yield %[[NEXT]]
rnn.network @counter inputs(%x = "x" : tensor<2xf32>)
    states(%k = "k" : tensor<1xf32> reset dense<0.0> : tensor<1xf32>,
           %h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) {
  %one = arith.constant dense<1.0> : tensor<1xf32>
  %four = arith.constant dense<4.0> : tensor<1xf32>
  %half = arith.constant dense<0.5> : tensor<2xf32>
  %k1 = arith.addf %k, %one : tensor<1xf32> loc("count")
  %k2 = arith.remf %k1, %four : tensor<1xf32> loc("k")
  %all = rnn.broadcast %k2 : tensor<1xf32> -> tensor<2xf32> loc("all")
  %tick = arith.cmpf olt, %all, %half : tensor<2xf32> loc("tick")
  %next = arith.select %tick, %x, %h : tensor<2xi1>, tensor<2xf32> loc("h")
  rnn.yield %next : tensor<2xf32> next %k2, %next : tensor<1xf32>, tensor<2xf32>
}
