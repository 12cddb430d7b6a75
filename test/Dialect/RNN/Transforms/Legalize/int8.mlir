// RUN: rm -rf %t && mkdir %t && split-file %s %t
// DEFINE: %{integers} = --rnn-tabulate-activations --rnn-lower-quantized --rnn-fuse-sums --rnn-quantize-states
// RUN: se-opt %t/linear.mlir --rnn-quantize=precision=%t/linear.json --rnn-join-scales --rnn-assign-floats=precision=%t/linear.json --rnn-narrow-floats %{integers} | FileCheck %s --check-prefix=LINEAR
// RUN: se-opt %t/linear.mlir --rnn-quantize=precision=%t/zero-point.json --rnn-join-scales --rnn-assign-floats=precision=%t/zero-point.json --rnn-narrow-floats %{integers} | FileCheck %s --check-prefix=ZERO
// RUN: se-opt %t/biases.mlir --rnn-quantize=precision=%t/linear.json --rnn-join-scales --rnn-assign-floats=precision=%t/linear.json --rnn-narrow-floats %{integers} | FileCheck %s --check-prefix=BIASES
// RUN: se-opt %t/cell.mlir --rnn-quantize=precision=%t/cell.json --rnn-join-scales --rnn-assign-floats=precision=%t/cell.json --rnn-narrow-floats %{integers} --cse | FileCheck %s --check-prefix=CELL
// RUN: se-opt %t/cell.mlir --rnn-quantize=precision=%t/cell-state.json --rnn-join-scales --rnn-assign-floats=precision=%t/cell-state.json --rnn-narrow-floats %{integers} --cse | FileCheck %s --check-prefix=STATE
// RUN: se-opt %t/heads.mlir --se-pipeline="to=legalized precision=%t/heads.json" --rnn-read-layers | FileCheck %s --check-prefix=HEADS
// RUN: se-opt %t/heads.mlir --se-pipeline="to=legalized precision=%t/heads-alike.json" --rnn-read-layers | FileCheck %s --check-prefix=ALIKE
// RUN: se-opt %t/joined.mlir --se-pipeline="to=legalized precision=%t/zero-point.json" --rnn-read-layers | FileCheck %s --check-prefix=JOINED
// RUN: se-opt %t/slices.mlir --se-pipeline="to=legalized precision=%t/linear.json" --rnn-read-layers | FileCheck %s --check-prefix=SLICES
// RUN: se-opt %t/elementwise.mlir --se-pipeline="to=legalized precision=%t/elementwise.json nonfinite=propagate" --rnn-read-layers | FileCheck %s --check-prefix=ALONE

// A matrix with a scale of 4 / 127 and 2^-20 (a row of zeros), times 0.5; the bias
// is an integer in these units, and what is behind the sum is as in fp16. The input
// is quantized as it is.
// LINEAR-LABEL: rnn.network @net
// LINEAR-DAG:   %[[W:[a-z0-9_]+]] = arith.constant dense<{{\[}}[64, -127], [0, 0]]> : tensor<2x2xi8>
// LINEAR:       %[[Q:[a-z0-9_]+]] = rnn.quantize %x scale 5.000000e-01 : tensor<2xf32> -> tensor<2xi8>
// LINEAR-NEXT:  %[[P:[a-z0-9_]+]] = rnn.matvec %[[W]], %[[Q]] : tensor<2x2xi8>, tensor<2xi8> -> tensor<2xi32>
// LINEAR-NEXT:  %[[S:[a-z0-9_]+]] = arith.constant dense<[0.0157480314, 4.76837158E-7]> : tensor<2xf32>
// LINEAR-NEXT:  %[[B:[a-z0-9_]+]] = arith.constant dense<[190, 209715]> : tensor<2xi32>
// LINEAR-NEXT:  %[[I:[a-z0-9_]+]] = arith.addi %[[P]], %[[B]] : tensor<2xi32>
// LINEAR-NEXT:  %[[F:[a-z0-9_]+]] = arith.sitofp %[[I]] : tensor<2xi32> to tensor<2xf32>
// LINEAR-NEXT:  %[[Z:[a-z0-9_]+]] = arith.mulf %[[F]], %[[S]] : tensor<2xf32>
// LINEAR-NEXT:  %[[T:[a-z0-9_]+]] = arith.constant {{.*}} : tensor<256x2xf16>
// LINEAR-NEXT:  %[[X:[a-z0-9_]+]] = arith.truncf %[[Z]] : tensor<2xf32> to tensor<2xf16>
// LINEAR-NEXT:  rnn.interpolate %[[X]], %[[T]]

// Less z times the sum of the row's integers: 190 + 3 * (64 - 127).
// ZERO:         rnn.quantize %x scale 5.000000e-01 zero_point -3
// ZERO-NEXT:    %[[P:[a-z0-9_]+]] = rnn.matvec
// ZERO:         %[[O:[a-z0-9_]+]] = arith.constant dense<[1, 209715]> : tensor<2xi32>
// ZERO-NEXT:    arith.addi %[[P]], %[[O]] : tensor<2xi32>

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

// A bias that a layer of fp16 adds is an integer too: 3.0 as f16 / 0.01575, 2.0
// exactly in units of 2^-21. One that does not fit 32 bits (1e5 times 2^21) stays
// f32.
// BIASES-LABEL: rnn.network @biases
// BIASES:         %[[P:[a-z0-9_]+]] = rnn.matvec
// BIASES:         %[[B:[a-z0-9_]+]] = arith.constant dense<[190, 4194304]> : tensor<2xi32>
// BIASES-NEXT:    %[[S:[a-z0-9_]+]] = arith.addi %[[P]], %[[B]] : tensor<2xi32>
// BIASES-NEXT:    %[[F:[a-z0-9_]+]] = arith.sitofp %[[S]]
// BIASES-NEXT:    arith.mulf %[[F]], %{{.*}} : tensor<2xf32>
// BIASES-LABEL: rnn.network @large
// BIASES:         %[[C:[a-z0-9_]+]] = arith.constant dense<[3.000000e+00, 1.000000e+05]> : tensor<2xf32>
// BIASES-NOT:     arith.addi
// BIASES:         math.fma %{{.*}}, %{{.*}}, %[[C]] : tensor<2xf32>

//--- biases.mlir
rnn.network @biases inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [0.0, 0.0]]> : tensor<2x2xf32>
  %b = arith.constant dense<[3.0, 2.0]> : tensor<2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("linear")
  %1 = arith.addf %0, %b : tensor<2xf32> loc("other")
  rnn.yield %1 : tensor<2xf32>
}
rnn.network @large inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [0.0, 0.0]]> : tensor<2x2xf32>
  %b = arith.constant dense<[3.0, 1.0e5]> : tensor<2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("linear")
  %1 = arith.addf %0, %b : tensor<2xf32> loc("linear")
  rnn.yield %1 : tensor<2xf32>
}

// One cell in two layers, of which one is int8. The state of that one is kept as
// integers: the matrix is its only reader. It is within -1 to 1. Of two products
// that do not have one scale the first one takes the bias, however it was written.
// CELL-NOT:     rnn.cell
// CELL-LABEL:   rnn.network @two
// CELL-SAME:    states(%h1 = "h1" : tensor<2xi8> reset dense<[64, 0]> : tensor<2xi8>, %h2 = "h2" : tensor<2xf16> reset dense<0.000000e+00> : tensor<2xf16>)
// CELL-DAG:     %[[X:[a-z0-9_]+]] = rnn.quantize %x scale 5.000000e-01 : tensor<2xf32> -> tensor<2xi8>
// CELL-DAG:     %[[PX:[a-z0-9_]+]] = rnn.matvec %{{.*}}, %[[X]] : {{.*}} -> tensor<2xi32>
// CELL-DAG:     %[[PH:[a-z0-9_]+]] = rnn.matvec %{{.*}}, %h1 : {{.*}} -> tensor<2xi32>
// CELL-DAG:     %[[B:[a-z0-9_]+]] = arith.constant dense<[24194, 1613]> : tensor<2xi32>
// CELL:         %[[I:[a-z0-9_]+]] = arith.addi %[[PH]], %[[B]] : tensor<2xi32>
// CELL-NEXT:    %[[FH:[a-z0-9_]+]] = arith.sitofp %[[I]]
// CELL-NEXT:    %[[FX:[a-z0-9_]+]] = arith.sitofp %[[PX]]
// CELL-NEXT:    %[[ZX:[a-z0-9_]+]] = arith.mulf %[[FX]], %{{.*}} : tensor<2xf32>
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

// Rows that are added have one scale, that of the larger one, and are added as
// integers, also if they are of one matrix.
// SLICES-LABEL: rnn.network @slices
// SLICES-DAG:   %[[W:[a-z0-9_]+]] = arith.constant dense<{{\[}}[64, -127], [32, 32]]> : tensor<2x2xi8>
// SLICES:       %[[P:[a-z0-9_]+]] = rnn.matvec %[[W]]
// SLICES-DAG:   %[[A:[a-z0-9_]+]] = tensor.extract_slice %[[P]][0] [1] [1] : tensor<2xi32>
// SLICES-DAG:   %[[B:[a-z0-9_]+]] = tensor.extract_slice %[[P]][1] [1] [1] : tensor<2xi32>
// SLICES:       %[[S:[a-z0-9_]+]] = arith.addi %[[A]], %[[B]] : tensor<1xi32>
// SLICES:       %[[F:[a-z0-9_]+]] = arith.sitofp %[[S]]
// SLICES:       arith.mulf %[[F]], %{{.*}} : tensor<1xf32>

//--- slices.mlir
rnn.network @slices inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<1xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 1.0]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("linear")
  %1 = tensor.extract_slice %0[0] [1] [1] : tensor<2xf32> to tensor<1xf32>
  %2 = tensor.extract_slice %0[1] [1] [1] : tensor<2xf32> to tensor<1xf32>
  %3 = arith.addf %1, %2 : tensor<1xf32>
  rnn.yield %3 : tensor<1xf32>
}

// A row of zeros has no part in it. Offsets of zero points, 3 times 127 + 16 +
// 32 - 79 and 32 - 127, and the biases, 95 and 6, are one constant. The other sum's
// rows differ by more than a factor of 8: each keeps its scale, and there are two
// products.
// JOINED-LABEL: rnn.network @joined
// JOINED-DAG:   arith.constant dense<{{\[}}[32, -79], [0, 0]]> : tensor<2x2xi8>
// JOINED-DAG:   arith.constant dense<{{\[}}[127, 16], [32, -127]]> : tensor<2x2xi8>
// JOINED-DAG:   %[[C:[a-z0-9_]+]] = arith.constant dense<[0.0314960629, 0.0157480314]> : tensor<2xf32>
// JOINED:       %[[S:[a-z0-9_]+]] = arith.addi %{{.*}}, %{{.*}} : tensor<2xi32>
// JOINED-NEXT:  %[[O:[a-z0-9_]+]] = arith.constant dense<[383, -279]> : tensor<2xi32>
// JOINED-NEXT:  %[[T:[a-z0-9_]+]] = arith.addi %[[S]], %[[O]] : tensor<2xi32>
// JOINED-NEXT:  %[[F:[a-z0-9_]+]] = arith.sitofp %[[T]]
// JOINED-NEXT:  arith.mulf %[[F]], %[[C]] : tensor<2xf32>
// JOINED:       %[[M:[a-z0-9_]+]] = arith.mulf
// JOINED-NEXT:  math.fma %{{.*}}, %{{.*}}, %[[M]]

//--- joined.mlir
rnn.network @joined inputs(%x = "x" : tensor<2xf32>, %h = "h" : tensor<2xf32>)
    outputs("y" : tensor<2xf32>, "z" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -5.0], [0.0, 0.0]]> : tensor<2x2xf32>
  %R = arith.constant dense<[[8.0, 1.0], [1.0, -4.0]]> : tensor<2x2xf32>
  %b = arith.constant dense<[3.0, 0.1]> : tensor<2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("linear")
  %1 = rnn.matvec %R, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("linear")
  %2 = arith.addf %0, %1 : tensor<2xf32> loc("linear")
  %3 = arith.addf %2, %b : tensor<2xf32> loc("linear")
  %V = arith.constant dense<[[1.0, 0.5], [0.5, 1.0]]> : tensor<2x2xf32>
  %U = arith.constant dense<[[8.5, 1.0], [1.0, 1.0]]> : tensor<2x2xf32>
  %q = arith.negf %x : tensor<2xf32> loc("linear")
  %r = arith.negf %h : tensor<2xf32> loc("linear")
  %4 = rnn.matvec %V, %q : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("linear")
  %5 = rnn.matvec %U, %r : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("linear")
  %6 = arith.addf %4, %5 : tensor<2xf32> loc("linear")
  rnn.yield %3, %6 : tensor<2xf32>, tensor<2xf32>
}

// A state of 16 bits is stored as such, also where no product is of integers.
// ALONE-LABEL: rnn.network @elementwise
// ALONE-SAME:  %h = "h" : tensor<2xi16>
// ALONE:       %[[Q:.*]] = rnn.quantize %{{.*}} scale 3.05185094E-5 : {{.*}} -> tensor<2xi16>
// ALONE-NEXT:  rnn.yield %{{.*}} next %[[Q]]

//--- elementwise.json
{"default": "int8", "cell_state": "int16"}
//--- elementwise.mlir
rnn.network @elementwise inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %0 = arith.mulf %x, %h : tensor<2xf32> loc("mix")
  %1 = rnn.activation <tanh> %0 : tensor<2xf32> -> tensor<2xf32> loc("mix")
  rnn.yield %1 : tensor<2xf32> next %1 : tensor<2xf32>
}
