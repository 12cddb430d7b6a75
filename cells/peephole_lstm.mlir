// LSTM whose gates see the cell state: Recurrent Nets that Time and Count, Gers and
// Schmidhuber 2000.
//
//   lstm with peepholes
//
//   W  of x, gates in the order i, o, f, c
//   R  of h
//   b  biases
//   P  peepholes, i, o, f
//
// Options: those of lstm_gates.

rnn.cell @se.peephole_lstm sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h], %c : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[4 * h, x], %R : tensor<?x?xf32>[4 * h, h],
            %b : tensor<?xf32>[4 * h], %P : tensor<?xf32>[3 * h] in [-0.5, 0.5])
    outputs(tensor<?xf32>) {
  %y, %h1, %c1 = rnn.apply @se.lstm(%x) states(%h, %c) weights(%W, %R, %b, %P)
      : (tensor<?xf32>), (tensor<?xf32>, tensor<?xf32>),
        (tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>)
      -> (tensor<?xf32>), (tensor<?xf32>, tensor<?xf32>)
  rnn.yield %y : tensor<?xf32> next %h1, %c1 : tensor<?xf32>, tensor<?xf32>
}
