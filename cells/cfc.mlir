// Closed-form continuous-time neural networks, Hasani et al. 2022, at a constant rate of
// frames: the time between two is part of Wt and bt. lecun(a) = 1.7159 tanh(2 a / 3).
//
//   z = lecun(Wx x + Wh h + bz)
//   f, g = tanh(W_f z + b_f), tanh(W_g z + b_g)
//   t = sigmoid(W_t z + b_t)
//   h' = (1 - t) * f + t * g
//
//   Wx, Wh, bz  backbone of k units
//   W           of z, in the order f, g, t
//   b           biases of these

rnn.cell @se.cfc sizes(x, h, k) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h])
    weights(%Wx : tensor<?x?xf32>[k, x], %Wh : tensor<?x?xf32>[k, h], %bz : tensor<?xf32>[k],
            %W : tensor<?x?xf32>[3 * h, k], %b : tensor<?xf32>[3 * h])
    outputs(tensor<?xf32>) {
  %zx = rnn.matvec %Wx, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %zh = rnn.matvec %Wh, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %zs = arith.addf %zx, %zh : tensor<?xf32>
  %z0 = arith.addf %zs, %bz : tensor<?xf32>
  %z = rnn.activation <scaled_tanh, alpha = 1.7159 : f32, beta = 0.6666667 : f32> %z0
      : tensor<?xf32> -> tensor<?xf32>
  %wz = rnn.matvec %W, %z : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %a = arith.addf %wz, %b : tensor<?xf32>
  %f0, %g0, %t0 = rnn.split %a ["first", "second", "time"] : tensor<?xf32>
  %f = rnn.activation <tanh> %f0 : tensor<?xf32> -> tensor<?xf32>
  %g = rnn.activation <tanh> %g0 : tensor<?xf32> -> tensor<?xf32>
  %t = rnn.activation <sigmoid> %t0 : tensor<?xf32> -> tensor<?xf32>
  %one = rnn.fill 1.0 : tensor<?xf32>
  %nt = arith.subf %one, %t : tensor<?xf32>
  %a1 = arith.mulf %nt, %f : tensor<?xf32>
  %a2 = arith.mulf %t, %g : tensor<?xf32>
  %h1 = arith.addf %a1, %a2 : tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1 : tensor<?xf32>
}
