// RUN: se-opt %s --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --se-verify-schedule --split-input-file | FileCheck %s
//
// A product of a state is computed just before it is read: its result then shares
// room with what is read before.

// CHECK:      cluster.program @late
// CHECK-SAME: name = "a", depth = 1
// CHECK-SAME: name = "late", depth = 2
// CHECK-SAME: name = "c", depth = 3
rnn.network @late inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %A = arith.constant dense<[[0.5, 1.0, 0.0, 0.0], [0.0, 0.5, 1.0, 0.0], [1.0, 0.0, 0.5, 0.0], [0.0, 0.0, 0.0, 0.5]]> : tensor<4x4xf32>
  %0 = rnn.matvec %A, %x : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32> loc("a")
  %p = rnn.matvec %A, %h : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32> loc("late")
  %1 = rnn.matvec %A, %0 : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32> loc("b")
  %2 = rnn.matvec %A, %1 : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32> loc("c")
  %3 = rnn.matvec %A, %p : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32> loc("c")
  %4 = arith.addf %2, %3 : tensor<4xf32> loc("c")
  rnn.yield %4 : tensor<4xf32> next %4 : tensor<4xf32>
}

// -----

// But before the state is overwritten, which is with the products of "b": in the
// loop of "a". Nothing is saved or copied.
// CHECK:      cluster.program @before
// CHECK-SAME: name = "a", depth = 1
// CHECK-SAME: name = "b", depth = 2
// CHECK-SAME: name = "c", depth = 3
// CHECK-SAME: first = 1, last = 3>
// CHECK-NOT:  copies of states
rnn.network @before inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>) outputs("y" : tensor<4xf32>) {
  %A = arith.constant dense<[[0.5, 1.0, 0.0, 0.0], [0.0, 0.5, 1.0, 0.0], [1.0, 0.0, 0.5, 0.0], [0.0, 0.0, 0.0, 0.5]]> : tensor<4x4xf32>
  %0 = rnn.matvec %A, %x : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32> loc("a")
  %p = rnn.matvec %A, %h : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32> loc("early")
  %1 = rnn.matvec %A, %0 : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32> loc("b")
  %2 = rnn.matvec %A, %1 : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32> loc("c")
  %3 = rnn.matvec %A, %p : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32> loc("c")
  %4 = arith.addf %2, %3 : tensor<4xf32> loc("c")
  rnn.yield %4 : tensor<4xf32> next %1 : tensor<4xf32>
}
