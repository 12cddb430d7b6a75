// RUN: se-opt %s --rnn-expand-named-cells --split-input-file | FileCheck %s
//
// What ONNX says of weights and options, in the words of the library's cells. Their
// equations are checked in instantiate-library.mlir.

// An LSTM with bias, which is added outside, input bias first.
// CHECK-LABEL: rnn.network @lstm_bias
// CHECK-DAG:   %[[B:[a-zA-Z0-9_]+]] = arith.constant dense_resource<B>
// CHECK-DAG:   %[[WB:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][0] [20] [1]
// CHECK-DAG:   %[[RB:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][20] [20] [1]
// CHECK:       %[[BIAS:[a-zA-Z0-9_]+]] = arith.addf %[[WB]], %[[RB]] : tensor<20xf32>
// CHECK:       %{{[^ ]*}}, %[[NEXT:[a-zA-Z0-9_]+]]:2 = rnn.apply @se.lstm(%x) states(%h, %c) weights(%{{[^ ]*}}, %{{[^ ]*}}, %[[BIAS]])
// CHECK-SAME:    {options = {f = #rnn.act<sigmoid>, g = #rnn.act<tanh>, h = #rnn.act<relu>}}
// CHECK-NEXT:  rnn.yield %[[NEXT]]#0 : tensor<5xf32> next %[[NEXT]]#0, %[[NEXT]]#1
rnn.network @lstm_bias inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>,
           %c = "c" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>) outputs("y" : tensor<5xf32>) {
  %W = arith.constant dense_resource<W> : tensor<20x3xf32>
  %R = arith.constant dense_resource<R> : tensor<20x5xf32>
  %B = arith.constant dense_resource<B> : tensor<40xf32>
  %h1, %c1 = rnn.lstm %x, %h, %c, %W, %R bias(%B : tensor<40xf32>)
      {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<relu>]}
      : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>,
        tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  rnn.yield %h1 : tensor<5xf32> next %h1, %c1 : tensor<5xf32>, tensor<5xf32>
}

// -----

// No bias: it is left out.
// CHECK-LABEL: rnn.network @lstm_no_bias
// CHECK:       %[[W:[a-zA-Z0-9_]+]] = arith.constant dense_resource<W>
// CHECK:       %[[R:[a-zA-Z0-9_]+]] = arith.constant dense_resource<R>
// CHECK-NOT:   tensor.extract_slice
// CHECK:       rnn.apply @se.lstm(%x) states(%h, %c) weights(%[[W]], %[[R]])
// CHECK-SAME:    without = ["b"]
rnn.network @lstm_no_bias inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>,
           %c = "c" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>) {
  %W = arith.constant dense_resource<W> : tensor<20x3xf32>
  %R = arith.constant dense_resource<R> : tensor<20x5xf32>
  %h1, %c1 = rnn.lstm %x, %h, %c, %W, %R
      {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>]}
      : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>,
        tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  rnn.yield next %h1, %c1 : tensor<5xf32>, tensor<5xf32>
}

// -----

// Peepholes are the last weight.
// CHECK-LABEL: rnn.network @lstm_peepholes
// CHECK:       %[[P:[a-zA-Z0-9_]+]] = arith.constant dense_resource<P>
// CHECK:       rnn.apply @se.lstm(%x) states(%h, %c) weights(%{{[^ ]*}}, %{{[^ ]*}}, %[[P]])
// CHECK-SAME:    without = ["b"]
rnn.network @lstm_peepholes inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>,
           %c = "c" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>) {
  %W = arith.constant dense_resource<W> : tensor<20x3xf32>
  %R = arith.constant dense_resource<R> : tensor<20x5xf32>
  %P = arith.constant dense_resource<P> : tensor<15xf32>
  %h1, %c1 = rnn.lstm %x, %h, %c, %W, %R peepholes(%P : tensor<15xf32>)
      {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>]}
      : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>,
        tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  rnn.yield next %h1, %c1 : tensor<5xf32>, tensor<5xf32>
}

// -----

// CHECK-LABEL: rnn.network @lstm_clip
// CHECK:       rnn.apply @se.lstm
// CHECK-SAME:    options = {clip = 3.000000e+00 : f32, f = #rnn.act<sigmoid>
rnn.network @lstm_clip inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>,
           %c = "c" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>) {
  %W = arith.constant dense_resource<W> : tensor<20x3xf32>
  %R = arith.constant dense_resource<R> : tensor<20x5xf32>
  %h1, %c1 = rnn.lstm %x, %h, %c, %W, %R
      {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>], clip = 3.0 : f32}
      : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>,
        tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  rnn.yield next %h1, %c1 : tensor<5xf32>, tensor<5xf32>
}

// -----

// CHECK-LABEL: rnn.network @lstm_input_forget
// CHECK:       rnn.apply @se.lstm
// CHECK-SAME:    input_forget
rnn.network @lstm_input_forget inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>,
           %c = "c" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>) {
  %W = arith.constant dense_resource<W> : tensor<20x3xf32>
  %R = arith.constant dense_resource<R> : tensor<20x5xf32>
  %h1, %c1 = rnn.lstm %x, %h, %c, %W, %R
      {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>], input_forget}
      : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>,
        tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  rnn.yield next %h1, %c1 : tensor<5xf32>, tensor<5xf32>
}

// -----

// Each of the three activations, with its parameters, at its place.
// CHECK-LABEL: rnn.network @lstm_activations
// CHECK:       rnn.apply @se.lstm
// CHECK-SAME:    options = {f = #rnn.act<hard_sigmoid, alpha = 2.500000e-01 : f32>,
// CHECK-SAME:      g = #rnn.act<scaled_tanh, beta = 2.000000e+00 : f32>, h = #rnn.act<softsign>}
rnn.network @lstm_activations inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>,
           %c = "c" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>) {
  %W = arith.constant dense_resource<W> : tensor<20x3xf32>
  %R = arith.constant dense_resource<R> : tensor<20x5xf32>
  %h1, %c1 = rnn.lstm %x, %h, %c, %W, %R
      {activations = [#rnn.act<hard_sigmoid, alpha = 0.25 : f32>, #rnn.act<scaled_tanh, beta = 2.0 : f32>, #rnn.act<softsign>]}
      : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>,
        tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  rnn.yield next %h1, %c1 : tensor<5xf32>, tensor<5xf32>
}

// -----

// linear_before_reset = 1: the bias has three parts.
// CHECK-LABEL: rnn.network @gru_after
// CHECK-DAG:   %[[B:[a-zA-Z0-9_]+]] = arith.constant dense_resource<B>
// CHECK-DAG:   %[[B0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][0] [10] [1]
// CHECK-DAG:   %[[B1:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][15] [10] [1]
// CHECK-DAG:   %[[BZR:[a-zA-Z0-9_]+]] = arith.addf %[[B0]], %[[B1]]
// CHECK-DAG:   %[[BX:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][10] [5] [1]
// CHECK-DAG:   %[[BH:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][25] [5] [1]
// CHECK:       rnn.apply @se.gru(%x) states(%h) weights(%{{[^ ]*}}, %{{[^ ]*}}, %[[BZR]], %[[BX]], %[[BH]])
rnn.network @gru_after inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>) {
  %W = arith.constant dense_resource<W> : tensor<15x3xf32>
  %R = arith.constant dense_resource<R> : tensor<15x5xf32>
  %B = arith.constant dense_resource<B> : tensor<30xf32>
  %h1 = rnn.gru %x, %h, %W, %R bias(%B : tensor<30xf32>)
      {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>], linear_before_reset}
      : tensor<3xf32>, tensor<5xf32>, tensor<15x3xf32>, tensor<15x5xf32>
      -> tensor<5xf32>
  rnn.yield next %h1 : tensor<5xf32>
}

// -----

// linear_before_reset = 0: R is split, the candidate's rows read r * h.
// CHECK-LABEL: rnn.network @gru_before
// CHECK-DAG:   %[[R:[a-zA-Z0-9_]+]] = arith.constant dense_resource<R>
// CHECK-DAG:   %[[B:[a-zA-Z0-9_]+]] = arith.constant dense_resource<B>
// CHECK-DAG:   %[[RZR:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[R]][0, 0] [10, 5] [1, 1]
// CHECK-DAG:   %[[RN:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[R]][10, 0] [5, 5] [1, 1]
// CHECK-DAG:   %[[BX:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][10] [5] [1]
// CHECK-DAG:   %[[BH:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][25] [5] [1]
// CHECK-DAG:   %[[BN:[a-zA-Z0-9_]+]] = arith.addf %[[BX]], %[[BH]]
// CHECK:       rnn.apply @se.gru_before(%x) states(%h) weights(%{{[^ ]*}}, %[[RZR]], %[[RN]], %{{[^ ]*}}, %[[BN]])
// CHECK-SAME:    {options = {f = #rnn.act<leaky_relu, alpha = 5.000000e-01 : f32>, g = #rnn.act<elu>}}
rnn.network @gru_before inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>) {
  %W = arith.constant dense_resource<W> : tensor<15x3xf32>
  %R = arith.constant dense_resource<R> : tensor<15x5xf32>
  %B = arith.constant dense_resource<B> : tensor<30xf32>
  %h1 = rnn.gru %x, %h, %W, %R bias(%B : tensor<30xf32>)
      {activations = [#rnn.act<leaky_relu, alpha = 0.5 : f32>, #rnn.act<elu>]}
      : tensor<3xf32>, tensor<5xf32>, tensor<15x3xf32>, tensor<15x5xf32>
      -> tensor<5xf32>
  rnn.yield next %h1 : tensor<5xf32>
}

// -----

// No bias, with clip.
// CHECK-LABEL: rnn.network @gru_clip
// CHECK:       rnn.apply @se.gru(%x)
// CHECK-SAME:    clip = 1.000000e+00 : f32
// CHECK-SAME:    without = ["b", "bn", "br"]
rnn.network @gru_clip inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>) {
  %W = arith.constant dense_resource<W> : tensor<15x3xf32>
  %R = arith.constant dense_resource<R> : tensor<15x5xf32>
  %h1 = rnn.gru %x, %h, %W, %R
      {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>], linear_before_reset, clip = 1.0 : f32}
      : tensor<3xf32>, tensor<5xf32>, tensor<15x3xf32>, tensor<15x5xf32>
      -> tensor<5xf32>
  rnn.yield next %h1 : tensor<5xf32>
}

// -----

// CHECK-LABEL: rnn.network @linear
// CHECK-DAG:   %[[W:[a-zA-Z0-9_]+]] = arith.constant dense_resource<W>
// CHECK-DAG:   %[[B:[a-zA-Z0-9_]+]] = arith.constant dense_resource<b>
// CHECK:       %[[WX:[a-zA-Z0-9_]+]] = rnn.matvec %[[W]], %x : tensor<5x3xf32>, tensor<3xf32> -> tensor<5xf32>
// CHECK-NEXT:  arith.addf %[[WX]], %[[B]] : tensor<5xf32>
// CHECK-NEXT:  %[[WXS:[a-zA-Z0-9_]+]] = rnn.matvec %[[W]], %xs : tensor<5x3xf32>, tensor<2x3xf32> -> tensor<2x5xf32>
// CHECK-NEXT:  %[[BB:[a-zA-Z0-9_]+]] = rnn.broadcast %[[B]] : tensor<5xf32> -> tensor<2x5xf32>
// CHECK-NEXT:  arith.addf %[[WXS]], %[[BB]] : tensor<2x5xf32>
rnn.network @linear inputs(%x = "x" : tensor<3xf32>, %xs = "xs" : tensor<2x3xf32>)
    outputs("y" : tensor<5xf32>, "ys" : tensor<2x5xf32>) {
  %W = arith.constant dense_resource<W> : tensor<5x3xf32>
  %b = arith.constant dense_resource<b> : tensor<5xf32>
  %y = rnn.linear %W, %x, %b : tensor<5x3xf32>, tensor<3xf32>, tensor<5xf32> -> tensor<5xf32>
  %ys = rnn.linear %W, %xs, %b : tensor<5x3xf32>, tensor<2x3xf32>, tensor<5xf32> -> tensor<2x5xf32>
  rnn.yield %y, %ys : tensor<5xf32>, tensor<2x5xf32>
}
