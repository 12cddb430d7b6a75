// sLSTM: xLSTM: Extended Long Short-Term Memory, Beck et al. 2024: one head. The largest
// exponent, m, keeps exponentials below 1.
//
//   z, i, f, o = W x + R h + b
//   l = log(sigmoid(f))
//   m' = max(l + m, i)
//   c' = exp(l + m - m') * c + exp(i - m') * tanh(z)
//   n' = exp(l + m - m') * n + exp(i - m')
//   h' = sigmoid(o) * c' / n'
//
//   W  of x, gates in the order z, i, f, o
//   R  of h
//   b  biases

rnn.cell @se.slstm sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h], %c : tensor<?xf32>[h], %n : tensor<?xf32>[h],
           %m : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[4 * h, x], %R : tensor<?x?xf32>[4 * h, h],
            %b : tensor<?xf32>[4 * h])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rh = rnn.matvec %R, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %sum = arith.addf %wx, %rh : tensor<?xf32>
  %all = arith.addf %sum, %b : tensor<?xf32>
  %z0, %i0, %f0, %o0 = rnn.split %all ["cell", "input", "forget", "output"] : tensor<?xf32>
  %z = rnn.activation <tanh> %z0 : tensor<?xf32> -> tensor<?xf32>
  %o = rnn.activation <sigmoid> %o0 : tensor<?xf32> -> tensor<?xf32>
  %ln = arith.negf %f0 : tensor<?xf32>
  %ls = rnn.activation <softplus> %ln : tensor<?xf32> -> tensor<?xf32>
  %l = arith.negf %ls : tensor<?xf32>
  %lm = arith.addf %l, %m : tensor<?xf32>
  %m1 = arith.maximumf %lm, %i0 : tensor<?xf32>
  %fe = arith.subf %lm, %m1 : tensor<?xf32>
  %f = math.exp %fe : tensor<?xf32>
  %ie = arith.subf %i0, %m1 : tensor<?xf32>
  %i = math.exp %ie : tensor<?xf32>
  %kept = arith.mulf %f, %c : tensor<?xf32>
  %new = arith.mulf %i, %z : tensor<?xf32>
  %c1 = arith.addf %kept, %new : tensor<?xf32>
  %nk = arith.mulf %f, %n : tensor<?xf32>
  %n1 = arith.addf %nk, %i : tensor<?xf32>
  %cn = arith.divf %c1, %n1 : tensor<?xf32>
  %h1 = arith.mulf %o, %cn : tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1, %c1, %n1, %m1
      : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
}
