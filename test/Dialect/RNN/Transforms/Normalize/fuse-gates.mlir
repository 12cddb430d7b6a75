// RUN: se-opt %s --rnn-fuse-gates --cse --split-input-file | FileCheck %s
//
// (--cse drops the second copies of constants.)

// The example of the pass's description.
// CHECK-LABEL: rnn.network @constants
// CHECK-DAG:   %[[A:[a-zA-Z0-9_]+]] = arith.constant dense<1.000000e+00> : tensor<2x4xf32>
// CHECK-DAG:   %[[B:[a-zA-Z0-9_]+]] = arith.constant dense<2.000000e+00> : tensor<3x4xf32>
// CHECK:       %[[AB:[a-zA-Z0-9_]+]] = tensor.concat dim(0) %[[A]], %[[B]]
// CHECK-SAME:    -> tensor<5x4xf32>
// CHECK-NEXT:  %[[ALL:[a-zA-Z0-9_]+]] = rnn.matvec %[[AB]], %x : tensor<5x4xf32>, tensor<4xf32> -> tensor<5xf32>
// CHECK-NEXT:  %[[Y0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][0] [2] [1] : tensor<5xf32> to tensor<2xf32>
// CHECK-NEXT:  %[[Y1:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][2] [3] [1] : tensor<5xf32> to tensor<3xf32>
// CHECK-NOT:   rnn.matvec
// CHECK:       rnn.yield %[[Y0]], %[[Y1]]
rnn.network @constants inputs(%x = "x" : tensor<4xf32>)
    outputs("a" : tensor<2xf32>, "b" : tensor<3xf32>) {
  %A = arith.constant dense<1.0> : tensor<2x4xf32>
  %0 = rnn.matvec %A, %x : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
  // A constant that stands behind the first matvec.
  %B = arith.constant dense<2.0> : tensor<3x4xf32>
  %1 = rnn.matvec %B, %x : tensor<3x4xf32>, tensor<4xf32> -> tensor<3xf32>
  rnn.yield %0, %1 : tensor<2xf32>, tensor<3xf32>
}

// -----

// A batch of vectors is cut along the last dimension.
// CHECK-LABEL: rnn.network @batch
// CHECK:       %[[ALL:[a-zA-Z0-9_]+]] = rnn.matvec %{{.*}}, %x : tensor<5x4xf32>, tensor<6x4xf32> -> tensor<6x5xf32>
// CHECK-NEXT:  tensor.extract_slice %[[ALL]][0, 0] [6, 2] [1, 1] : tensor<6x5xf32> to tensor<6x2xf32>
// CHECK-NEXT:  tensor.extract_slice %[[ALL]][0, 2] [6, 3] [1, 1] : tensor<6x5xf32> to tensor<6x3xf32>
rnn.network @batch inputs(%x = "x" : tensor<6x4xf32>)
    outputs("a" : tensor<6x2xf32>, "b" : tensor<6x3xf32>) {
  %A = arith.constant dense<1.0> : tensor<2x4xf32>
  %B = arith.constant dense<2.0> : tensor<3x4xf32>
  %0 = rnn.matvec %A, %x : tensor<2x4xf32>, tensor<6x4xf32> -> tensor<6x2xf32>
  %1 = rnn.matvec %B, %x : tensor<3x4xf32>, tensor<6x4xf32> -> tensor<6x3xf32>
  rnn.yield %0, %1 : tensor<6x2xf32>, tensor<6x3xf32>
}

// -----

// Other vectors, computed matrices: nothing to fuse.
// CHECK-LABEL: rnn.network @stays
// CHECK-NOT:   tensor.concat
// CHECK-COUNT-3: rnn.matvec
// CHECK-NOT:   tensor.concat
rnn.network @stays inputs(%x = "x" : tensor<4xf32>, %z = "z" : tensor<4xf32>, %M = "M" : tensor<3x4xf32>)
    outputs("a" : tensor<2xf32>, "b" : tensor<2xf32>, "c" : tensor<3xf32>) {
  %A = arith.constant dense<1.0> : tensor<2x4xf32>
  %0 = rnn.matvec %A, %x : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
  %1 = rnn.matvec %A, %z : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
  %2 = rnn.matvec %M, %x : tensor<3x4xf32>, tensor<4xf32> -> tensor<3xf32>
  rnn.yield %0, %1, %2 : tensor<2xf32>, tensor<2xf32>, tensor<3xf32>
}

// -----

// Results of one vector with different element types are two groups.
// CHECK-LABEL: rnn.network @types
// CHECK-DAG:   rnn.matvec %{{.*}} : tensor<5x4xf16>, tensor<4xf16> -> tensor<5xf32>
// CHECK-DAG:   rnn.matvec %{{.*}} : tensor<2x4xf16>, tensor<4xf16> -> tensor<2xf16>
rnn.network @types inputs(%x = "x" : tensor<4xf16>)
    outputs("a" : tensor<2xf32>, "b" : tensor<3xf32>, "c" : tensor<2xf16>) {
  %A = arith.constant dense<1.0> : tensor<2x4xf16>
  %B = arith.constant dense<2.0> : tensor<3x4xf16>
  %0 = rnn.matvec %A, %x : tensor<2x4xf16>, tensor<4xf16> -> tensor<2xf32>
  %1 = rnn.matvec %A, %x : tensor<2x4xf16>, tensor<4xf16> -> tensor<2xf16>
  %2 = rnn.matvec %B, %x : tensor<3x4xf16>, tensor<4xf16> -> tensor<3xf32>
  rnn.yield %0, %2, %1 : tensor<2xf32>, tensor<3xf32>, tensor<2xf16>
}

// -----

// In a cell: weights of all applications are stacked alike and move to the end.
// CHECK-LABEL: rnn.cell @gates
// CHECK-SAME:    inputs(%[[X:[a-z0-9_]+]] : tensor<4xf32>)
// CHECK-SAME:    states(%[[H:[a-z0-9_]+]] : tensor<2xf32>)
// CHECK-SAME:    weights(%[[B:[a-z0-9_]+]] : tensor<2xf32>, %[[UV:[a-z0-9_]+]] : tensor<4x4xf32>)
// CHECK-NEXT:    %[[ALL:[a-zA-Z0-9_]+]] = rnn.matvec %[[UV]], %[[X]] : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32>
// CHECK-NEXT:    %[[U0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][0] [2] [1]
// CHECK-NEXT:    %[[V0:[a-zA-Z0-9_]+]] = tensor.extract_slice %[[ALL]][2] [2] [1]
// CHECK-NEXT:    %[[SUM:[a-zA-Z0-9_]+]] = arith.addf %[[U0]], %[[B]]
// CHECK-NEXT:    arith.mulf %[[SUM]], %[[V0]]
rnn.cell @gates inputs(%x : tensor<4xf32>) states(%h : tensor<2xf32>)
    weights(%U : tensor<2x4xf32>, %b : tensor<2xf32>, %V : tensor<2x4xf32>) {
  %0 = rnn.matvec %U, %x : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
  %1 = arith.addf %0, %b : tensor<2xf32>
  %2 = rnn.matvec %V, %x : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
  %3 = arith.mulf %1, %2 : tensor<2xf32>
  rnn.yield next %3 : tensor<2xf32>
}
// CHECK-LABEL: rnn.network @two
// CHECK:       %[[FIRST:[a-zA-Z0-9_]+]] = tensor.concat dim(0) %[[P:[a-zA-Z0-9_]+]], %[[Q:[a-zA-Z0-9_]+]] :
// CHECK-NEXT:  rnn.apply @gates(%x) states(%h) weights(%{{.*}}, %[[FIRST]])
// CHECK:       %[[SECOND:[a-zA-Z0-9_]+]] = tensor.concat dim(0) %[[Q]], %[[P]] :
// CHECK-NEXT:  rnn.apply @gates(%x) states(%g) weights(%{{.*}}, %[[SECOND]])
rnn.network @two inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>,
           %g = "g" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>) {
  %P = arith.constant dense<1.0> : tensor<2x4xf32>
  %Q = arith.constant dense<2.0> : tensor<2x4xf32>
  %b = arith.constant dense<3.0> : tensor<2xf32>
  %h1 = rnn.apply @gates(%x) states(%h) weights(%P, %b, %Q) : (tensor<4xf32>), (tensor<2xf32>), (tensor<2x4xf32>, tensor<2xf32>, tensor<2x4xf32>) -> (), (tensor<2xf32>)
  %g1 = rnn.apply @gates(%x) states(%g) weights(%Q, %b, %P) : (tensor<4xf32>), (tensor<2xf32>), (tensor<2x4xf32>, tensor<2xf32>, tensor<2x4xf32>) -> (), (tensor<2xf32>)
  rnn.yield next %h1, %g1 : tensor<2xf32>, tensor<2xf32>
}

// -----

// A weight that is read twice stays, and a cell that nobody applies too.
// CHECK-LABEL: rnn.cell @tied
// CHECK-COUNT-2: rnn.matvec
rnn.cell @tied inputs(%x : tensor<4xf32>, %z : tensor<4xf32>)
    weights(%U : tensor<2x4xf32>, %V : tensor<2x4xf32>) outputs(tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %0 = rnn.matvec %U, %x : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
  %1 = rnn.matvec %U, %z : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
  %2 = rnn.matvec %V, %x : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
  rnn.yield %0, %1, %2 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL: rnn.cell @nobody
// CHECK-COUNT-2: rnn.matvec
rnn.cell @nobody inputs(%x : tensor<4xf32>)
    weights(%U : tensor<2x4xf32>, %V : tensor<2x4xf32>) outputs(tensor<2xf32>, tensor<2xf32>) {
  %0 = rnn.matvec %U, %x : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
  %1 = rnn.matvec %V, %x : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
  rnn.yield %0, %1 : tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL: rnn.network @net
rnn.network @net inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<2xf32>) {
  %P = arith.constant dense<1.0> : tensor<2x4xf32>
  // CHECK: rnn.apply @tied(%x, %x) states() weights(%[[P:[a-z0-9_]+]], %[[P]])
  %y:3 = rnn.apply @tied(%x, %x) states() weights(%P, %P) : (tensor<4xf32>, tensor<4xf32>), (), (tensor<2x4xf32>, tensor<2x4xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>), ()
  rnn.yield %y#0 : tensor<2xf32>
}

// -----

// A group whose vector is the state; inputs are no weights.
// CHECK-LABEL: rnn.cell @roles
// CHECK-SAME:    weights(%[[ALL:[a-z0-9_]+]] : tensor<5x2xf32>)
// CHECK-DAG:     rnn.matvec %[[ALL]], %h
// CHECK-DAG:     rnn.matvec %x, %h
rnn.cell @roles inputs(%x : tensor<2x2xf32>) states(%h : tensor<2xf32>)
    weights(%U : tensor<2x2xf32>, %V : tensor<3x2xf32>) outputs(tensor<3xf32>) {
  %0 = rnn.matvec %x, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = rnn.matvec %U, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %2 = rnn.matvec %V, %h : tensor<3x2xf32>, tensor<2xf32> -> tensor<3xf32>
  %3 = arith.addf %0, %1 : tensor<2xf32>
  rnn.yield %2 : tensor<3xf32> next %3 : tensor<2xf32>
}
rnn.network @net inputs(%x = "x" : tensor<2x2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>) outputs("y" : tensor<3xf32>) {
  %U = arith.constant dense<1.0> : tensor<2x2xf32>
  %V = arith.constant dense<1.0> : tensor<3x2xf32>
  %y, %h1 = rnn.apply @roles(%x) states(%h) weights(%U, %V) : (tensor<2x2xf32>), (tensor<2xf32>), (tensor<2x2xf32>, tensor<3x2xf32>) -> (tensor<3xf32>), (tensor<2xf32>)
  rnn.yield %y : tensor<3xf32> next %h1 : tensor<2xf32>
}
