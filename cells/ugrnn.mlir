// Update gate RNN: Capacity and Trainability in Recurrent Neural Networks, Collins,
// Sohl-Dickstein and Sussillo 2017.
//
//   g = sigmoid(W_g x + R_g h + b_g)
//   n = tanh(W_n x + R_n h + b_n)
//   h' = g * h + (1 - g) * n
//
//   W  of x, in the order g, n
//   R  of h
//   b  biases

rnn.cell @se.ugrnn sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[2 * h, x], %R : tensor<?x?xf32>[2 * h, h],
            %b : tensor<?xf32>[2 * h])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rh = rnn.matvec %R, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %sum = arith.addf %wx, %rh : tensor<?xf32>
  %a = arith.addf %sum, %b : tensor<?xf32>
  %g0, %n0 = rnn.split %a ["update", "hidden"] : tensor<?xf32>
  %g = rnn.activation <sigmoid> %g0 : tensor<?xf32> -> tensor<?xf32>
  %n = rnn.activation <tanh> %n0 : tensor<?xf32> -> tensor<?xf32>
  %one = rnn.fill 1.0 : tensor<?xf32>
  %share = arith.subf %one, %g : tensor<?xf32>
  %old = arith.mulf %g, %h : tensor<?xf32>
  %new = arith.mulf %share, %n : tensor<?xf32>
  %h1 = arith.addf %old, %new : tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1 : tensor<?xf32>
}
