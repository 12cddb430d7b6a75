// RUN: se-opt %s --rnn-screen-inputs | FileCheck %s
// RUN: se-opt %s --rnn-screen-inputs=nonfinite=reset | FileCheck %s --check-prefix=RESET
// RUN: se-opt %s --rnn-screen-inputs=nonfinite=propagate | FileCheck %s --check-prefix=PROPAGATE
// RUN: se-opt %s --rnn-screen-inputs --rnn-screen-inputs=nonfinite=reset | FileCheck %s
// RUN: se-opt %s --se-pipeline="to=legalized" | FileCheck %s --check-prefix=PIPELINE
// RUN: se-opt %s --se-pipeline="to=legalized nonfinite=propagate" | FileCheck %s --check-prefix=PROPAGATE

// Every use of an input is masked by all inputs, also where it is an output or
// a state; a scalar, too. An input that nothing reads does not count.

// CHECK-LABEL: rnn.network @two
// RESET: reset_if_not_finite
// PROPAGATE-NOT: rnn.finite
// PROPAGATE-NOT: reset_if_not_finite
// PIPELINE: rnn.finite
rnn.network @two inputs(%x = "x" : tensor<2x3xf32>, %s = "s" : tensor<f32>, %u = "u" : tensor<4xf32>)
    states(%h = "h" : tensor<2x3xf32> reset dense<0.0> : tensor<2x3xf32>)
    outputs("y" : tensor<2x3xf32>, "z" : tensor<f32>) {
  // CHECK:      %[[MASK:.*]] = rnn.finite %x, %s : tensor<2x3xf32>, tensor<f32> -> tensor<1xi32>
  // CHECK-NEXT: %[[X_ALL:.*]] = rnn.broadcast %[[MASK]] : tensor<1xi32> -> tensor<2x3xi32>
  // CHECK-NEXT: %[[X_BITS:.*]] = arith.bitcast %x : tensor<2x3xf32> to tensor<2x3xi32>
  // CHECK-NEXT: %[[X_KEPT:.*]] = arith.andi %[[X_BITS]], %[[X_ALL]] : tensor<2x3xi32>
  // CHECK-NEXT: %[[X:.*]] = arith.bitcast %[[X_KEPT]] : tensor<2x3xi32> to tensor<2x3xf32>
  // CHECK-NEXT: %[[S_ALL:.*]] = rnn.reshape %[[MASK]] : tensor<1xi32> -> tensor<i32>
  // CHECK:      %[[S:.*]] = arith.bitcast %{{.*}} : tensor<i32> to tensor<f32>
  // CHECK-NEXT: %[[Y:.*]] = arith.addf %[[X]], %h
  // CHECK-NEXT: rnn.yield %[[Y]], %[[S]] : tensor<2x3xf32>, tensor<f32> next %[[X]]
  // RESET: rnn.finite
  %0 = arith.addf %x, %h : tensor<2x3xf32>
  rnn.yield %0, %s : tensor<2x3xf32>, tensor<f32> next %x : tensor<2x3xf32>
}

// Nothing to screen.
// CHECK-LABEL: rnn.network @none
// CHECK-NOT: rnn.finite
// CHECK: rnn.yield
// RESET-LABEL: rnn.network @none
// RESET-NOT: reset_if_not_finite
// RESET: rnn.yield
rnn.network @none inputs(%u = "u" : tensor<4xf32>) outputs("y" : tensor<2xf32>) {
  %0 = arith.constant dense<1.0> : tensor<2xf32>
  rnn.yield %0 : tensor<2xf32>
}

// The peak of an input comes with what says that it is finite; that of another
// value does not.
// CHECK-LABEL: rnn.network @peaks
// CHECK:      %[[MASK:.*]], %[[PEAK:.*]] = rnn.finite %x : tensor<1x4xf32> -> tensor<1xi32>, tensor<1xf32>
// CHECK:      %[[LEAST:.*]] = arith.constant dense<1.250000e-01> : tensor<1xf32>
// CHECK-NEXT: %[[Y:.*]] = arith.maxnumf %[[PEAK]], %[[LEAST]]
// CHECK:      %[[Z:.*]] = rnn.peak
// CHECK-NEXT: rnn.yield %[[Y]], %[[Z]]
// PROPAGATE-LABEL: rnn.network @peaks
rnn.network @peaks inputs(%x = "x" : tensor<1x4xf32>)
    outputs("y" : tensor<1xf32>, "z" : tensor<1xf32>) {
  %0 = rnn.reshape %x : tensor<1x4xf32> -> tensor<4xf32>
  %1 = rnn.peak %0 at_least 0.125 : tensor<4xf32> -> tensor<1xf32>
  %2 = arith.addf %x, %x : tensor<1x4xf32>
  %3 = rnn.peak %2 at_least 0.125 : tensor<1x4xf32> -> tensor<1xf32>
  rnn.yield %1, %3 : tensor<1xf32>, tensor<1xf32>
}
