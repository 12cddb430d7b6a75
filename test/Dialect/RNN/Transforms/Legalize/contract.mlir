// RUN: se-opt %s --rnn-contract --split-input-file | FileCheck %s

// An average, in any order of the factors; z is what stands on both sides.
// CHECK-LABEL: rnn.network @average
// CHECK:         %[[D:[a-z0-9_]+]] = arith.subf %b, %a : tensor<2xf32>
// CHECK-NEXT:    %[[Y:[a-z0-9_]+]] = math.fma %z, %[[D]], %a : tensor<2xf32>
// CHECK-NEXT:    %[[E:[a-z0-9_]+]] = arith.subf %a, %b : tensor<2xf32>
// CHECK-NEXT:    %[[V:[a-z0-9_]+]] = math.fma %z, %[[E]], %b : tensor<2xf32>
// CHECK-NEXT:    rnn.yield %[[Y]], %[[V]]
rnn.network @average inputs(%z = "z" : tensor<2xf32>, %a = "a" : tensor<2xf32>, %b = "b" : tensor<2xf32>)
    outputs("y" : tensor<2xf32>, "v" : tensor<2xf32>) {
  %one = arith.constant dense<1.0> : tensor<2xf32>
  %c = arith.subf %one, %z : tensor<2xf32>
  %0 = arith.mulf %c, %a : tensor<2xf32>
  %1 = arith.mulf %z, %b : tensor<2xf32>
  %y = arith.addf %0, %1 : tensor<2xf32>
  %2 = arith.mulf %a, %z : tensor<2xf32>
  %3 = arith.mulf %b, %c : tensor<2xf32>
  %v = arith.addf %2, %3 : tensor<2xf32>
  rnn.yield %y, %v : tensor<2xf32>, tensor<2xf32>
}

// -----

// Not an average: 2 - z. Of two products the second is contracted; one that is
// read elsewhere is not.
// CHECK-LABEL: rnn.network @products
// CHECK:         %[[C:[a-z0-9_]+]] = arith.subf
// CHECK-NEXT:    %[[P:[a-z0-9_]+]] = arith.mulf %[[C]], %a
// CHECK-NEXT:    %[[Y:[a-z0-9_]+]] = math.fma %z, %b, %[[P]]
// CHECK-NEXT:    %[[Q:[a-z0-9_]+]] = arith.mulf %a, %b
// CHECK-NEXT:    %[[V:[a-z0-9_]+]] = arith.addf %[[Q]], %z
// CHECK-NEXT:    %[[U:[a-z0-9_]+]] = math.fma %a, %z, %[[Q]]
rnn.network @products inputs(%z = "z" : tensor<2xf32>, %a = "a" : tensor<2xf32>, %b = "b" : tensor<2xf32>)
    outputs("y" : tensor<2xf32>, "v" : tensor<2xf32>, "u" : tensor<2xf32>) {
  %two = arith.constant dense<2.0> : tensor<2xf32>
  %c = arith.subf %two, %z : tensor<2xf32>
  %0 = arith.mulf %c, %a : tensor<2xf32>
  %1 = arith.mulf %z, %b : tensor<2xf32>
  %y = arith.addf %0, %1 : tensor<2xf32>
  %2 = arith.mulf %a, %b : tensor<2xf32>
  %v = arith.addf %2, %z : tensor<2xf32>
  %3 = arith.mulf %a, %z : tensor<2xf32>
  %u = arith.addf %3, %2 : tensor<2xf32>
  rnn.yield %y, %v, %u : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// -----

// A sum of integers meets a gate of f16, and the result is rounded: all in f16.
// CHECK-LABEL: rnn.network @rounded
// CHECK:         %[[S:[a-z0-9_]+]] = arith.mulf
// CHECK-NEXT:    %[[H:[a-z0-9_]+]] = arith.truncf %[[S]]
// CHECK-NEXT:    %[[B:[a-z0-9_]+]] = arith.constant dense<9.997550e-02> : tensor<2xf16>
// CHECK:         math.fma %r, %[[H]], %[[B]] : tensor<2xf16>
// Not if f32 is read too, if there is no gate, if a constant is none of f16, or for
// a sum of halves.
// CHECK-LABEL: rnn.network @kept
// CHECK-COUNT-2: math.fma {{.*}} : tensor<2xf32>
// CHECK:         arith.addf {{.*}} : tensor<2xf32>
// CHECK:         math.fma {{.*}} : tensor<2xf32>
rnn.network @rounded inputs(%x = "x" : tensor<1xf16>, %r = "r" : tensor<2xf16>) outputs("y" : tensor<2xf16>) {
  %s = arith.constant dense<0.5> : tensor<2xf32>
  %b = arith.constant dense<0.1> : tensor<2xf32>
  %W = arith.constant dense<[[1], [2]]> : tensor<2x1xi8>
  %q = rnn.quantize %x scale 5.0e-1 : tensor<1xf16> -> tensor<1xi8>
  %i = rnn.matvec %W, %q : tensor<2x1xi8>, tensor<1xi8> -> tensor<2xi32>
  %0 = arith.sitofp %i : tensor<2xi32> to tensor<2xf32>
  %1 = arith.mulf %0, %s : tensor<2xf32>
  %2 = arith.extf %r : tensor<2xf16> to tensor<2xf32>
  %3 = arith.mulf %2, %1 : tensor<2xf32>
  %4 = arith.addf %3, %b : tensor<2xf32>
  %y = arith.truncf %4 : tensor<2xf32> to tensor<2xf16>
  rnn.yield %y : tensor<2xf16>
}
rnn.network @kept inputs(%x = "x" : tensor<1xf16>, %r = "r" : tensor<2xf16>, %m = "m" : tensor<2xf32>)
    outputs("y" : tensor<2xf16>, "z" : tensor<2xf32>, "u" : tensor<2xf16>, "v" : tensor<2xf16>, "w" : tensor<2xf16>) {
  %s = arith.constant dense<0.5> : tensor<2xf32>
  %b = arith.constant dense<0.1> : tensor<2xf32>
  %big = arith.constant dense<65600.0> : tensor<2xf32>
  %W = arith.constant dense<[[1], [2]]> : tensor<2x1xi8>
  %q = rnn.quantize %x scale 5.0e-1 : tensor<1xf16> -> tensor<1xi8>
  %i = rnn.matvec %W, %q : tensor<2x1xi8>, tensor<1xi8> -> tensor<2xi32>
  %0 = arith.sitofp %i : tensor<2xi32> to tensor<2xf32>
  %1 = arith.mulf %0, %s : tensor<2xf32>
  %2 = arith.extf %r : tensor<2xf16> to tensor<2xf32>
  %3 = math.fma %2, %1, %b : tensor<2xf32>
  %y = arith.truncf %3 : tensor<2xf32> to tensor<2xf16>
  %4 = math.fma %2, %1, %big : tensor<2xf32>
  %u = arith.truncf %4 : tensor<2xf32> to tensor<2xf16>
  %5 = arith.addf %1, %b : tensor<2xf32>
  %v = arith.truncf %5 : tensor<2xf32> to tensor<2xf16>
  %6 = math.fma %2, %m, %b : tensor<2xf32>
  %w = arith.truncf %6 : tensor<2xf32> to tensor<2xf16>
  rnn.yield %y, %3, %u, %v, %w : tensor<2xf16>, tensor<2xf32>, tensor<2xf16>, tensor<2xf16>, tensor<2xf16>
}

// -----

// The instruction negates as well, but not that of two halves.
// CHECK-LABEL: rnn.network @differences
// CHECK-DAG:     %[[NB:.*]] = arith.negf %[[B:.*]] : tensor<2xf32>
// CHECK:         %[[D:.*]] = math.fma %[[A:.*]], %[[NB]], %[[A]] : tensor<2xf32>
// CHECK:         %[[ND:.*]] = arith.negf %[[D]] : tensor<2xf32>
// CHECK:         math.fma %[[A]], %[[B]], %[[ND]] : tensor<2xf32>
// CHECK:         arith.mulf {{.*}} : tensor<2xf16>
// CHECK:         arith.subf {{.*}} : tensor<2xf16>
rnn.network @differences inputs(%a = "a" : tensor<2xf32>, %b = "b" : tensor<2xf32>,
    %h = "h" : tensor<2xf16>) states()
    outputs("y" : tensor<2xf32>, "z" : tensor<2xf16>) {
  %0 = arith.mulf %a, %b : tensor<2xf32>
  %1 = arith.subf %a, %0 : tensor<2xf32>
  %2 = arith.mulf %a, %b : tensor<2xf32>
  %y = arith.subf %2, %1 : tensor<2xf32>
  %3 = arith.mulf %h, %h : tensor<2xf16>
  %z = arith.subf %h, %3 : tensor<2xf16>
  rnn.yield %y, %z : tensor<2xf32>, tensor<2xf16>
}

// -----

// What is no network stays as it is.
// CHECK-LABEL: func.func @scalars
// CHECK:         arith.mulf
// CHECK:         arith.mulf
// CHECK:         arith.truncf
func.func @scalars(%i: i32, %r: f16, %s: f32) -> f16 {
  %0 = arith.sitofp %i : i32 to f32
  %1 = arith.mulf %0, %s : f32
  %2 = arith.extf %r : f16 to f32
  %3 = arith.mulf %2, %1 : f32
  %4 = arith.truncf %3 : f32 to f16
  return %4 : f16
}
