// Skip RNN: Learning to Skip State Updates in Recurrent Neural Networks, Campos et al. 2018,
// around a GRU. The state w is one minus the paper's probability, which starts at 1.
//
//   u = 1 if w < 0.5, else 0
//   h' = u * gru(x, h) + (1 - u) * h
//   d = sigmoid(wp h' + bp)
//   w' = 1 - d if u, else w - min(d, w)
//
//   W, R, b, bn, br  those of gru
//   wp               of h'
//   bp               its bias

rnn.cell @se.skip_rnn sizes(x, h) inputs(%x : tensor<?xf32>[x])
    states(%h : tensor<?xf32>[h], %w : tensor<1xf32>)
    weights(%W : tensor<?x?xf32>[3 * h, x], %R : tensor<?x?xf32>[3 * h, h],
            %b : tensor<?xf32>[2 * h], %bn : tensor<?xf32>[h], %br : tensor<?xf32>[h],
            %wp : tensor<1x?xf32>[1, h], %bp : tensor<1xf32> in [-1.0, -0.5])
    outputs(tensor<?xf32>) {
  %y, %new = rnn.apply @se.gru(%x) states(%h) weights(%W, %R, %b, %bn, %br)
      : (tensor<?xf32>), (tensor<?xf32>),
        (tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>)
      -> (tensor<?xf32>), (tensor<?xf32>)
  %half = rnn.fill 0.5 : tensor<1xf32>
  %mask = arith.cmpf olt, %w, %half : tensor<1xf32>
  %u = arith.uitofp %mask : tensor<1xi1> to tensor<1xf32>
  %us = rnn.broadcast %u : tensor<1xf32> -> tensor<?xf32>
  %step = arith.subf %new, %h : tensor<?xf32>
  %part = arith.mulf %us, %step : tensor<?xf32>
  %h1 = arith.addf %h, %part : tensor<?xf32>
  %d0 = rnn.matvec %wp, %h1 : tensor<1x?xf32>, tensor<?xf32> -> tensor<1xf32>
  %d1 = arith.addf %d0, %bp : tensor<1xf32>
  %d = rnn.activation <sigmoid> %d1 : tensor<1xf32> -> tensor<1xf32>
  %one = rnn.fill 1.0 : tensor<1xf32>
  %fresh = arith.subf %one, %d : tensor<1xf32>
  %less = arith.minimumf %d, %w : tensor<1xf32>
  %later = arith.subf %w, %less : tensor<1xf32>
  %diff = arith.subf %fresh, %later : tensor<1xf32>
  %chosen = arith.mulf %u, %diff : tensor<1xf32>
  %w1 = arith.addf %later, %chosen : tensor<1xf32>
  rnn.yield %h1 : tensor<?xf32> next %h1, %w1 : tensor<?xf32>, tensor<1xf32>
}
