// RUN: se-opt %s --rnn-inline-cells --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-NOT:   rnn.cell @leaky
// CHECK-LABEL: rnn.network @twice
// CHECK-DAG:   %[[A:[a-z0-9_]+]] = arith.constant dense<5.000000e-01>
// CHECK-DAG:   %[[B:[a-z0-9_]+]] = arith.constant dense<2.500000e-01>
// CHECK:       %[[M0:[a-z0-9_]+]] = arith.mulf %[[A]], %h : tensor<4xf32>
// CHECK-NEXT:  %[[H0:[a-z0-9_]+]] = arith.addf %x, %[[M0]]
// CHECK-NEXT:  %[[M1:[a-z0-9_]+]] = arith.mulf %[[B]], %g
// CHECK-NEXT:  %[[H1:[a-z0-9_]+]] = arith.addf %[[H0]], %[[M1]]
// CHECK-NEXT:  rnn.yield %[[M1]] : tensor<4xf32> next %[[H0]], %[[H1]]
rnn.cell @leaky inputs(%x : tensor<4xf32>) states(%h : tensor<4xf32>) weights(%a : tensor<4xf32>)
    outputs(tensor<4xf32>, tensor<4xf32>) {
  %0 = arith.mulf %a, %h : tensor<4xf32>
  %1 = arith.addf %x, %0 : tensor<4xf32>
  rnn.yield %1, %0 : tensor<4xf32>, tensor<4xf32> next %1 : tensor<4xf32>
}
rnn.network @twice inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>,
           %g = "g" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %a = arith.constant dense<0.5> : tensor<4xf32>
  %b = arith.constant dense<0.25> : tensor<4xf32>
  %y:2, %h1 = rnn.apply @leaky(%x) states(%h) weights(%a) : (tensor<4xf32>), (tensor<4xf32>), (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>), (tensor<4xf32>)
  %z:2, %g1 = rnn.apply @leaky(%y#0) states(%g) weights(%b) : (tensor<4xf32>), (tensor<4xf32>), (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>), (tensor<4xf32>)
  rnn.yield %z#1 : tensor<4xf32> next %h1, %g1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// A cell of cells, applied twice; one that gives back its arguments.
// CHECK-NOT:   rnn.cell
// CHECK-LABEL: rnn.network @nested
// CHECK-NEXT:  rnn.activation <tanh> %x
// CHECK-NEXT:  %[[A:[a-z0-9_]+]] = arith.addf %{{.*}}, %h
// CHECK-NEXT:  rnn.activation <tanh> %[[A]]
// CHECK-NEXT:  %[[B:[a-z0-9_]+]] = arith.addf %{{.*}}, %h
// CHECK-NEXT:  rnn.yield %h : tensor<4xf32> next %[[B]]
rnn.cell @outer inputs(%x : tensor<4xf32>) states(%h : tensor<4xf32>) {
  %0 = rnn.apply @inner(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  %1 = arith.addf %0, %h : tensor<4xf32>
  rnn.yield next %1 : tensor<4xf32>
}
rnn.cell @inner inputs(%x : tensor<4xf32>) outputs(tensor<4xf32>) {
  %0 = rnn.activation <tanh> %x : tensor<4xf32> -> tensor<4xf32>
  rnn.yield %0 : tensor<4xf32>
}
rnn.cell @delay inputs(%x : tensor<4xf32>) states(%h : tensor<4xf32>) outputs(tensor<4xf32>) {
  rnn.yield %h : tensor<4xf32> next %x : tensor<4xf32>
}
rnn.network @nested inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %a = rnn.apply @outer(%x) states(%h) weights() : (tensor<4xf32>), (tensor<4xf32>), () -> (), (tensor<4xf32>)
  %b = rnn.apply @outer(%a) states(%h) weights() : (tensor<4xf32>), (tensor<4xf32>), () -> (), (tensor<4xf32>)
  %y, %n = rnn.apply @delay(%b) states(%h) weights() : (tensor<4xf32>), (tensor<4xf32>), () -> (tensor<4xf32>), (tensor<4xf32>)
  rnn.yield %y : tensor<4xf32> next %n : tensor<4xf32>
}

// -----

// A cell that applies itself, through another.
rnn.cell @a inputs(%x : tensor<4xf32>) outputs(tensor<4xf32>) {
  %0 = rnn.apply @b(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %0 : tensor<4xf32>
}
rnn.cell @b inputs(%x : tensor<4xf32>) outputs(tensor<4xf32>) {
  // expected-error @below {{cell 'a' applies itself}}
  %0 = rnn.apply @a(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %0 : tensor<4xf32>
}
rnn.network @recursive inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %y = rnn.apply @a(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.network @library inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{cell 'se.layer_norm' has no known sizes, options and weights before --rnn-instantiate-cells}}
  %y = rnn.apply @se.layer_norm(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @open inputs(%x : tensor<?xf32>) outputs(tensor<?xf32>) {
  rnn.yield %x : tensor<?xf32>
}
rnn.network @open_network inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{cell 'open' has no known sizes, options and weights before --rnn-instantiate-cells}}
  %y = rnn.apply @open(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}

// -----

rnn.cell @closed inputs(%x : tensor<4xf32>) outputs(tensor<4xf32>) {
  %0 = rnn.activation <tanh> %x {rnn.option = "f"} : tensor<4xf32> -> tensor<4xf32>
  rnn.yield %0 : tensor<4xf32>
}
rnn.network @option inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{cell 'closed' has no known sizes, options and weights before --rnn-instantiate-cells}}
  %y = rnn.apply @closed(%x) states() weights() {options = {f = #rnn.act<relu>}} : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %y : tensor<4xf32>
}
