// Independently Recurrent Neural Network: Building A Longer and Deeper RNN, Li et al. 2018.
//
//   h' = relu(W x + u * h + b)
//
//   W  of x
//   u  of h, element by element
//   b  biases

rnn.cell @se.ind_rnn sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[h, x], %u : tensor<?xf32>[h] in [0.3, 0.95],
            %b : tensor<?xf32>[h])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %uh = arith.mulf %u, %h : tensor<?xf32>
  %s = arith.addf %wx, %uh : tensor<?xf32>
  %a = arith.addf %s, %b : tensor<?xf32>
  %h1 = rnn.activation <relu> %a : tensor<?xf32> -> tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1 : tensor<?xf32>
}
