// RUN: se-opt %s --rnn-assign-floats=precision=fp16 --rnn-narrow-floats --split-input-file | FileCheck %s
// RUN: se-opt %s --rnn-narrow-floats --split-input-file | FileCheck %s --check-prefix=BY-HAND
// RUN: sed '/^\/\/ -----$/d; /@by_hand inputs/,$d' %s > %t.mlir
// RUN: se-opt %t.mlir -o %t.before.mlir
// RUN: se-opt %t.mlir --rnn-narrow-floats | diff %t.before.mlir -
// RUN: se-opt %t.mlir --rnn-assign-floats=precision=fp32 --rnn-narrow-floats | diff %t.before.mlir -
// RUN: not se-opt %s --rnn-assign-floats=precision=int4 --rnn-narrow-floats --split-input-file 2>&1 | FileCheck %s --check-prefix=BAD
// RUN: echo '{"default": "fp16", "sums": "fp16"}' > %t.json
// RUN: se-opt %s --rnn-assign-floats=precision=%t.json --rnn-narrow-floats --split-input-file | FileCheck %s --check-prefix=HALF
//
// Products that are summed up in f16 are followed by arithmetic in f16.
// HALF-LABEL: rnn.network @product
// HALF:          %[[WX:[a-z0-9_]+]] = rnn.matvec {{.*}} : tensor<2x2xf16>, tensor<2xf16> -> tensor<2xf16>
// HALF-NEXT:     %[[WH:[a-z0-9_]+]] = rnn.matvec {{.*}} : tensor<2x2xf16>, tensor<2xf16> -> tensor<2xf16>
// HALF-NEXT:     %[[S:[a-z0-9_]+]] = arith.addf %[[WX]], %[[WH]] : tensor<2xf16>
// HALF-NEXT:     arith.addf %[[S]], %{{.*}} : tensor<2xf16>
// HALF-NEXT:     arith.extf
// HALF-NEXT:     rnn.yield
//
// fp32 changes nothing.
// BAD: error: unknown precision 'int4', expected fp32, fp16, int8, mixed, auto (se-compile only) or a policy, FILE.json

// Inputs and outputs stay f32; states, weights and reset values become f16. A
// product takes f16 and gives f32; arithmetic on it stays f32 and is rounded
// once, where it is stored.
// CHECK-LABEL: rnn.network @product
// CHECK-SAME:    inputs(%x = "x" : tensor<2xf32>)
// CHECK-SAME:    states(%h = "h" : tensor<2xf16> reset dense<[1.000000e+00, 9.997550e-02]> : tensor<2xf16>)
// CHECK-SAME:    outputs("y" : tensor<2xf32>)
// CHECK-NEXT:    %[[X:[a-z0-9_]+]] = arith.truncf %x : tensor<2xf32> to tensor<2xf16>
// CHECK-NEXT:    %[[W:[a-z0-9_]+]] = arith.constant {{.*}} : tensor<2x2xf16>
// CHECK-NEXT:    %[[B:[a-z0-9_]+]] = arith.constant dense<3.000000e+00> : tensor<2xf16>
// CHECK-NEXT:    %[[WX:[a-z0-9_]+]] = rnn.matvec %[[W]], %[[X]] : tensor<2x2xf16>, tensor<2xf16> -> tensor<2xf32>
// CHECK-NEXT:    %[[WH:[a-z0-9_]+]] = rnn.matvec %[[W]], %h : tensor<2x2xf16>, tensor<2xf16> -> tensor<2xf32>
// CHECK-NEXT:    %[[S:[a-z0-9_]+]] = arith.addf %[[WX]], %[[WH]] : tensor<2xf32>
// CHECK-NEXT:    %[[B32:[a-z0-9_]+]] = arith.extf %[[B]] : tensor<2xf16> to tensor<2xf32>
// CHECK-NEXT:    %[[SB:[a-z0-9_]+]] = arith.addf %[[S]], %[[B32]] : tensor<2xf32>
// CHECK-NEXT:    %[[H:[a-z0-9_]+]] = arith.truncf %[[SB]] : tensor<2xf32> to tensor<2xf16>
// CHECK-NEXT:    rnn.yield %[[SB]] : tensor<2xf32> next %[[H]] : tensor<2xf16>
rnn.network @product inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<[1.0, 0.1]> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = arith.constant dense<3.0> : tensor<2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = rnn.matvec %W, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %2 = arith.addf %0, %1 : tensor<2xf32>
  %3 = arith.addf %2, %b : tensor<2xf32>
  rnn.yield %3 : tensor<2xf32> next %3 : tensor<2xf32>
}

// -----

// Functions take what there is and give f16; arithmetic among f16 is f16.
// CHECK-LABEL: rnn.network @activation
// CHECK:         %[[WX:[a-z0-9_]+]] = rnn.matvec {{.*}} -> tensor<2xf32>
// CHECK-NEXT:    %[[S:[a-z0-9_]+]] = rnn.activation <sigmoid> %[[WX]] : tensor<2xf32> -> tensor<2xf16>
// CHECK-NEXT:    %[[T:[a-z0-9_]+]] = rnn.activation <tanh> %[[S]] : tensor<2xf16> -> tensor<2xf16>
// CHECK-NEXT:    %[[M:[a-z0-9_]+]] = arith.mulf %[[S]], %[[T]] : tensor<2xf16>
// CHECK-NEXT:    %[[Y:[a-z0-9_]+]] = arith.extf %[[M]] : tensor<2xf16> to tensor<2xf32>
// CHECK-NEXT:    rnn.yield %[[Y]] : tensor<2xf32>
rnn.network @activation inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = rnn.activation <sigmoid> %0 : tensor<2xf32> -> tensor<2xf32>
  %2 = rnn.activation <tanh> %1 : tensor<2xf32> -> tensor<2xf32>
  %3 = arith.mulf %1, %2 : tensor<2xf32>
  rnn.yield %3 : tensor<2xf32>
}

// -----

// A product of a product: rounded in between. Reductions are like products.
// Movement keeps the type of what it moves.
// CHECK-LABEL: rnn.network @chain
// CHECK:         %[[P:[a-z0-9_]+]] = rnn.matvec {{.*}} -> tensor<2xf32>
// CHECK-NEXT:    %[[R:[a-z0-9_]+]] = rnn.reshape %[[P]] : tensor<2xf32> -> tensor<1x2xf32>
// CHECK-NEXT:    %[[P16:[a-z0-9_]+]] = arith.truncf %[[P]]
// CHECK-NEXT:    %[[Q:[a-z0-9_]+]] = rnn.matvec %{{[a-z0-9_]+}}, %[[P16]] : {{.*}} -> tensor<2xf32>
// CHECK-NEXT:    %[[R16:[a-z0-9_]+]] = arith.truncf %[[R]]
// CHECK-NEXT:    rnn.reduce <mean> %[[R16]] axes [1] : tensor<1x2xf16> -> tensor<1x1xf32>
// CHECK-NEXT:    tensor.extract_slice %{{[a-z0-9_]+}}[0] [1] [1] : tensor<2xf16> to tensor<1xf16>
rnn.network @chain inputs(%x = "x" : tensor<2xf32>) outputs("a" : tensor<2xf32>, "b" : tensor<1x1xf32>, "c" : tensor<1xf32>) {
  %W = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = rnn.reshape %0 : tensor<2xf32> -> tensor<1x2xf32>
  %2 = rnn.matvec %W, %0 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %3 = rnn.reduce <mean> %1 axes [1] : tensor<1x2xf32> -> tensor<1x1xf32>
  %4 = tensor.extract_slice %x[0] [1] [1] : tensor<2xf32> to tensor<1xf32>
  rnn.yield %2, %3, %4 : tensor<2xf32>, tensor<1x1xf32>, tensor<1xf32>
}

// -----

// Cells are inlined: what one computes is not rounded at its border.
// CHECK-NOT:   rnn.cell
// CHECK-LABEL: rnn.network @apply
// CHECK:         %[[Y:[a-z0-9_]+]] = rnn.matvec {{.*}} -> tensor<2xf32>
// CHECK-NEXT:    rnn.yield %[[Y]] : tensor<2xf32> next %h : tensor<2xf16>
rnn.cell @cell inputs(%x : tensor<2xf32>) states(%h : tensor<2xf32>) weights(%W : tensor<2x2xf32>) outputs(tensor<2xf32>) {
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  rnn.yield %0 : tensor<2xf32> next %h : tensor<2xf32>
}
rnn.network @apply inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<1.0> : tensor<2x2xf32>
  %y, %h1 = rnn.apply @cell(%x) states(%h) weights(%W) : (tensor<2xf32>), (tensor<2xf32>), (tensor<2x2xf32>) -> (tensor<2xf32>), (tensor<2xf32>)
  rnn.yield %y : tensor<2xf32> next %h1 : tensor<2xf32>
}

// -----

// Comparison and selection: truth values stay i1.
// CHECK-LABEL: rnn.network @select
// CHECK:         %[[C:[a-z0-9_]+]] = arith.cmpf olt, %{{.*}}, %{{.*}} : tensor<2xf16>
// CHECK-NEXT:    arith.select %[[C]], %{{.*}}, %{{.*}} : tensor<2xi1>, tensor<2xf16>
rnn.network @select inputs(%x = "x" : tensor<2xf32>, %z = "z" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %0 = arith.cmpf olt, %x, %z : tensor<2xf32>
  %1 = arith.select %0, %x, %z : tensor<2xi1>, tensor<2xf32>
  rnn.yield %1 : tensor<2xf32>
}

// -----

// An input that nobody reads; one that is an output, which nothing rounds.
// CHECK-LABEL: rnn.network @through
// CHECK-NEXT:    rnn.yield %x : tensor<2xf32>
rnn.network @through inputs(%x = "x" : tensor<2xf32>, %z = "z" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  rnn.yield %x : tensor<2xf32>
}

// -----

// What --rnn-choose-floats has chosen: the operation takes the input and the
// constant as they are, the reduction what it is given, and the state is f32; a
// matrix rounds it.
// CHECK-LABEL: rnn.network @chosen
// CHECK-SAME:    states(%m = "m" : tensor<2xf32> reset dense<1.000000e-01> : tensor<2xf32>)
// CHECK-DAG:     %[[C:[a-z0-9_]+]] = arith.constant dense<1.000000e+05> : tensor<2xf32>
// CHECK-DAG:     %[[P:[a-z0-9_]+]] = arith.mulf %x, %[[C]] {rnn.f32} : tensor<2xf32>
// CHECK-DAG:     rnn.reduce <sum> %[[P]] axes [0] {rnn.f32} : tensor<2xf32> -> tensor<1xf32>
// CHECK-DAG:     %[[S:[a-z0-9_]+]] = rnn.activation <sigmoid> %{{[a-z0-9_]+}} {rnn.f32} : tensor<2xf32> -> tensor<2xf32>
// CHECK-DAG:     %[[N:[a-z0-9_]+]] = arith.addf %m, %[[S]] : tensor<2xf32>
// CHECK-DAG:     %[[M:[a-z0-9_]+]] = arith.truncf %m
// CHECK-DAG:     rnn.matvec %{{[a-z0-9_]+}}, %[[M]] : tensor<2x2xf16>, tensor<2xf16> -> tensor<2xf32>
// CHECK:         next %[[N]] : tensor<2xf32>
rnn.network @chosen inputs(%x = "x" : tensor<2xf32>)
    states(%m = "m" : tensor<2xf32> reset dense<0.1> : tensor<2xf32>) outputs("y" : tensor<1xf32>, "z" : tensor<2xf32>)
    attributes {rnn.f32_states = ["m"]} {
  %W = arith.constant dense<1.0> : tensor<2x2xf32>
  %c = arith.constant dense<1.0e5> : tensor<2xf32>
  %0 = arith.mulf %x, %c {rnn.f32} : tensor<2xf32>
  %1 = rnn.reduce <sum> %0 axes [0] {rnn.f32} : tensor<2xf32> -> tensor<1xf32>
  %2 = rnn.activation <sigmoid> %0 {rnn.f32} : tensor<2xf32> -> tensor<2xf32>
  %3 = arith.addf %m, %2 : tensor<2xf32>
  %4 = rnn.matvec %W, %m : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  rnn.yield %1, %4 : tensor<1xf32>, tensor<2xf32> next %3 : tensor<2xf32>
}

// -----

// A matrix of f16 gets finite values of it.
// CHECK-LABEL: rnn.network @limited
// CHECK:         %[[P:[a-z0-9_]+]] = arith.mulf %x, %x {rnn.f32} : tensor<2xf32>
// CHECK:         %[[L:[a-z0-9_]+]] = arith.minimumf %[[P]], %{{[a-z0-9_]+}} : tensor<2xf32>
// CHECK:         %[[M:[a-z0-9_]+]] = arith.maximumf %[[L]], %{{[a-z0-9_]+}} : tensor<2xf32>
// CHECK:         %[[H:[a-z0-9_]+]] = arith.truncf %[[M]]
// CHECK:         rnn.matvec %{{[a-z0-9_]+}}, %[[H]]
rnn.network @limited inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = arith.mulf %x, %x {rnn.f32} : tensor<2xf32>
  %1 = rnn.matvec %W, %0 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  rnn.yield %1 : tensor<2xf32>
}

// -----

// What is assigned by hand needs no policy, and goes; the rest stays f32.
// CHECK-LABEL: rnn.network @by_hand
// CHECK-NOT:     rnn.floats
// BY-HAND:       rnn.network @by_hand
// BY-HAND-SAME:    states(%h = "h" : tensor<2xf16> reset dense<0.000000e+00> : tensor<2xf16>, %g = "g" : tensor<2xf32>
// BY-HAND-NOT:     rnn.f16_states
// BY-HAND:         %[[G:[a-z0-9_]+]] = arith.mulf %g, %x : tensor<2xf32>
// BY-HAND:         %[[H:[a-z0-9_]+]] = arith.addf %h, %{{.*}} : tensor<2xf16>
// BY-HAND:         rnn.yield %[[G]] : tensor<2xf32> next %[[H]], %[[G]] : tensor<2xf16>, tensor<2xf32>
// BY-HAND-NOT:     rnn.floats
rnn.network @by_hand inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>, %g = "g" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) attributes {rnn.f16_states = ["h"]} {
  %0 = arith.mulf %g, %x : tensor<2xf32>
  %1 = arith.addf %h, %x {rnn.floats = #rnn.floats<f16>} : tensor<2xf32>
  rnn.yield %0 : tensor<2xf32> next %1, %0 : tensor<2xf32>, tensor<2xf32>
}
