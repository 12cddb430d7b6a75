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
  // expected-error @below {{finite-C2: the result must have shape [1]}}
  %0 = rnn.finite %x : tensor<4xf32> -> tensor<4xi32>
  rnn.yield
}
