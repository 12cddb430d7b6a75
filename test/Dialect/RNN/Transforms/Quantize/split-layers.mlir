// RUN: rm -rf %t && mkdir %t && split-file %s %t && cd %t
// RUN: se-opt net.mlir --rnn-fuse-gates --rnn-fold-constants --rnn-split-layers=precision=heads.json --canonicalize | FileCheck %s --check-prefix=HEADS
// RUN: se-opt net.mlir --rnn-fuse-gates --rnn-fold-constants --rnn-split-layers=precision=alike.json --canonicalize | FileCheck %s --check-prefix=ALIKE
// RUN: se-opt net.mlir --rnn-fuse-gates --rnn-fold-constants --rnn-split-layers=precision=gate.json --canonicalize | FileCheck %s --check-prefix=GATE
// RUN: se-opt net.mlir --rnn-split-layers=precision=int8 --canonicalize | FileCheck %s --check-prefix=NAMES
// RUN: se-opt net.mlir --rnn-split-layers=precision=mixed --canonicalize | FileCheck %s --check-prefix=RECURRENT
// RUN: se-opt net.mlir --rnn-split-layers=precision=fp16 --canonicalize | FileCheck %s --check-prefix=NONE

// Layers with entries of their own get matvecs of their own, others stay
// together.
// HEADS-LABEL: rnn.network @net
// HEADS-DAG:     rnn.matvec {{.*}} : tensor<1x2xf32>
// HEADS-DAG:     rnn.matvec {{.*}} : tensor<2x2xf32>
// HEADS-NOT:     tensor<3x2xf32>
// ALIKE-LABEL: rnn.network @net
// ALIKE:         rnn.matvec {{.*}} : tensor<3x2xf32>

// So do gates.
// GATE-LABEL:  rnn.network @net
// GATE-COUNT-3:  rnn.matvec {{.*}} : tensor<1x2xf32>
// GATE:          rnn.matvec %{{.*}}, %h

// What the base makes int8 is written down.
// NAMES:     attributes {rnn.int8_layers = ["gain", "keep", "mask"]}
// RECURRENT: attributes {rnn.int8_layers = ["keep"]}
// NONE-NOT:  attributes

//--- heads.json
{"default": "fp32", "layers": {"mask": {"precision": "fp16"}}}
//--- alike.json
{"default": "fp32", "layers": {"[gm]a*": {"precision": "fp16"}}}
//--- gate.json
{"default": "fp32", "layers": {"gain.first": {"precision": "fp16"}, "mask": {"precision": "fp32"}}}
//--- net.mlir
rnn.network @net inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("g" : tensor<1xf32>, "f" : tensor<1xf32>, "m" : tensor<1xf32>) {
  %G = arith.constant dense<[[2.0, -4.0], [1.0, 0.0]]> : tensor<2x2xf32>
  %M = arith.constant dense<[[1.0, -4.0]]> : tensor<1x2xf32>
  %0 = rnn.matvec %G, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("gain")
  %first = tensor.extract_slice %0[0] [1] [1] : tensor<2xf32> to tensor<1xf32> loc("first"("gain"))
  %second = tensor.extract_slice %0[1] [1] [1] : tensor<2xf32> to tensor<1xf32> loc("second"("gain"))
  %1 = rnn.matvec %M, %x : tensor<1x2xf32>, tensor<2xf32> -> tensor<1xf32> loc("mask")
  %R = arith.constant dense<[[0.5, 0.25], [0.5, 1.0]]> : tensor<2x2xf32>
  %2 = rnn.matvec %R, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("keep")
  rnn.yield %first, %second, %1 : tensor<1xf32>, tensor<1xf32>, tensor<1xf32> next %2 : tensor<2xf32>
}
