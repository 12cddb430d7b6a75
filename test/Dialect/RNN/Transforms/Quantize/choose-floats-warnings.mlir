// RUN: se-opt %s --rnn-choose-floats=precision=fp16 --split-input-file --verify-diagnostics

// What f16 makes infinite is f32, which takes space and time.
rnn.network @large inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[1.0, -2.0], [7.0e4, 4.0]]> : tensor<2x2xf32> loc("W")
  // expected-warning @+1 {{constant 'W': 70000 becomes inf in f16 (row 1): this product is computed in f32}}
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  rnn.yield %0 : tensor<2xf32>
}

// -----

// An element is little where its row is; the first row is lost as a whole.
rnn.network @little inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[1.0e-8, -1.0e-9], [1.0e-8, 4.0]]> : tensor<2x2xf32> loc("W")
  // expected-warning @+1 {{constant 'W': 1e-08 becomes 0 in f16 (row 0)}}
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  rnn.yield %0 : tensor<2xf32>
}

// -----

// expected-warning @+1 {{state "s": its reset value: 1e-08 becomes 0 in f16}}
rnn.network @reset inputs(%x = "x" : tensor<2xf32>)
    states(%s = "s" : tensor<2xf32> reset dense<1.0e-8> : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %0 = rnn.activation <tanh> %x : tensor<2xf32> -> tensor<2xf32>
  rnn.yield %s : tensor<2xf32> next %0 : tensor<2xf32>
}
