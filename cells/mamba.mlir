// Selective state space, one step: Mamba: Linear-Time Sequence Modeling with Selective State
// Spaces, Gu and Dao 2023. The convolution, the gate and the projections around it are not
// part of it.
//
//   d = softplus(Wd (W_d x) + bd)
//   S' = exp(d * A) * S + (d * x) (W_B x)^T
//   y = S' (W_C x) + D * x
//
//   W   of x, for d, of rank r
//   WB  of x, for B
//   WC  of x, for C
//   Wd  of W x
//   bd  bias of d
//   A   negative
//   D   of x, element by element

rnn.cell @se.mamba sizes(x, n, r) inputs(%x : tensor<?xf32>[x])
    states(%S : tensor<?x?xf32>[x, n])
    weights(%W : tensor<?x?xf32>[r, x], %WB : tensor<?x?xf32>[n, x], %WC : tensor<?x?xf32>[n, x],
            %Wd : tensor<?x?xf32>[x, r], %bd : tensor<?xf32>[x] in [-3.0, -1.0],
            %A : tensor<?x?xf32>[x, n] in [-4.0, -1.0], %D : tensor<?xf32>[x] in [0.8, 1.2])
    outputs(tensor<?xf32>) {
  %low = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %B = rnn.matvec %WB, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %C = rnn.matvec %WC, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %d0 = rnn.matvec %Wd, %low : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %d1 = arith.addf %d0, %bd : tensor<?xf32>
  %d = rnn.activation <softplus> %d1 : tensor<?xf32> -> tensor<?xf32>
  %dc = rnn.reshape %d : tensor<?xf32> -> tensor<?x1xf32>
  %ds = rnn.broadcast %dc : tensor<?x1xf32> -> tensor<?x?xf32>
  %dA = arith.mulf %ds, %A : tensor<?x?xf32>
  %decay = math.exp %dA : tensor<?x?xf32>
  %dx = arith.mulf %d, %x : tensor<?xf32>
  %newc = rnn.reshape %dx : tensor<?xf32> -> tensor<?x1xf32>
  %newcs = rnn.broadcast %newc : tensor<?x1xf32> -> tensor<?x?xf32>
  %newrs = rnn.broadcast %B : tensor<?xf32> -> tensor<?x?xf32>
  %new = arith.mulf %newcs, %newrs : tensor<?x?xf32>
  %kept = arith.mulf %decay, %S : tensor<?x?xf32>
  %S1 = arith.addf %kept, %new : tensor<?x?xf32>
  %ys = rnn.matvec %S1, %C : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %yx = arith.mulf %D, %x : tensor<?xf32>
  %y = arith.addf %ys, %yx : tensor<?xf32>
  rnn.yield %y : tensor<?xf32> next %S1 : tensor<?x?xf32>
}
