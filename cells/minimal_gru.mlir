// Minimal gated unit: Minimal Gated Unit for Recurrent Neural Networks, Zhou et al. 2016.
//
//   f = sigmoid(W_f x + R h + b_f)
//   n = tanh(W_n x + Rn (f * h) + b_n)
//   h' = (1 - f) * h + f * n
//
//   W   of x, gates in the order f, n
//   R   of h
//   Rn  of f * h
//   b   biases

rnn.cell @se.minimal_gru sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[2 * h, x], %R : tensor<?x?xf32>[h, h],
            %Rn : tensor<?x?xf32>[h, h], %b : tensor<?xf32>[2 * h])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %a = arith.addf %wx, %b : tensor<?xf32>
  %fx, %nx = rnn.split %a ["forget", "hidden"] : tensor<?xf32>
  %fh = rnn.matvec %R, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %f0 = arith.addf %fx, %fh : tensor<?xf32>
  %f = rnn.activation <sigmoid> %f0 : tensor<?xf32> -> tensor<?xf32>
  %reset = arith.mulf %f, %h : tensor<?xf32>
  %nh = rnn.matvec %Rn, %reset {rnn.layer = "hidden"}
      : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %n0 = arith.addf %nx, %nh : tensor<?xf32>
  %n = rnn.activation <tanh> %n0 : tensor<?xf32> -> tensor<?xf32>
  %one = rnn.fill 1.0 : tensor<?xf32>
  %keep = arith.subf %one, %f : tensor<?xf32>
  %old = arith.mulf %keep, %h : tensor<?xf32>
  %new = arith.mulf %f, %n : tensor<?xf32>
  %h1 = arith.addf %old, %new : tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1 : tensor<?xf32>
}
