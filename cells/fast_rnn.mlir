// FastGRNN: A Fast, Accurate, Stable and Tiny Kilobyte Sized Gated Recurrent Neural
// Network, Kusupati et al. 2018: FastRNN.
//
//   h' = alpha * f(W x + R h + b) + beta * h
//
//   W      of x
//   R      of h
//   b      biases
//   alpha  of the new
//   beta   of the old
//
// Options: f is a function.

rnn.cell @se.fast_rnn sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[h, x], %R : tensor<?x?xf32>[h, h], %b : tensor<?xf32>[h],
            %alpha : tensor<1xf32> in [0.2, 0.4], %beta : tensor<1xf32> in [0.6, 0.8])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rh = rnn.matvec %R, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %s = arith.addf %wx, %rh : tensor<?xf32>
  %a = arith.addf %s, %b : tensor<?xf32>
  %n = rnn.activation <tanh> %a {rnn.option = "f"} : tensor<?xf32> -> tensor<?xf32>
  %alphas = rnn.broadcast %alpha : tensor<1xf32> -> tensor<?xf32>
  %betas = rnn.broadcast %beta : tensor<1xf32> -> tensor<?xf32>
  %new = arith.mulf %alphas, %n : tensor<?xf32>
  %old = arith.mulf %betas, %h : tensor<?xf32>
  %h1 = arith.addf %new, %old : tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1 : tensor<?xf32>
}
