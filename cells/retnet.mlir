// Retentive Network: A Successor to Transformer for Large Language Models, Sun et al. 2023:
// retention, recurrent form, with several heads; without rotation, norm and gate.
//
//   q, k, v = W_q x, W_k x, W_v x, cut into heads
//   S' = gamma * S + v k^T
//   y = S' q, of all heads
//
//   Wq, Wk, Wv  of x, for q (with its factor 1 / sqrt(d)), k and v
//   gamma       of each head

rnn.cell @se.retnet sizes(x, a, d) inputs(%x : tensor<?xf32>[x])
    states(%S : tensor<?x?x?xf32>[a, d, d])
    weights(%Wq : tensor<?x?xf32>[a * d, x], %Wk : tensor<?x?xf32>[a * d, x],
            %Wv : tensor<?x?xf32>[a * d, x], %gamma : tensor<?xf32>[a] in [0.8, 0.98])
    outputs(tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %heads = tensor.dim %S, %c0 : tensor<?x?x?xf32>
  %d = tensor.dim %S, %c1 : tensor<?x?x?xf32>
  %q0 = rnn.matvec %Wq, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %k0 = rnn.matvec %Wk, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %v0 = rnn.matvec %Wv, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %q = tensor.expand_shape %q0 [[0, 1, 2]] output_shape [%heads, 1, %d]
      : tensor<?xf32> into tensor<?x1x?xf32>
  %k = tensor.expand_shape %k0 [[0, 1, 2]] output_shape [%heads, 1, %d]
      : tensor<?xf32> into tensor<?x1x?xf32>
  %v = tensor.expand_shape %v0 [[0, 1, 2]] output_shape [%heads, %d, 1]
      : tensor<?xf32> into tensor<?x?x1xf32>
  %g = rnn.reshape %gamma : tensor<?xf32> -> tensor<?x1x1xf32>
  %gs = rnn.broadcast %g : tensor<?x1x1xf32> -> tensor<?x?x?xf32>
  %kept = arith.mulf %gs, %S : tensor<?x?x?xf32>
  %vs = rnn.broadcast %v : tensor<?x?x1xf32> -> tensor<?x?x?xf32>
  %ks = rnn.broadcast %k : tensor<?x1x?xf32> -> tensor<?x?x?xf32>
  %vk = arith.mulf %vs, %ks : tensor<?x?x?xf32>
  %S1 = arith.addf %kept, %vk : tensor<?x?x?xf32>
  %qs = rnn.broadcast %q : tensor<?x1x?xf32> -> tensor<?x?x?xf32>
  %o = arith.mulf %S1, %qs : tensor<?x?x?xf32>
  %os = rnn.reduce <sum> %o axes [2] : tensor<?x?x?xf32> -> tensor<?x?x1xf32>
  %y = rnn.reshape %os : tensor<?x?x1xf32> -> tensor<?xf32>
  rnn.yield %y : tensor<?xf32> next %S1 : tensor<?x?x?xf32>
}
