// LSTM with matrices in tensor-train form, of two cores each: Tensor-Train Recurrent
// Neural Networks for Video Classification, Yang, Krompass and Tresp 2017.
//
// The input is a matrix X of x1 rows and x2 columns, the state one of h1 rows and h2
// columns, row after row; the gates are one of 4 h1 rows and h2 columns:
//
//   (W x)[m, n] = sum over i, j, k of W1[m, i, k] * W2[k, n, j] * X[i, j]
//   h', c' = lstm_gates(W x + R h + b, c)
//
//   W1  first core of W, gates in the order i, o, f, c
//   W2  second core of W
//   R1  first core of R
//   R2  second core of R
//   b   biases

rnn.cell @se.tt_lstm sizes(x1, x2, h1, h2, r) inputs(%x : tensor<?xf32>[x1 * x2])
    states(%h : tensor<?xf32>[h1 * h2], %c : tensor<?xf32>[h1 * h2])
    weights(%W1 : tensor<?x?x?xf32>[4 * h1, x1, r], %W2 : tensor<?x?x?xf32>[r, h2, x2],
            %R1 : tensor<?x?x?xf32>[4 * h1, h1, r], %R2 : tensor<?x?x?xf32>[r, h2, h2],
            %b : tensor<?xf32>[4 * h1 * h2])
    outputs(tensor<?xf32>) {
  %wx = rnn.apply @se.tt_matvec(%x) states() weights(%W1, %W2)
      : (tensor<?xf32>), (), (tensor<?x?x?xf32>, tensor<?x?x?xf32>) -> (tensor<?xf32>), ()
  %rh = rnn.apply @se.tt_matvec(%h) states() weights(%R1, %R2)
      : (tensor<?xf32>), (), (tensor<?x?x?xf32>, tensor<?x?x?xf32>) -> (tensor<?xf32>), ()
  %sum = arith.addf %wx, %rh : tensor<?xf32>
  %a = arith.addf %sum, %b : tensor<?xf32>
  %h1, %c1 = rnn.apply @se.lstm_gates(%a) states(%c) weights()
      : (tensor<?xf32>), (tensor<?xf32>), () -> (tensor<?xf32>), (tensor<?xf32>)
  rnn.yield %h1 : tensor<?xf32> next %h1, %c1 : tensor<?xf32>, tensor<?xf32>
}
