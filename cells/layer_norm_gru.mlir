// GRU with layer normalization: Layer Normalization, Ba, Kiros and Hinton 2016.
//
//   z, r = sigmoid(LN(W x; gw, bw) + LN(R h; gr, br))
//   n = tanh(LN(Wn x; gn, bn) + r * LN(Rn h; gm, bm))
//   h' = (1 - z) * n + z * h
//
//   W       of x, gates in the order z, r
//   R       of h
//   Wn      of x, for n
//   Rn      of h, for n
//   gw, bw  gain and bias of W x
//   gr, br  gain and bias of R h
//   gn, bn  gain and bias of Wn x
//   gm, bm  gain and bias of Rn h
//
// Options: epsilon is a number, 1e-5 by default.

rnn.cell @se.layer_norm_gru sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[2 * h, x], %R : tensor<?x?xf32>[2 * h, h],
            %Wn : tensor<?x?xf32>[h, x], %Rn : tensor<?x?xf32>[h, h],
            %gw : tensor<?xf32>[2 * h] in [0.8, 1.2], %bw : tensor<?xf32>[2 * h],
            %gr : tensor<?xf32>[2 * h] in [0.8, 1.2], %br : tensor<?xf32>[2 * h],
            %gn : tensor<?xf32>[h] in [0.8, 1.2], %bn : tensor<?xf32>[h],
            %gm : tensor<?xf32>[h] in [0.8, 1.2], %bm : tensor<?xf32>[h])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rh = rnn.matvec %R, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %wnx = rnn.matvec %Wn, %x {rnn.layer = "hidden"} : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rnh = rnn.matvec %Rn, %h {rnn.layer = "hidden"} : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %wl = rnn.apply @se.layer_norm(%wx) states() weights(%gw, %bw)
      : (tensor<?xf32>), (), (tensor<?xf32>, tensor<?xf32>) -> (tensor<?xf32>), ()
  %rl = rnn.apply @se.layer_norm(%rh) states() weights(%gr, %br)
      : (tensor<?xf32>), (), (tensor<?xf32>, tensor<?xf32>) -> (tensor<?xf32>), ()
  %wnl = rnn.apply @se.layer_norm(%wnx) states() weights(%gn, %bn)
      : (tensor<?xf32>), (), (tensor<?xf32>, tensor<?xf32>) -> (tensor<?xf32>), ()
  %rnl = rnn.apply @se.layer_norm(%rnh) states() weights(%gm, %bm)
      : (tensor<?xf32>), (), (tensor<?xf32>, tensor<?xf32>) -> (tensor<?xf32>), ()
  %a = arith.addf %wl, %rl : tensor<?xf32>
  %zr = rnn.activation <sigmoid> %a : tensor<?xf32> -> tensor<?xf32>
  %z, %r = rnn.split %zr ["update", "reset"] : tensor<?xf32>
  %reset = arith.mulf %r, %rnl : tensor<?xf32>
  %n0 = arith.addf %wnl, %reset : tensor<?xf32>
  %n = rnn.activation <tanh> %n0 : tensor<?xf32> -> tensor<?xf32>
  %one = rnn.fill 1.0 : tensor<?xf32>
  %share = arith.subf %one, %z : tensor<?xf32>
  %new = arith.mulf %share, %n : tensor<?xf32>
  %old = arith.mulf %z, %h : tensor<?xf32>
  %h1 = arith.addf %new, %old : tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1 : tensor<?xf32>
}
