// RUN: se-opt %s --rnn-fold-constants --canonicalize --split-input-file | FileCheck %s
//
// Values are those of IEEE arithmetic in FP32. (--canonicalize only drops what is
// no longer used.)

// CHECK-LABEL: rnn.network @arithmetic
// CHECK-SAME:  inputs(%x = "x" : tensor<4xf32>)
rnn.network @arithmetic inputs(%x = "x" : tensor<4xf32>)
    outputs("add" : tensor<4xf32>, "sub" : tensor<4xf32>, "mul" : tensor<4xf32>, "div" : tensor<4xf32>, "neg" : tensor<4xf32>) {
  // CHECK-DAG: %[[ADD:[a-z0-9_]+]] = arith.constant dense<[3.000000e+00, 1.000000e+00, 3.000000e+00, 0x7F800000]>
  // CHECK-DAG: %[[SUB:[a-z0-9_]+]] = arith.constant dense<[-1.000000e+00, -5.000000e+00, -3.000000e+00, 0x7F800000]>
  // CHECK-DAG: %[[MUL:[a-z0-9_]+]] = arith.constant dense<[2.000000e+00, -6.000000e+00, 0.000000e+00, 0xFF800000]>
  // CHECK-DAG: %[[DIV:[a-z0-9_]+]] = arith.constant dense<[5.000000e-01, -0.666666686, 0.000000e+00, 0xFF800000]>
  // CHECK-DAG: %[[NEG:[a-z0-9_]+]] = arith.constant dense<[-1.000000e+00, 2.000000e+00, -0.000000e+00, 0xFF800000]>
  // CHECK-NOT: arith.addf
  // CHECK:     rnn.yield %[[ADD]], %[[SUB]], %[[MUL]], %[[DIV]], %[[NEG]]
  %a = arith.constant dense<[1.0, -2.0, 0.0, 0x7F800000]> : tensor<4xf32>
  %b = arith.constant dense<[2.0, 3.0, 3.0, -1.0]> : tensor<4xf32>
  %0 = arith.addf %a, %b : tensor<4xf32>
  %1 = arith.subf %a, %b : tensor<4xf32>
  %2 = arith.mulf %a, %b : tensor<4xf32>
  %3 = arith.divf %a, %b : tensor<4xf32>
  %4 = arith.negf %a : tensor<4xf32>
  rnn.yield %0, %1, %2, %3, %4 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// Movement, on more than 16 elements (blobs) and chains of them.
// CHECK-LABEL: rnn.network @movement
rnn.network @movement outputs("t" : tensor<3x2xf32>, "s" : tensor<2x1xf32>, "c" : tensor<2x4xf32>, "b" : tensor<2x3xf32>, "r" : tensor<6xf32>, "s2" : tensor<2xf32>) {
  // CHECK-DAG: %[[T:[a-z0-9_]+]] = arith.constant dense<{{\[}}[1.000000e+00, 4.000000e+00], [2.000000e+00, 5.000000e+00], [3.000000e+00, 6.000000e+00]]> : tensor<3x2xf32>
  // CHECK-DAG: %[[S:[a-z0-9_]+]] = arith.constant dense<{{\[}}[2.000000e+00], [5.000000e+00]]> : tensor<2x1xf32>
  // CHECK-DAG: %[[C:[a-z0-9_]+]] = arith.constant dense<{{\[}}[1.000000e+00, 2.000000e+00, 3.000000e+00, 2.000000e+00], [4.000000e+00, 5.000000e+00, 6.000000e+00, 5.000000e+00]]> : tensor<2x4xf32>
  // CHECK-DAG: %[[B:[a-z0-9_]+]] = arith.constant dense<{{\[}}[2.000000e+00, 2.000000e+00, 2.000000e+00], [5.000000e+00, 5.000000e+00, 5.000000e+00]]> : tensor<2x3xf32>
  // CHECK-DAG: %[[R:[a-z0-9_]+]] = arith.constant dense<[1.000000e+00, 4.000000e+00, 2.000000e+00, 5.000000e+00, 3.000000e+00, 6.000000e+00]> : tensor<6xf32>
  // CHECK-DAG: %[[S2:[a-z0-9_]+]] = arith.constant dense<[4.000000e+00, 5.000000e+00]> : tensor<2xf32>
  // CHECK:     rnn.yield %[[T]], %[[S]], %[[C]], %[[B]], %[[R]], %[[S2]]
  %a = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %t = rnn.transpose %a [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  %s = tensor.extract_slice %a[0, 1] [2, 1] [1, 1] : tensor<2x3xf32> to tensor<2x1xf32>
  %c = tensor.concat dim(1) %a, %s : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %b = rnn.broadcast %s : tensor<2x1xf32> -> tensor<2x3xf32>
  %r = rnn.reshape %t : tensor<3x2xf32> -> tensor<6xf32>
  // With a stride: elements 1 and 3 of 1 4 2 5 3 6.
  %s2 = tensor.extract_slice %r[1] [2] [2] : tensor<6xf32> to tensor<2xf32>
  rnn.yield %t, %s, %c, %b, %r, %s2 : tensor<3x2xf32>, tensor<2x1xf32>, tensor<2x4xf32>, tensor<2x3xf32>, tensor<6xf32>, tensor<2xf32>
}

// -----

// A bias from a blob: the halves of 1..40, added. The result keeps the name.
// CHECK-LABEL: rnn.network @blob
rnn.network @blob outputs("b" : tensor<20xf32>) {
  // CHECK: %[[B:[a-z0-9_]+]] = arith.constant dense_resource<[[NAME:bias[_0-9]*]]> : tensor<20xf32>
  // CHECK-NEXT: rnn.yield %[[B]]
  // 1 + 21 = 22 and 20 + 40 = 60 (little endian).
  // CHECK: [[NAME]]: "0x040000000000B041{{.*}}00007042"
  %B = arith.constant dense_resource<bias> : tensor<40xf32>
  %0 = tensor.extract_slice %B[0] [20] [1] : tensor<40xf32> to tensor<20xf32>
  %1 = tensor.extract_slice %B[20] [20] [1] : tensor<40xf32> to tensor<20xf32>
  %2 = arith.addf %0, %1 : tensor<20xf32>
  rnn.yield %2 : tensor<20xf32>
}

{-#
  dialect_resources: {
    builtin: {
      bias: "0x040000000000803F0000004000004040000080400000A0400000C0400000E0400000004100001041000020410000304100004041000050410000604100007041000080410000884100009041000098410000A0410000A8410000B0410000B8410000C0410000C8410000D0410000D8410000E0410000E8410000F0410000F84100000042000004420000084200000C4200001042000014420000184200001C4200002042"
    }
  }
#-}

// -----

// A cell's ops too; ops with other operands, on halves, and functions stay.
// CHECK-LABEL: rnn.cell @stays
rnn.cell @stays inputs(%x : tensor<2xf32>) outputs(tensor<2xf32>, tensor<2xf16>, tensor<2xf32>, tensor<2xf32>) {
  // CHECK-DAG: arith.addf %{{.*}}, %{{.*}} : tensor<2xf32>
  // CHECK-DAG: rnn.transpose
  // CHECK-DAG: rnn.activation <tanh>
  // CHECK-NOT: arith.mulf
  %a = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %h = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf16>
  %0 = arith.addf %x, %a : tensor<2xf32>
  %1 = rnn.transpose %h [1, 0] : tensor<2x2xf16> -> tensor<2x2xf16>
  %s = rnn.reshape %1 : tensor<2x2xf16> -> tensor<4xf16>
  %2 = tensor.extract_slice %s[0] [2] [1] : tensor<4xf16> to tensor<2xf16>
  // Host and device would have to agree on the last bit.
  %3 = rnn.activation <tanh> %a : tensor<2xf32> -> tensor<2xf32>
  %4 = arith.mulf %a, %a : tensor<2xf32>
  rnn.yield %0, %2, %3, %4 : tensor<2xf32>, tensor<2xf16>, tensor<2xf32>, tensor<2xf32>
}
