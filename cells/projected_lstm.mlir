// LSTM with a recurrent projection (LSTMP): Long Short-Term Memory Recurrent Neural
// Network Architectures for Large Scale Acoustic Modeling, Sak, Senior and Beaufays 2014.
//
//   m, c' = lstm_gates(W x + R h + b, c)
//   h' = V m
//
//   W  of x, gates in the order i, o, f, c
//   R  of h
//   b  biases
//   V  projection
//   P  peepholes, i, o, f
//
// Options: those of lstm_gates.

rnn.cell @se.projected_lstm sizes(x, h, p) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[p], %c : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[4 * h, x], %R : tensor<?x?xf32>[4 * h, p],
            %b : tensor<?xf32>[4 * h], %V : tensor<?x?xf32>[p, h],
            %P : tensor<?xf32>[3 * h] in [-0.5, 0.5] optional)
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rh = rnn.matvec %R, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %sum = arith.addf %wx, %rh : tensor<?xf32>
  %a = arith.addf %sum, %b : tensor<?xf32>
  %m, %c1 = rnn.apply @se.lstm_gates(%a) states(%c) weights(%P)
      : (tensor<?xf32>), (tensor<?xf32>), (tensor<?xf32>) -> (tensor<?xf32>), (tensor<?xf32>)
  %h1 = rnn.matvec %V, %m : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1, %c1 : tensor<?xf32>, tensor<?xf32>
}
