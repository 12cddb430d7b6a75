// Quasi-Recurrent Neural Networks, Bradbury et al. 2017: a filter over two frames and
// fo-pooling, one step.
//
//   z = tanh(W_z x + V_z p)
//   f = sigmoid(W_f x + V_f p)
//   o = sigmoid(W_o x + V_o p)
//   c' = f * c + (1 - f) * z
//   y = o * c'
//   p' = x
//
//   W  of x, in the order z, f, o
//   V  of the frame before, p
//   b  biases

rnn.cell @se.qrnn sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%p : tensor<?xf32>[x], %c : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[3 * h, x], %V : tensor<?x?xf32>[3 * h, x],
            %b : tensor<?xf32>[3 * h])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %vp = rnn.matvec %V, %p : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %sum = arith.addf %wx, %vp : tensor<?xf32>
  %a = arith.addf %sum, %b : tensor<?xf32>
  %z0, %f0, %o0 = rnn.split %a ["cell", "forget", "output"] : tensor<?xf32>
  %z = rnn.activation <tanh> %z0 : tensor<?xf32> -> tensor<?xf32>
  %f = rnn.activation <sigmoid> %f0 : tensor<?xf32> -> tensor<?xf32>
  %o = rnn.activation <sigmoid> %o0 : tensor<?xf32> -> tensor<?xf32>
  %one = rnn.fill 1.0 : tensor<?xf32>
  %share = arith.subf %one, %f : tensor<?xf32>
  %old = arith.mulf %f, %c : tensor<?xf32>
  %new = arith.mulf %share, %z : tensor<?xf32>
  %c1 = arith.addf %old, %new : tensor<?xf32>
  %y = arith.mulf %o, %c1 : tensor<?xf32>
  rnn.yield %y : tensor<?xf32> next %x, %c1 : tensor<?xf32>, tensor<?xf32>
}
