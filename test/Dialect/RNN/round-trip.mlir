// RUN: se-opt %s | se-opt | FileCheck %s
// RUN: se-opt %s --mlir-print-op-generic | se-opt | FileCheck %s
// RUN: se-opt %s --verify-roundtrip -o /dev/null
//
// Every op of the dialect, as in its description. The second run goes through
// the generic form, the third through bytecode as well.

// CHECK-LABEL: rnn.network @accumulate inputs(%x = "x" : tensor<4xf32>)
// CHECK-SAME:    states(%sum = "sum" : tensor<4xf32> reset dense<0.000000e+00> : tensor<4xf32>)
// CHECK-SAME:    outputs("y" : tensor<4xf32>) {
rnn.network @accumulate inputs(%x = "x" : tensor<4xf32>)
    states(%s = "sum" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>)
    outputs("y" : tensor<4xf32>) {
  // CHECK-NEXT: %[[V:[a-zA-Z0-9_]+]] = arith.addf %x, %sum : tensor<4xf32>
  %0 = arith.addf %x, %s : tensor<4xf32>
  // CHECK-NEXT: rnn.yield %[[V]] : tensor<4xf32> next %[[V]] : tensor<4xf32>
  rnn.yield %0 : tensor<4xf32> next %0 : tensor<4xf32>
}

// Several inputs, states and outputs; names that are no identifiers; reset
// values that are no splat.
// CHECK-LABEL: rnn.network @many
// CHECK-SAME:    inputs(%{{[^ ]*}} = "a/b:0" : tensor<1x4xf32>, %{{[^ ]*}} = "2" : tensor<4xf32>)
// CHECK-SAME:    states(%{{[^ ]*}} = "h in" : tensor<4xf32> reset dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]> : tensor<4xf32>,
// CHECK-SAME:           %{{[^ ]*}} = "c \22x\22" : tensor<1x1x4xf16> reset dense_resource<c_reset> : tensor<1x1x4xf16>)
// CHECK-SAME:    outputs("y1" : tensor<4xf32>, "y2" : tensor<1x4xf32>)
rnn.network @many
    inputs(%a = "a/b:0" : tensor<1x4xf32>, %b = "2" : tensor<4xf32>)
    states(%h = "h in" : tensor<4xf32> reset dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>,
           %c = "c \"x\"" : tensor<1x1x4xf16> reset dense_resource<c_reset> : tensor<1x1x4xf16>)
    outputs("y1" : tensor<4xf32>, "y2" : tensor<1x4xf32>) {
  // CHECK: rnn.yield %{{[^ ]*}}, %{{[^ ]*}} : tensor<4xf32>, tensor<1x4xf32> next %{{[^ ]*}}, %{{[^ ]*}} : tensor<4xf32>, tensor<1x1x4xf16>
  rnn.yield %b, %a : tensor<4xf32>, tensor<1x4xf32> next %h, %c : tensor<4xf32>, tensor<1x1x4xf16>
}

// Clauses that are absent; attributes beside the network's own.
// CHECK-LABEL: rnn.network @stateless inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<4xf32>) attributes {source = "nn.onnx"} {
rnn.network @stateless inputs(%x = "x" : tensor<4xf32>)
    outputs("y" : tensor<4xf32>) attributes {source = "nn.onnx"} {
  // CHECK-NEXT: rnn.yield %x : tensor<4xf32>{{$}}
  rnn.yield %x : tensor<4xf32>
}

// CHECK-LABEL: rnn.network @clock states(%t = "t" : tensor<1xf32> reset dense<0.000000e+00> : tensor<1xf32>) {
rnn.network @clock states(%t = "t" : tensor<1xf32> reset dense<0.0> : tensor<1xf32>) {
  %0 = math.cos %t : tensor<1xf32>
  // CHECK: rnn.yield next %{{[^ ]*}} : tensor<1xf32>{{$}}
  rnn.yield next %0 : tensor<1xf32>
}

// CHECK-LABEL: rnn.cell @leaky
// CHECK-SAME:    inputs(%[[X:[a-zA-Z0-9_]+]] : tensor<4xf32>) states(%[[H:[a-zA-Z0-9_]+]] : tensor<8xf32>)
// CHECK-SAME:    weights(%[[W:[a-zA-Z0-9_]+]] : tensor<8x4xf32>, %[[A:[a-zA-Z0-9_]+]] : tensor<8xf32>) outputs(tensor<8xf32>) {
rnn.cell @leaky inputs(%x : tensor<4xf32>) states(%h : tensor<8xf32>)
    weights(%W : tensor<8x4xf32>, %a : tensor<8xf32>)
    outputs(tensor<8xf32>) {
  // CHECK-NEXT: rnn.matvec %[[W]], %[[X]] : tensor<8x4xf32>, tensor<4xf32> -> tensor<8xf32>
  %0 = rnn.matvec %W, %x : tensor<8x4xf32>, tensor<4xf32> -> tensor<8xf32>
  %1 = arith.mulf %a, %h : tensor<8xf32>
  %2 = arith.addf %0, %1 : tensor<8xf32>
  rnn.yield %2 : tensor<8xf32> next %2 : tensor<8xf32>
}

// CHECK-LABEL: rnn.cell @nothing attributes {note = 1 : i64} {
// CHECK-NEXT:    rnn.yield{{$}}
rnn.cell @nothing attributes {note = 1 : i64} {
  rnn.yield
}

// CHECK-LABEL: rnn.network @apply
rnn.network @apply inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<8xf32> reset dense<0.0> : tensor<8xf32>)
    outputs("y" : tensor<8xf32>) {
  %W = arith.constant dense<0.5> : tensor<8x4xf32>
  %a = arith.constant dense<0.9> : tensor<8xf32>
  // CHECK: %{{[^ ]*}}, %{{[^ ]*}} = rnn.apply @leaky(%x) states(%h) weights(%{{[^ ]*}}, %{{[^ ]*}})
  // CHECK-SAME: : (tensor<4xf32>), (tensor<8xf32>), (tensor<8x4xf32>, tensor<8xf32>) -> (tensor<8xf32>), (tensor<8xf32>)
  %y, %h1 = rnn.apply @leaky(%x) states(%h) weights(%W, %a)
      : (tensor<4xf32>), (tensor<8xf32>), (tensor<8x4xf32>, tensor<8xf32>)
      -> (tensor<8xf32>), (tensor<8xf32>)
  // CHECK: rnn.apply @nothing() states() weights() : (), (), () -> (), ()
  rnn.apply @nothing() states() weights() : (), (), () -> (), ()
  rnn.yield %y : tensor<8xf32> next %h1 : tensor<8xf32>
}

// CHECK-LABEL: rnn.cell @lstm
rnn.cell @lstm inputs(%x : tensor<3xf32>) states(%h : tensor<5xf32>, %c : tensor<5xf32>)
    weights(%W : tensor<20x3xf32>, %R : tensor<20x5xf32>, %B : tensor<40xf32>,
            %P : tensor<15xf32>) outputs(tensor<5xf32>, tensor<5xf32>) {
  // CHECK: rnn.lstm %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} bias(%{{[^ ]*}} : tensor<40xf32>)
  // CHECK-SAME: {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>]}
  // CHECK-SAME: : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>, tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  %h1, %c1 = rnn.lstm %x, %h, %c, %W, %R bias(%B : tensor<40xf32>)
      {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>]}
      : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>,
        tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  // CHECK: rnn.lstm %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} bias(%{{[^ ]*}} : tensor<40xf32>) peepholes(%{{[^ ]*}} : tensor<15xf32>)
  // CHECK-SAME: clip = 3.000000e+00 : f32, input_forget
  %h2, %c2 = rnn.lstm %x, %h1, %c1, %W, %R bias(%B : tensor<40xf32>)
      peepholes(%P : tensor<15xf32>)
      {activations = [#rnn.act<hard_sigmoid>, #rnn.act<softsign>, #rnn.act<relu>],
       clip = 3.0 : f32, input_forget}
      : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>,
        tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  // CHECK: rnn.lstm %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} peepholes(%{{[^ ]*}} : tensor<15xf32>)
  %h3, %c3 = rnn.lstm %x, %h2, %c2, %W, %R peepholes(%P : tensor<15xf32>)
      {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>]}
      : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>,
        tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
  rnn.yield %h3, %c3 : tensor<5xf32>, tensor<5xf32> next %h3, %c3 : tensor<5xf32>, tensor<5xf32>
}

// CHECK-LABEL: rnn.cell @gru
rnn.cell @gru inputs(%x : tensor<3xf32>) states(%h : tensor<5xf32>)
    weights(%W : tensor<15x3xf32>, %R : tensor<15x5xf32>, %B : tensor<30xf32>) {
  // CHECK: rnn.gru %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>], linear_before_reset}
  // CHECK-SAME: : tensor<3xf32>, tensor<5xf32>, tensor<15x3xf32>, tensor<15x5xf32> -> tensor<5xf32>
  %h1 = rnn.gru %x, %h, %W, %R
      {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>], linear_before_reset}
      : tensor<3xf32>, tensor<5xf32>, tensor<15x3xf32>, tensor<15x5xf32>
      -> tensor<5xf32>
  // CHECK: rnn.gru %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} bias(%{{[^ ]*}} : tensor<30xf32>) {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>], clip = 5.000000e-01 : f32}
  %h2 = rnn.gru %x, %h1, %W, %R bias(%B : tensor<30xf32>)
      {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>], clip = 0.5 : f32}
      : tensor<3xf32>, tensor<5xf32>, tensor<15x3xf32>, tensor<15x5xf32>
      -> tensor<5xf32>
  rnn.yield next %h2 : tensor<5xf32>
}

// CHECK-LABEL: rnn.cell @products
rnn.cell @products inputs(%x : tensor<4xf16>, %xs : tensor<2x3x4xf16>, %z : tensor<4xf32>)
    weights(%W : tensor<8x4xf16>, %V : tensor<8x4xf32>, %b : tensor<8xf32>) {
  // CHECK: rnn.matvec %{{[^ ]*}}, %{{[^ ]*}} : tensor<8x4xf16>, tensor<4xf16> -> tensor<8xf32>
  %y = rnn.matvec %W, %x : tensor<8x4xf16>, tensor<4xf16> -> tensor<8xf32>
  // CHECK: rnn.matvec %{{[^ ]*}}, %{{[^ ]*}} : tensor<8x4xf16>, tensor<2x3x4xf16> -> tensor<2x3x8xf16>
  %ys = rnn.matvec %W, %xs : tensor<8x4xf16>, tensor<2x3x4xf16> -> tensor<2x3x8xf16>
  // CHECK: rnn.linear %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} : tensor<8x4xf32>, tensor<4xf32>, tensor<8xf32> -> tensor<8xf32>
  %l = rnn.linear %V, %z, %b
      : tensor<8x4xf32>, tensor<4xf32>, tensor<8xf32> -> tensor<8xf32>
  rnn.yield
}

// CHECK-LABEL: rnn.cell @reductions
rnn.cell @reductions inputs(%x : tensor<1x8xf32>, %y : tensor<2x3x4xf16>) {
  // CHECK: rnn.reduce <mean> %{{[^ ]*}} axes [1] : tensor<1x8xf32> -> tensor<1x1xf32>
  %m = rnn.reduce <mean> %x axes [1]
      : tensor<1x8xf32> -> tensor<1x1xf32>
  // CHECK: rnn.reduce <sum> %{{[^ ]*}} axes [0, 2] : tensor<2x3x4xf16> -> tensor<1x3x1xf32>
  %s = rnn.reduce <sum> %y axes [0, 2] : tensor<2x3x4xf16> -> tensor<1x3x1xf32>
  // CHECK: rnn.reduce <max> %{{[^ ]*}} axes [0, 1, 2] : tensor<2x3x4xf16> -> tensor<1x1x1xf16>
  %a = rnn.reduce <max> %y axes [0, 1, 2] : tensor<2x3x4xf16> -> tensor<1x1x1xf16>
  // CHECK: rnn.reduce <min> %{{[^ ]*}} axes [] :
  %n = rnn.reduce <min> %y axes [] : tensor<2x3x4xf16> -> tensor<2x3x4xf16>
  rnn.yield
}

// CHECK-LABEL: rnn.cell @activations
rnn.cell @activations inputs(%0 : tensor<8xf32>) {
  // CHECK: rnn.activation <sigmoid> %{{[^ ]*}} : tensor<8xf32> -> tensor<8xf16>
  %1 = rnn.activation <sigmoid> %0 : tensor<8xf32> -> tensor<8xf16>
  // CHECK: rnn.activation <tanh> %
  %2 = rnn.activation <tanh> %0 : tensor<8xf32> -> tensor<8xf32>
  // CHECK: rnn.activation <relu> %
  %3 = rnn.activation <relu> %0 : tensor<8xf32> -> tensor<8xf32>
  // CHECK: rnn.activation <affine, alpha = 2.000000e+00 : f32, beta = -1.000000e+00 : f32> %
  %4 = rnn.activation <affine, alpha = 2.0 : f32, beta = -1.0 : f32> %0 : tensor<8xf32> -> tensor<8xf32>
  // CHECK: rnn.activation <leaky_relu, alpha = 1.000000e-01 : f32> %
  %5 = rnn.activation <leaky_relu, alpha = 0.1 : f32> %0 : tensor<8xf32> -> tensor<8xf32>
  // CHECK: rnn.activation <thresholded_relu, alpha = 5.000000e-01 : f32> %
  %6 = rnn.activation <thresholded_relu, alpha = 0.5 : f32> %0 : tensor<8xf32> -> tensor<8xf32>
  // CHECK: rnn.activation <scaled_tanh, beta = 2.000000e+00 : f32> %
  %7 = rnn.activation <scaled_tanh, beta = 2.0 : f32> %0 : tensor<8xf32> -> tensor<8xf32>
  // CHECK: rnn.activation <hard_sigmoid, alpha = 2.500000e-01 : f32> %
  %8 = rnn.activation <hard_sigmoid, alpha = 0.25 : f32> %0 : tensor<8xf32> -> tensor<8xf32>
  // CHECK: rnn.activation <hard_sigmoid, alpha = 2.500000e-01 : f32, beta = 1.000000e+00 : f32> %
  %12 = rnn.activation <hard_sigmoid, beta = 1.0 : f32, alpha = 0.25 : f32> %0 : tensor<8xf32> -> tensor<8xf32>
  // CHECK: rnn.activation <elu> %
  %9 = rnn.activation <elu> %0 : tensor<8xf32> -> tensor<8xf32>
  // CHECK: rnn.activation <softsign> %
  %10 = rnn.activation <softsign> %0 : tensor<8xf32> -> tensor<8xf32>
  // CHECK: rnn.activation <softplus> %
  %11 = rnn.activation <softplus> %0 : tensor<8xf32> -> tensor<8xf32>
  rnn.yield
}

// A scalar, as in phase scheduled.
// CHECK-LABEL: func.func @scalar
func.func @scalar(%0: f32) -> f16 {
  // CHECK: rnn.activation <sigmoid> %{{[^ ]*}} : f32 -> f16
  %1 = rnn.activation <sigmoid> %0 : f32 -> f16
  return %1 : f16
}

// Integers: products, states, and how floats become them.
// CHECK-LABEL: rnn.network @integers
// CHECK-SAME:  states(%h = "h" : tensor<4xi8> reset dense<-1> : tensor<4xi8>, %c = "c" : tensor<4xi16> reset dense<[1, 2, 3, 4]> : tensor<4xi16>)
rnn.network @integers inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<4xi8> reset dense<-1> : tensor<4xi8>,
           %c = "c" : tensor<4xi16> reset dense<[1, 2, 3, 4]> : tensor<4xi16>) {
  %W = arith.constant dense<1> : tensor<4x4xi8>
  %V = arith.constant dense<1> : tensor<2x4xi16>
  // CHECK: rnn.matvec %{{[^ ]*}}, %h : tensor<4x4xi8>, tensor<4xi8> -> tensor<4xi32>
  %0 = rnn.matvec %W, %h : tensor<4x4xi8>, tensor<4xi8> -> tensor<4xi32>
  // CHECK: rnn.matvec %{{[^ ]*}}, %c : tensor<2x4xi16>, tensor<4xi16> -> tensor<2xi32>
  %1 = rnn.matvec %V, %c : tensor<2x4xi16>, tensor<4xi16> -> tensor<2xi32>
  // CHECK: rnn.reshape %{{[^ ]*}} : tensor<4xi8> -> tensor<1x4xi8>
  %2 = rnn.reshape %h : tensor<4xi8> -> tensor<1x4xi8>
  // CHECK: rnn.quantize %x scale 2.500000e-01 zero_point -3 : tensor<4xf32> -> tensor<4xi8>
  %3 = rnn.quantize %x scale 0.25 zero_point -3 : tensor<4xf32> -> tensor<4xi8>
  // CHECK: rnn.quantize %x scale 2.500000e-01 : tensor<4xf32> -> tensor<4xi16>
  %4 = rnn.quantize %x scale 0.25 : tensor<4xf32> -> tensor<4xi16>
  rnn.yield next %3, %4 : tensor<4xi8>, tensor<4xi16>
}

// CHECK-LABEL: func.func @quantize
func.func @quantize(%0: f16, %1: vector<2xf16>) -> (i8, vector<2xi8>) {
  // CHECK: rnn.quantize %{{[^ ]*}} scale 5.000000e-01 : f16 -> i8
  %2 = rnn.quantize %0 scale 0.5 : f16 -> i8
  // CHECK: rnn.quantize %{{[^ ]*}} scale 5.000000e-01 : vector<2xf16> -> vector<2xi8>
  %3 = rnn.quantize %1 scale 0.5 : vector<2xf16> -> vector<2xi8>
  return %2, %3 : i8, vector<2xi8>
}

// The table of a tensor is a tensor, that of a scalar or a pair lies in memory.
// CHECK-LABEL: func.func @interpolate
func.func @interpolate(%0: tensor<8xf16>, %1: tensor<256x2xf16>, %2: f16,
                       %3: vector<2xf16>, %4: memref<512xf16, #cluster.space<l1>>,
                       %5: tensor<279x2xf16>)
    -> (tensor<8xf16>, tensor<8xf16>, f16, vector<2xf16>) {
  // CHECK: rnn.interpolate %{{[^ ]*}}, %{{[^ ]*}} scale 1.600000e+01 : tensor<8xf16>, tensor<256x2xf16>
  %6 = rnn.interpolate %0, %1 scale 16.0 : tensor<8xf16>, tensor<256x2xf16>
  // CHECK: rnn.interpolate %{{[^ ]*}}, %{{[^ ]*}} scale 6.250000e-02 : f16, memref<512xf16, #cluster.space<l1>>
  %7 = rnn.interpolate %2, %4 scale 6.25e-02 : f16, memref<512xf16, #cluster.space<l1>>
  // CHECK: rnn.interpolate %{{[^ ]*}}, %{{[^ ]*}} scale 1.638400e+04 : vector<2xf16>, memref<512xf16, #cluster.space<l1>>
  %8 = rnn.interpolate %3, %4 scale 16384.0 : vector<2xf16>, memref<512xf16, #cluster.space<l1>>
  // CHECK: rnn.interpolate %{{[^ ]*}}, %{{[^ ]*}} scale 1.600000e+01 rectified : tensor<8xf16>, tensor<279x2xf16>
  %9 = rnn.interpolate %0, %5 scale 16.0 rectified : tensor<8xf16>, tensor<279x2xf16>
  return %9, %6, %7, %8 : tensor<8xf16>, tensor<8xf16>, f16, vector<2xf16>
}

// CHECK-LABEL: rnn.network @screened
// CHECK-SAME: attributes {reset_if_not_finite}
rnn.network @screened inputs(%x = "x" : tensor<4xf32>, %y = "y" : tensor<f32>) attributes {reset_if_not_finite} {
  // CHECK: rnn.finite %x, %y : tensor<4xf32>, tensor<f32> -> tensor<1xi32>
  %0 = rnn.finite %x, %y : tensor<4xf32>, tensor<f32> -> tensor<1xi32>
  // CHECK: rnn.finite %x : tensor<4xf32> -> tensor<1xi32>, tensor<1xf32>
  %1, %2 = rnn.finite %x : tensor<4xf32> -> tensor<1xi32>, tensor<1xf32>
  // CHECK: rnn.peak %x at_least 5.000000e-01 : tensor<4xf32> -> tensor<1xf32>
  %3 = rnn.peak %x at_least 0.5 : tensor<4xf32> -> tensor<1xf32>
  rnn.yield
}

// CHECK-LABEL: rnn.cell @movement
rnn.cell @movement inputs(%x : tensor<1x8xf32>, %y : tensor<2x3xf32>, %z : tensor<1xf32>) {
  // CHECK: rnn.reshape %{{[^ ]*}} : tensor<1x8xf32> -> tensor<8xf32>
  %0 = rnn.reshape %x : tensor<1x8xf32> -> tensor<8xf32>
  // CHECK: rnn.transpose %{{[^ ]*}} [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  %1 = rnn.transpose %y [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  // CHECK: rnn.broadcast %{{[^ ]*}} : tensor<1xf32> -> tensor<2x8xf32>
  %2 = rnn.broadcast %z : tensor<1xf32> -> tensor<2x8xf32>
  rnn.yield
}

// A cell of any size: names of sizes, shapes of arguments, ranges, optional weights.
// CHECK-LABEL: rnn.cell @open sizes(x, h) inputs(%x : tensor<?xf32>[x])
// CHECK-SAME:    states(%h : tensor<?x1xf32>[h + 1, 1])
// CHECK-SAME:    weights(%W : tensor<?x?xf32>[4 * h, x * h] in [-1.000000e+00, 1.500000e+00],
// CHECK-SAME:            %a : tensor<?xf32>[h], %s : tensor<1xf32> in [0.000000e+00, 1.000000e+00] optional,
// CHECK-SAME:            %b : tensor<?xf32>[(4 * h) floordiv 3] optional)
// CHECK-SAME:    outputs(tensor<?xf32>) {
rnn.cell @open sizes(x, h) inputs(%x : tensor<?xf32>[x]) states(%h : tensor<?x1xf32>[h + 1, 1])
    weights(%W : tensor<?x?xf32>[4 * h, x * h] in [-1.0, 1.5], %a : tensor<?xf32>[h],
            %s : tensor<1xf32> in [0.0, 1.0] optional,
            %b : tensor<?xf32>[(4 * h) floordiv 3] optional)
    outputs(tensor<?xf32>) {
  // CHECK-NEXT: %[[ONE:.*]] = rnn.fill 1.000000e+00 {rnn.option = "one"} : tensor<?xf32>
  %one = rnn.fill 1.0 {rnn.option = "one"} : tensor<?xf32>
  // CHECK-NEXT: %[[NUMBER:.*]] = arith.constant 2.000000e+00 : f32
  %number = arith.constant 2.0 : f32
  // CHECK-NEXT: %[[TWO:.*]] = rnn.broadcast %[[NUMBER]] : f32 -> tensor<?xf32>
  %two = rnn.broadcast %number : f32 -> tensor<?xf32>
  // CHECK-NEXT: %[[SPLIT:.*]]:2 = rnn.split %x ["update", ""] : tensor<?xf32>
  %a0, %a1 = rnn.split %x ["update", ""] : tensor<?xf32>
  // CHECK-NEXT: %[[CHOSEN:.*]] = rnn.choose "coupled" %[[SPLIT]]#0, %[[SPLIT]]#1 : tensor<?xf32>
  %c = rnn.choose "coupled" %a0, %a1 : tensor<?xf32>
  %0 = arith.addf %one, %c : tensor<?xf32>
  %1 = arith.addf %0, %two : tensor<?xf32>
  rnn.yield %1 : tensor<?xf32> next %h : tensor<?x1xf32>
}

// An application of a cell of the library, with options.
// CHECK-LABEL: rnn.network @library
// CHECK:         rnn.apply @se.lstm_gates(%a) states(%c) weights() {options = {clip = 3.000000e+00 : f32, input_forget}, without = ["P"]}
rnn.network @library inputs(%a = "a" : tensor<8xf32>)
    states(%c = "c" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>) outputs("h" : tensor<2xf32>) {
  %h, %c1 = rnn.apply @se.lstm_gates(%a) states(%c) weights()
      {options = {clip = 3.0 : f32, input_forget}, without = ["P"]}
      : (tensor<8xf32>), (tensor<2xf32>), () -> (tensor<2xf32>), (tensor<2xf32>)
  rnn.yield %h : tensor<2xf32> next %c1 : tensor<2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      // CHECK: c_reset: "0x02000000003C004000420044"
      c_reset: "0x02000000003C004000420044"
    }
  }
#-}
