// RUN: se-opt %s --dsp-expand-transforms | FileCheck %s
// RUN: se-opt %s --dsp-expand-transforms | FileCheck %s --check-prefix=NONE
// RUN: se-opt %s -split-input-file --se-pipeline="to=normalized" | FileCheck %s --check-prefix=NONE
//
// Transforms become arithmetic on slices; test_denoise.py compares the numbers.
// NONE-NOT: dsp.

// Even samples are the real parts of a complex signal, odd ones the imaginary.
// CHECK-LABEL: rnn.network @forward
rnn.network @forward inputs(%x = "x" : tensor<4xf32>)
    outputs("re" : tensor<3xf32>, "im" : tensor<3xf32>) {
  // CHECK-DAG: tensor.extract_slice %x[0] [2] [2] : tensor<4xf32> to tensor<2xf32>
  // CHECK-DAG: tensor.extract_slice %x[1] [2] [2] : tensor<4xf32> to tensor<2xf32>
  // CHECK-DAG: arith.addf
  // CHECK-DAG: arith.subf
  // CHECK: %[[RE:.*]] = tensor.concat {{.*}} -> tensor<3xf32>
  // The first and the last imaginary part are 0.
  // CHECK: %[[IM:.*]] = tensor.concat dim(0) %[[ZERO:.*]], %{{.*}}, %[[ZERO]] : {{.*}} -> tensor<3xf32>
  %re, %im = dsp.rfft %x : tensor<4xf32> -> tensor<3xf32>
  // CHECK: rnn.yield %[[RE]], %[[IM]] : tensor<3xf32>, tensor<3xf32>
  rnn.yield %re, %im : tensor<3xf32>, tensor<3xf32>
}

// -----

// CHECK-LABEL: rnn.network @back
rnn.network @back inputs(%re = "re" : tensor<3xf32>, %im = "im" : tensor<3xf32>)
    outputs("y" : tensor<4xf32>) {
  // CHECK: %[[Y:.*]] = rnn.reshape {{.*}} -> tensor<4xf32>
  %y = dsp.irfft %re, %im : tensor<3xf32> -> tensor<4xf32>
  // CHECK-NEXT: rnn.yield %[[Y]]
  rnn.yield %y : tensor<4xf32>
}

// -----

// Of 3 points: -1/2 and the root of 3/4.
// CHECK-LABEL: rnn.network @three
rnn.network @three inputs(%x = "x" : tensor<6xf32>) outputs("re" : tensor<4xf32>) {
  // CHECK-DAG: dense<-5.000000e-01>
  // CHECK-DAG: dense<-0.866025388>
  %re, %im = dsp.rfft %x : tensor<6xf32> -> tensor<4xf32>
  rnn.yield %re : tensor<4xf32>
}

// -----

// The bands of one piece are rows of a matrix, and bins outside of all are 0.
// CHECK-LABEL: rnn.network @bands
rnn.network @bands inputs(%x = "x" : tensor<9xf32>) outputs("y" : tensor<2xf32>, "z" : tensor<9xf32>) {
  // CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[}}[5.000000e-01, 1.000000e+00, 5.000000e-01, 0.000000e+00], [0.000000e+00, 0.000000e+00, 5.000000e-01, 1.000000e+00]]> : tensor<2x4xf32>
  // CHECK-DAG: %[[BINS:.*]] = tensor.extract_slice %x[2] [4] [1] : tensor<9xf32> to tensor<4xf32>
  // CHECK: %[[Y:.*]] = rnn.matvec %[[W]], %[[BINS]]
  %y = dsp.bands %x edges [1.0, 3.0, 5.0, 6.0] : tensor<9xf32> -> tensor<2xf32>
  // CHECK: %[[INNER:.*]] = rnn.matvec {{.*}} -> tensor<5xf32>
  // CHECK: tensor.concat dim(0) %{{.*}}, %[[INNER]], %{{.*}} : (tensor<1xf32>, tensor<5xf32>, tensor<3xf32>) -> tensor<9xf32>
  %z = dsp.spread %y edges [1.0, 3.0, 5.0, 6.0] : tensor<2xf32> -> tensor<9xf32>
  rnn.yield %y, %z : tensor<2xf32>, tensor<9xf32>
}
