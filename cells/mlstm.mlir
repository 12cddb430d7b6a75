// mLSTM: xLSTM: Extended Long Short-Term Memory, Beck et al. 2024: one head. The largest
// exponent, m, keeps exponentials below 1.
//
//   q, k, v = W_q x + b_q, W_k x + b_k, W_v x + b_v
//   i, f = w_i x + b_i, w_f x + b_f
//   l = log(sigmoid(f))
//   m' = max(l + m, i)
//   C' = exp(l + m - m') * C + exp(i - m') * v k^T
//   n' = exp(l + m - m') * n + exp(i - m') * k
//   y = sigmoid(W_o x + b_o) * (C' q) / max(|n' q|, exp(-m'))
//
//   W  of x, in the order q, k (with its factor 1 / sqrt(h)), v, o
//   b  biases of these
//   w  of x, for the numbers i and f
//   g  biases of these

rnn.cell @se.mlstm sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%C : tensor<?x?xf32>[h, h], %n : tensor<?xf32>[h], %m : tensor<1xf32>)
    weights(%W : tensor<?x?xf32>[4 * h, x], %b : tensor<?xf32>[4 * h], %w : tensor<2x?xf32>[2, x],
            %g : tensor<2xf32> in [0.5, 2.0])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %all = arith.addf %wx, %b : tensor<?xf32>
  %q, %k, %v, %o0 = rnn.split %all ["query", "key", "value", "output"] : tensor<?xf32>
  %o = rnn.activation <sigmoid> %o0 : tensor<?xf32> -> tensor<?xf32>
  %gx = rnn.matvec %w, %x : tensor<2x?xf32>, tensor<?xf32> -> tensor<2xf32>
  %gates = arith.addf %gx, %g : tensor<2xf32>
  %i0, %f0 = rnn.split %gates ["input", "forget"] : tensor<2xf32>
  %ln = arith.negf %f0 : tensor<1xf32>
  %ls = rnn.activation <softplus> %ln : tensor<1xf32> -> tensor<1xf32>
  %l = arith.negf %ls : tensor<1xf32>
  %lm = arith.addf %l, %m : tensor<1xf32>
  %m1 = arith.maximumf %lm, %i0 : tensor<1xf32>
  %fe = arith.subf %lm, %m1 : tensor<1xf32>
  %f = math.exp %fe : tensor<1xf32>
  %ie = arith.subf %i0, %m1 : tensor<1xf32>
  %i = math.exp %ie : tensor<1xf32>
  %fs = rnn.broadcast %f : tensor<1xf32> -> tensor<?x?xf32>
  %kept = arith.mulf %fs, %C : tensor<?x?xf32>
  %iv = rnn.broadcast %i : tensor<1xf32> -> tensor<?xf32>
  %vi = arith.mulf %iv, %v : tensor<?xf32>
  %newc = rnn.reshape %vi : tensor<?xf32> -> tensor<?x1xf32>
  %newcs = rnn.broadcast %newc : tensor<?x1xf32> -> tensor<?x?xf32>
  %newrs = rnn.broadcast %k : tensor<?xf32> -> tensor<?x?xf32>
  %new = arith.mulf %newcs, %newrs : tensor<?x?xf32>
  %C1 = arith.addf %kept, %new : tensor<?x?xf32>
  %fv = rnn.broadcast %f : tensor<1xf32> -> tensor<?xf32>
  %nk = arith.mulf %fv, %n : tensor<?xf32>
  %ki = arith.mulf %iv, %k : tensor<?xf32>
  %n1 = arith.addf %nk, %ki : tensor<?xf32>
  %nq = arith.mulf %n1, %q : tensor<?xf32>
  %s = rnn.reduce <sum> %nq axes [0] : tensor<?xf32> -> tensor<1xf32>
  %sa = math.absf %s : tensor<1xf32>
  %mn = arith.negf %m1 : tensor<1xf32>
  %me = math.exp %mn : tensor<1xf32>
  %den0 = arith.maximumf %sa, %me : tensor<1xf32>
  %den = rnn.broadcast %den0 : tensor<1xf32> -> tensor<?xf32>
  %num = rnn.matvec %C1, %q : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %r = arith.divf %num, %den : tensor<?xf32>
  %y = arith.mulf %o, %r : tensor<?xf32>
  rnn.yield %y : tensor<?xf32> next %C1, %n1, %m1 : tensor<?x?xf32>, tensor<?xf32>, tensor<1xf32>
}
