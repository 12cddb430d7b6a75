// The product of a state and a vector, where the state is computed.

// RUN: se-opt %s --split-input-file --se-attach-target --se-fuse-reductions | FileCheck %s

// CHECK-LABEL: rnn.network @net
// CHECK:         %[[S:.*]]:2 = plan.stage "decay" depth 0 elements 480 strips 20 sums [0.000000e+00 : f32] : tensor<24x20xf32>, tensor<24xf32> {
// CHECK-NEXT:    ^bb0(%[[I:.*]]: index, %[[SUM:.*]]: f32):
// CHECK:           %[[V:.*]] = arith.mulf
// CHECK:           %[[Q:.*]] = plan.read %{{.*}}[%[[I]] mod 20]
// CHECK:           %[[NEXT:.*]] = math.fma %[[V]], %[[Q]], %[[SUM]]
// CHECK:           plan.yield %[[V]], %[[NEXT]] : f32, f32
// A stage that hands the sums on as they are is none.
// CHECK-NOT:     plan.stage "read"
// CHECK:         plan.stage "scaled" depth 1 elements 24
// CHECK:           plan.read %[[S]]#1[%{{.*}}] : tensor<24xf32>
// CHECK-NOT:       scf.for
// CHECK:         plan.stage "last" depth 2
// CHECK:         rnn.yield {{.*}} next %[[S]]#0
rnn.network @net inputs(%x = "x" : tensor<24xf32>, %q = "q" : tensor<20xf32>)
    states(%S = "S" : tensor<24x20xf32> reset dense<0.0> : tensor<24x20xf32>)
    outputs("y" : tensor<24xf32>, "z" : tensor<24xf32>) {
  %0 = plan.stage "decay" depth 0 elements 480 : tensor<24x20xf32> {
  ^bb0(%i: index):
    %1 = plan.read %S[%i] : tensor<24x20xf32>
    %2 = plan.read %x[%i floordiv 20] : tensor<24xf32>
    %3 = arith.mulf %1, %2 : f32
    plan.yield %3 : f32
  }
  %4 = plan.stage "read" depth 1 elements 24 : tensor<24xf32> {
  ^bb0(%i: index):
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c20 = arith.constant 20 : index
    %5 = scf.for %k = %c0 to %c20 step %c1 iter_args(%sum = %zero) -> (f32) {
      %6 = plan.read %0[%i * 20 + %k] : tensor<24x20xf32>
      %7 = plan.read %q[%k] : tensor<20xf32>
      %8 = math.fma %6, %7, %sum : f32
      scf.yield %8 : f32
    }
    plan.yield %5 : f32
  }
  %9 = plan.stage "scaled" depth 2 elements 24 : tensor<24xf32> {
  ^bb0(%i: index):
    %10 = plan.read %4[%i] : tensor<24xf32>
    %11 = arith.addf %10, %10 : f32
    plan.yield %11 : f32
  }
  %12 = plan.stage "last" depth 3 elements 24 : tensor<24xf32> {
  ^bb0(%i: index):
    %13 = plan.read %9[%i] : tensor<24xf32>
    plan.yield %13 : f32
  }
  rnn.yield %9, %12 : tensor<24xf32>, tensor<24xf32> next %0 : tensor<24x20xf32>
}

// -----

// A product that nobody reads but the sum is not stored; sums of what is not there
// yet, or of few rows, stay where they are.
// CHECK-LABEL: rnn.network @sums
// CHECK:         %[[SUMS:.*]] = plan.stage "product" depth 0 elements 128 strips 16 sums [0.000000e+00 : f32] : tensor<8xf32> {
// CHECK:         plan.stage "few" depth 1 elements 2 :
// CHECK:           scf.for
rnn.network @sums inputs(%x = "x" : tensor<128xf32>) states()
    outputs("y" : tensor<8xf32>, "z" : tensor<2xf32>) {
  %0 = plan.stage "product" depth 0 elements 128 : tensor<128xf32> {
  ^bb0(%i: index):
    %1 = plan.read %x[%i] : tensor<128xf32>
    %2 = arith.mulf %1, %1 : f32
    plan.yield %2 : f32
  }
  %3 = plan.stage "sum" depth 1 elements 8 : tensor<8xf32> {
  ^bb0(%i: index):
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c16 = arith.constant 16 : index
    %4 = scf.for %k = %c0 to %c16 step %c1 iter_args(%sum = %zero) -> (f32) {
      %5 = plan.read %0[%i * 16 + %k] : tensor<128xf32>
      %6 = arith.addf %sum, %5 : f32
      scf.yield %6 : f32
    }
    plan.yield %4 : f32
  }
  %7 = plan.stage "few" depth 2 elements 2 : tensor<2xf32> {
  ^bb0(%i: index):
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %8 = scf.for %k = %c0 to %c4 step %c1 iter_args(%sum = %zero) -> (f32) {
      %9 = plan.read %3[%i * 4 + %k] : tensor<8xf32>
      %10 = arith.addf %sum, %9 : f32
      scf.yield %10 : f32
    }
    plan.yield %8 : f32
  }
  rnn.yield %3, %7 : tensor<8xf32>, tensor<2xf32>
}

// -----

// A constant that stands behind the stage moves in front of it.
// CHECK-LABEL: rnn.network @weighed
// CHECK:         %[[W:.*]] = arith.constant dense<{{.*}}> : tensor<4xf32>
// CHECK:         plan.stage "product" depth 0 elements 32 strips 4 sums
// CHECK:           plan.read %[[W]][%{{.*}} mod 4]
rnn.network @weighed inputs(%x = "x" : tensor<32xf32>) states()
    outputs("y" : tensor<8xf32>) {
  %0 = plan.stage "product" depth 0 elements 32 : tensor<32xf32> {
  ^bb0(%i: index):
    %1 = plan.read %x[%i] : tensor<32xf32>
    %2 = arith.mulf %1, %1 : f32
    plan.yield %2 : f32
  }
  %w = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %3 = plan.stage "sum" depth 1 elements 8 : tensor<8xf32> {
  ^bb0(%i: index):
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %4 = scf.for %k = %c0 to %c4 step %c1 iter_args(%sum = %zero) -> (f32) {
      %5 = plan.read %0[%i * 4 + %k] : tensor<32xf32>
      %6 = plan.read %w[%k] : tensor<4xf32>
      %7 = math.fma %5, %6, %sum : f32
      scf.yield %7 : f32
    }
    plan.yield %4 : f32
  }
  rnn.yield %3 : tensor<8xf32>
}
