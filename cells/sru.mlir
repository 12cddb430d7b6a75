// Simple Recurrent Units for Highly Parallelizable Recurrence, Lei et al. 2018. Input and
// state have one size; the factor of x in h is part of the paper's initialization.
//
//   f = sigmoid(W_f x + v_f * c + b_f)
//   r = sigmoid(W_r x + v_r * c + b_r)
//   c' = f * c + (1 - f) * (W_c x)
//   y = r * c' + (1 - r) * x
//
//   W  of x, in the order f, r, c
//   v  of c, in the order f, r
//   b  biases, f, r

rnn.cell @se.sru sizes(h) inputs(%x : tensor<?xf32>[h])
    states(%c : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[3 * h, h], %v : tensor<?xf32>[2 * h] in [-0.5, 0.5],
            %b : tensor<?xf32>[2 * h])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %fx, %rx, %n = rnn.split %wx ["forget", "reset", "cell"] : tensor<?xf32>
  %vf, %vr = rnn.split %v ["", ""] : tensor<?xf32>
  %bf, %br = rnn.split %b ["", ""] : tensor<?xf32>
  %fc = arith.mulf %vf, %c : tensor<?xf32>
  %f0 = arith.addf %fx, %fc : tensor<?xf32>
  %f1 = arith.addf %f0, %bf : tensor<?xf32>
  %f = rnn.activation <sigmoid> %f1 : tensor<?xf32> -> tensor<?xf32>
  %rc = arith.mulf %vr, %c : tensor<?xf32>
  %r0 = arith.addf %rx, %rc : tensor<?xf32>
  %r1 = arith.addf %r0, %br : tensor<?xf32>
  %r = rnn.activation <sigmoid> %r1 : tensor<?xf32> -> tensor<?xf32>
  %one = rnn.fill 1.0 : tensor<?xf32>
  %share = arith.subf %one, %f : tensor<?xf32>
  %old = arith.mulf %f, %c : tensor<?xf32>
  %new = arith.mulf %share, %n : tensor<?xf32>
  %c1 = arith.addf %old, %new : tensor<?xf32>
  %pass = arith.subf %one, %r : tensor<?xf32>
  %yc = arith.mulf %r, %c1 : tensor<?xf32>
  %yx = arith.mulf %pass, %x : tensor<?xf32>
  %y = arith.addf %yc, %yx : tensor<?xf32>
  rnn.yield %y : tensor<?xf32> next %c1 : tensor<?xf32>
}
