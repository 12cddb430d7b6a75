// RUN: rm -rf %t && mkdir %t && split-file %s %t
// DEFINE: %{integers} = --rnn-tabulate-activations --rnn-lower-quantized --rnn-fuse-sums --rnn-quantize-states
// RUN: se-opt %t/net.mlir --rnn-quantize="precision=mixed calibration=%t/c.json" | FileCheck %s --check-prefix=MIXED
// RUN: se-opt %t/net.mlir --rnn-quantize="precision=%t/tensor.json" | FileCheck %s --check-prefix=TENSOR
// RUN: se-opt %t/net.mlir --rnn-quantize="precision=int8 calibration=%t/c.json" | FileCheck %s --check-prefixes=INT8,HALF
// RUN: se-opt %t/net.mlir --rnn-quantize="precision=%t/wide.json calibration=%t/c.json" | FileCheck %s --check-prefixes=INT8,WIDE
// RUN: se-opt %t/net.mlir --rnn-quantize="precision=%t/wide.json calibration=%t/c.json" --rnn-join-scales --rnn-assign-floats="precision=%t/wide.json" --rnn-narrow-floats %{integers} --rnn-contract --rnn-fold-constants --cse | FileCheck %s --check-prefix=LEGAL
// RUN: se-opt %t/net.mlir --rnn-quantize="precision=mixed calibration=%t/c.json" --rnn-join-scales --rnn-assign-floats=precision=mixed --rnn-narrow-floats %{integers} --rnn-contract --rnn-fold-constants --cse | FileCheck %s --check-prefix=LEGALMIXED
// RUN: se-opt %t/net.mlir --se-pipeline="to=legalized precision=int8 calibration=%t/c.json" | FileCheck %s --check-prefix=SLOW
// RUN: se-opt %t/net.mlir --rnn-quantize=precision=fp16 | FileCheck %s --check-prefix=NONE
// RUN: se-opt %t/tricky.mlir --rnn-quantize="precision=mixed calibration=%t/c.json" | FileCheck %s --check-prefix=TRICKY
// RUN: se-opt %t/variable.mlir --rnn-quantize="precision=int8 calibration=%t/c.json" -verify-diagnostics

// Only the recurrent layer: both of its matrices, one scale for each row, and
// their sums, with the products of both scales; its
// input, which is not negative, has a zero point; its own state is known to be
// within -1 to 1, whatever the statistics say.
// MIXED-LABEL: rnn.network @net
// MIXED-NOT:   = quant
// MIXED:       rnn.matvec %{{.*}}, %x
// MIXED:       %[[R:.*]] = rnn.activation <relu>
// MIXED-NEXT:  %[[WQ:.*]] = quant.qcast %{{.*}} : tensor<2x2xf32> to tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.031496062874794006,0.015748031437397003}>>
// MIXED-NEXT:  %[[WD:.*]] = quant.dcast %[[WQ]]
// MIXED-NEXT:  %[[XQ:.*]] = quant.qcast %[[R]] : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 0.05000000074505806:-127>>
// MIXED-NEXT:  %[[XD:.*]] = quant.dcast %[[XQ]]
// MIXED-NEXT:  %[[Y:.*]] = rnn.matvec %[[WD]], %[[XD]]
// MIXED-NEXT:  %[[YQ:.*]] = quant.qcast %[[Y]] : tensor<2xf32> to tensor<2x!quant.uniform<i32:f32:0, {{[{]}}0.0015748031437397003,7.874{{[0-9]*}}E-4}>>
// MIXED-NEXT:  %[[YD:.*]] = quant.dcast %[[YQ]]
// MIXED:       quant.qcast %h : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 0.0078740157186985015>>
// MIXED:       rnn.matvec
// MIXED-NEXT:  quant.qcast
// MIXED-NEXT:  %[[HD:.*]] = quant.dcast
// MIXED-NEXT:  arith.addf %[[YD]], %[[HD]]
// MIXED-NOT:   = quant
// MIXED:       rnn.yield

// A policy may hold the ranges itself, and one scale for all rows.
// TENSOR:      !quant.uniform<i8<-127:127>:f32, 0.031496062874794006>
// TENSOR:      !quant.uniform<i8<-127:127>:f32, 0.10000000{{[0-9]+}}>

// All layers with a matrix. c is no integer, or one of 16 bits with room for
// twice its range.
// INT8-LABEL:  rnn.network @net
// HALF-NOT:    quant.qcast %c :
// WIDE-DAG:    quant.qcast %c : tensor<2xf32> to tensor<2x!quant.uniform<i16<-32767:32767>:f32, 3.05{{[0-9]+}}E-4>>
// INT8-DAG:    quant.qcast %h : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 0.0078740157186985015>>
// INT8-DAG:    quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 2.000000e+00>>
// INT8:        %[[Y:.*]] = rnn.activation <sigmoid> %{{.*}} : tensor<2xf32> -> tensor<2xf32>
// INT8-NEXT:   rnn.yield %[[Y]] : tensor<2xf32> next

// States are integers.
// LEGAL-LABEL: rnn.network @net
// LEGAL-SAME:  states(%h = "h" : tensor<2xi8> reset dense<0> : tensor<2xi8>, %c = "c" : tensor<2xi16> reset dense<[3277, 0]> : tensor<2xi16>)
// LEGAL-NOT:   quant.
// LEGAL:       arith.sitofp %c : tensor<2xi16> to tensor<2xf32>
// LEGAL:       rnn.matvec %{{.*}}, %h : tensor<2x2xi8>, tensor<2xi8> -> tensor<2xi32>

// LEGALMIXED-LABEL: rnn.network @net
// LEGALMIXED-SAME:  %h = "h" : tensor<2xi8> {{.*}} %c = "c" : tensor<2xf16>
// LEGALMIXED:       rnn.matvec %{{.*}} : tensor<2x2xf16>, tensor<2xf16> -> tensor<2xf32>

// c is a sum over all frames: --rnn-choose-floats makes it f32, which stays so.
// SLOW-LABEL:       rnn.network @net
// SLOW-SAME:        %c = "c" : tensor<2xf32>

// NONE-NOT:    quant.

//--- c.json
{"method": "max", "frames": 1, "files": [], "tensors": {
  "x": {"range": [-254, 254], "min": -254, "max": 254, "histogram": {"limit": 256, "first": 0, "counts": []}},
  "relu": {"range": [0, 12.7], "min": 0, "max": 12.7, "histogram": {"limit": 16, "first": 0, "counts": []}},
  "h": {"range": [-0.5, 0.5], "min": -0.5, "max": 0.5, "histogram": {"limit": 1, "first": 0, "counts": []}},
  "c": {"range": [-1, 4], "min": -2, "max": 5, "histogram": {"limit": 8, "first": 0, "counts": []}}}}
//--- wide.json
{"default": "int8", "cell_state": "int16"}
//--- tensor.json
{"default": "mixed", "weights": "per-tensor", "tensors": {"relu": [-12.7, 12]}}
//--- net.mlir
rnn.network @net inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>,
           %c = "c" : tensor<2xf32> reset dense<[1.0, 0.0]> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 2.0]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("fc")
  %1 = rnn.activation <relu> %0 : tensor<2xf32> -> tensor<2xf32> loc("relu")
  %2 = rnn.matvec %W, %1 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("rnn")
  %3 = rnn.matvec %W, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("rnn")
  %4 = arith.addf %2, %3 : tensor<2xf32> loc("rnn")
  %5 = arith.addf %4, %c : tensor<2xf32> loc("rnn")
  %6 = rnn.activation <tanh> %5 : tensor<2xf32> -> tensor<2xf32> loc("rnn")
  %7 = rnn.matvec %W, %6 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("out")
  %8 = rnn.activation <sigmoid> %7 : tensor<2xf32> -> tensor<2xf32> loc("mask")
  rnn.yield %8 : tensor<2xf32> next %6, %5 : tensor<2xf32>, tensor<2xf32>
}

// Not recurrent: a matvec before the matvec that the recurrence begins with.
// Recurrent: what a state comes back to through another state, and a matvec
// whose result is smoothed over frames without any matvec in that loop.
// TRICKY-LABEL: rnn.network @tricky
// TRICKY-NOT:   = quant
// TRICKY:       rnn.matvec {{.*}}
// TRICKY-COUNT-4: = quant.
// TRICKY:       rnn.matvec
// TRICKY-COUNT-6: = quant.
// TRICKY:       rnn.matvec
// TRICKY-COUNT-6: = quant.
// TRICKY:       rnn.matvec
// TRICKY-COUNT-2: = quant.
// TRICKY-NOT:   = quant
// TRICKY:       rnn.yield

//--- tricky.mlir
rnn.network @tricky inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>,
           %older = "older" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>,
           %mean = "mean" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 2.0]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("before")
  %1 = rnn.activation <sigmoid> %0 : tensor<2xf32> -> tensor<2xf32> loc("fraction")
  %in = rnn.matvec %W, %1 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("recurrent")
  %2 = arith.mulf %in, %older : tensor<2xf32> loc("gate")
  %3 = rnn.activation <tanh> %2 : tensor<2xf32> -> tensor<2xf32> loc("gate")
  %4 = rnn.matvec %W, %3 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("recurrent")
  %5 = rnn.matvec %W, %4 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("after")
  %6 = arith.addf %5, %mean : tensor<2xf32> loc("smooth")
  rnn.yield %6 : tensor<2xf32> next %4, %h, %6 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

//--- variable.mlir
// expected-warning @below {{layer 'outer' stays fp16: int8 needs matrices that are constants}}
rnn.network @variable inputs(%x = "x" : tensor<2xf32>, %m = "m" : tensor<1x2xf32>) outputs("y" : tensor<1xf32>) {
  %0 = rnn.matvec %m, %x : tensor<1x2xf32>, tensor<2xf32> -> tensor<1xf32> loc("outer")
  %1 = rnn.activation <sigmoid> %0 : tensor<1xf32> -> tensor<1xf32> loc("y")
  rnn.yield %1 : tensor<1xf32>
}
