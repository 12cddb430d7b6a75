// RUN: split-file %s %t
// RUN: se-opt %t/gain.mlir "--dsp-add-front-end=front-end=%t/gain.json" | FileCheck %t/gain.mlir
// RUN: se-opt %t/two.mlir "--dsp-add-front-end=front-end=%t/two.json" | FileCheck %t/two.mlir
// RUN: se-opt %t/bands.mlir "--dsp-add-front-end=front-end=%t/bands.json" | FileCheck %t/bands.mlir
// RUN: se-opt %t/shipped.mlir --dsp-add-front-end | FileCheck %t/shipped.mlir

//--- gain.json
{
  "sample_rate": 8000,
  "hop": 4,
  "fft": 8,
  "window": {"shape": "hann", "samples": 6},
  "networks": [{"inputs": ["magnitude"], "outputs": ["gain", "other"]}]
}

//--- gain.mlir
// The network's own state has a name that the front end has taken.
// CHECK-LABEL: rnn.network @net inputs(%in = "in" : tensor<4xf32>)
// CHECK-SAME: %history = "history" : tensor<4xf32> reset dense<0.000000e+00>
// CHECK-SAME: %history_2 = "history_2" : tensor<5xf32> reset dense<1.000000e+00>
// CHECK-SAME: %overlap = "overlap" : tensor<2xf32> reset dense<0.000000e+00>
// CHECK-SAME: outputs("out" : tensor<4xf32>, "level" : tensor<1x5xf32>)
// CHECK-SAME: attributes {dsp.stream = #dsp.stream<sample_rate = 8000, delay = 2>}
rnn.network @net inputs(%x = "mag" : tensor<1x5xf32>)
    states(%h = "history" : tensor<5xf32> reset dense<1.0> : tensor<5xf32>)
    outputs("mask" : tensor<5xf32>, "level" : tensor<1x5xf32>) {
  // Full scale, also instead of NaN.
  // CHECK: %[[ABOVE:.*]] = arith.maxnumf %in, %cst
  // CHECK: %[[IN:.*]] = arith.minnumf %[[ABOVE]], %cst_0
  // The last 8 samples, and a window over the last 6 of them.
  // CHECK: %[[HISTORY:.*]] = tensor.concat dim(0) %history, %[[IN]] :
  // CHECK: %[[WINDOW:.*]] = arith.constant dense<[0.000000e+00, 0.000000e+00, 0.000000e+00, 2.500000e-01, 7.500000e-01, 1.000000e+00, 7.500000e-01, 2.500000e-01]>
  // CHECK: %[[BLOCK:.*]] = arith.mulf %[[HISTORY]], %[[WINDOW]]
  // CHECK: %[[RE:.*]], %[[IM:.*]] = dsp.rfft %[[BLOCK]] : tensor<8xf32> -> tensor<5xf32>
  // CHECK: %[[SUM:.*]] = arith.addf %{{.*}}, %{{.*}} : tensor<5xf32>
  // CHECK: %[[MAGNITUDE:.*]] = math.sqrt %[[SUM]] fastmath<nnan,ninf>
  // CHECK: %[[X:.*]] = rnn.reshape %[[MAGNITUDE]] : tensor<5xf32> -> tensor<1x5xf32>
  // The network.
  // CHECK: %[[GAIN:.*]] = arith.addf %{{.*}}, %history_2
  %m = rnn.reshape %x : tensor<1x5xf32> -> tensor<5xf32>
  %0 = arith.addf %m, %h : tensor<5xf32>
  // CHECK: %[[NEW_RE:.*]] = arith.mulf %[[RE]], %[[GAIN]]
  // CHECK: %[[NEW_IM:.*]] = arith.mulf %[[IM]], %[[GAIN]]
  // CHECK: %[[SAMPLES:.*]] = dsp.irfft %[[NEW_RE]], %[[NEW_IM]]
  // Blocks that nothing changed add up to the signal: 0.75 * 1.333 = 1, and
  // 0.25 * 2 + 0.25 * 2 = 1 where two of them overlap.
  // CHECK: %[[LAST:.*]] = tensor.extract_slice %[[SAMPLES]][2] [6] [1]
  // CHECK: %[[SYNTHESIS:.*]] = arith.constant dense<[0.000000e+00, 2.000000e+00, 1.33333337, 1.000000e+00, 1.33333337, 2.000000e+00]>
  // CHECK: %[[Y:.*]] = arith.mulf %[[LAST]], %[[SYNTHESIS]]
  // CHECK: %[[FIRST:.*]] = tensor.extract_slice %[[Y]][0] [2] [1]
  // CHECK: arith.addf %overlap, %[[FIRST]]
  // CHECK: %[[OVERLAP:.*]] = tensor.extract_slice %[[Y]][4] [2] [1]
  // CHECK: arith.maxnumf
  // CHECK: %[[OUT:.*]] = arith.minnumf
  // CHECK: rnn.yield %[[OUT]], %[[X]] : tensor<4xf32>, tensor<1x5xf32> next %[[IN]], %[[GAIN]], %[[OVERLAP]]
  rnn.yield %0, %x : tensor<5xf32>, tensor<1x5xf32> next %0 : tensor<5xf32>
}

//--- two.json
{
  "sample_rate": 8000,
  "hop": 4,
  "fft": 4,
  "window": {"shape": "rectangular", "samples": 4},
  "networks": [
    {"inputs": [["power", {"at_least": 1e-6}, "log", {"scale": 0.5}]], "outputs": ["complex_gain"]},
    {"inputs": ["samples"], "outputs": ["samples"]}
  ]
}

//--- two.mlir
// Two networks, one behind the other. Blocks do not overlap: no states.
// CHECK-LABEL: rnn.network @first
// CHECK-SAME: inputs(%in = "in" : tensor<4xf32>) outputs("out" : tensor<4xf32>)
// CHECK-SAME: delay = 0
// The logarithm of a power that is not 0.
// CHECK: %[[RE:.*]], %[[IM:.*]] = dsp.rfft
// CHECK: arith.maximumf
// CHECK: math.log
// CHECK: arith.mulf
// CHECK: %[[GAIN:.*]] = rnn.activation <tanh>
// CHECK-DAG: %[[GAIN_RE:.*]] = tensor.extract_slice %{{.*}}[0] [3] [1]
// CHECK-DAG: %[[GAIN_IM:.*]] = tensor.extract_slice %{{.*}}[3] [3] [1]
// CHECK: arith.mulf %[[RE]], %[[GAIN_RE]]
// CHECK: arith.mulf %[[IM]], %[[GAIN_IM]]
// CHECK: %[[SAMPLES:.*]] = dsp.irfft
// CHECK: rnn.activation <relu> %[[SAMPLES]]
// CHECK-NOT: dsp.
// CHECK: rnn.yield
// CHECK-NOT: rnn.network
rnn.network @first inputs(%x = "power" : tensor<3xf32>) outputs("gain" : tensor<6xf32>) {
  %0 = tensor.concat dim(0) %x, %x : (tensor<3xf32>, tensor<3xf32>) -> tensor<6xf32>
  %1 = rnn.activation <tanh> %0 : tensor<6xf32> -> tensor<6xf32>
  rnn.yield %1 : tensor<6xf32>
}
rnn.network @second inputs(%x = "block" : tensor<4xf32>) outputs("block" : tensor<4xf32>) {
  %0 = rnn.activation <relu> %x : tensor<4xf32> -> tensor<4xf32>
  rnn.yield %0 : tensor<4xf32>
}

//--- shipped.mlir
// The front end of the library without a name: windows of 400 samples.
// CHECK-LABEL: rnn.network @net inputs(%in = "in" : tensor<100xf32>)
// CHECK-SAME: delay = 300
// CHECK: dsp.rfft %{{.*}} : tensor<512xf32> -> tensor<257xf32>
rnn.network @net inputs(%x = "mag" : tensor<257xf32>) outputs("mask" : tensor<257xf32>) {
  %0 = rnn.activation <sigmoid> %x : tensor<257xf32> -> tensor<257xf32>
  rnn.yield %0 : tensor<257xf32>
}

//--- bands.json
{
  "sample_rate": 8000,
  "hop": 4,
  "fft": 8,
  "window": {"shape": "hann", "samples": 8},
  "bands": {"b": {"edges": [0, 1000, 3000]}},
  "networks": [{
    "features": {"level": ["power", {"bands": "b"}, {"offset": 1}, "log"]},
    "inputs": [{"join": ["level", ["level", {"frames": [1, 0, -1]}]]}],
    "outputs": [[{"hold": 0.5}, {"gain": "b"}]]
  }]
}

//--- bands.mlir
// States are in the order in which they are needed.
// CHECK-LABEL: rnn.network @net
// CHECK-SAME: %past = "past" : tensor<6xf32>
// CHECK-SAME: %held = "held" : tensor<3xf32>
rnn.network @net inputs(%x = "x" : tensor<6xf32>) outputs("y" : tensor<3xf32>) {
  // CHECK: %[[BANDS:.*]] = dsp.bands %{{.*}} edges [0.000000e+00, 0.000000e+00, 1.000000e+00, 3.000000e+00, 3.000000e+00]
  // CHECK: %[[LEVEL:.*]] = math.log
  // CHECK: %[[NEWER:.*]] = tensor.extract_slice %past[3] [3] [1]
  // CHECK: %[[NEXT:.*]] = tensor.concat dim(0) %[[NEWER]], %[[LEVEL]]
  // CHECK: %[[OLDEST:.*]] = tensor.extract_slice %past[0] [3] [1]
  // CHECK: %[[CHANGE:.*]] = arith.subf %[[LEVEL]], %[[OLDEST]]
  // CHECK: tensor.concat dim(0) %[[LEVEL]], %[[CHANGE]]
  %y = tensor.extract_slice %x[0] [3] [1] : tensor<6xf32> to tensor<3xf32>
  // CHECK: %[[HELD:.*]] = arith.maxnumf
  // CHECK: %[[GAIN:.*]] = dsp.spread %[[HELD]]
  // CHECK: arith.mulf %{{.*}}, %[[GAIN]] : tensor<5xf32>
  // CHECK: rnn.yield {{.*}} next %{{.*}}, %[[NEXT]], %[[HELD]], %{{.*}} :
  rnn.yield %y : tensor<3xf32>
}
