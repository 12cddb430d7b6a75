// Legendre Memory Units: Continuous-Time Representation in Recurrent Neural Networks,
// Voelker, Kajic and Eliasmith 2019. A and B follow from the order n and the window, and are
// discretized.
//
//   u = ex x + eh h + em m
//   m' = A m + B u
//   h' = tanh(Wx x + Wh h + Wm m')
//
//   ex, eh, em  encoders
//   A, B        memory
//   Wx, Wh, Wm  kernels

rnn.cell @se.lmu sizes(x, h, n) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h], %m : tensor<?xf32>[n])
    weights(%ex : tensor<1x?xf32>[1, x], %eh : tensor<1x?xf32>[1, h],
            %em : tensor<1x?xf32>[1, n] in [-0.01, 0.01], %A : tensor<?x?xf32>[n, n],
            %B : tensor<?x1xf32>[n, 1] in [-0.5, 0.5], %Wx : tensor<?x?xf32>[h, x],
            %Wh : tensor<?x?xf32>[h, h], %Wm : tensor<?x?xf32>[h, n])
    outputs(tensor<?xf32>) {
  %u1 = rnn.matvec %ex, %x : tensor<1x?xf32>, tensor<?xf32> -> tensor<1xf32>
  %u2 = rnn.matvec %eh, %h : tensor<1x?xf32>, tensor<?xf32> -> tensor<1xf32>
  %u3 = rnn.matvec %em, %m : tensor<1x?xf32>, tensor<?xf32> -> tensor<1xf32>
  %u4 = arith.addf %u1, %u2 : tensor<1xf32>
  %u = arith.addf %u4, %u3 : tensor<1xf32>
  %am = rnn.matvec %A, %m : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %bu = rnn.matvec %B, %u : tensor<?x1xf32>, tensor<1xf32> -> tensor<?xf32>
  %m1 = arith.addf %am, %bu : tensor<?xf32>
  %hx = rnn.matvec %Wx, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %hh = rnn.matvec %Wh, %h : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %hm = rnn.matvec %Wm, %m1 : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %s = arith.addf %hx, %hh : tensor<?xf32>
  %a = arith.addf %s, %hm : tensor<?xf32>
  %h1 = rnn.activation <tanh> %a : tensor<?xf32> -> tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1, %m1 : tensor<?xf32>, tensor<?xf32>
}
