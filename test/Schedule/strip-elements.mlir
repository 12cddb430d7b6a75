// Rows of matrices, and what is broadcast along them, by strips.

// RUN: se-opt %s --se-attach-target --se-strip-elements | FileCheck %s

rnn.network @net inputs(%x = "x" : tensor<24xf32>, %k = "k" : tensor<60xf32>)
    states(%S = "S" : tensor<24x20xf32> reset dense<0.0> : tensor<24x20xf32>)
    outputs("y" : tensor<24xf32>, "z" : tensor<2x30x30xf32>) {
  // Of 20 the cost model takes all: what a row shares is computed once.
  // CHECK: plan.stage "decay" depth 0 elements 480 strips 20 :
  %0 = plan.stage "decay" depth 0 elements 480 : tensor<24x20xf32> {
  ^bb0(%i: index):
    %1 = plan.read %S[%i] : tensor<24x20xf32>
    %2 = plan.read %x[%i floordiv 20] : tensor<24xf32>
    %3 = arith.mulf %1, %2 : f32
    plan.yield %3 : f32
  }
  // Of several matrices a strip is a row; in 40, say, places would divide still.
  // CHECK: plan.stage "heads" depth 0 elements 1800 strips 30 :
  %h = plan.stage "heads" depth 0 elements 1800 : tensor<2x30x30xf32> {
  ^bb0(%i: index):
    %a = plan.read %x[(%i floordiv 30) mod 20] : tensor<24xf32>
    %c = plan.read %x[%i floordiv 900] : tensor<24xf32>
    %d = plan.read %k[(%i floordiv 900) * 30 + %i mod 30] : tensor<60xf32>
    %e = arith.mulf %a, %c : f32
    %f = arith.mulf %e, %d : f32
    plan.yield %f : f32
  }
  // Elements side by side need none.
  // CHECK: plan.stage "plain" depth 0 elements 24 :
  %4 = plan.stage "plain" depth 0 elements 24 : tensor<24xf32> {
  ^bb0(%i: index):
    %5 = plan.read %x[%i] : tensor<24xf32>
    plan.yield %5 : f32
  }
  // What is said is kept.
  // CHECK: plan.stage "given" depth 0 elements 24 strips 2 :
  %6 = plan.stage "given" depth 0 elements 24 strips 2 : tensor<24xf32> {
  ^bb0(%i: index):
    %7 = plan.read %x[%i floordiv 4] : tensor<24xf32>
    plan.yield %7 : f32
  }
  rnn.yield %4, %h : tensor<24xf32>, tensor<2x30x30xf32> next %0 : tensor<24x20xf32>
}
