// RUN: se-opt %s --rnn-observe | FileCheck %s
// RUN: se-opt %s --rnn-observe --rnn-expose-observed | FileCheck %s --check-prefix=EXPOSED
// RUN: se-opt %s --rnn-observe --se-pipeline="to=legalized precision=fp16" | FileCheck %s --check-prefix=DROPPED

// Inputs and states have their own names, a state where its next value is made,
// behind which reshapes change nothing. `same` has no value of its own, `old` is
// what `h` was a frame before.
// CHECK-LABEL: rnn.network @net
// CHECK:       rnn.observe %old as "old"
// CHECK-NEXT:  rnn.observe %x as "x"
// CHECK:       %[[Z:.*]] = rnn.matvec %{{.*}}, %x
// CHECK-NEXT:  %[[R:.*]] = rnn.activation <relu> %[[Z]]
// CHECK-NEXT:  rnn.observe %[[R]] as "relu"
// CHECK-NEXT:  %[[U:.*]] = rnn.matvec
// CHECK-NEXT:  %[[S:.*]] = arith.addf %[[U]], %old
// CHECK-NEXT:  %[[H:.*]] = rnn.activation <tanh> %[[S]]
// CHECK-NEXT:  rnn.observe %[[H]] as "h"
// CHECK-NEXT:  rnn.reshape %[[H]]
// CHECK:       %[[M:.*]] = rnn.matvec
// CHECK-NEXT:  rnn.observe %[[M]] as "relu#2"
// CHECK-NEXT:  rnn.yield

// EXPOSED-LABEL: rnn.network @net
// EXPOSED-SAME:  outputs("y" : tensor<2xf32>, "observed:old" : tensor<2xf32>, "observed:x" : tensor<2xf32>, "observed:relu" : tensor<2xf32>, "observed:h" : tensor<2xf32>, "observed:relu#2" : tensor<2xf32>)
// EXPOSED-NOT:   rnn.observe

// DROPPED-NOT:   rnn.observe
rnn.network @net inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<1x2xf32> reset dense<0.0> : tensor<1x2xf32>,
           %same = "same" : tensor<1x2xf32> reset dense<0.0> : tensor<1x2xf32>,
           %old = "old" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 0.5]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("fc")
  %1 = rnn.activation <relu> %0 : tensor<2xf32> -> tensor<2xf32> loc("relu")
  %2 = rnn.matvec %W, %1 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("rnn")
  %3 = arith.addf %2, %old : tensor<2xf32> loc("rnn")
  %4 = rnn.activation <tanh> %3 : tensor<2xf32> -> tensor<2xf32> loc("rnn")
  %5 = rnn.reshape %4 : tensor<2xf32> -> tensor<1x2xf32>
  %6 = rnn.reshape %h : tensor<1x2xf32> -> tensor<2xf32>
  %7 = rnn.matvec %W, %4 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("relu")
  rnn.yield %7 : tensor<2xf32> next %5, %5, %6 : tensor<1x2xf32>, tensor<1x2xf32>, tensor<2xf32>
}
