// Leaky integrate-and-fire neurons with recurrent synapses: Surrogate Gradient Learning in
// Spiking Neural Networks, Neftci, Mostafa and Zenke 2019. A spike sets the membrane back to
// zero.
//
//   v' = decay * v * (1 - s) + W x + R s + b
//   s' = 1 if v' >= threshold, else 0
//
//   W      of x
//   R      of spikes
//   b      biases
//   decay  of the membrane
//
// Options: threshold is a number, 1 by default.

rnn.cell @se.lif sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%v : tensor<?xf32>[h], %s : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[h, x], %R : tensor<?x?xf32>[h, h], %b : tensor<?xf32>[h],
            %decay : tensor<?xf32>[h] in [0.7, 0.95])
    outputs(tensor<?xf32>) {
  %one = rnn.fill 1.0 : tensor<?xf32>
  %silent = arith.subf %one, %s : tensor<?xf32>
  %left = arith.mulf %v, %silent : tensor<?xf32>
  %kept = arith.mulf %decay, %left : tensor<?xf32>
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %rs = rnn.matvec %R, %s : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %in0 = arith.addf %wx, %rs : tensor<?xf32>
  %in = arith.addf %in0, %b : tensor<?xf32>
  %v1 = arith.addf %kept, %in : tensor<?xf32>
  %t = rnn.fill 1.0 {rnn.option = "threshold"} : tensor<?xf32>
  %mask = arith.cmpf oge, %v1, %t : tensor<?xf32>
  %s1 = arith.uitofp %mask : tensor<?xi1> to tensor<?xf32>
  rnn.yield %s1 : tensor<?xf32> next %v1, %s1 : tensor<?xf32>, tensor<?xf32>
}
