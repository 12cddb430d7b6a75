// RUN: se-opt %s --se-attach-target=dma-core=0 --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --split-input-file --verify-diagnostics

// expected-error @below {{expected one rnn.network, found 0}}
module {
}

// -----

// expected-error @below {{expected one rnn.network, found 2}}
module {
  rnn.network @a inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
    rnn.yield %x : tensor<4xf32>
  }
  rnn.network @b inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
    rnn.yield %x : tensor<4xf32>
  }
}

// -----

rnn.cell @cell inputs(%x : tensor<4xf32>) outputs(tensor<4xf32>) {
  rnn.yield %x : tensor<4xf32>
}
rnn.network @net inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{must be inlined before scheduling (--rnn-inline-cells)}}
  %0 = rnn.apply @cell(%x) states() weights() : (tensor<4xf32>), (), () -> (tensor<4xf32>), ()
  rnn.yield %0 : tensor<4xf32>
}

// -----

rnn.network @net inputs(%x = "x" : tensor<4xf32>, %W = "W" : tensor<2x4xf32>, %b = "b" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  // expected-error @below {{has no scalar form that can be scheduled}}
  %0 = rnn.linear %W, %x, %b : tensor<2x4xf32>, tensor<4xf32>, tensor<2xf32> -> tensor<2xf32>
  rnn.yield %0 : tensor<2xf32>
}

// -----

// A slice that drops a dimension.
rnn.network @net inputs(%x = "x" : tensor<2x4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{has no scalar form that can be scheduled}}
  %0 = tensor.extract_slice %x[1, 0] [1, 4] [1, 1] : tensor<2x4xf32> to tensor<4xf32>
  rnn.yield %0 : tensor<4xf32>
}

// -----

rnn.network @no_data inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  // expected-error @below {{the constant's data is missing or has another size}}
  %W = arith.constant dense_resource<missing> : tensor<4x4xf32>
  %0 = rnn.matvec %W, %x : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32>
  rnn.yield %0 : tensor<4xf32>
}

// -----

rnn.network @loop inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %c1 = arith.constant 1 : index
  // expected-error @below {{'scf.for' op has no scalar form that can be scheduled}}
  scf.for %i = %c1 to %c1 step %c1 {
  }
  rnn.yield %x : tensor<4xf32>
}
