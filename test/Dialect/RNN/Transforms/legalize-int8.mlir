// RUN: rm -rf %t && mkdir %t && split-file %s %t
// RUN: se-opt %t/linear.mlir --rnn-quantize=precision=%t/linear.json --rnn-legalize=precision=%t/linear.json | FileCheck %s --check-prefix=LINEAR
// RUN: se-opt %t/linear.mlir --rnn-quantize=precision=%t/zero-point.json --rnn-legalize=precision=%t/zero-point.json | FileCheck %s --check-prefix=ZERO
// RUN: se-opt %t/cell.mlir --rnn-quantize=precision=%t/cell.json --rnn-legalize=precision=%t/cell.json --cse | FileCheck %s --check-prefix=CELL
// RUN: se-opt %t/cell.mlir --rnn-quantize=precision=%t/cell-state.json --rnn-legalize=precision=%t/cell-state.json --cse | FileCheck %s --check-prefix=STATE
// RUN: se-opt %t/heads.mlir --se-pipeline="to=legalized precision=%t/heads.json" | FileCheck %s --check-prefix=HEADS
// RUN: se-opt %t/heads.mlir --se-pipeline="to=legalized precision=%t/heads-alike.json" | FileCheck %s --check-prefix=ALIKE
// RUN: se-opt %t/slices.mlir --se-pipeline="to=legalized precision=%t/linear.json" | FileCheck %s --check-prefix=SLICES

// A matrix with a scale of 4 / 127 and 1 (a row of zeros), times 0.5; the bias
// stays f32, and what is behind the sum is as in fp16. The input is quantized as
// it is.
// LINEAR-LABEL: rnn.network @net
// LINEAR-DAG:   %[[B:[a-z0-9_]+]] = arith.constant dense<[3.000000e+00, 1.000000e-01]> : tensor<2xf32>
// LINEAR-DAG:   %[[W:[a-z0-9_]+]] = arith.constant dense<{{\[}}[64, -127], [0, 0]]> : tensor<2x2xi8>
// LINEAR:       %[[Q:[a-z0-9_]+]] = rnn.quantize %x scale 5.000000e-01 : tensor<2xf32> -> tensor<2xi8>
// LINEAR-NEXT:  %[[P:[a-z0-9_]+]] = rnn.matvec %[[W]], %[[Q]] : tensor<2x2xi8>, tensor<2xi8> -> tensor<2xi32>
// LINEAR-NEXT:  %[[S:[a-z0-9_]+]] = arith.constant dense<[0.0157480314, 5.000000e-01]> : tensor<2xf32>
// LINEAR-NEXT:  %[[F:[a-z0-9_]+]] = arith.sitofp %[[P]] : tensor<2xi32> to tensor<2xf32>
// LINEAR-NEXT:  %[[Z:[a-z0-9_]+]] = math.fma %[[F]], %[[S]], %[[B]] : tensor<2xf32>
// LINEAR-NEXT:  %[[T:[a-z0-9_]+]] = arith.constant {{.*}} : tensor<256x2xf16>
// LINEAR-NEXT:  %[[X:[a-z0-9_]+]] = arith.truncf %[[Z]] : tensor<2xf32> to tensor<2xf16>
// LINEAR-NEXT:  rnn.interpolate %[[X]], %[[T]]

// z times the sum of the row's integers: -3 * (64 - 127).
// ZERO:         rnn.quantize %x scale 5.000000e-01 zero_point -3
// ZERO-NEXT:    %[[P:[a-z0-9_]+]] = rnn.matvec
// ZERO-NEXT:    %[[O:[a-z0-9_]+]] = arith.constant dense<[189, 0]> : tensor<2xi32>
// ZERO-NEXT:    arith.subi %[[P]], %[[O]] : tensor<2xi32>

//--- linear.json
{"layers": {"lin*": {"precision": "int8", "input_scale": 0.5}}}
//--- zero-point.json
{"layers": {"lin*": {"precision": "int8", "input_scale": 0.5, "input_zero_point": -3}}}
//--- linear.mlir
rnn.network @net inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [0.0, 0.0]]> : tensor<2x2xf32>
  %b = arith.constant dense<[3.0, 0.1]> : tensor<2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("linear")
  %1 = arith.addf %0, %b : tensor<2xf32> loc("linear")
  %2 = rnn.activation <sigmoid> %1 : tensor<2xf32> -> tensor<2xf32> loc("linear")
  rnn.yield %2 : tensor<2xf32>
}

// One cell in two layers, of which one is int8. The state of that one is kept as
// integers: the matrix is its only reader. It is within -1 to 1. The sum of two
// products and a bias takes two fused multiply-adds, however it was written.
// CELL-NOT:     rnn.cell
// CELL-LABEL:   rnn.network @two
// CELL-SAME:    states(%h1 = "h1" : tensor<2xi8> reset dense<[64, 0]> : tensor<2xi8>, %h2 = "h2" : tensor<2xf16> reset dense<0.000000e+00> : tensor<2xf16>)
// CELL-DAG:     %[[X:[a-z0-9_]+]] = rnn.quantize %x scale 5.000000e-01 : tensor<2xf32> -> tensor<2xi8>
// CELL-DAG:     %[[PX:[a-z0-9_]+]] = rnn.matvec %{{.*}}, %[[X]] : {{.*}} -> tensor<2xi32>
// CELL-DAG:     %[[FX:[a-z0-9_]+]] = arith.sitofp %[[PX]]
// CELL-DAG:     %[[PH:[a-z0-9_]+]] = rnn.matvec %{{.*}}, %h1 : {{.*}} -> tensor<2xi32>
// CELL-DAG:     %[[FH:[a-z0-9_]+]] = arith.sitofp %[[PH]]
// CELL:         %[[ZX:[a-z0-9_]+]] = math.fma %[[FX]], %{{.*}}, %{{.*}} : tensor<2xf32>
// CELL-NEXT:    %[[Z:[a-z0-9_]+]] = math.fma %[[FH]], %{{.*}}, %[[ZX]] : tensor<2xf32>
// CELL-NEXT:    %[[T:[a-z0-9_]+]] = arith.constant {{.*}} : tensor<256x2xf16>
// CELL-NEXT:    %[[ROUNDED:[a-z0-9_]+]] = arith.truncf %[[Z]] : tensor<2xf32> to tensor<2xf16>
// CELL-NEXT:    %[[H:[a-z0-9_]+]] = rnn.interpolate %[[ROUNDED]], %[[T]]
// CELL:         rnn.matvec %{{.*}}, %[[H]] : tensor<2x2xf16>, tensor<2xf16> -> tensor<2xf32>
// CELL:         rnn.matvec %{{.*}}, %h2 : tensor<2x2xf16>, tensor<2xf16> -> tensor<2xf32>
// CELL:         %[[N:[a-z0-9_]+]] = rnn.quantize %[[H]] scale 0.00787401571 : tensor<2xf16> -> tensor<2xi8>
// CELL-NEXT:    rnn.yield %{{.*}} : tensor<2xf32> next %[[N]], %{{.*}} : tensor<2xi8>, tensor<2xf16>

// cell_state is of states that no matrix reads.
// STATE:        states(%h1 = "h1" : tensor<2xi8> {{.*}}, %h2 = "h2" : tensor<2xf16>

//--- cell.json
{"layers": {"one": {"precision": "int8", "input_scale": 0.5}}}
//--- cell-state.json
{"layers": {"*": {"precision": "int8", "input_scale": 0.5, "cell_state": "fp32"}, "two": {"precision": "fp16", "cell_state": "fp32"}}}
//--- cell.mlir
rnn.cell @cell inputs(%x : tensor<2xf32>) states(%h : tensor<2xf32>)
    weights(%W : tensor<2x2xf32>, %R : tensor<2x2xf32>, %b : tensor<2xf32>) outputs(tensor<2xf32>) {
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = rnn.matvec %R, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %2 = arith.addf %0, %b : tensor<2xf32>
  %3 = arith.addf %1, %2 : tensor<2xf32>
  %4 = rnn.activation <tanh> %3 : tensor<2xf32> -> tensor<2xf32>
  rnn.yield %4 : tensor<2xf32> next %4 : tensor<2xf32>
}
rnn.network @two inputs(%x = "x" : tensor<2xf32>)
    states(%h1 = "h1" : tensor<2xf32> reset dense<[0.5, 0.0]> : tensor<2xf32>,
           %h2 = "h2" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 0.0]]> : tensor<2x2xf32>
  %R = arith.constant dense<[[2.0, -1.0], [1.0, 0.0]]> : tensor<2x2xf32>
  %b = arith.constant dense<[3.0, 0.1]> : tensor<2xf32>
  %y, %n1 = rnn.apply @cell(%x) states(%h1) weights(%W, %R, %b)
    : (tensor<2xf32>), (tensor<2xf32>), (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> (tensor<2xf32>), (tensor<2xf32>) loc("one")
  %z, %n2 = rnn.apply @cell(%y) states(%h2) weights(%W, %R, %b)
    : (tensor<2xf32>), (tensor<2xf32>), (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> (tensor<2xf32>), (tensor<2xf32>) loc("two")
  rnn.yield %z : tensor<2xf32> next %n1, %n2 : tensor<2xf32>, tensor<2xf32>
}

// Two heads of one vector are one matvec in phase 1, but they have different
// precisions.
// HEADS-LABEL:  rnn.network @heads
// HEADS-DAG:    rnn.matvec %{{.*}} : tensor<1x2xi8>, tensor<2xi8> -> tensor<1xi32>
// HEADS-DAG:    rnn.matvec %{{.*}} : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>

// With one entry for both it stays one.
// ALIKE:        rnn.matvec %{{.*}} : tensor<3x2xi8>, tensor<2xi8> -> tensor<3xi32>
// ALIKE-NOT:    rnn.matvec

//--- heads-alike.json
{"layers": {"[gm]a*": {"precision": "int8", "input_scale": 0.5}}}
//--- heads.json
{"default": "fp32", "layers": {"mask": {"precision": "int8", "input_scale": 0.5}}}
//--- heads.mlir
rnn.network @heads inputs(%x = "x" : tensor<2xf32>) outputs("g" : tensor<2xf32>, "m" : tensor<1xf32>) {
  %G = arith.constant dense<[[2.0, -4.0], [1.0, 0.0]]> : tensor<2x2xf32>
  %M = arith.constant dense<[[1.0, -4.0]]> : tensor<1x2xf32>
  %0 = rnn.matvec %G, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("gain")
  %1 = rnn.matvec %M, %x : tensor<1x2xf32>, tensor<2xf32> -> tensor<1xf32> loc("mask")
  rnn.yield %0, %1 : tensor<2xf32>, tensor<1xf32>
}

// Scales are moved to where the products are added.
// SLICES-LABEL: rnn.network @slices
// SLICES:       %[[F:[a-z0-9_]+]] = arith.sitofp
// SLICES-DAG:   %[[A:[a-z0-9_]+]] = tensor.extract_slice %[[F]][0] [1] [1]
// SLICES-DAG:   %[[B:[a-z0-9_]+]] = tensor.extract_slice %[[F]][1] [1] [1]
// SLICES:       %[[S:[a-z0-9_]+]] = arith.mulf %[[B]], %{{.*}} : tensor<1xf32>
// SLICES-NEXT:  math.fma %[[A]], %{{.*}}, %[[S]] : tensor<1xf32>

//--- slices.mlir
rnn.network @slices inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<1xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 1.0]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("linear")
  %1 = tensor.extract_slice %0[0] [1] [1] : tensor<2xf32> to tensor<1xf32>
  %2 = tensor.extract_slice %0[1] [1] [1] : tensor<2xf32> to tensor<1xf32>
  %3 = arith.addf %1, %2 : tensor<1xf32>
  rnn.yield %3 : tensor<1xf32>
}
