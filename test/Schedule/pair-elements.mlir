// Elements are computed in pairs where instructions for two halves pay.
//
// RUN: se-opt %s --se-attach-target --se-pair-elements | FileCheck %s
// RUN: not se-opt %s --se-pair-elements 2>&1 | FileCheck %s --check-prefix=TARGET

// TARGET: error: the module has no attribute 'cluster.target', which says what to plan for (--se-attach-target)

// CHECK-LABEL: @net
rnn.network @net inputs(%x = "x" : tensor<8xf32>)
    states(%h = "h" : tensor<8xf16> reset dense<0.0> : tensor<8xf16>)
    outputs("y" : tensor<8xf32>, "one" : tensor<1xf32>) {
  // CHECK: plan.stage "halves" depth 0 elements 8 in pairs
  %0 = plan.stage "halves" depth 0 elements 8 : tensor<8xf16> {
  ^bb0(%i: index):
    %1 = plan.read %h[%i] : tensor<8xf16>
    %2 = arith.mulf %1, %1 : f16
    plan.yield %2 : f16
  }
  // CHECK: plan.stage "words" depth 0 elements 8 :
  %3 = plan.stage "words" depth 0 elements 8 : tensor<8xf32> {
  ^bb0(%i: index):
    %4 = plan.read %x[%i] : tensor<8xf32>
    %5 = arith.mulf %4, %4 : f32
    plan.yield %5 : f32
  }
  // Two logarithms to base 2 take as long as twice one, and packing them takes longer.
  // CHECK: plan.stage "logarithms" depth 0 elements 8 :
  %6 = plan.stage "logarithms" depth 0 elements 8 : tensor<8xf16> {
  ^bb0(%i: index):
    %7 = plan.read %h[7 - %i] : tensor<8xf16>
    %8 = math.log2 %7 : f16
    %9 = arith.negf %8 : f16
    plan.yield %9 : f16
  }
  // Exponentials are computed two at a time, and natural logarithms.
  // CHECK: plan.stage "exponentials" depth 0 elements 8 in pairs :
  %14 = plan.stage "exponentials" depth 0 elements 8 : tensor<8xf16> {
  ^bb0(%i: index):
    %15 = plan.read %h[%i] : tensor<8xf16>
    %16 = math.exp %15 : f16
    plan.yield %16 : f16
  }
  // CHECK: plan.stage "logs" depth 0 elements 8 in pairs :
  %17 = plan.stage "logs" depth 0 elements 8 : tensor<8xf16> {
  ^bb0(%i: index):
    %18 = plan.read %h[%i] : tensor<8xf16>
    %19 = math.log %18 : f16
    plan.yield %19 : f16
  }
  // There is no second one.
  // CHECK: plan.stage "one" depth 0 elements 1 :
  %10 = plan.stage "one" depth 0 elements 1 : tensor<1xf32> {
  ^bb0(%i: index):
    %11 = plan.read %h[%i] : tensor<8xf16>
    %12 = arith.mulf %11, %11 : f16
    %13 = arith.extf %12 : f16 to f32
    plan.yield %13 : f32
  }
  rnn.yield %3, %10 : tensor<8xf32>, tensor<1xf32> next %0 : tensor<8xf16>
}
