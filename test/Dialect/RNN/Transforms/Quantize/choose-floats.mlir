// RUN: se-opt %s --rnn-choose-floats=precision=fp16 --split-input-file | FileCheck %s
// RUN: se-opt %s --split-input-file -o %t.before.mlir
// RUN: se-opt %s --rnn-choose-floats --split-input-file | diff %t.before.mlir -

// The power of an input overflows and underflows; 1e-8 is no constant of f16, and
// a logarithm needs it. A matrix takes f16.
// CHECK-LABEL: rnn.network @features
// CHECK:         arith.mulf %x, %x {rnn.f32}
// CHECK:         arith.addf {{.*}} {rnn.f32}
// CHECK:         math.log {{.*}} {rnn.f32}
// CHECK:         rnn.matvec %{{[a-z0-9_]+}}, %{{[a-z0-9_]+}} :
rnn.network @features inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[1.0, -2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %eps = arith.constant dense<1.0e-8> : tensor<2xf32>
  %0 = arith.mulf %x, %x : tensor<2xf32>
  %1 = arith.addf %0, %eps : tensor<2xf32>
  %2 = math.log %1 : tensor<2xf32>
  %3 = rnn.matvec %W, %2 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  rnn.yield %3 : tensor<2xf32>
}

// -----

// Gates of a cell are bounded, and what they carry over is no running mean.
// CHECK-LABEL: rnn.network @gates
// CHECK-NOT:     rnn.f32
rnn.network @gates inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>,
           %c = "c" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[1.0, -2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = rnn.matvec %W, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %2 = arith.addf %0, %1 : tensor<2xf32>
  %f = rnn.activation <sigmoid> %2 : tensor<2xf32> -> tensor<2xf32>
  %g = rnn.activation <tanh> %2 : tensor<2xf32> -> tensor<2xf32>
  %3 = arith.mulf %f, %c : tensor<2xf32>
  %4 = arith.mulf %f, %g : tensor<2xf32>
  %5 = arith.addf %3, %4 : tensor<2xf32>
  %6 = rnn.activation <tanh> %5 : tensor<2xf32> -> tensor<2xf32>
  %7 = arith.mulf %f, %6 : tensor<2xf32>
  rnn.yield %7 : tensor<2xf32> next %7, %5 : tensor<2xf32>, tensor<2xf32>
}

// -----

// A running mean of something bounded is slow, one that forgets faster is not.
// CHECK-LABEL: rnn.network @means
// CHECK-SAME:    attributes {rnn.f32_states = ["slow"]}
// CHECK:         rnn.activation <sigmoid> %x {rnn.f32}
// CHECK:         arith.mulf %slow, {{.*}} {rnn.f32}
// CHECK:         arith.mulf %fast, %{{[a-z0-9_]+}} :
rnn.network @means inputs(%x = "x" : tensor<2xf32>)
    states(%slow = "slow" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>,
           %fast = "fast" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>, "z" : tensor<2xf32>) {
  %0 = rnn.activation <sigmoid> %x : tensor<2xf32> -> tensor<2xf32>
  %a = arith.constant dense<0.99> : tensor<2xf32>
  %1 = arith.mulf %slow, %a : tensor<2xf32>
  %a1 = arith.constant dense<0.01> : tensor<2xf32>
  %2 = arith.mulf %0, %a1 : tensor<2xf32>
  %3 = arith.addf %1, %2 : tensor<2xf32>
  %b = arith.constant dense<0.9> : tensor<2xf32>
  %4 = arith.mulf %fast, %b : tensor<2xf32>
  %b1 = arith.constant dense<0.1> : tensor<2xf32>
  %t = rnn.activation <tanh> %x : tensor<2xf32> -> tensor<2xf32>
  %5 = arith.mulf %t, %b1 : tensor<2xf32>
  %6 = arith.addf %4, %5 : tensor<2xf32>
  rnn.yield %3, %6 : tensor<2xf32>, tensor<2xf32> next %3, %6 : tensor<2xf32>, tensor<2xf32>
}

// -----

// The same as m + a * (x - m), a counter, and a rotation of two states.
// CHECK-LABEL: rnn.network @others
// CHECK-SAME:    attributes {rnn.f32_states = ["mean", "count", "re", "im"]}
rnn.network @others inputs(%x = "x" : tensor<1xf32>)
    states(%mean = "mean" : tensor<1xf32> reset dense<0.0> : tensor<1xf32>,
           %count = "count" : tensor<1xf32> reset dense<0.0> : tensor<1xf32>,
           %re = "re" : tensor<1xf32> reset dense<1.0> : tensor<1xf32>,
           %im = "im" : tensor<1xf32> reset dense<0.0> : tensor<1xf32>,
           %last = "last" : tensor<1xf32> reset dense<0.0> : tensor<1xf32>)
    outputs("y" : tensor<1xf32>) {
  %t = rnn.activation <tanh> %x : tensor<1xf32> -> tensor<1xf32>
  %a = arith.constant dense<0.01> : tensor<1xf32>
  %0 = arith.subf %t, %mean : tensor<1xf32>
  %1 = arith.mulf %a, %0 : tensor<1xf32>
  %2 = arith.addf %mean, %1 : tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<1xf32>
  %3 = arith.addf %count, %one : tensor<1xf32>
  %c = arith.constant dense<0.6> : tensor<1xf32>
  %s = arith.constant dense<0.79> : tensor<1xf32>
  %4 = arith.mulf %re, %c : tensor<1xf32>
  %5 = arith.mulf %im, %s : tensor<1xf32>
  %6 = arith.subf %4, %5 : tensor<1xf32>
  %7 = arith.mulf %re, %s : tensor<1xf32>
  %8 = arith.mulf %im, %c : tensor<1xf32>
  %9 = arith.addf %7, %8 : tensor<1xf32>
  // Memory without arithmetic loses nothing.
  %10 = arith.addf %last, %6 : tensor<1xf32>
  rnn.yield %10 : tensor<1xf32>
    next %2, %3, %6, %9, %t : tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>
}

// -----

// Bounded values stay f16 where a logarithm takes them far from 0, and are f32, the
// table of the activation included, where it takes them near to it.
// CHECK-LABEL: rnn.network @logarithms
// CHECK:         rnn.activation <sigmoid> %{{[a-z0-9_]+}} :
// CHECK:         arith.addf %{{[a-z0-9_]+}}, %{{[a-z0-9_]+}} :
// CHECK:         math.log %{{[a-z0-9_]+}} :
// CHECK:         rnn.activation <sigmoid> %{{[a-z0-9_]+}} {rnn.f32} :
rnn.network @logarithms inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>, "z" : tensor<2xf32>) {
  %W = arith.constant dense<[[1.0, -2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %half = arith.constant dense<0.5> : tensor<2xf32>
  %little = arith.constant dense<1.0e-3> : tensor<2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = rnn.activation <sigmoid> %0 : tensor<2xf32> -> tensor<2xf32>
  %2 = arith.addf %1, %half : tensor<2xf32>
  %3 = math.log %2 : tensor<2xf32>
  %4 = arith.addf %0, %half : tensor<2xf32>
  %5 = rnn.activation <sigmoid> %4 : tensor<2xf32> -> tensor<2xf32>
  %6 = arith.addf %5, %little : tensor<2xf32>
  %7 = math.log %6 : tensor<2xf32>
  rnn.yield %3, %7 : tensor<2xf32>, tensor<2xf32>
}

// -----

// Filters of powers: what they take overflows f16, and a logarithm needs what they
// give near 0. A trained matrix takes f16 whatever comes after it.
// CHECK-LABEL: rnn.network @filters
// CHECK:         %[[P:[a-z0-9_]+]] = arith.mulf %x, %x {rnn.f32}
// CHECK:         rnn.matvec %{{[a-z0-9_]+}}, %[[P]] {rnn.f32}
// CHECK:         rnn.matvec %{{[a-z0-9_]+}}, %x :
// CHECK:         math.absf %{{[a-z0-9_]+}} {rnn.f32}
rnn.network @filters inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>, "z" : tensor<2xf32>) {
  %F = arith.constant dense<[[0.5, 0.5], [0.0, 1.0]]> : tensor<2x2xf32>
  %W = arith.constant dense<[[1.0, -2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %0 = arith.mulf %x, %x : tensor<2xf32>
  %1 = rnn.matvec %F, %0 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %2 = math.log %1 : tensor<2xf32>
  %3 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %4 = math.absf %3 : tensor<2xf32>
  %5 = math.log %4 : tensor<2xf32>
  rnn.yield %2, %5 : tensor<2xf32>, tensor<2xf32>
}

// -----

// A hidden state stays f16 where a logarithm reads it; only that is f32.
// CHECK-LABEL: rnn.network @hidden
// CHECK-NOT:     rnn.f32
// CHECK:         arith.mulf %{{[a-z0-9_]+}}, %{{[a-z0-9_]+}} :
// CHECK:         math.absf %{{[a-z0-9_]+}} {rnn.f32} :
// CHECK:         math.log %{{[a-z0-9_]+}} {rnn.f32} :
rnn.network @hidden inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[1.0, -2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = rnn.matvec %W, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %2 = arith.addf %0, %1 : tensor<2xf32>
  %o = rnn.activation <sigmoid> %2 : tensor<2xf32> -> tensor<2xf32>
  %g = rnn.activation <tanh> %2 : tensor<2xf32> -> tensor<2xf32>
  %3 = arith.mulf %o, %g : tensor<2xf32>
  %4 = math.absf %3 : tensor<2xf32>
  %5 = math.log %4 : tensor<2xf32>
  rnn.yield %5 : tensor<2xf32> next %3 : tensor<2xf32>
}

// -----

// Where a comparison chooses between two factors, the larger one counts.
// CHECK-LABEL: rnn.network @chosen
// CHECK-SAME:    attributes {rnn.f32_states = ["level"]}
rnn.network @chosen inputs(%x = "x" : tensor<2xf32>)
    states(%level = "level" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %fast = arith.constant dense<0.5> : tensor<2xf32>
  %slow = arith.constant dense<0.99> : tensor<2xf32>
  %0 = rnn.activation <tanh> %x : tensor<2xf32> -> tensor<2xf32>
  %1 = arith.cmpf ogt, %0, %level : tensor<2xf32>
  %2 = arith.select %1, %fast, %slow : tensor<2xi1>, tensor<2xf32>
  %3 = arith.mulf %2, %level : tensor<2xf32>
  %4 = arith.addf %3, %0 : tensor<2xf32>
  rnn.yield %4 : tensor<2xf32> next %4 : tensor<2xf32>
}
