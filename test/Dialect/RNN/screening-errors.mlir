// RUN: se-opt %s -split-input-file -verify-diagnostics
// RUN: %check_rules %s %se_source/include/se/Dialect/RNN/RNNScreening.td

rnn.network @finite_C1 inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>) {
  // expected-error @below {{finite-C1: the operands must be inputs of the network}}
  %0 = rnn.finite %x, %h : tensor<4xf32>, tensor<4xf32> -> tensor<1xi32>
  rnn.yield next %h : tensor<4xf32>
}

// -----

rnn.network @finite_C2 inputs(%x = "x" : tensor<4xf32>) {
  // expected-error @below {{finite-C2: the results must have shape [1]}}
  %0 = rnn.finite %x : tensor<4xf32> -> tensor<4xi32>
  rnn.yield
}

// -----

rnn.network @finite_C2_peak inputs(%x = "x" : tensor<4xf32>) {
  // expected-error @below {{finite-C2: the results must have shape [1]}}
  %0, %1 = rnn.finite %x : tensor<4xf32> -> tensor<1xi32>, tensor<f32>
  rnn.yield
}

// -----

rnn.network @finite_C3 inputs(%x = "x" : tensor<4xf32>, %y = "y" : tensor<4xf32>) {
  // expected-error @below {{finite-C3: there must be no peaks, or one for each of the 2 operands, found 1}}
  %0, %1 = rnn.finite %x, %y : tensor<4xf32>, tensor<4xf32> -> tensor<1xi32>, tensor<1xf32>
  rnn.yield
}

// -----

rnn.network @peak_C1 inputs(%x = "x" : tensor<4xf32>) {
  // expected-error @below {{peak-C1: the result must have shape [1] and the operand's element type}}
  %0 = rnn.peak %x at_least 1.0 : tensor<4xf32> -> tensor<1xf16>
  rnn.yield
}

// -----

rnn.network @peak_C2 inputs(%x = "x" : tensor<4xf32>) {
  // expected-error @below {{peak-C2: `at_least` must be finite and more than 0}}
  %0 = rnn.peak %x at_least 0.0 : tensor<4xf32> -> tensor<1xf32>
  rnn.yield
}
