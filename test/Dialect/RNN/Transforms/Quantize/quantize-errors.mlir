// RUN: rm -rf %t && mkdir %t && split-file %s %t && cd %t
//
// What a policy may get wrong about a network: one line with the file and the key.

// RUN: not se-opt net.mlir --rnn-quantize=precision=absent.json 2>&1 | FileCheck %s --check-prefix=ABSENT
// ABSENT: error: cannot read '{{.*}}absent.json': No such file or directory

// RUN: not se-opt net.mlir --rnn-quantize=precision=broken.json 2>&1 | FileCheck %s --check-prefix=BROKEN
// BROKEN: error: {{.*}}broken.json: [{{[0-9:]+}}, byte={{[0-9]+}}]: {{.+}}

// RUN: not se-opt net.mlir --rnn-quantize=precision=key.json 2>&1 | FileCheck %s --check-prefix=KEY
// KEY: error: {{.*}}key.json: layers: 'lstm': unknown key 'bits', expected

// RUN: not se-opt net.mlir --rnn-split-layers=precision=nothing.json 2>&1 | FileCheck %s --check-prefix=NOTHING
// NOTHING: error: {{.*}}nothing.json: layers: 'lstm_2*' matches no layer of the network

// RUN: not se-opt net.mlir --rnn-split-layers=precision=kind.json 2>&1 | FileCheck %s --check-prefix=KIND
// KIND: error: {{.*}}kind.json: layers: 'relu' matches no layer with a matrix, which is what int8 is for

// RUN: not se-opt net.mlir --rnn-quantize=precision=two.json 2>&1 | FileCheck %s --check-prefix=TWO
// TWO: error: {{.*}}two.json: layers: '*elu' and 'rel*' both match layer 'relu': give it an entry of its own

// RUN: not se-opt net.mlir --rnn-quantize=precision=input.json 2>&1 | FileCheck %s --check-prefix=INPUT
// INPUT: error: {{.*}}input.json: layers: '*ar': layer 'linear': no scale for tensor 'x': give --calibration, or 'input_scale'

// RUN: not se-opt net.mlir --rnn-quantize=precision=state.json 2>&1 | FileCheck %s --check-prefix=STATE
// STATE: error: {{.*}}state.json: layers: 'sum': layer 'sum': no scale for tensor 's': give --calibration, or 'state_scale'

// RUN: not se-opt net.mlir --rnn-quantize=precision=inner.json 2>&1 | FileCheck %s --check-prefix=INNER
// INNER: error: {{.*}}inner.json: layers: 'chain': layer 'chain': no scale for tensor 'chain': give --calibration{{$}}

// RUN: not se-opt net.mlir --rnn-quantize=precision=variable.json 2>&1 | FileCheck %s --check-prefix=VARIABLE
// VARIABLE: error: {{.*}}variable.json: layers: 'outer': layer 'outer': int8 needs matrices that are constants

// RUN: not se-opt net.mlir --rnn-quantize=precision=wide.json 2>&1 | FileCheck %s --check-prefix=WIDE
// WIDE: error: {{.*}}wide.json: layers: 'wide': layer 'wide': a sum of products may reach 2258060000, more than 32 bits hold
// RUN: se-opt net.mlir --rnn-quantize=precision=wide-enough.json

// RUN: not se-opt net.mlir --rnn-quantize=precision=infinite.json 2>&1 | FileCheck %s --check-prefix=INFINITE
// INFINITE: error: {{.*}}infinite.json: layers: 'inf': layer 'inf': a weight is not finite

// RUN: not se-opt heads.mlir --rnn-fuse-gates --rnn-fold-constants --rnn-quantize=precision=heads.json 2>&1 | FileCheck %s --check-prefix=FUSED
// FUSED: error: {{.*}}'rnn.matvec' op is of layers or gates with different entries in the policy: --rnn-split-layers comes first

// RUN: not se-opt net.mlir --rnn-assign-floats=precision=wide-enough.json --rnn-narrow-floats 2>&1 | FileCheck %s --check-prefix=UNMARKED
// UNMARKED: error: {{.*}}'rnn.matvec' op is of an int8 layer, but its operands are not quantized: --rnn-quantize comes first

// RUN: not se-opt net.mlir "--rnn-quantize=precision=mixed calibration=absent.json" 2>&1 | FileCheck %s --check-prefix=ABSENT
// RUN: not se-opt net.mlir "--rnn-quantize=precision=mixed calibration=other.json" 2>&1 | FileCheck %s --check-prefix=OTHER
// OTHER: error: mixed: layer 'sum': no scale for tensor 's': the calibration does not know it, calibrate this network

//--- other.json
{"method": "max", "frames": 1, "files": [], "tensors": {}}
//--- broken.json
{"layers": {
//--- key.json
{"layers": {"lstm": {"precision": "int8", "bits": 4}}}
//--- nothing.json
{"layers": {"lstm_2*": {"precision": "fp16"}}}
//--- kind.json
{"layers": {"relu": {"precision": "int8", "input_scale": 0.1}}}
//--- two.json
{"layers": {"*elu": {"precision": "fp16"}, "rel*": {"precision": "fp32"}}}
//--- input.json
{"layers": {"*ar": {"precision": "int8", "state_scale": 0.1}}}
//--- state.json
{"layers": {"sum": {"precision": "int8", "input_scale": 0.1}}}
//--- inner.json
{"layers": {"chain": {"precision": "int8", "input_scale": 0.1, "state_scale": 0.1}}}
//--- variable.json
{"layers": {"outer": {"precision": "int8", "input_scale": 0.1}}}
//--- wide.json
{"layers": {"wide": {"precision": "int8", "input_scale": 0.1}}}
//--- wide-enough.json
{"layers": {"narrow": {"precision": "int8", "input_scale": 0.1}}}
//--- infinite.json
{"layers": {"inf": {"precision": "int8", "input_scale": 0.1}}}
//--- net.mlir
rnn.network @net inputs(%x = "x" : tensor<2xf32>, %m = "m" : tensor<1x2xf32>, %v = "v" : tensor<140000xf32>, %n = "n" : tensor<133000xf32>)
    states(%s = "s" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("a" : tensor<2xf32>, "b" : tensor<2xf32>, "c" : tensor<1xf32>, "d" : tensor<1xf32>, "e" : tensor<1xf32>, "f" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 1.0]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("linear")
  %1 = rnn.activation <relu> %0 : tensor<2xf32> -> tensor<2xf32> loc("relu")
  // A sum over all frames: who knows how large it gets.
  %2 = rnn.matvec %W, %s : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("sum")
  %3 = arith.addf %2, %s : tensor<2xf32> loc("sum")
  %4 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("chain")
  %5 = rnn.matvec %W, %4 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("chain")
  %6 = rnn.matvec %m, %x : tensor<1x2xf32>, tensor<2xf32> -> tensor<1xf32> loc("outer")
  %ones = arith.constant dense<-1.0> : tensor<1x140000xf32>
  %7 = rnn.matvec %ones, %v : tensor<1x140000xf32>, tensor<140000xf32> -> tensor<1xf32> loc("wide")
  %some = arith.constant dense<-1.0> : tensor<1x133000xf32>
  %8 = rnn.matvec %some, %n : tensor<1x133000xf32>, tensor<133000xf32> -> tensor<1xf32> loc("narrow")
  %inf = arith.constant dense<[[1.0, 0x7F800000], [1.0, 1.0]]> : tensor<2x2xf32>
  %9 = rnn.matvec %inf, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("inf")
  rnn.yield %1, %5, %6, %7, %8, %9 : tensor<2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<2xf32>
    next %3 : tensor<2xf32>
}
//--- heads.json
{"layers": {"mask": {"precision": "int8", "input_scale": 0.5}}}
//--- heads.mlir
rnn.network @heads inputs(%x = "x" : tensor<2xf32>) outputs("g" : tensor<2xf32>, "m" : tensor<1xf32>) {
  %G = arith.constant dense<[[2.0, -4.0], [1.0, 0.0]]> : tensor<2x2xf32>
  %M = arith.constant dense<[[1.0, -4.0]]> : tensor<1x2xf32>
  %0 = rnn.matvec %G, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("gain")
  %1 = rnn.matvec %M, %x : tensor<1x2xf32>, tensor<2xf32> -> tensor<1xf32> loc("mask")
  rnn.yield %0, %1 : tensor<2xf32>, tensor<1xf32>
}
