// Multiplicative LSTM for sequence modelling, Krause et al. 2016.
//
//   m = (W_m x) * (R_m h)
//   h', c' = lstm(x, m, c)
//
//   Wm  of x, for m
//   Rm  of h, for m
//   W   of x, gates in the order i, o, f, c
//   R   of m
//   b   biases

rnn.cell @se.multiplicative_lstm sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h], %c : tensor<?xf32>[h])
    weights(%Wm : tensor<?x?xf32>[h, x], %Rm : tensor<?x?xf32>[h, h],
            %W : tensor<?x?xf32>[4 * h, x], %R : tensor<?x?xf32>[4 * h, h],
            %b : tensor<?xf32>[4 * h])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %Wm, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rh = rnn.matvec %Rm, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %m = arith.mulf %wx, %rh : tensor<?xf32>
  %y, %h1, %c1 = rnn.apply @se.lstm(%x) states(%m, %c) weights(%W, %R, %b)
      : (tensor<?xf32>), (tensor<?xf32>, tensor<?xf32>),
        (tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>)
      -> (tensor<?xf32>), (tensor<?xf32>, tensor<?xf32>)
  rnn.yield %y : tensor<?xf32> next %h1, %c1 : tensor<?xf32>, tensor<?xf32>
}
