// Gated Delta Networks: Improving Mamba2 with Delta Rule, Yang, Kautz and Hatamizadeh 2024:
// one head; without convolution, norm and gate.
//
//   q, k, v = W_q x / |W_q x|, W_k x / |W_k x|, W_v x
//   a = exp(-A * softplus(w_a x + b_a))
//   b = sigmoid(w_b x)
//   S' = a S + b (v - a S k) k^T
//   y = S' q
//
//   Wq, Wk, Wv  of x
//   wa, wb      of x, for the numbers a and b
//   ba          bias of a
//   A           factor of the decay, positive

rnn.cell @se.gated_deltanet sizes(x, k, v) inputs(%x : tensor<?xf32>[x])
    states(%S : tensor<?x?xf32>[v, k])
    weights(%Wq : tensor<?x?xf32>[k, x], %Wk : tensor<?x?xf32>[k, x], %Wv : tensor<?x?xf32>[v, x],
            %wa : tensor<1x?xf32>[1, x], %wb : tensor<1x?xf32>[1, x], %ba : tensor<1xf32>,
            %A : tensor<1xf32> in [0.1, 0.4])
    outputs(tensor<?xf32>) {
  %q0 = rnn.matvec %Wq, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %k0 = rnn.matvec %Wk, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %v = rnn.matvec %Wv, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %a0 = rnn.matvec %wa, %x : tensor<1x?xf32>, tensor<?xf32> -> tensor<1xf32>
  %b0 = rnn.matvec %wb, %x : tensor<1x?xf32>, tensor<?xf32> -> tensor<1xf32>
  %q02 = arith.mulf %q0, %q0 : tensor<?xf32>
  %q0s = rnn.reduce <sum> %q02 axes [0] : tensor<?xf32> -> tensor<1xf32>
  %q0e = rnn.fill 1.0e-6 : tensor<1xf32>
  %q0n = arith.addf %q0s, %q0e : tensor<1xf32>
  %q0r = math.rsqrt %q0n : tensor<1xf32>
  %q0f = rnn.broadcast %q0r : tensor<1xf32> -> tensor<?xf32>
  %q = arith.mulf %q0, %q0f : tensor<?xf32>
  %k02 = arith.mulf %k0, %k0 : tensor<?xf32>
  %k0s = rnn.reduce <sum> %k02 axes [0] : tensor<?xf32> -> tensor<1xf32>
  %k0e = rnn.fill 1.0e-6 : tensor<1xf32>
  %k0n = arith.addf %k0s, %k0e : tensor<1xf32>
  %k0r = math.rsqrt %k0n : tensor<1xf32>
  %k0f = rnn.broadcast %k0r : tensor<1xf32> -> tensor<?xf32>
  %k = arith.mulf %k0, %k0f : tensor<?xf32>
  %a1 = arith.addf %a0, %ba : tensor<1xf32>
  %a2 = rnn.activation <softplus> %a1 : tensor<1xf32> -> tensor<1xf32>
  %a3 = arith.mulf %A, %a2 : tensor<1xf32>
  %a4 = arith.negf %a3 : tensor<1xf32>
  %a = math.exp %a4 : tensor<1xf32>
  %b = rnn.activation <sigmoid> %b0 : tensor<1xf32> -> tensor<1xf32>
  %as = rnn.broadcast %a : tensor<1xf32> -> tensor<?x?xf32>
  %aS = arith.mulf %as, %S : tensor<?x?xf32>
  %old = rnn.matvec %aS, %k : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %e = arith.subf %v, %old : tensor<?xf32>
  %bs = rnn.broadcast %b : tensor<1xf32> -> tensor<?xf32>
  %be = arith.mulf %bs, %e : tensor<?xf32>
  %ekc = rnn.reshape %be : tensor<?xf32> -> tensor<?x1xf32>
  %ekcs = rnn.broadcast %ekc : tensor<?x1xf32> -> tensor<?x?xf32>
  %ekrs = rnn.broadcast %k : tensor<?xf32> -> tensor<?x?xf32>
  %ek = arith.mulf %ekcs, %ekrs : tensor<?x?xf32>
  %S1 = arith.addf %aS, %ek : tensor<?x?xf32>
  %y = rnn.matvec %S1, %q : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  rnn.yield %y : tensor<?xf32> next %S1 : tensor<?x?xf32>
}
