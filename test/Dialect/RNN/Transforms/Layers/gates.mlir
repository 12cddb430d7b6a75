// RUN: rm -rf %t && mkdir %t && split-file %s %t
// RUN: se-opt %t/net.mlir --se-pipeline="to=legalized precision=%t/forget.json" | FileCheck %s --check-prefix=FORGET
// RUN: se-opt %t/net.mlir --se-pipeline="to=legalized precision=%t/candidate.json" | FileCheck %s --check-prefix=CANDIDATE
// RUN: se-opt %t/net.mlir --se-pipeline="to=legalized precision=%t/both.json" | FileCheck %s --check-prefix=BOTH
// RUN: not se-opt %t/net.mlir --se-pipeline="to=legalized precision=%t/unknown.json" 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// A name in the body of a cell is a gate's. That of a slice is pushed through
// the sum and its bias, down to the products.
// FORGET-LABEL: rnn.network @net
// FORGET-DAG:   rnn.matvec {{.*}} : tensor<1x2xi8>, tensor<2xi8> -> tensor<1xi32>
// FORGET-DAG:   rnn.matvec {{.*}} : tensor<1x1xi8>, tensor<1xi8> -> tensor<1xi32>
// FORGET-DAG:   rnn.matvec {{.*}} : tensor<1x2xf16>, tensor<2xf16> -> tensor<1xf32>
// FORGET-DAG:   rnn.matvec {{.*}} : tensor<1x1xf16>, tensor<1xf16> -> tensor<1xf32>
// FORGET-DAG:   rnn.matvec {{.*}} : tensor<1x1xf16>, tensor<1xf16> -> tensor<1xf32>
// FORGET:       rnn.yield

// That of a product needs no splitting: the others stay fused.
// CANDIDATE-LABEL: rnn.network @net
// CANDIDATE-DAG:   rnn.matvec {{.*}} : tensor<2x2xf16>, tensor<2xf16> -> tensor<2xf32>
// CANDIDATE-DAG:   rnn.matvec {{.*}} : tensor<2x1xf16>, tensor<1xf16> -> tensor<2xf32>
// CANDIDATE-DAG:   rnn.matvec {{.*}} : tensor<1x1xi8>, tensor<1xi8> -> tensor<1xi32>
// CANDIDATE:       rnn.yield

// The entry of a gate comes before that of its layer.
// BOTH-LABEL:   rnn.network @net
// BOTH-DAG:     rnn.matvec {{.*}} : tensor<1x2xi8>, tensor<2xi8> -> tensor<1xi32>
// BOTH-DAG:     rnn.matvec {{.*}} : tensor<1x2xf16>, tensor<2xf16> -> tensor<1xf32>
// BOTH-DAG:     rnn.matvec {{.*}} : tensor<1x1xi8>, tensor<1xi8> -> tensor<1xi32>
// BOTH:         rnn.yield

// UNKNOWN: error: {{.*}}unknown.json: layers: 'first.input' matches no layer of the network

//--- net.mlir
rnn.cell @gated inputs(%x : tensor<2xf32>) states(%h : tensor<1xf32>)
    weights(%W : tensor<2x2xf32>, %R : tensor<2x1xf32>, %V : tensor<1x1xf32>, %b : tensor<2xf32>) outputs(tensor<1xf32>) {
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = rnn.matvec %R, %h : tensor<2x1xf32>, tensor<1xf32> -> tensor<2xf32>
  %2 = arith.addf %0, %1 : tensor<2xf32>
  %3 = arith.addf %2, %b : tensor<2xf32>
  %f = tensor.extract_slice %3[0] [1] [1] : tensor<2xf32> to tensor<1xf32> loc("forget")
  %i = tensor.extract_slice %3[1] [1] [1] : tensor<2xf32> to tensor<1xf32> loc("input gate")
  %4 = rnn.activation <sigmoid> %f : tensor<1xf32> -> tensor<1xf32>
  %5 = rnn.activation <tanh> %i : tensor<1xf32> -> tensor<1xf32>
  %6 = arith.mulf %4, %h : tensor<1xf32>
  %7 = rnn.matvec %V, %6 : tensor<1x1xf32>, tensor<1xf32> -> tensor<1xf32> loc("candidate")
  %8 = arith.addf %5, %7 : tensor<1xf32>
  rnn.yield %8 : tensor<1xf32> next %8 : tensor<1xf32>
}
rnn.network @net inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<1xf32> reset dense<0.0> : tensor<1xf32>) outputs("y" : tensor<1xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 0.5]]> : tensor<2x2xf32>
  %R = arith.constant dense<[[1.0], [0.5]]> : tensor<2x1xf32>
  %V = arith.constant dense<[[0.25]]> : tensor<1x1xf32>
  %b = arith.constant dense<[1.0, 0.0]> : tensor<2xf32>
  %y, %next = rnn.apply @gated(%x) states(%h) weights(%W, %R, %V, %b) : (tensor<2xf32>), (tensor<1xf32>), (tensor<2x2xf32>, tensor<2x1xf32>, tensor<1x1xf32>, tensor<2xf32>) -> (tensor<1xf32>), (tensor<1xf32>) loc("first")
  rnn.yield %y : tensor<1xf32> next %next : tensor<1xf32>
}
//--- forget.json
{"layers": {"first.forget": {"precision": "int8", "input_scale": 0.5, "state_scale": 0.01}}}
//--- candidate.json
{"layers": {"*.cand*": {"precision": "int8", "input_scale": 0.5, "state_scale": 0.01}}}
//--- both.json
{"layers": {"first": {"precision": "int8", "input_scale": 0.5, "state_scale": 0.01}, "first.forget": {"precision": "fp16"}}}
//--- unknown.json
{"layers": {"first.input": {"precision": "int8"}}}
