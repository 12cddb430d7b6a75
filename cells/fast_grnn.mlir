// FastGRNN: A Fast, Accurate, Stable and Tiny Kilobyte Sized Gated Recurrent Neural
// Network, Kusupati et al. 2018.
//
//   z = sigmoid(W x + R h + b_z)
//   n = tanh(W x + R h + b_n)
//   h' = (zeta * (1 - z) + nu) * n + z * h
//
//   W     of x
//   R     of h
//   b     biases, z, n
//   zeta  of the new
//   nu    of the new

rnn.cell @se.fast_grnn sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[h, x], %R : tensor<?x?xf32>[h, h], %b : tensor<?xf32>[2 * h],
            %zeta : tensor<1xf32> in [0.5, 1.0], %nu : tensor<1xf32> in [0.0, 0.1])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rh = rnn.matvec %R, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %a = arith.addf %wx, %rh : tensor<?xf32>
  %bz, %bn = rnn.split %b ["", ""] : tensor<?xf32>
  %z0 = arith.addf %a, %bz : tensor<?xf32>
  %z = rnn.activation <sigmoid> %z0 : tensor<?xf32> -> tensor<?xf32>
  %n0 = arith.addf %a, %bn : tensor<?xf32>
  %n = rnn.activation <tanh> %n0 : tensor<?xf32> -> tensor<?xf32>
  %zetas = rnn.broadcast %zeta : tensor<1xf32> -> tensor<?xf32>
  %nus = rnn.broadcast %nu : tensor<1xf32> -> tensor<?xf32>
  %one = rnn.fill 1.0 : tensor<?xf32>
  %rest = arith.subf %one, %z : tensor<?xf32>
  %part = arith.mulf %zetas, %rest : tensor<?xf32>
  %share = arith.addf %part, %nus : tensor<?xf32>
  %new = arith.mulf %share, %n : tensor<?xf32>
  %old = arith.mulf %z, %h : tensor<?xf32>
  %h1 = arith.addf %new, %old : tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1 : tensor<?xf32>
}
