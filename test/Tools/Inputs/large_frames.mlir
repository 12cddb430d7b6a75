// Inputs and outputs of a frame take more memory than parameters and code.
rnn.network @large inputs(%x = "x" : tensor<6000xf32>) outputs("y" : tensor<6000xf32>) {
  %0 = arith.addf %x, %x : tensor<6000xf32>
  rnn.yield %0 : tensor<6000xf32>
}
