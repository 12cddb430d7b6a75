// Gated spiking unit: Towards Ultra-Low-Power Neuromorphic Speech Enhancement with
// Spiking-FullSubNet, Hao et al. 2024. The batch normalization, constant after training, is
// scale and shift.
//
//   a = W x + R h
//   f = sigmoid(a + b_f)
//   c' = scale * (f * c + (1 - f) * (a + b_a)) + shift
//   h' = 1 if c' >= 0, else 0
//
//   W             of x
//   R             of h
//   b             biases, f, a
//   scale, shift  normalization

rnn.cell @se.gsu sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h], %c : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[h, x], %R : tensor<?x?xf32>[h, h], %b : tensor<?xf32>[2 * h],
            %scale : tensor<?xf32>[h] in [0.8, 1.2], %shift : tensor<?xf32>[h])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rh = rnn.matvec %R, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %a = arith.addf %wx, %rh : tensor<?xf32>
  %bf, %ba = rnn.split %b ["", ""] : tensor<?xf32>
  %f0 = arith.addf %a, %bf : tensor<?xf32>
  %f = rnn.activation <sigmoid> %f0 : tensor<?xf32> -> tensor<?xf32>
  %ab = arith.addf %a, %ba : tensor<?xf32>
  %one = rnn.fill 1.0 : tensor<?xf32>
  %share = arith.subf %one, %f : tensor<?xf32>
  %old = arith.mulf %f, %c : tensor<?xf32>
  %new = arith.mulf %share, %ab : tensor<?xf32>
  %c0 = arith.addf %old, %new : tensor<?xf32>
  %cs = arith.mulf %scale, %c0 : tensor<?xf32>
  %c1 = arith.addf %cs, %shift : tensor<?xf32>
  %zero = rnn.fill 0.0 : tensor<?xf32>
  %mask = arith.cmpf oge, %c1, %zero : tensor<?xf32>
  %h1 = arith.uitofp %mask : tensor<?xi1> to tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1, %c1 : tensor<?xf32>, tensor<?xf32>
}
