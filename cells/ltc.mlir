// Liquid Time-constant Networks, Hasani et al. 2021: one step of the fused solver. For several
// steps in a frame, apply the cell several times.
//
//   s[i, j] = wx[i, j] * sigmoid(sx[i, j] * (x[j] - mx[i, j])), synapses of x
//   r[i, j] = wh[i, j] * sigmoid(sh[i, j] * (h[j] - mh[i, j])), synapses of h
//   n = cm * h + leak * rest + sum of s * ex + sum of r * eh
//   h' = n / (cm + leak + sum of s + sum of r)
//
//   wx, sx, mx, ex  weights, slopes, centres and potentials of synapses of x
//   wh, sh, mh, eh  those of h
//   cm              capacities by time step
//   leak, rest      conductance and potential of the leak

rnn.cell @se.ltc sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h])
    weights(%wx : tensor<?x?xf32>[h, x] in [0.001, 0.1],
            %sx : tensor<?x?xf32>[h, x] in [3.0, 8.0], %mx : tensor<?x?xf32>[h, x] in [0.3, 0.8],
            %ex : tensor<?x?xf32>[h, x] in [-1.0, 1.0],
            %wh : tensor<?x?xf32>[h, h] in [0.001, 0.1],
            %sh : tensor<?x?xf32>[h, h] in [3.0, 8.0], %mh : tensor<?x?xf32>[h, h] in [0.3, 0.8],
            %eh : tensor<?x?xf32>[h, h] in [-1.0, 1.0], %cm : tensor<?xf32>[h] in [0.4, 0.6],
            %leak : tensor<?xf32>[h] in [0.1, 1.0], %rest : tensor<?xf32>[h] in [-0.2, 0.2])
    outputs(tensor<?xf32>) {
  %xb = rnn.broadcast %x : tensor<?xf32> -> tensor<?x?xf32>
  %sd = arith.subf %xb, %mx : tensor<?x?xf32>
  %sa = arith.mulf %sx, %sd : tensor<?x?xf32>
  %sg = rnn.activation <sigmoid> %sa : tensor<?x?xf32> -> tensor<?x?xf32>
  %s = arith.mulf %wx, %sg : tensor<?x?xf32>
  %se = arith.mulf %s, %ex : tensor<?x?xf32>
  %sn0 = rnn.reduce <sum> %se axes [1] : tensor<?x?xf32> -> tensor<?x1xf32>
  %sn = rnn.reshape %sn0 : tensor<?x1xf32> -> tensor<?xf32>
  %sm0 = rnn.reduce <sum> %s axes [1] : tensor<?x?xf32> -> tensor<?x1xf32>
  %sm = rnn.reshape %sm0 : tensor<?x1xf32> -> tensor<?xf32>
  %hb = rnn.broadcast %h : tensor<?xf32> -> tensor<?x?xf32>
  %rd = arith.subf %hb, %mh : tensor<?x?xf32>
  %ra = arith.mulf %sh, %rd : tensor<?x?xf32>
  %rg = rnn.activation <sigmoid> %ra : tensor<?x?xf32> -> tensor<?x?xf32>
  %r = arith.mulf %wh, %rg : tensor<?x?xf32>
  %re = arith.mulf %r, %eh : tensor<?x?xf32>
  %rn0 = rnn.reduce <sum> %re axes [1] : tensor<?x?xf32> -> tensor<?x1xf32>
  %rn = rnn.reshape %rn0 : tensor<?x1xf32> -> tensor<?xf32>
  %rm0 = rnn.reduce <sum> %r axes [1] : tensor<?x?xf32> -> tensor<?x1xf32>
  %rm = rnn.reshape %rm0 : tensor<?x1xf32> -> tensor<?xf32>
  %ch = arith.mulf %cm, %h : tensor<?xf32>
  %lr = arith.mulf %leak, %rest : tensor<?xf32>
  %n1 = arith.addf %ch, %lr : tensor<?xf32>
  %n2 = arith.addf %n1, %sn : tensor<?xf32>
  %n = arith.addf %n2, %rn : tensor<?xf32>
  %d1 = arith.addf %cm, %leak : tensor<?xf32>
  %d2 = arith.addf %d1, %sm : tensor<?xf32>
  %d = arith.addf %d2, %rm : tensor<?xf32>
  %h1 = arith.divf %n, %d : tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1 : tensor<?xf32>
}
