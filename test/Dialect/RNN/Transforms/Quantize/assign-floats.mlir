// RUN: rm -rf %t && mkdir %t
// RUN: echo '{"default": "fp16", "layers": {"wide": {"precision": "fp32"}, "whole": {"precision": "fp16", "sums": "fp16"}, "slow": {"precision": "fp16", "cell_state": "int16"}}}' > %t/policy.json
// RUN: se-opt %s --rnn-assign-floats=precision=%t/policy.json | FileCheck %s
//
// Nothing to narrow, and what is there already.
// RUN: se-opt %s -o %t/before.mlir
// RUN: se-opt %s --rnn-assign-floats | diff %t/before.mlir -
// RUN: se-opt %s --rnn-assign-floats=precision=%t/policy.json -o %t/assigned.mlir
// RUN: se-opt %t/assigned.mlir --rnn-assign-floats=precision=fp16 | diff %t/assigned.mlir -

// A state is of the layer that computes the next one; i16 is computed in f32, but a
// matvec takes f16. The yield is of no layer.
// CHECK-LABEL: rnn.network @layers
// CHECK-SAME:    rnn.f16_states = ["h", "vector"]
// CHECK:         rnn.matvec %{{.*}} {rnn.floats = #rnn.floats<f16>}
// CHECK:         arith.mulf %{{.*}} {rnn.f32, rnn.floats = #rnn.floats<f32>}
// CHECK:         arith.addf %{{.*}} {rnn.floats = #rnn.floats<f32>}
// CHECK:         rnn.matvec %{{.*}} {rnn.floats = #rnn.floats<f16_sums>}
// CHECK:         arith.addf %{{.*}} {rnn.floats = #rnn.floats<f16>}
// CHECK:         rnn.matvec %{{.*}} {rnn.floats = #rnn.floats<f16>}
// CHECK:         rnn.yield {{.*}} {rnn.floats = #rnn.floats<f16>}
rnn.network @layers inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>,
           %w = "w" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>,
           %s = "s" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>,
           %v = "vector" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>,
           %n = "named" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) attributes {rnn.f32_states = ["named"]} {
  %W = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("half")
  %1 = arith.mulf %h, %0 {rnn.f32} : tensor<2xf32> loc("half")
  %2 = arith.addf %w, %1 : tensor<2xf32> loc("wide")
  %3 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("whole")
  %4 = arith.addf %s, %3 : tensor<2xf32> loc("slow")
  %5 = rnn.matvec %W, %v : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("slow")
  %6 = arith.addf %n, %5 : tensor<2xf32> loc("half")
  rnn.yield %6 : tensor<2xf32> next %1, %2, %4, %5, %6 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}
