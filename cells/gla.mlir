// Gated Linear Attention Transformers with Hardware-Efficient Training, Yang et al. 2024: one
// head, without the norm and the gate behind it.
//
//   q, k, v = W_q x, W_k x, W_v x
//   a = sigmoid(Wb (W_a x) + b) ^ (1 / 16)
//   S' = S diag(a) + v k^T
//   y = S' q
//
//   Wq, Wk, Wv  of x, for q (with its factor 1 / sqrt(k)), k and v
//   Wa          of x, for a, of rank r
//   Wb          of W_a x
//   b           bias of a

rnn.cell @se.gla sizes(x, k, v, r) inputs(%x : tensor<?xf32>[x])
    states(%S : tensor<?x?xf32>[v, k])
    weights(%Wq : tensor<?x?xf32>[k, x], %Wk : tensor<?x?xf32>[k, x], %Wv : tensor<?x?xf32>[v, x],
            %Wa : tensor<?x?xf32>[r, x], %Wb : tensor<?x?xf32>[k, r], %b : tensor<?xf32>[k])
    outputs(tensor<?xf32>) {
  %q = rnn.matvec %Wq, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %k = rnn.matvec %Wk, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %v = rnn.matvec %Wv, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %low = rnn.matvec %Wa, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %a0 = rnn.matvec %Wb, %low : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %a1 = arith.addf %a0, %b : tensor<?xf32>
  // The logarithm of the root of a sigmoid is -softplus(-a) / 16.
  %ln = arith.negf %a1 : tensor<?xf32>
  %ls = rnn.activation <softplus> %ln : tensor<?xf32> -> tensor<?xf32>
  %l = arith.negf %ls : tensor<?xf32>
  %t = rnn.fill 0.0625 : tensor<?xf32>
  %lt = arith.mulf %l, %t : tensor<?xf32>
  %a = math.exp %lt : tensor<?xf32>
  %as = rnn.broadcast %a : tensor<?xf32> -> tensor<?x?xf32>
  %kept = arith.mulf %as, %S : tensor<?x?xf32>
  %vkc = rnn.reshape %v : tensor<?xf32> -> tensor<?x1xf32>
  %vkcs = rnn.broadcast %vkc : tensor<?x1xf32> -> tensor<?x?xf32>
  %vkrs = rnn.broadcast %k : tensor<?xf32> -> tensor<?x?xf32>
  %vk = arith.mulf %vkcs, %vkrs : tensor<?x?xf32>
  %S1 = arith.addf %kept, %vk : tensor<?x?xf32>
  %y = rnn.matvec %S1, %q : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  rnn.yield %y : tensor<?xf32> next %S1 : tensor<?x?xf32>
}
