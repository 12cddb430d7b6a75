// RUN: se-opt %s --rnn-expand-named-cells --rnn-instantiate-cells --rnn-inline-cells --rnn-normalize-movement --cse --split-input-file | FileCheck %s
//
// The equations of the library's LSTM and GRU, gate by gate, with ONNX's options.

// Gates lie in the order i, o, f, c. What is left out is not computed.
// CHECK-LABEL: rnn.network @lstm_no_bias
// CHECK-SAME:    states(%h = "h"{{.*}}, %c = "c"
// CHECK:         %[[W:[a-zA-Z0-9_]+]] = arith.constant dense_resource<W>
// CHECK:         %[[R:[a-zA-Z0-9_]+]] = arith.constant dense_resource<R>
// CHECK-NEXT:    %[[WX:[a-zA-Z0-9_]+]] = rnn.matvec %[[W]], %x
// CHECK-NEXT:    %[[RH:[a-zA-Z0-9_]+]] = rnn.matvec %[[R]], %h
// CHECK-NEXT:    %[[ALL:[a-zA-Z0-9_]+]] = arith.addf %[[WX]], %[[RH]] : tensor<20xf32>
// CHECK-NEXT:    %[[I0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][0] [5] [1]
// CHECK-NEXT:    %[[O0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][5] [5] [1]
// CHECK-NEXT:    %[[F0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][10] [5] [1]
// CHECK-NEXT:    %[[G0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][15] [5] [1]
// CHECK-NEXT:    %[[I:[a-zA-Z0-9_]+]] = rnn.activation <sigmoid> %[[I0]]
// CHECK-NEXT:    %[[F:[a-zA-Z0-9_]+]] = rnn.activation <sigmoid> %[[F0]]
// CHECK-NEXT:    %[[G:[a-zA-Z0-9_]+]] = rnn.activation <tanh> %[[G0]]
// CHECK-NEXT:    %[[FC:[a-zA-Z0-9_]+]] = arith.mulf %[[F]], %c
// CHECK-NEXT:    %[[IG:[a-zA-Z0-9_]+]] = arith.mulf %[[I]], %[[G]]
// CHECK-NEXT:    %[[C1:[a-zA-Z0-9_]+]] = arith.addf %[[FC]], %[[IG]]
// CHECK-NEXT:    %[[O:[a-zA-Z0-9_]+]] = rnn.activation <sigmoid> %[[O0]]
// CHECK-NEXT:    %[[T:[a-zA-Z0-9_]+]] = rnn.activation <tanh> %[[C1]]
// CHECK-NEXT:    %[[H1:[a-zA-Z0-9_]+]] = arith.mulf %[[O]], %[[T]]
// CHECK-NEXT:    rnn.yield next %[[H1]], %[[C1]]
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

// Peepholes, in the order i, o, f: i and f see the old c, o the new one.
// CHECK-LABEL: rnn.network @lstm_peepholes
// CHECK:         %[[P:[a-zA-Z0-9_]+]] = arith.constant dense_resource<P>
// CHECK:         %[[I0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL:[a-zA-Z0-9_]+]][0] [5] [1]
// CHECK-NEXT:    %[[O0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][5] [5] [1]
// CHECK-NEXT:    %[[F0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][10] [5] [1]
// CHECK:         %[[PI:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[P]][0] [5] [1]
// CHECK-NEXT:    %[[PO:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[P]][5] [5] [1]
// CHECK-NEXT:    %[[PF:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[P]][10] [5] [1]
// CHECK-NEXT:    %[[PIC:[a-zA-Z0-9_]+]] = arith.mulf %[[PI]], %c
// CHECK-NEXT:    %[[I1:[a-zA-Z0-9_]+]] = arith.addf %[[I0]], %[[PIC]]
// CHECK-NEXT:    rnn.activation <sigmoid> %[[I1]]
// CHECK-NEXT:    %[[PFC:[a-zA-Z0-9_]+]] = arith.mulf %[[PF]], %c
// CHECK-NEXT:    %[[F1:[a-zA-Z0-9_]+]] = arith.addf %[[F0]], %[[PFC]]
// CHECK-NEXT:    rnn.activation <sigmoid> %[[F1]]
// CHECK:         %[[C1:[a-zA-Z0-9_]+]] = arith.addf
// CHECK-NEXT:    %[[POC:[a-zA-Z0-9_]+]] = arith.mulf %[[PO]], %[[C1]]
// CHECK-NEXT:    %[[O1:[a-zA-Z0-9_]+]] = arith.addf %[[O0]], %[[POC]]
// CHECK-NEXT:    rnn.activation <sigmoid> %[[O1]]
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

// clip limits each gate before its activation, but not the argument of the
// output activation, as ONNX Runtime does.
// CHECK-LABEL: rnn.network @lstm_clip
// CHECK:         %[[I0:[a-zA-Z0-9_]+]] = tensor.extract_slice %{{[^ ]*}}[0] [5] [1]
// CHECK:         %[[HIGH:[a-zA-Z0-9_]+]] = arith.constant dense<3.000000e+00> : tensor<5xf32>
// CHECK-NEXT:    %[[I1:[a-zA-Z0-9_]+]] = arith.minimumf %[[I0]], %[[HIGH]]
// CHECK-NEXT:    %[[LOW:[a-zA-Z0-9_]+]] = arith.constant dense<-3.000000e+00> : tensor<5xf32>
// CHECK-NEXT:    %[[I2:[a-zA-Z0-9_]+]] = arith.maximumf %[[I1]], %[[LOW]]
// CHECK-NEXT:    rnn.activation <sigmoid> %[[I2]]
// CHECK:         %[[F:[a-zA-Z0-9_]+]] = arith.maximumf
// CHECK-NEXT:    rnn.activation <sigmoid> %[[F]]
// CHECK:         %[[G:[a-zA-Z0-9_]+]] = arith.maximumf
// CHECK-NEXT:    rnn.activation <tanh> %[[G]]
// CHECK:         %[[C1:[a-zA-Z0-9_]+]] = arith.addf
// CHECK:         %[[O:[a-zA-Z0-9_]+]] = arith.maximumf
// CHECK-NEXT:    rnn.activation <sigmoid> %[[O]]
// CHECK-NEXT:    rnn.activation <tanh> %[[C1]]
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

// input_forget: f = 1 - i, and f's own activation is not computed.
// CHECK-LABEL: rnn.network @lstm_input_forget
// CHECK:         %[[I:[a-zA-Z0-9_]+]] = rnn.activation <sigmoid>
// CHECK-NEXT:    %[[ONE:[a-zA-Z0-9_]+]] = arith.constant dense<1.000000e+00> : tensor<5xf32>
// CHECK-NEXT:    %[[F:[a-zA-Z0-9_]+]] = arith.subf %[[ONE]], %[[I]]
// CHECK-NEXT:    rnn.activation <tanh>
// CHECK-NEXT:    arith.mulf %[[F]], %c
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
// CHECK:         rnn.activation <hard_sigmoid, alpha = 2.500000e-01 : f32>
// CHECK:         rnn.activation <hard_sigmoid, alpha = 2.500000e-01 : f32>
// CHECK:         rnn.activation <scaled_tanh, beta = 2.000000e+00 : f32>
// CHECK:         rnn.activation <hard_sigmoid, alpha = 2.500000e-01 : f32>
// CHECK-NEXT:    rnn.activation <softsign>
// CHECK-NOT:     rnn.activation
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

// The reset gate scales the product and the recurrent bias of the candidate.
// CHECK-LABEL: rnn.network @gru_after
// CHECK:         %[[W:[a-zA-Z0-9_]+]] = arith.constant dense_resource<W>
// CHECK:         %[[R:[a-zA-Z0-9_]+]] = arith.constant dense_resource<R>
// CHECK:         %[[BZR:[a-zA-Z0-9_]+]] = arith.addf
// CHECK-NEXT:    %[[BX:[a-zA-Z0-9_]+]] = tensor.extract_slice %{{[^ ]*}}[10] [5] [1]
// CHECK-NEXT:    %[[BH:[a-zA-Z0-9_]+]] = tensor.extract_slice %{{[^ ]*}}[25] [5] [1]
// CHECK-NEXT:    %[[WX:[a-zA-Z0-9_]+]] = rnn.matvec %[[W]], %x
// CHECK-NEXT:    %[[RH:[a-zA-Z0-9_]+]] = rnn.matvec %[[R]], %h
// CHECK-NOT:     rnn.matvec
// CHECK:         %[[WX0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[WX]][0] [10] [1]
// CHECK-NEXT:    %[[RH0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[RH]][0] [10] [1]
// CHECK-NEXT:    %[[SUM:[a-zA-Z0-9_]+]] = arith.addf %[[WX0]], %[[RH0]]
// CHECK-NEXT:    %[[ZR:[a-zA-Z0-9_]+]] = arith.addf %[[SUM]], %[[BZR]]
// CHECK-NEXT:    %[[Z0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ZR]][0] [5] [1]
// CHECK-NEXT:    %[[R0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ZR]][5] [5] [1]
// CHECK-NEXT:    %[[Z:[a-zA-Z0-9_]+]] = rnn.activation <sigmoid> %[[Z0]]
// CHECK-NEXT:    %[[RG:[a-zA-Z0-9_]+]] = rnn.activation <sigmoid> %[[R0]]
// CHECK-NEXT:    %[[N0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[WX]][10] [5] [1]
// CHECK-NEXT:    %[[N1:[a-zA-Z0-9_]+]] = arith.addf %[[N0]], %[[BX]]
// CHECK-NEXT:    %[[M0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[RH]][10] [5] [1]
// CHECK-NEXT:    %[[M1:[a-zA-Z0-9_]+]] = arith.addf %[[M0]], %[[BH]]
// CHECK-NEXT:    %[[M2:[a-zA-Z0-9_]+]] = arith.mulf %[[RG]], %[[M1]]
// CHECK-NEXT:    %[[N2:[a-zA-Z0-9_]+]] = arith.addf %[[N1]], %[[M2]]
// CHECK-NEXT:    %[[N:[a-zA-Z0-9_]+]] = rnn.activation <tanh> %[[N2]]
// CHECK-NEXT:    %[[ONE:[a-zA-Z0-9_]+]] = arith.constant dense<1.000000e+00> : tensor<5xf32>
// CHECK-NEXT:    %[[NOTZ:[a-zA-Z0-9_]+]] = arith.subf %[[ONE]], %[[Z]]
// CHECK-NEXT:    %[[NEW:[a-zA-Z0-9_]+]] = arith.mulf %[[NOTZ]], %[[N]]
// CHECK-NEXT:    %[[OLD:[a-zA-Z0-9_]+]] = arith.mulf %[[Z]], %h
// CHECK-NEXT:    %[[H1:[a-zA-Z0-9_]+]] = arith.addf %[[NEW]], %[[OLD]]
// CHECK-NEXT:    rnn.yield next %[[H1]]
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

// The candidate's rows read r * h.
// CHECK-LABEL: rnn.network @gru_before
// CHECK:         %[[RG:[a-zA-Z0-9_]+]] = rnn.activation <leaky_relu, alpha = 5.000000e-01 : f32>
// CHECK-NEXT:    %[[RG1:[a-zA-Z0-9_]+]] = rnn.activation <leaky_relu, alpha = 5.000000e-01 : f32>
// CHECK:         %[[RGH:[a-zA-Z0-9_]+]] = arith.mulf %[[RG1]], %h
// CHECK-NEXT:    %[[M:[a-zA-Z0-9_]+]] = rnn.matvec %{{[^ ]*}}, %[[RGH]]
// CHECK-NEXT:    %[[N2:[a-zA-Z0-9_]+]] = arith.addf %{{[^ ]*}}, %[[M]]
// CHECK-NEXT:    rnn.activation <elu> %[[N2]]
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

// No bias, with clip: z, r and the candidate are limited.
// CHECK-LABEL: rnn.network @gru_clip
// CHECK-COUNT-3: arith.minimumf
// CHECK-NOT:     arith.minimumf
// CHECK:         rnn.yield
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
