// RUN: se-opt %s --rnn-expand-named-cells --split-input-file | FileCheck %s
//
// The equations of LSTM and GRU, gate by gate. Where two operands are made side
// by side, their order is the C++ compiler's: CHECK-DAG.

// An LSTM with bias. Gates lie in the order i, o, f, c.
// CHECK:      rnn.cell @[[LSTM:lstm.*]] inputs(%[[X:[a-zA-Z0-9_]+]] : tensor<3xf32>)
// CHECK-SAME:   states(%[[H:[a-zA-Z0-9_]+]] : tensor<5xf32>, %[[C:[a-zA-Z0-9_]+]] : tensor<5xf32>)
// CHECK-SAME:   weights(%[[W:[a-zA-Z0-9_]+]] : tensor<20x3xf32>, %[[R:[a-zA-Z0-9_]+]] : tensor<20x5xf32>, %[[B:[a-zA-Z0-9_]+]] : tensor<20xf32>)
// CHECK-SAME:   outputs(tensor<5xf32>) {
// CHECK-DAG:    %[[WX:[a-zA-Z0-9_]+]] = rnn.matvec %[[W]], %[[X]]
// CHECK-DAG:    %[[RH:[a-zA-Z0-9_]+]] = rnn.matvec %[[R]], %[[H]]
// CHECK:        %[[SUM:[a-zA-Z0-9_]+]] = arith.addf %[[WX]], %[[RH]] : tensor<20xf32>
// CHECK-NEXT:   %[[ALL:[a-zA-Z0-9_]+]] = arith.addf %[[SUM]], %[[B]] : tensor<20xf32>
// CHECK-NEXT:   %[[I0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][0] [5] [1]
// CHECK-NEXT:   %[[I:[a-zA-Z0-9_]+]] = rnn.activation <sigmoid> %[[I0]] : tensor<5xf32> -> tensor<5xf32>
// CHECK-NEXT:   %[[F0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][10] [5] [1]
// CHECK-NEXT:   %[[F:[a-zA-Z0-9_]+]] = rnn.activation <sigmoid> %[[F0]]
// CHECK-NEXT:   %[[G0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][15] [5] [1]
// CHECK-NEXT:   %[[G:[a-zA-Z0-9_]+]] = rnn.activation <tanh> %[[G0]]
// CHECK-DAG:    %[[FC:[a-zA-Z0-9_]+]] = arith.mulf %[[F]], %[[C]]
// CHECK-DAG:    %[[IG:[a-zA-Z0-9_]+]] = arith.mulf %[[I]], %[[G]]
// CHECK:        %[[C1:[a-zA-Z0-9_]+]] = arith.addf %[[FC]], %[[IG]]
// CHECK-NEXT:   %[[O0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][5] [5] [1]
// CHECK-NEXT:   %[[O:[a-zA-Z0-9_]+]] = rnn.activation <sigmoid> %[[O0]]
// CHECK-NEXT:   %[[T:[a-zA-Z0-9_]+]] = rnn.activation <relu> %[[C1]]
// CHECK-NEXT:   %[[H1:[a-zA-Z0-9_]+]] = arith.mulf %[[O]], %[[T]]
// CHECK-NEXT:   rnn.yield %[[H1]] : tensor<5xf32> next %[[H1]], %[[C1]]

// The bias is added outside, input bias first.
// CHECK-LABEL: rnn.network @lstm_bias
// CHECK-DAG:   %[[B:[a-zA-Z0-9_]+]] = arith.constant dense_resource<B>
// CHECK-DAG:   %[[WB:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][0] [20] [1]
// CHECK-DAG:   %[[RB:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][20] [20] [1]
// CHECK:       %[[BIAS:[a-zA-Z0-9_]+]] = arith.addf %[[WB]], %[[RB]] : tensor<20xf32>
// CHECK:       %{{[^ ]*}}, %[[NEXT:[a-zA-Z0-9_]+]]:2 = rnn.apply @[[LSTM]](%x) states(%h, %c) weights(%{{[^ ]*}}, %{{[^ ]*}}, %[[BIAS]])
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

// No bias: nothing is added.
// CHECK:      rnn.cell @{{lstm.*}} inputs(%[[X:[a-zA-Z0-9_]+]] : tensor<3xf32>)
// CHECK-SAME:   weights(%[[W:[a-zA-Z0-9_]+]] : tensor<20x3xf32>, %[[R:[a-zA-Z0-9_]+]] : tensor<20x5xf32>)
// CHECK-DAG:    %[[WX:[a-zA-Z0-9_]+]] = rnn.matvec %[[W]], %[[X]]
// CHECK-DAG:    %[[RH:[a-zA-Z0-9_]+]] = rnn.matvec %[[R]], %
// CHECK:        %[[ALL:[a-zA-Z0-9_]+]] = arith.addf %[[WX]], %[[RH]]
// CHECK-NEXT:   tensor.extract_slice %[[ALL]][0] [5] [1]
// CHECK-LABEL: rnn.network @lstm_no_bias
// CHECK-NOT:   tensor.extract_slice
// CHECK:       rnn.apply
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
// CHECK:      rnn.cell @{{lstm.*}} inputs(%[[X:[a-zA-Z0-9_]+]] : tensor<3xf32>)
// CHECK-SAME:   states(%{{[^ ]*}} : tensor<5xf32>, %[[C:[a-zA-Z0-9_]+]] : tensor<5xf32>)
// CHECK-SAME:   weights(%{{.*}}, %[[P:[a-zA-Z0-9_]+]] : tensor<15xf32>)
// CHECK:        %[[ALL:[a-zA-Z0-9_]+]] = arith.addf
// CHECK:        %[[I0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][0] [5] [1]
// CHECK-NEXT:   %[[PI:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[P]][0] [5] [1]
// CHECK-NEXT:   %[[PIC:[a-zA-Z0-9_]+]] = arith.mulf %[[PI]], %[[C]]
// CHECK-NEXT:   %[[I1:[a-zA-Z0-9_]+]] = arith.addf %[[I0]], %[[PIC]]
// CHECK-NEXT:   rnn.activation <sigmoid> %[[I1]]
// CHECK-NEXT:   %[[F0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][10] [5] [1]
// CHECK-NEXT:   %[[PF:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[P]][10] [5] [1]
// CHECK-NEXT:   %[[PFC:[a-zA-Z0-9_]+]] = arith.mulf %[[PF]], %[[C]]
// CHECK-NEXT:   %[[F1:[a-zA-Z0-9_]+]] = arith.addf %[[F0]], %[[PFC]]
// CHECK-NEXT:   rnn.activation <sigmoid> %[[F1]]
// CHECK-NEXT:   %[[G0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][15] [5] [1]
// CHECK-NEXT:   rnn.activation <tanh> %[[G0]]
// CHECK:        %[[C1:[a-zA-Z0-9_]+]] = arith.addf
// CHECK-NEXT:   %[[O0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][5] [5] [1]
// CHECK-NEXT:   %[[PO:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[P]][5] [5] [1]
// CHECK-NEXT:   %[[POC:[a-zA-Z0-9_]+]] = arith.mulf %[[PO]], %[[C1]]
// CHECK-NEXT:   %[[O1:[a-zA-Z0-9_]+]] = arith.addf %[[O0]], %[[POC]]
// CHECK-NEXT:   rnn.activation <sigmoid> %[[O1]]
// CHECK-LABEL: rnn.network @lstm_peepholes
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
// CHECK:       rnn.cell @{{lstm.*}} inputs(
// CHECK:         %[[I0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL:[a-zA-Z0-9_]+]][0] [5] [1]
// CHECK-NEXT:    %[[HIGH:[a-zA-Z0-9_]+]] = arith.constant dense<3.000000e+00> : tensor<5xf32>
// CHECK-NEXT:    %[[I1:[a-zA-Z0-9_]+]] = arith.minimumf %[[I0]], %[[HIGH]]
// CHECK-NEXT:    %[[LOW:[a-zA-Z0-9_]+]] = arith.constant dense<-3.000000e+00> : tensor<5xf32>
// CHECK-NEXT:    %[[I2:[a-zA-Z0-9_]+]] = arith.maximumf %[[I1]], %[[LOW]]
// CHECK-NEXT:    rnn.activation <sigmoid> %[[I2]]
// CHECK:         tensor.extract_slice %[[ALL]][10]
// CHECK:         %[[F:[a-zA-Z0-9_]+]] = arith.maximumf
// CHECK-NEXT:    rnn.activation <sigmoid> %[[F]]
// CHECK:         tensor.extract_slice %[[ALL]][15]
// CHECK:         %[[G:[a-zA-Z0-9_]+]] = arith.maximumf
// CHECK-NEXT:    rnn.activation <tanh> %[[G]]
// CHECK:         %[[C1:[a-zA-Z0-9_]+]] = arith.addf
// CHECK:         tensor.extract_slice %[[ALL]][5]
// CHECK:         %[[O:[a-zA-Z0-9_]+]] = arith.maximumf
// CHECK-NEXT:    rnn.activation <sigmoid> %[[O]]
// CHECK-NEXT:    rnn.activation <tanh> %[[C1]]
// CHECK-LABEL: rnn.network @lstm_clip
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

// input_forget: f = 1 - i, and the rows of f are never read.
// CHECK:      rnn.cell @{{lstm.*}} inputs(
// CHECK-SAME:   states(%{{[^ ]*}} : tensor<5xf32>, %[[C:[a-zA-Z0-9_]+]] : tensor<5xf32>)
// CHECK:        %[[I:[a-zA-Z0-9_]+]] = rnn.activation <sigmoid>
// CHECK-NOT:    [10] [5] [1]
// CHECK:        %[[ONE:[a-zA-Z0-9_]+]] = arith.constant dense<1.000000e+00> : tensor<5xf32>
// CHECK-NEXT:   %[[F:[a-zA-Z0-9_]+]] = arith.subf %[[ONE]], %[[I]]
// CHECK-NOT:    [10] [5] [1]
// CHECK:        arith.mulf %[[F]], %[[C]]
// CHECK-LABEL: rnn.network @lstm_input_forget
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
// CHECK:       rnn.cell @{{lstm.*}} inputs(
// CHECK:         rnn.activation <hard_sigmoid, alpha = 2.500000e-01 : f32>
// CHECK:         rnn.activation <hard_sigmoid, alpha = 2.500000e-01 : f32>
// CHECK:         rnn.activation <scaled_tanh, beta = 2.000000e+00 : f32>
// CHECK:         rnn.activation <hard_sigmoid, alpha = 2.500000e-01 : f32>
// CHECK-NEXT:    rnn.activation <softsign>
// CHECK-NOT:     rnn.activation
// CHECK-LABEL: rnn.network @lstm_activations
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

// linear_before_reset = 1: one product with all of R; the reset gate scales the
// product and the recurrent bias of the candidate.
// CHECK:      rnn.cell @[[GRU:gru.*]] inputs(%[[X:[a-zA-Z0-9_]+]] : tensor<3xf32>) states(%[[H:[a-zA-Z0-9_]+]] : tensor<5xf32>)
// CHECK-SAME:   weights(%[[W:[a-zA-Z0-9_]+]] : tensor<15x3xf32>, %[[R:[a-zA-Z0-9_]+]] : tensor<15x5xf32>,
// CHECK-SAME:           %[[BZR:[a-zA-Z0-9_]+]] : tensor<10xf32>, %[[BX:[a-zA-Z0-9_]+]] : tensor<5xf32>, %[[BH:[a-zA-Z0-9_]+]] : tensor<5xf32>)
// CHECK-DAG:    %[[WX:[a-zA-Z0-9_]+]] = rnn.matvec %[[W]], %[[X]]
// CHECK-DAG:    %[[RH:[a-zA-Z0-9_]+]] = rnn.matvec %[[R]], %[[H]]
// CHECK-NOT:    rnn.matvec
// CHECK-DAG:    %[[WX0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[WX]][0] [10] [1]
// CHECK-DAG:    %[[RH0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[RH]][0] [10] [1]
// CHECK:        %[[SUM:[a-zA-Z0-9_]+]] = arith.addf %[[WX0]], %[[RH0]]
// CHECK-NEXT:   %[[ZR:[a-zA-Z0-9_]+]] = arith.addf %[[SUM]], %[[BZR]]
// CHECK-NEXT:   %[[Z0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ZR]][0] [5] [1]
// CHECK-NEXT:   %[[Z:[a-zA-Z0-9_]+]] = rnn.activation <sigmoid> %[[Z0]]
// CHECK-NEXT:   %[[R0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ZR]][5] [5] [1]
// CHECK-NEXT:   %[[RG:[a-zA-Z0-9_]+]] = rnn.activation <sigmoid> %[[R0]]
// CHECK-NEXT:   %[[N0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[WX]][10] [5] [1]
// CHECK-NEXT:   %[[N1:[a-zA-Z0-9_]+]] = arith.addf %[[N0]], %[[BX]]
// CHECK-NEXT:   %[[M0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[RH]][10] [5] [1]
// CHECK-NEXT:   %[[M1:[a-zA-Z0-9_]+]] = arith.addf %[[M0]], %[[BH]]
// CHECK-NEXT:   %[[M2:[a-zA-Z0-9_]+]] = arith.mulf %[[RG]], %[[M1]]
// CHECK-NEXT:   %[[N2:[a-zA-Z0-9_]+]] = arith.addf %[[N1]], %[[M2]]
// CHECK-NEXT:   %[[N:[a-zA-Z0-9_]+]] = rnn.activation <tanh> %[[N2]]
// CHECK-NEXT:   %[[ONE:[a-zA-Z0-9_]+]] = arith.constant dense<1.000000e+00> : tensor<5xf32>
// CHECK-DAG:    %[[NOTZ:[a-zA-Z0-9_]+]] = arith.subf %[[ONE]], %[[Z]]
// CHECK-DAG:    %[[NEW:[a-zA-Z0-9_]+]] = arith.mulf %[[NOTZ]], %[[N]]
// CHECK-DAG:    %[[OLD:[a-zA-Z0-9_]+]] = arith.mulf %[[Z]], %[[H]]
// CHECK:        %[[H1:[a-zA-Z0-9_]+]] = arith.addf %[[NEW]], %[[OLD]]
// CHECK-NEXT:   rnn.yield %[[H1]] : tensor<5xf32> next %[[H1]]

// CHECK-LABEL: rnn.network @gru_after
// CHECK-DAG:   %[[B:[a-zA-Z0-9_]+]] = arith.constant dense_resource<B>
// CHECK-DAG:   %[[B0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][0] [10] [1]
// CHECK-DAG:   %[[B1:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][15] [10] [1]
// CHECK-DAG:   %[[BZR:[a-zA-Z0-9_]+]] = arith.addf %[[B0]], %[[B1]]
// CHECK-DAG:   %[[BX:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][10] [5] [1]
// CHECK-DAG:   %[[BH:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][25] [5] [1]
// CHECK:       rnn.apply @[[GRU]](%x) states(%h) weights(%{{[^ ]*}}, %{{[^ ]*}}, %[[BZR]], %[[BX]], %[[BH]])
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
// CHECK:      rnn.cell @[[GRU:gru.*]] inputs(%[[X:[a-zA-Z0-9_]+]] : tensor<3xf32>) states(%[[H:[a-zA-Z0-9_]+]] : tensor<5xf32>)
// CHECK-SAME:   weights(%[[W:[a-zA-Z0-9_]+]] : tensor<15x3xf32>, %[[RZR:[a-zA-Z0-9_]+]] : tensor<10x5xf32>, %[[RN:[a-zA-Z0-9_]+]] : tensor<5x5xf32>,
// CHECK-SAME:           %[[BZR:[a-zA-Z0-9_]+]] : tensor<10xf32>, %[[BN:[a-zA-Z0-9_]+]] : tensor<5xf32>)
// CHECK-DAG:    %[[WX:[a-zA-Z0-9_]+]] = rnn.matvec %[[W]], %[[X]]
// CHECK-DAG:    %[[RH:[a-zA-Z0-9_]+]] = rnn.matvec %[[RZR]], %[[H]]
// CHECK:        %[[WX0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[WX]][0] [10] [1]
// CHECK-NEXT:   %[[SUM:[a-zA-Z0-9_]+]] = arith.addf %[[WX0]], %[[RH]]
// CHECK-NEXT:   %[[ZR:[a-zA-Z0-9_]+]] = arith.addf %[[SUM]], %[[BZR]]
// CHECK:        %[[R0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ZR]][5] [5] [1]
// CHECK-NEXT:   %[[RG:[a-zA-Z0-9_]+]] = rnn.activation <leaky_relu, alpha = 5.000000e-01 : f32> %[[R0]]
// CHECK-NEXT:   %[[N0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[WX]][10] [5] [1]
// CHECK-NEXT:   %[[N1:[a-zA-Z0-9_]+]] = arith.addf %[[N0]], %[[BN]]
// CHECK-NEXT:   %[[RGH:[a-zA-Z0-9_]+]] = arith.mulf %[[RG]], %[[H]]
// CHECK-NEXT:   %[[M:[a-zA-Z0-9_]+]] = rnn.matvec %[[RN]], %[[RGH]]
// CHECK-NEXT:   %[[N2:[a-zA-Z0-9_]+]] = arith.addf %[[N1]], %[[M]]
// CHECK-NEXT:   rnn.activation <elu> %[[N2]]

// CHECK-LABEL: rnn.network @gru_before
// CHECK-DAG:   %[[R:[a-zA-Z0-9_]+]] = arith.constant dense_resource<R>
// CHECK-DAG:   %[[B:[a-zA-Z0-9_]+]] = arith.constant dense_resource<B>
// CHECK-DAG:   %[[RZR:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[R]][0, 0] [10, 5] [1, 1]
// CHECK-DAG:   %[[RN:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[R]][10, 0] [5, 5] [1, 1]
// CHECK-DAG:   %[[BX:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][10] [5] [1]
// CHECK-DAG:   %[[BH:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[B]][25] [5] [1]
// CHECK-DAG:   %[[BN:[a-zA-Z0-9_]+]] = arith.addf %[[BX]], %[[BH]]
// CHECK:       rnn.apply @[[GRU]](%x) states(%h) weights(%{{[^ ]*}}, %[[RZR]], %[[RN]], %{{[^ ]*}}, %[[BN]])
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
// CHECK:       rnn.cell @{{gru.*}} inputs(
// CHECK-SAME:    weights(%{{[^ ]*}} : tensor<15x3xf32>, %{{[^ ]*}} : tensor<15x5xf32>)
// CHECK-COUNT-3: arith.minimumf
// CHECK-NOT:     arith.minimumf
// CHECK-LABEL: rnn.network @gru_clip
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

// Equal cells share one region, others do not; a user's cell of the same name is
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
// CHECK-NOT:   rnn.gru
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
