// What an LSTM does with the sums of its gates: Long Short-Term Memory, Hochreiter and
// Schmidhuber 1997; forget gate: Gers, Schmidhuber and Cummins 2000; peepholes: Gers
// and Schmidhuber 2000. A part of several cells.
//
//   i = f(a_i + P_i * c)
//   f = f(a_f + P_f * c)
//   g = g(a_c)
//   c' = f * c + i * g
//   o = f(a_o + P_o * c')
//   h' = o * h(c')
//
//   P  peepholes, i, o, f
//
// Options, as in ONNX: f, g, h are functions; clip limits the arguments of f and g to
// [-clip, clip]; input_forget: f = 1 - i.

rnn.cell @se.lstm_gates sizes(h) inputs(%a : tensor<?xf32>[4 * h])
    states(%c : tensor<?xf32>[h])
    weights(%P : tensor<?xf32>[3 * h] in [-0.5, 0.5] optional)
    outputs(tensor<?xf32>) {
  %i0, %o0, %f0, %g0 = rnn.split %a ["input", "output", "forget", "cell"] : tensor<?xf32>
  %Pi, %Po, %Pf = rnn.split %P ["", "", ""] : tensor<?xf32>
  // Without the option there is no limit.
  %high = rnn.fill 0x7F800000 {rnn.option = "clip"} : tensor<?xf32>
  %low = arith.negf %high : tensor<?xf32>

  %ip = arith.mulf %Pi, %c : tensor<?xf32>
  %i1 = arith.addf %i0, %ip : tensor<?xf32>
  %i2 = arith.minimumf %i1, %high : tensor<?xf32>
  %i3 = arith.maximumf %i2, %low : tensor<?xf32>
  %i = rnn.activation <sigmoid> %i3 {rnn.option = "f"} : tensor<?xf32> -> tensor<?xf32>

  %fp = arith.mulf %Pf, %c : tensor<?xf32>
  %f1 = arith.addf %f0, %fp : tensor<?xf32>
  %f2 = arith.minimumf %f1, %high : tensor<?xf32>
  %f3 = arith.maximumf %f2, %low : tensor<?xf32>
  %own = rnn.activation <sigmoid> %f3 {rnn.option = "f"} : tensor<?xf32> -> tensor<?xf32>
  %one = rnn.fill 1.0 : tensor<?xf32>
  %coupled = arith.subf %one, %i : tensor<?xf32>
  %f = rnn.choose "input_forget" %coupled, %own : tensor<?xf32>

  %g2 = arith.minimumf %g0, %high : tensor<?xf32>
  %g3 = arith.maximumf %g2, %low : tensor<?xf32>
  %g = rnn.activation <tanh> %g3 {rnn.option = "g"} : tensor<?xf32> -> tensor<?xf32>

  %kept = arith.mulf %f, %c : tensor<?xf32>
  %new = arith.mulf %i, %g : tensor<?xf32>
  %c1 = arith.addf %kept, %new : tensor<?xf32>

  %op = arith.mulf %Po, %c1 : tensor<?xf32>
  %o1 = arith.addf %o0, %op : tensor<?xf32>
  %o2 = arith.minimumf %o1, %high : tensor<?xf32>
  %o3 = arith.maximumf %o2, %low : tensor<?xf32>
  %o = rnn.activation <sigmoid> %o3 {rnn.option = "f"} : tensor<?xf32> -> tensor<?xf32>
  %out = rnn.activation <tanh> %c1 {rnn.option = "h"} : tensor<?xf32> -> tensor<?xf32>
  %h1 = arith.mulf %o, %out : tensor<?xf32>
  rnn.yield %h1 : tensor<?xf32> next %c1 : tensor<?xf32>
}
