// minLSTM: Were RNNs All We Needed?, Feng et al. 2024.
//
//   f = sigmoid(W_f x + b_f)
//   i = sigmoid(W_i x + b_i)
//   h' = f / (f + i) * h + i / (f + i) * g(W_n x + b_n)
//   g(x) = x + 0.5 for x >= 0, else sigmoid(x)
//
//   W  of x, gates in the order f, i, n
//   b  biases

rnn.cell @se.min_lstm sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[3 * h, x], %b : tensor<?xf32>[3 * h])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %a = arith.addf %wx, %b : tensor<?xf32>
  %f0, %i0, %n0 = rnn.split %a ["forget", "input", "hidden"] : tensor<?xf32>
  %f = rnn.activation <sigmoid> %f0 : tensor<?xf32> -> tensor<?xf32>
  %i = rnn.activation <sigmoid> %i0 : tensor<?xf32> -> tensor<?xf32>
  // g(a), without a comparison: relu(a) + sigmoid(min(a, 0)).
  %zero = rnn.fill 0.0 : tensor<?xf32>
  %np = rnn.activation <relu> %n0 : tensor<?xf32> -> tensor<?xf32>
  %nm = arith.minimumf %n0, %zero : tensor<?xf32>
  %ns = rnn.activation <sigmoid> %nm : tensor<?xf32> -> tensor<?xf32>
  %n = arith.addf %np, %ns : tensor<?xf32>
  %both = arith.addf %f, %i : tensor<?xf32>
  %keep = arith.divf %f, %both : tensor<?xf32>
  %share = arith.divf %i, %both : tensor<?xf32>
  %old = arith.mulf %keep, %h : tensor<?xf32>
  %new = arith.mulf %share, %n : tensor<?xf32>
  %h1 = arith.addf %old, %new : tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1 : tensor<?xf32>
}
