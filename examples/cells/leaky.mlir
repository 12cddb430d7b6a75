// A recurrent cell in a few lines: a leaky integrator with a learned decay per
// unit, used as a layer of a network with a linear read-out.
//
//   se-run examples/cells/leaky.mlir --in x=x.npy --out y=y.npy
//   se-compile examples/cells/leaky.mlir -o leaky.elf --precision=fp16

rnn.cell @leaky inputs(%x : tensor<3xf32>) states(%h : tensor<4xf32>)
    weights(%W : tensor<4x3xf32>, %decay : tensor<4xf32>)
    outputs(tensor<4xf32>) {
  %in = rnn.matvec %W, %x : tensor<4x3xf32>, tensor<3xf32> -> tensor<4xf32>
  %kept = arith.mulf %decay, %h : tensor<4xf32>
  %sum = arith.addf %in, %kept : tensor<4xf32>
  %next = rnn.activation <tanh> %sum : tensor<4xf32> -> tensor<4xf32>
  rnn.yield %next : tensor<4xf32> next %next : tensor<4xf32>
}

rnn.network @leaky_net inputs(%x = "x" : tensor<3xf32>)
    states(%h = "h" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>)
    outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[0.5, -0.25, 0.125], [0.75, 0.5, -1.0],
                             [-0.5, 1.0, 0.25], [0.25, 0.25, 0.25]]>
      : tensor<4x3xf32>
  %decay = arith.constant dense<[0.9, 0.5, 0.75, 0.95]> : tensor<4xf32>
  %V = arith.constant dense<[[1.0, 0.5, -0.5, 0.25], [0.0, 1.0, 1.0, -1.0]]>
      : tensor<2x4xf32>
  %b = arith.constant dense<[0.1, -0.1]> : tensor<2xf32>
  %s, %h1 = rnn.apply @leaky(%x) states(%h) weights(%W, %decay)
      : (tensor<3xf32>), (tensor<4xf32>), (tensor<4x3xf32>, tensor<4xf32>)
      -> (tensor<4xf32>), (tensor<4xf32>)
  %y = rnn.linear %V, %s, %b
      : tensor<2x4xf32>, tensor<4xf32>, tensor<2xf32> -> tensor<2xf32>
  rnn.yield %y : tensor<2xf32> next %h1 : tensor<4xf32>
}
