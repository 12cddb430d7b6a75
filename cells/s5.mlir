// Simplified State Space Layers for Sequence Modeling, Smith, Warrington and Linderman 2023.
// Half of each pair of conjugate states is stored; A and B are discretized. The state
// space is that of lru; GELU follows it.
//
//   y = gelu(2 Re(C s') + D * x)
//
//   Ar, Ai  A, real and imaginary part
//   Br, Bi  B
//   Cr, Ci  2 C
//   D       of x, element by element

rnn.cell @se.s5 sizes(x, n) inputs(%x : tensor<?xf32>[x])
    states(%sr : tensor<?xf32>[n], %si : tensor<?xf32>[n])
    weights(%Ar : tensor<?xf32>[n] in [0.5, 0.8], %Ai : tensor<?xf32>[n] in [-0.5, 0.5],
            %Br : tensor<?x?xf32>[n, x], %Bi : tensor<?x?xf32>[n, x], %Cr : tensor<?x?xf32>[x, n],
            %Ci : tensor<?x?xf32>[x, n], %D : tensor<?xf32>[x])
    outputs(tensor<?xf32>) {
  %a, %sr1, %si1 = rnn.apply @se.lru(%x) states(%sr, %si) weights(%Ar, %Ai, %Br, %Bi, %Cr, %Ci, %D)
      : (tensor<?xf32>), (tensor<?xf32>, tensor<?xf32>),
        (tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>,
         tensor<?x?xf32>, tensor<?xf32>)
      -> (tensor<?xf32>), (tensor<?xf32>, tensor<?xf32>)
  // GELU: a / 2 * (1 + erf(a / sqrt(2))).
  %root = rnn.fill 0.70710678 : tensor<?xf32>
  %e0 = arith.mulf %a, %root : tensor<?xf32>
  %e1 = math.erf %e0 : tensor<?xf32>
  %one = rnn.fill 1.0 : tensor<?xf32>
  %e = arith.addf %e1, %one : tensor<?xf32>
  %half = rnn.fill 0.5 : tensor<?xf32>
  %ah = arith.mulf %a, %half : tensor<?xf32>
  %y = arith.mulf %ah, %e : tensor<?xf32>
  rnn.yield %y : tensor<?xf32> next %sr1, %si1 : tensor<?xf32>, tensor<?xf32>
}
