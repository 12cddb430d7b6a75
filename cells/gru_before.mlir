// GRU, reset before the product (ONNX without linear_before_reset):
// Learning Phrase Representations using RNN Encoder-Decoder, Cho et al. 2014.
//
//   z = f(W_z x + R_z h + b_z)
//   r = f(W_r x + R_r h + b_r)
//   n = g(W_n x + Rn (r * h) + bn)
//   h' = (1 - z) * n + z * h
//
//   W   of x, gates in the order z, r, n
//   R   of h, gates z and r
//   Rn  of r * h
//   b   biases of z and r
//   bn  bias of the candidate
//
// Options: f, g are functions; clip limits their arguments to [-clip, clip].

rnn.cell @se.gru_before sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[3 * h, x], %R : tensor<?x?xf32>[2 * h, h],
            %Rn : tensor<?x?xf32>[h, h], %b : tensor<?xf32>[2 * h],
            %bn : tensor<?xf32>[h])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rh = rnn.matvec %R, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %c0 = arith.constant 0 : index
  %n = tensor.dim %h, %c0 : tensor<?xf32>
  %n2 = arith.addi %n, %n : index
  %xg = tensor.extract_slice %wx[0] [%n2] [1] : tensor<?xf32> to tensor<?xf32>
  %gates0 = arith.addf %xg, %rh : tensor<?xf32>
  %gates = arith.addf %gates0, %b : tensor<?xf32>
  %z0, %r0 = rnn.split %gates ["update", "reset"] : tensor<?xf32>
  // Without the option there is no limit.
  %high = rnn.fill 0x7F800000 {rnn.option = "clip"} : tensor<?xf32>
  %low = arith.negf %high : tensor<?xf32>

  %z1 = arith.minimumf %z0, %high : tensor<?xf32>
  %z2 = arith.maximumf %z1, %low : tensor<?xf32>
  %z = rnn.activation <sigmoid> %z2 {rnn.option = "f"} : tensor<?xf32> -> tensor<?xf32>
  %r1 = arith.minimumf %r0, %high : tensor<?xf32>
  %r2 = arith.maximumf %r1, %low : tensor<?xf32>
  %r = rnn.activation <sigmoid> %r2 {rnn.option = "f"} : tensor<?xf32> -> tensor<?xf32>

  %xn0 = tensor.extract_slice %wx[%n2] [%n] [1] {rnn.layer = "hidden"}
      : tensor<?xf32> to tensor<?xf32>
  %xn = arith.addf %xn0, %bn : tensor<?xf32>
  %reset = arith.mulf %r, %h : tensor<?xf32>
  %hn = rnn.matvec %Rn, %reset {rnn.layer = "hidden"}
      : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %n0 = arith.addf %xn, %hn : tensor<?xf32>
  %n1 = arith.minimumf %n0, %high : tensor<?xf32>
  %n3 = arith.maximumf %n1, %low : tensor<?xf32>
  %new = rnn.activation <tanh> %n3 {rnn.option = "g"} : tensor<?xf32> -> tensor<?xf32>

  %one = rnn.fill 1.0 : tensor<?xf32>
  %share = arith.subf %one, %z : tensor<?xf32>
  %a = arith.mulf %share, %new : tensor<?xf32>
  %k = arith.mulf %z, %h : tensor<?xf32>
  %h1 = arith.addf %a, %k : tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1 : tensor<?xf32>
}
