// Layer Normalization, Ba, Kiros and Hinton 2016. No recurrent cell, but a part of some.
//
//   y = (a - mean(a)) / sqrt(variance(a) + epsilon) * gain + bias
//
//   gain  factors
//   bias  added
//
// Options: epsilon is a number, 1e-5 by default.

rnn.cell @se.layer_norm sizes(n) inputs(%a : tensor<?xf32>[n])
    weights(%gain : tensor<?xf32>[n] in [0.8, 1.2], %bias : tensor<?xf32>[n])
    outputs(tensor<?xf32>) {
  %m = rnn.reduce <mean> %a axes [0] : tensor<?xf32> -> tensor<1xf32>
  %ms = rnn.broadcast %m : tensor<1xf32> -> tensor<?xf32>
  %d = arith.subf %a, %ms : tensor<?xf32>
  %dd = arith.mulf %d, %d : tensor<?xf32>
  %v = rnn.reduce <mean> %dd axes [0] : tensor<?xf32> -> tensor<1xf32>
  %e = rnn.fill 1.0e-5 {rnn.option = "epsilon"} : tensor<1xf32>
  %ve = arith.addf %v, %e : tensor<1xf32>
  %s0 = math.rsqrt %ve : tensor<1xf32>
  %s = rnn.broadcast %s0 : tensor<1xf32> -> tensor<?xf32>
  %n = arith.mulf %d, %s : tensor<?xf32>
  %ng = arith.mulf %n, %gain : tensor<?xf32>
  %y = arith.addf %ng, %bias : tensor<?xf32>
  rnn.yield %y : tensor<?xf32>
}
