// RUN: se-opt %s --rnn-expand-named-cells --rnn-instantiate-cells --split-input-file | FileCheck %s

// Sizes come from the operands, numbers get the shape of what they meet, sizes of
// slices are computed.
// CHECK:      rnn.cell @half inputs(%x : tensor<3xf32>) states(%h : tensor<4xf32>)
// CHECK-SAME:   weights(%W : tensor<8x3xf32>) outputs(tensor<4xf32>) {
// CHECK-NEXT:   %[[WX:.*]] = rnn.matvec %W, %x : tensor<8x3xf32>, tensor<3xf32> -> tensor<8xf32>
// CHECK-NEXT:   %[[A:.*]] = tensor.extract_slice %[[WX]][4] [4] [1] : tensor<8xf32> to tensor<4xf32>
// CHECK-NEXT:   %[[ONE:.*]] = arith.constant dense<1.000000e+00> : tensor<4xf32>
// CHECK-NEXT:   %[[K:.*]] = arith.subf %[[ONE]], %[[A]] : tensor<4xf32>
// CHECK-NEXT:   %[[Y:.*]] = arith.mulf %[[K]], %h : tensor<4xf32>
// CHECK-NEXT:   rnn.yield %[[Y]] : tensor<4xf32> next %[[Y]] : tensor<4xf32>
// CHECK-NOT:  rnn.cell
rnn.cell @half sizes(x, h) inputs(%x : tensor<?xf32>[x]) states(%h : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[2 * h, x]) outputs(tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %h, %c0 : tensor<?xf32>
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %a = tensor.extract_slice %wx[%n] [%n] [1] : tensor<?xf32> to tensor<?xf32>
  %one = rnn.fill 1.0 : tensor<?xf32>
  %keep = arith.subf %one, %a : tensor<?xf32>
  %y = arith.mulf %keep, %h : tensor<?xf32>
  rnn.yield %y : tensor<?xf32> next %y : tensor<?xf32>
}
// CHECK: rnn.apply @half(%x) states(%h)
rnn.network @sizes inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>)
    outputs("y" : tensor<4xf32>) {
  %W = arith.constant dense<0.5> : tensor<8x3xf32>
  %y, %h1 = rnn.apply @half(%x) states(%h) weights(%W)
      : (tensor<3xf32>), (tensor<4xf32>), (tensor<8x3xf32>) -> (tensor<4xf32>), (tensor<4xf32>)
  rnn.yield %y : tensor<4xf32> next %h1 : tensor<4xf32>
}

// -----

// Two repeated vectors meet: an outer product. One open size of a reshape follows
// from the number of elements.
// CHECK:      rnn.cell @outer inputs(%k : tensor<3xf32>, %v : tensor<2xf32>) states(%S : tensor<2x3xf32>)
// CHECK-NEXT:   %[[C:.*]] = rnn.reshape %v : tensor<2xf32> -> tensor<2x1xf32>
// CHECK-DAG:    %[[CS:.*]] = rnn.broadcast %[[C]] : tensor<2x1xf32> -> tensor<2x3xf32>
// CHECK-DAG:    %[[KS:.*]] = rnn.broadcast %k : tensor<3xf32> -> tensor<2x3xf32>
// CHECK:        %[[P:.*]] = arith.mulf %[[CS]], %[[KS]] : tensor<2x3xf32>
// CHECK-NEXT:   %[[T:.*]] = arith.addf %S, %[[P]] : tensor<2x3xf32>
rnn.cell @outer inputs(%k : tensor<?xf32>, %v : tensor<?xf32>) states(%S : tensor<?x?xf32>) {
  %c = rnn.reshape %v : tensor<?xf32> -> tensor<?x1xf32>
  %cs = rnn.broadcast %c : tensor<?x1xf32> -> tensor<?x?xf32>
  %ks = rnn.broadcast %k : tensor<?xf32> -> tensor<?x?xf32>
  %p = arith.mulf %cs, %ks : tensor<?x?xf32>
  %t = arith.addf %S, %p : tensor<?x?xf32>
  rnn.yield next %t : tensor<?x?xf32>
}
rnn.network @outer_product inputs(%k = "k" : tensor<3xf32>, %v = "v" : tensor<2xf32>)
    states(%S = "S" : tensor<2x3xf32> reset dense<0.0> : tensor<2x3xf32>) {
  %T = rnn.apply @outer(%k, %v) states(%S) weights()
      : (tensor<3xf32>, tensor<2xf32>), (tensor<2x3xf32>), () -> (), (tensor<2x3xf32>)
  rnn.yield next %T : tensor<2x3xf32>
}

// -----

// Arithmetic on numbers and repeated values alone waits for what it meets: here the
// state, not the one element of the weight. What meets nothing has its own shape.
// CHECK:      rnn.cell @mix inputs(%x : tensor<3xf32>) states(%h : tensor<3xf32>) weights(%a : tensor<1xf32>)
// CHECK:        %[[ONE:.*]] = arith.constant dense<1.000000e+00> : tensor<3xf32>
// CHECK-NEXT:   %[[A:.*]] = rnn.broadcast %a : tensor<1xf32> -> tensor<3xf32>
// CHECK-NEXT:   %[[B:.*]] = arith.subf %[[ONE]], %[[A]] : tensor<3xf32>
// CHECK-NEXT:   arith.mulf %[[B]], %h : tensor<3xf32>
// CHECK-DAG:    %[[XC:.*]] = rnn.broadcast %{{.*}} : tensor<3x1xf32> -> tensor<3x3xf32>
// CHECK-DAG:    %[[XR:.*]] = rnn.broadcast %x : tensor<3xf32> -> tensor<3x3xf32>
// CHECK:        %[[O:.*]] = arith.mulf %[[XC]], %[[XR]] : tensor<3x3xf32>
// CHECK-NEXT:   rnn.matvec %[[O]], %h : tensor<3x3xf32>, tensor<3xf32> -> tensor<3xf32>
rnn.cell @mix inputs(%x : tensor<?xf32>) states(%h : tensor<?xf32>) weights(%a : tensor<1xf32>)
    outputs(tensor<?xf32>) {
  %one = rnn.fill 1.0 : tensor<?xf32>
  %as = rnn.broadcast %a : tensor<1xf32> -> tensor<?xf32>
  %b = arith.subf %one, %as : tensor<?xf32>
  %h1 = arith.mulf %b, %h : tensor<?xf32>
  %c = rnn.reshape %x : tensor<?xf32> -> tensor<?x1xf32>
  %xc = rnn.broadcast %c : tensor<?x1xf32> -> tensor<?x?xf32>
  %xr = rnn.broadcast %x : tensor<?xf32> -> tensor<?x?xf32>
  %o = arith.mulf %xc, %xr : tensor<?x?xf32>
  %y = rnn.matvec %o, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  rnn.yield %y : tensor<?xf32> next %h1 : tensor<?xf32>
}
rnn.network @mixed_shapes inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<3xf32> reset dense<0.0> : tensor<3xf32>) outputs("y" : tensor<3xf32>) {
  %a = arith.constant dense<0.5> : tensor<1xf32>
  %y, %h1 = rnn.apply @mix(%x) states(%h) weights(%a)
      : (tensor<3xf32>), (tensor<3xf32>), (tensor<1xf32>) -> (tensor<3xf32>), (tensor<3xf32>)
  rnn.yield %y : tensor<3xf32> next %h1 : tensor<3xf32>
}

// -----

// Options and absent weights, also through a cell that applies another one, which
// becomes part of it.
// CHECK-NOT:  rnn.cell @inner
// CHECK:      rnn.cell @outer inputs(%x : tensor<2xf32>) outputs(tensor<2xf32>) {
// CHECK-NEXT:   %[[N:.*]] = arith.negf %x
// CHECK-NEXT:   %[[K:.*]] = arith.constant dense<3.000000e+00> : tensor<2xf32>
// CHECK-NEXT:   %[[M:.*]] = arith.mulf %[[N]], %[[K]]
// CHECK-NEXT:   %[[F:.*]] = rnn.activation <relu> %[[M]]
// CHECK-NEXT:   rnn.yield %[[F]]
rnn.cell @inner inputs(%x : tensor<?xf32>) weights(%a : tensor<?xf32>, %b : tensor<?xf32> optional)
    outputs(tensor<?xf32>) {
  %ab = arith.mulf %a, %b : tensor<?xf32>
  %0 = arith.addf %x, %ab : tensor<?xf32>
  %1 = arith.subf %a, %0 : tensor<?xf32>
  %k = rnn.fill 2.0 {rnn.option = "factor"} : tensor<?xf32>
  %2 = arith.mulf %1, %k : tensor<?xf32>
  %3 = rnn.choose "plain" %x, %2 : tensor<?xf32>
  %4 = rnn.activation <tanh> %3 {rnn.option = "f"} : tensor<?xf32> -> tensor<?xf32>
  rnn.yield %4 : tensor<?xf32>
}
rnn.cell @outer inputs(%x : tensor<?xf32>) weights(%a : tensor<?xf32>) outputs(tensor<?xf32>) {
  %y = rnn.apply @inner(%x) states() weights(%a) {options = {f = #rnn.act<relu>}}
      : (tensor<?xf32>), (), (tensor<?xf32>) -> (tensor<?xf32>), ()
  rnn.yield %y : tensor<?xf32>
}
rnn.network @options inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %y = rnn.apply @outer(%x) states() weights() {options = {factor = 3.0 : f32, f = #rnn.act<elu>}, without = ["a"]}
      : (tensor<2xf32>), (), () -> (tensor<2xf32>), ()
  rnn.yield %y : tensor<2xf32>
}

// -----

// Equal applications share one cell, others do not; a user's cell of the same name is
// left alone.
// CHECK-COUNT-2: rnn.cell @gru_{{[0-9]+}}
// CHECK-NOT:   rnn.cell @gru_
// CHECK-LABEL: rnn.cell @gru inputs
rnn.cell @gru inputs(%x : tensor<3xf32>) outputs(tensor<3xf32>) {
  rnn.yield %x : tensor<3xf32>
}
// CHECK-LABEL: rnn.network @shared
// CHECK:       rnn.apply @[[A:gru_[0-9]+]](%x) states(%a)
// CHECK:       rnn.apply @[[A]](%x) states(%b)
// CHECK:       rnn.apply @[[B:gru_[0-9]+]](%x) states(%c)
rnn.network @shared inputs(%x = "x" : tensor<3xf32>)
    states(%a = "a" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>,
           %b = "b" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>,
           %c = "c" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>) {
  %W = arith.constant dense_resource<W> : tensor<15x3xf32>
  %R = arith.constant dense_resource<R> : tensor<15x5xf32>
  %V = arith.constant dense_resource<V> : tensor<15x5xf32>
  %a1 = rnn.gru %x, %a, %W, %R {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>], linear_before_reset}
      : tensor<3xf32>, tensor<5xf32>, tensor<15x3xf32>, tensor<15x5xf32> -> tensor<5xf32>
  %b1 = rnn.gru %x, %b, %W, %V {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>], linear_before_reset}
      : tensor<3xf32>, tensor<5xf32>, tensor<15x3xf32>, tensor<15x5xf32> -> tensor<5xf32>
  %c1 = rnn.gru %x, %c, %W, %V {activations = [#rnn.act<sigmoid>, #rnn.act<relu>], linear_before_reset}
      : tensor<3xf32>, tensor<5xf32>, tensor<15x3xf32>, tensor<15x5xf32> -> tensor<5xf32>
  rnn.yield next %a1, %b1, %c1 : tensor<5xf32>, tensor<5xf32>, tensor<5xf32>
}
