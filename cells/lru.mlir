// Linear recurrent unit: Resurrecting Recurrent Neural Networks for Long Sequences, Orvieto
// et al. 2023. The state is complex and its matrix diagonal, A = exp(-exp(nu) + i theta);
// the normalization gamma is part of B.
//
//   s' = A * s + B x
//   y = Re(C s') + D * x
//
//   Ar, Ai  A, real and imaginary part
//   Br, Bi  B
//   Cr, Ci  C
//   D       of x, element by element

rnn.cell @se.lru sizes(x, n) inputs(%x : tensor<?xf32>[x])
    states(%sr : tensor<?xf32>[n], %si : tensor<?xf32>[n])
    weights(%Ar : tensor<?xf32>[n] in [0.5, 0.8], %Ai : tensor<?xf32>[n] in [-0.5, 0.5],
            %Br : tensor<?x?xf32>[n, x], %Bi : tensor<?x?xf32>[n, x], %Cr : tensor<?x?xf32>[x, n],
            %Ci : tensor<?x?xf32>[x, n], %D : tensor<?xf32>[x])
    outputs(tensor<?xf32>) {
  %ur = rnn.matvec %Br, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %ui = rnn.matvec %Bi, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rr = arith.mulf %Ar, %sr : tensor<?xf32>
  %ii = arith.mulf %Ai, %si : tensor<?xf32>
  %pr = arith.subf %rr, %ii : tensor<?xf32>
  %sr1 = arith.addf %pr, %ur : tensor<?xf32>
  %ri = arith.mulf %Ar, %si : tensor<?xf32>
  %ir = arith.mulf %Ai, %sr : tensor<?xf32>
  %pi = arith.addf %ri, %ir : tensor<?xf32>
  %si1 = arith.addf %pi, %ui : tensor<?xf32>
  %yr = rnn.matvec %Cr, %sr1 : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %yi = rnn.matvec %Ci, %si1 : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %ys = arith.subf %yr, %yi : tensor<?xf32>
  %yx = arith.mulf %D, %x : tensor<?xf32>
  %y = arith.addf %ys, %yx : tensor<?xf32>
  rnn.yield %y : tensor<?xf32> next %sr1, %si1 : tensor<?xf32>, tensor<?xf32>
}
