// minGRU: Were RNNs All We Needed?, Feng et al. 2024.
//
//   z = sigmoid(W_z x + b_z)
//   h' = (1 - z) * h + z * g(W_n x + b_n)
//   g(x) = x + 0.5 for x >= 0, else sigmoid(x)
//
//   W  of x, gates in the order z, n
//   b  biases

rnn.cell @se.min_gru sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[2 * h, x], %b : tensor<?xf32>[2 * h])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %a = arith.addf %wx, %b : tensor<?xf32>
  %z0, %n0 = rnn.split %a ["update", "hidden"] : tensor<?xf32>
  %z = rnn.activation <sigmoid> %z0 : tensor<?xf32> -> tensor<?xf32>
  // g(a), without a comparison: relu(a) + sigmoid(min(a, 0)).
  %zero = rnn.fill 0.0 : tensor<?xf32>
  %np = rnn.activation <relu> %n0 : tensor<?xf32> -> tensor<?xf32>
  %nm = arith.minimumf %n0, %zero : tensor<?xf32>
  %ns = rnn.activation <sigmoid> %nm : tensor<?xf32> -> tensor<?xf32>
  %n = arith.addf %np, %ns : tensor<?xf32>
  %one = rnn.fill 1.0 : tensor<?xf32>
  %keep = arith.subf %one, %z : tensor<?xf32>
  %old = arith.mulf %keep, %h : tensor<?xf32>
  %new = arith.mulf %z, %n : tensor<?xf32>
  %h1 = arith.addf %old, %new : tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1 : tensor<?xf32>
}
