// S4D: On the Parameterization and Initialization of Diagonal State Space Models, Gu et al.
// 2022. Each element of x has n complex states of its own; A and B are discretized, and B is
// part of C. Half of each pair of conjugate states is stored.
//
//   s'[i, :] = A[i, :] * s[i, :] + x[i]
//   y[i] = 2 Re(sum of C[i, :] * s'[i, :]) + D[i] * x[i]
//
//   Ar, Ai  A, real and imaginary part
//   Cr, Ci  2 C
//   D       of x, element by element

rnn.cell @se.s4d sizes(x, n) inputs(%x : tensor<?xf32>[x])
    states(%sr : tensor<?x?xf32>[x, n], %si : tensor<?x?xf32>[x, n])
    weights(%Ar : tensor<?x?xf32>[x, n] in [0.5, 0.8], %Ai : tensor<?x?xf32>[x, n] in [-0.5, 0.5],
            %Cr : tensor<?x?xf32>[x, n], %Ci : tensor<?x?xf32>[x, n], %D : tensor<?xf32>[x])
    outputs(tensor<?xf32>) {
  %rr = arith.mulf %Ar, %sr : tensor<?x?xf32>
  %ii = arith.mulf %Ai, %si : tensor<?x?xf32>
  %pr = arith.subf %rr, %ii : tensor<?x?xf32>
  %xc = rnn.reshape %x : tensor<?xf32> -> tensor<?x1xf32>
  %xs = rnn.broadcast %xc : tensor<?x1xf32> -> tensor<?x?xf32>
  %sr1 = arith.addf %pr, %xs : tensor<?x?xf32>
  %ri = arith.mulf %Ar, %si : tensor<?x?xf32>
  %ir = arith.mulf %Ai, %sr : tensor<?x?xf32>
  %si1 = arith.addf %ri, %ir : tensor<?x?xf32>
  %or = arith.mulf %Cr, %sr1 : tensor<?x?xf32>
  %oi = arith.mulf %Ci, %si1 : tensor<?x?xf32>
  %o = arith.subf %or, %oi : tensor<?x?xf32>
  %os = rnn.reduce <sum> %o axes [1] : tensor<?x?xf32> -> tensor<?x1xf32>
  %yo = rnn.reshape %os : tensor<?x1xf32> -> tensor<?xf32>
  %yx = arith.mulf %D, %x : tensor<?xf32>
  %y = arith.addf %yo, %yx : tensor<?xf32>
  rnn.yield %y : tensor<?xf32> next %sr1, %si1 : tensor<?x?xf32>, tensor<?x?xf32>
}
