// Sums of rows whose elements are computed in pairs: the first of a pair is added first, so
// that the bits are those of a loop over the row.

// RUN: se-opt %s --se-attach-target="cores=2 dma-core=0" --se-fuse-reductions --se-pair-elements | FileCheck %s --check-prefix=PLAN
// RUN: se-opt %s --se-attach-target="cores=2 dma-core=0" --se-fuse-reductions --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --canonicalize --cse | FileCheck %s

// PLAN: plan.stage "decay" depth 0 elements 32 strips 8 sums [0.000000e+00 : f32] in pairs : tensor<4xf32> {
// Seven elements of a row are no pairs. Then pairs are worth more than sums.
// PLAN: plan.stage "odd" depth 0 elements 28 in pairs : tensor<28xf16> {
// PLAN:   scf.for

// CHECK-LABEL: func.func @net_kernel
// CHECK:         scf.for {{.*}} iter_args(%[[SUM:[a-z0-9]+]] = %{{.*}}) -> (f32)
// CHECK:           %[[PAIR:[a-z0-9_]+]] = arith.addf {{.*}} : vector<2xf16>
// CHECK-DAG:       %[[FIRST:[a-z0-9_]+]] = vector.extract %[[PAIR]][0]
// CHECK-DAG:       %[[SECOND:[a-z0-9_]+]] = vector.extract %[[PAIR]][1]
// CHECK-DAG:       %[[ONE:[a-z0-9_]+]] = arith.extf %[[FIRST]]
// CHECK-DAG:       %[[OTHER:[a-z0-9_]+]] = arith.extf %[[SECOND]]
// CHECK-DAG:       %[[NEXT:[a-z0-9_]+]] = arith.addf %[[SUM]], %[[ONE]]
// CHECK-DAG:       arith.addf %[[NEXT]], %[[OTHER]]
rnn.network @net inputs() states(%S = "S" : tensor<32xf16> reset dense<0.0> : tensor<32xf16>,
    %T = "T" : tensor<28xf16> reset dense<0.0> : tensor<28xf16>)
    outputs("y" : tensor<4xf32>, "z" : tensor<4xf32>) {
  %0 = plan.stage "decay" depth 0 elements 32 : tensor<32xf16> {
  ^bb0(%i: index):
    %1 = plan.read %S[%i] : tensor<32xf16>
    %2 = arith.mulf %1, %1 : f16
    %16 = arith.mulf %2, %1 : f16
    %17 = arith.addf %16, %2 : f16
    plan.yield %17 : f16
  }
  %3 = plan.stage "odd" depth 0 elements 28 : tensor<28xf16> {
  ^bb0(%i: index):
    %4 = plan.read %T[%i] : tensor<28xf16>
    %5 = arith.mulf %4, %4 : f16
    plan.yield %5 : f16
  }
  %6 = plan.stage "sums" depth 1 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %7 = scf.for %k = %c0 to %c8 step %c1 iter_args(%sum = %zero) -> (f32) {
      %8 = plan.read %0[%i * 8 + %k] : tensor<32xf16>
      %9 = arith.extf %8 : f16 to f32
      %10 = arith.addf %sum, %9 : f32
      scf.yield %10 : f32
    }
    plan.yield %7 : f32
  }
  %11 = plan.stage "odd sums" depth 1 elements 4 : tensor<4xf32> {
  ^bb0(%i: index):
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c7 = arith.constant 7 : index
    %12 = scf.for %k = %c0 to %c7 step %c1 iter_args(%sum = %zero) -> (f32) {
      %13 = plan.read %3[%i * 7 + %k] : tensor<28xf16>
      %14 = arith.extf %13 : f16 to f32
      %15 = arith.addf %sum, %14 : f32
      scf.yield %15 : f32
    }
    plan.yield %12 : f32
  }
  rnn.yield %6, %11 : tensor<4xf32>, tensor<4xf32> next %S, %T : tensor<32xf16>, tensor<28xf16>
}
