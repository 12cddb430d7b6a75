// LSTM with coupled input and forget gates (CIFG): LSTM: A Search Space Odyssey, Greff
// et al. 2017.
//
//   f = sigmoid(W_f x + R_f h + b_f)
//   o = sigmoid(W_o x + R_o h + b_o)
//   g = tanh(W_g x + R_g h + b_g)
//   c' = f * c + (1 - f) * g
//   h' = o * tanh(c')
//
//   W  of x, gates in the order f, o, g
//   R  of h
//   b  biases

rnn.cell @se.coupled_lstm sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h], %c : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[3 * h, x], %R : tensor<?x?xf32>[3 * h, h],
            %b : tensor<?xf32>[3 * h])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rh = rnn.matvec %R, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %sum = arith.addf %wx, %rh : tensor<?xf32>
  %a = arith.addf %sum, %b : tensor<?xf32>
  %f0, %o0, %g0 = rnn.split %a ["forget", "output", "cell"] : tensor<?xf32>
  %f = rnn.activation <sigmoid> %f0 : tensor<?xf32> -> tensor<?xf32>
  %o = rnn.activation <sigmoid> %o0 : tensor<?xf32> -> tensor<?xf32>
  %g = rnn.activation <tanh> %g0 : tensor<?xf32> -> tensor<?xf32>
  %one = rnn.fill 1.0 : tensor<?xf32>
  %i = arith.subf %one, %f : tensor<?xf32>
  %kept = arith.mulf %f, %c : tensor<?xf32>
  %new = arith.mulf %i, %g : tensor<?xf32>
  %c1 = arith.addf %kept, %new : tensor<?xf32>
  %out = rnn.activation <tanh> %c1 : tensor<?xf32> -> tensor<?xf32>
  %h1 = arith.mulf %o, %out : tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1, %c1 : tensor<?xf32>, tensor<?xf32>
}
