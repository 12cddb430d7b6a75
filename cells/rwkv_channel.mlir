// Channel mixing of RWKV-4: RWKV: Reinventing RNNs for the Transformer Era, Peng et al. 2023.
//
//   z_r, z_k = mix * x + (1 - mix) * last
//   y = sigmoid(W_r z_r) * (W_v relu(W_k z_k)^2)
//   last' = x
//
//   mr, mk      mix of r and k
//   Wr, Wk, Wv  matrices

rnn.cell @se.rwkv_channel sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%last : tensor<?xf32>[x])
    weights(%mr : tensor<?xf32>[x] in [0.0, 1.0], %mk : tensor<?xf32>[x] in [0.0, 1.0],
            %Wr : tensor<?x?xf32>[x, x], %Wk : tensor<?x?xf32>[h, x], %Wv : tensor<?x?xf32>[x, h])
    outputs(tensor<?xf32>) {
  %one = rnn.fill 1.0 : tensor<?xf32>
  %rx = arith.mulf %mr, %x : tensor<?xf32>
  %rm = arith.subf %one, %mr : tensor<?xf32>
  %rl = arith.mulf %rm, %last : tensor<?xf32>
  %zr = arith.addf %rx, %rl : tensor<?xf32>
  %kx = arith.mulf %mk, %x : tensor<?xf32>
  %km = arith.subf %one, %mk : tensor<?xf32>
  %kl = arith.mulf %km, %last : tensor<?xf32>
  %zk = arith.addf %kx, %kl : tensor<?xf32>
  %r0 = rnn.matvec %Wr, %zr : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %r = rnn.activation <sigmoid> %r0 : tensor<?xf32> -> tensor<?xf32>
  %k0 = rnn.matvec %Wk, %zk : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %k1 = rnn.activation <relu> %k0 : tensor<?xf32> -> tensor<?xf32>
  %k = arith.mulf %k1, %k1 : tensor<?xf32>
  %v = rnn.matvec %Wv, %k : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %y = arith.mulf %r, %v : tensor<?xf32>
  rnn.yield %y : tensor<?xf32> next %x : tensor<?xf32>
}
