// RUN: rm -rf %t && mkdir %t && split-file %s %t
// RUN: se-opt %t/net.mlir --rnn-quantize="precision=%t/policy.json" | FileCheck %s
// RUN: se-opt %t/stacked.mlir --rnn-quantize="precision=%t/stacked.json" | FileCheck %s --check-prefix=STACKED
// RUN: se-opt %t/frame.mlir --rnn-quantize="precision=%t/frame.json" | FileCheck %s --check-prefix=FRAME

// With "results": "int8" a result that a product of integers reads is rounded
// for all its readers. What only fp16 reads is not, nor is an output.
// CHECK-LABEL: rnn.network @net
// CHECK:       %[[A:.*]] = rnn.activation <relu>
// CHECK-NEXT:  %[[T:.*]] = rnn.reshape %[[A]]
// CHECK-NEXT:  %[[B:.*]] = rnn.reshape %[[T]]
// CHECK:       rnn.matvec %{{.*}}, %[[B]] : tensor<2x2xf32>
// CHECK:       %[[S:.*]] = rnn.activation <sigmoid>
// CHECK-NEXT:  %[[Q:.*]] = quant.qcast %[[S]]
// CHECK-NEXT:  %[[D:.*]] = quant.dcast %[[Q]]
// CHECK:       rnn.matvec
// CHECK:       %[[SUM:.*]] = arith.addf %{{.*}}, %[[D]]
// CHECK-NEXT:  rnn.yield %[[SUM]]

//--- policy.json
{"default": "int8", "results": "int8", "layers": {"half": {"precision": "fp16"}},
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
  %3 = arith.addf %2, %s : tensor<2xf32> loc("y")
  rnn.yield %3 : tensor<2xf32>
}

// Two states in one, h and a cell state: on its way there the cell state loses
// nothing, although it is read by a concatenation, nor does h.
// STACKED-LABEL: rnn.network @stacked
// STACKED:       %[[C:.*]] = arith.addf
// STACKED-NOT:   quant
// STACKED:       %[[H:.*]] = rnn.activation <tanh> %[[C]]
// STACKED-NEXT:  quant.qcast %[[H]]
// STACKED:       %[[NEXT:.*]] = tensor.concat dim(0) %[[H]], %[[C]]
// STACKED-NOT:   quant
// STACKED:       %[[MOVED:.*]] = rnn.reshape %[[NEXT]]
// STACKED:       rnn.yield %{{.*}} next %[[MOVED]]

//--- stacked.json
{"default": "int8", "results": "int8", "tensors": {"x": [-1, 1], "h": [-1, 1], "cell": [-250, 250],
 "stack": [-250, 250], "last": [-4, 4]}}
//--- stacked.mlir
rnn.network @stacked inputs(%x = "x" : tensor<2xf32>)
    states(%s = "s" : tensor<1x4xf32> reset dense<0.0> : tensor<1x4xf32>)
    outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 2.0]]> : tensor<2x2xf32>
  %flat = rnn.reshape %s : tensor<1x4xf32> -> tensor<4xf32> loc("s")
  %c = tensor.extract_slice %flat[2] [2] [1] : tensor<4xf32> to tensor<2xf32> loc("s")
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("cell")
  %new = arith.addf %0, %c : tensor<2xf32> loc("cell")
  %h = rnn.activation <tanh> %new : tensor<2xf32> -> tensor<2xf32> loc("h")
  %next = tensor.concat dim(0) %h, %new : (tensor<2xf32>, tensor<2xf32>) -> tensor<4xf32> loc("stack")
  %moved = rnn.reshape %next : tensor<4xf32> -> tensor<1x4xf32> loc("stack")
  %y = rnn.matvec %W, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("last")
  rnn.yield %y : tensor<2xf32> next %moved : tensor<1x4xf32>
}

// The range of a product whose vector has a scale for each frame is that behind
// the multiplication by the frame's peak.
// FRAME-LABEL: rnn.network @frame
// FRAME:       %[[PEAK:.*]] = rnn.peak %x
// FRAME:       rnn.matvec
// FRAME:       %[[Y:.*]] = quant.dcast
// FRAME:       %[[P:.*]] = rnn.broadcast %[[PEAK]]
// FRAME-NEXT:  %[[SCALED:.*]] = arith.mulf %[[Y]], %[[P]]
// FRAME-NEXT:  quant.qcast %[[SCALED]]

//--- frame.json
{"default": "int8", "results": "int8", "tensors": {"x": {"range": [-8, 8], "frame": [-1, 1]}, "a": [-4, 4],
 "b": [-9, 9]}}
//--- frame.mlir
rnn.network @frame inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 2.0]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("a")
  %1 = rnn.matvec %W, %0 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("b")
  rnn.yield %1 : tensor<2xf32>
}

// A state that only a matrix reads, a delay: if its product has a scale for each
// frame it keeps its floats, otherwise it is bytes.
// RUN: se-opt %t/delay.mlir --rnn-quantize="precision=%t/delay-frame.json" | FileCheck %s --check-prefix=DELAY
// DELAY-LABEL: rnn.network @delay
// DELAY-NOT:   quant.qcast %s
// DELAY:       rnn.peak %s
// RUN: se-opt %t/delay.mlir --rnn-quantize="precision=%t/delay-range.json" | FileCheck %s --check-prefix=BYTES
// BYTES:       quant.qcast %s

//--- delay-frame.json
{"default": "int8", "results": "int8",
 "tensors": {"x": [-1, 1], "s": {"range": [0, 9], "frame": [0, 1]}}}
//--- delay-range.json
{"default": "int8", "results": "int8", "tensors": {"x": [-1, 1], "s": [0, 9]}}
//--- delay.mlir
rnn.network @delay inputs(%x = "x" : tensor<2xf32>)
    states(%s = "s" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 2.0]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("a")
  %a = rnn.activation <relu> %0 : tensor<2xf32> -> tensor<2xf32> loc("a")
  %y = rnn.matvec %W, %s : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("b")
  rnn.yield %y : tensor<2xf32> next %a : tensor<2xf32>
}

// A move that both a matrix and a state read is made twice.
// RUN: se-opt %t/moved.mlir --rnn-quantize="precision=%t/moved.json" | FileCheck %s --check-prefix=TWICE
// TWICE-LABEL: rnn.network @moved
// TWICE:       %[[NEW:.*]] = arith.addf
// TWICE:       %[[D:.*]] = quant.dcast
// TWICE:       %[[STATE:.*]] = rnn.transpose %[[NEW]]
// TWICE:       %[[READ:.*]] = rnn.transpose %[[D]]
// TWICE:       rnn.yield %{{.*}} next %[[STATE]]

//--- moved.json
{"default": "int8", "results": "int8", "tensors": {"x": [-1, 1], "a": [-9, 9], "s": [-9, 9]}}
//--- moved.mlir
rnn.network @moved inputs(%x = "x" : tensor<2x2xf32>)
    states(%s = "s" : tensor<2x2xf32> reset dense<0.0> : tensor<2x2xf32>)
    outputs("y" : tensor<2x2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 2.0]]> : tensor<2x2xf32>
  %new = arith.addf %x, %s : tensor<2x2xf32> loc("a")
  %t = rnn.transpose %new [1, 0] : tensor<2x2xf32> -> tensor<2x2xf32> loc("t")
  %y = rnn.matvec %W, %t : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32> loc("b")
  rnn.yield %y : tensor<2x2xf32> next %t : tensor<2x2xf32>
}
