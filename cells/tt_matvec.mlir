// A matrix in tensor-train form, of two cores, times a vector: Tensorizing Neural
// Networks, Novikov et al. 2015. No recurrent cell, but a part of one.
//
//   y[m, n] = sum over i, j, k of G1[m, i, k] * G2[k, n, j] * x[i, j]
//
//   G1  first core
//   G2  second core

rnn.cell @se.tt_matvec sizes(m, n, i, j, r) inputs(%x : tensor<?xf32>[i * j])
    weights(%G1 : tensor<?x?x?xf32>[m, i, r], %G2 : tensor<?x?x?xf32>[r, n, j])
    outputs(tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %m = tensor.dim %G1, %c0 : tensor<?x?x?xf32>
  %i = tensor.dim %G1, %c1 : tensor<?x?x?xf32>
  %r = tensor.dim %G2, %c0 : tensor<?x?x?xf32>
  %n = tensor.dim %G2, %c1 : tensor<?x?x?xf32>
  %j = tensor.dim %G2, %c2 : tensor<?x?x?xf32>
  %X = tensor.expand_shape %x [[0, 1]] output_shape [%i, %j] : tensor<?xf32> into tensor<?x?xf32>
  %G2m = tensor.collapse_shape %G2 [[0, 1], [2]] : tensor<?x?x?xf32> into tensor<?x?xf32>
  // Of each row of X: [i, r * n], then [n, i * r].
  %A = rnn.matvec %G2m, %X : tensor<?x?xf32>, tensor<?x?xf32> -> tensor<?x?xf32>
  %B = tensor.expand_shape %A [[0], [1, 2]] output_shape [%i, %r, %n]
      : tensor<?x?xf32> into tensor<?x?x?xf32>
  %C = rnn.transpose %B [2, 0, 1] : tensor<?x?x?xf32> -> tensor<?x?x?xf32>
  %D = tensor.collapse_shape %C [[0], [1, 2]] : tensor<?x?x?xf32> into tensor<?x?xf32>
  %G1m = tensor.collapse_shape %G1 [[0], [1, 2]] : tensor<?x?x?xf32> into tensor<?x?xf32>
  %E = rnn.matvec %G1m, %D : tensor<?x?xf32>, tensor<?x?xf32> -> tensor<?x?xf32>
  %Y = rnn.transpose %E [1, 0] : tensor<?x?xf32> -> tensor<?x?xf32>
  %y = rnn.reshape %Y : tensor<?x?xf32> -> tensor<?xf32>
  rnn.yield %y : tensor<?xf32>
}
