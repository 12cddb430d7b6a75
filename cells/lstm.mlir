// LSTM, as in ONNX: Long Short-Term Memory, Hochreiter and Schmidhuber 1997; forget
// gate: Gers, Schmidhuber and Cummins 2000.
//
//   a = W x + R h + b
//   h', c' = lstm_gates(a, c)
//
//   W  of x, gates in the order i, o, f, c
//   R  of h
//   b  biases
//   P  peepholes, i, o, f
//
// Options: those of lstm_gates.

rnn.cell @se.lstm sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h], %c : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[4 * h, x], %R : tensor<?x?xf32>[4 * h, h],
            %b : tensor<?xf32>[4 * h], %P : tensor<?xf32>[3 * h] optional)
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rh = rnn.matvec %R, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %sum = arith.addf %wx, %rh : tensor<?xf32>
  %a = arith.addf %sum, %b : tensor<?xf32>
  %h1, %c1 = rnn.apply @se.lstm_gates(%a) states(%c) weights(%P)
      : (tensor<?xf32>), (tensor<?xf32>), (tensor<?xf32>) -> (tensor<?xf32>), (tensor<?xf32>)
  rnn.yield %h1 : tensor<?xf32> next %h1, %c1 : tensor<?xf32>, tensor<?xf32>
}
