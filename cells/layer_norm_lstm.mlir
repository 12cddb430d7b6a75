// LSTM with layer normalization: Layer Normalization, Ba, Kiros and Hinton 2016.
//
//   a = LN(W x; gw, bw) + LN(R h; gr, br)
//   i, o, f = sigmoid(a_i), sigmoid(a_o), sigmoid(a_f)
//   c' = f * c + i * tanh(a_c)
//   h' = o * tanh(LN(c'; gc, bc))
//
//   W       of x, gates in the order i, o, f, c
//   R       of h
//   gw, bw  gain and bias of the first
//   gr, br  gain and bias of the second
//   gc, bc  gain and bias of the cell state
//
// Options: epsilon is a number, 1e-5 by default.

rnn.cell @se.layer_norm_lstm sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h], %c : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[4 * h, x], %R : tensor<?x?xf32>[4 * h, h],
            %gw : tensor<?xf32>[4 * h] in [0.8, 1.2], %bw : tensor<?xf32>[4 * h],
            %gr : tensor<?xf32>[4 * h] in [0.8, 1.2], %br : tensor<?xf32>[4 * h],
            %gc : tensor<?xf32>[h] in [0.8, 1.2], %bc : tensor<?xf32>[h])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rh = rnn.matvec %R, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %wn = rnn.apply @se.layer_norm(%wx) states() weights(%gw, %bw)
      : (tensor<?xf32>), (), (tensor<?xf32>, tensor<?xf32>) -> (tensor<?xf32>), ()
  %rn = rnn.apply @se.layer_norm(%rh) states() weights(%gr, %br)
      : (tensor<?xf32>), (), (tensor<?xf32>, tensor<?xf32>) -> (tensor<?xf32>), ()
  %a = arith.addf %wn, %rn : tensor<?xf32>
  %i0, %o0, %f0, %g0 = rnn.split %a ["input", "output", "forget", "cell"] : tensor<?xf32>
  %i = rnn.activation <sigmoid> %i0 : tensor<?xf32> -> tensor<?xf32>
  %o = rnn.activation <sigmoid> %o0 : tensor<?xf32> -> tensor<?xf32>
  %f = rnn.activation <sigmoid> %f0 : tensor<?xf32> -> tensor<?xf32>
  %g = rnn.activation <tanh> %g0 : tensor<?xf32> -> tensor<?xf32>
  %kept = arith.mulf %f, %c : tensor<?xf32>
  %new = arith.mulf %i, %g : tensor<?xf32>
  %c1 = arith.addf %kept, %new : tensor<?xf32>
  %cn = rnn.apply @se.layer_norm(%c1) states() weights(%gc, %bc)
      : (tensor<?xf32>), (), (tensor<?xf32>, tensor<?xf32>) -> (tensor<?xf32>), ()
  %out = rnn.activation <tanh> %cn : tensor<?xf32> -> tensor<?xf32>
  %h1 = arith.mulf %o, %out : tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1, %c1 : tensor<?xf32>, tensor<?xf32>
}
