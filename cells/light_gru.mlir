// Light Gated Recurrent Units for Speech Recognition, Ravanelli et al. 2018. The batch
// normalization of W x, constant after training, is part of W and b.
//
//   z = sigmoid(W_z x + R_z h + b_z)
//   n = relu(W_n x + R_n h + b_n)
//   h' = z * h + (1 - z) * n
//
//   W  of x, gates in the order z, n
//   R  of h
//   b  biases

rnn.cell @se.light_gru sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[2 * h, x], %R : tensor<?x?xf32>[2 * h, h],
            %b : tensor<?xf32>[2 * h])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rh = rnn.matvec %R, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %sum = arith.addf %wx, %rh : tensor<?xf32>
  %a = arith.addf %sum, %b : tensor<?xf32>
  %z0, %n0 = rnn.split %a ["update", "hidden"] : tensor<?xf32>
  %z = rnn.activation <sigmoid> %z0 : tensor<?xf32> -> tensor<?xf32>
  %n = rnn.activation <relu> %n0 : tensor<?xf32> -> tensor<?xf32>
  %one = rnn.fill 1.0 : tensor<?xf32>
  %share = arith.subf %one, %z : tensor<?xf32>
  %old = arith.mulf %z, %h : tensor<?xf32>
  %new = arith.mulf %share, %n : tensor<?xf32>
  %h1 = arith.addf %old, %new : tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1 : tensor<?xf32>
}
