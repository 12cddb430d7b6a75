// RUN: se-opt %s | se-opt | FileCheck %s
// RUN: se-opt %s --mlir-print-op-generic | se-opt | FileCheck %s
// RUN: se-opt %s --emit-bytecode | se-opt | FileCheck %s
// RUN: se-opt %s --verify-phase=imported
//
// What is printed can be read again.

// CHECK-LABEL: rnn.network @sound
// CHECK-SAME: attributes {dsp.stream = #dsp.stream<sample_rate = 16000, delay = 0>}
rnn.network @sound inputs(%x = "in" : tensor<12xf32>) outputs("out" : tensor<12xf32>)
    attributes {dsp.stream = #dsp.stream<sample_rate = 16000, delay = 0>} {
  // CHECK: %[[RE:.*]], %[[IM:.*]] = dsp.rfft %{{.*}} : tensor<12xf32> -> tensor<7xf32>
  %re, %im = dsp.rfft %x : tensor<12xf32> -> tensor<7xf32>
  // CHECK: dsp.irfft %[[RE]], %[[IM]] : tensor<7xf32> -> tensor<12xf32>
  %y = dsp.irfft %re, %im : tensor<7xf32> -> tensor<12xf32>
  rnn.yield %y : tensor<12xf32>
}

// The least and the largest size.
// CHECK-LABEL: rnn.network @sizes
rnn.network @sizes inputs(%x = "x" : tensor<4xf32>, %z = "z" : tensor<8192xf32>)
    outputs("re" : tensor<3xf32>, "im" : tensor<4097xf32>) {
  // CHECK: dsp.rfft %{{.*}} : tensor<4xf32> -> tensor<3xf32>
  %re, %im = dsp.rfft %x : tensor<4xf32> -> tensor<3xf32>
  // CHECK: dsp.rfft %{{.*}} : tensor<8192xf32> -> tensor<4097xf32>
  %re_0, %im_0 = dsp.rfft %z : tensor<8192xf32> -> tensor<4097xf32>
  rnn.yield %re, %im_0 : tensor<3xf32>, tensor<4097xf32>
}

// CHECK-LABEL: rnn.network @bands
rnn.network @bands inputs(%x = "x" : tensor<5xf32>) outputs("y" : tensor<4xf32>, "z" : tensor<5xf32>) {
  // CHECK: %[[Y:.*]] = dsp.bands %{{.*}} edges [0.000000e+00, 0.000000e+00, 1.000000e+00, 2.500000e+00, 4.000000e+00, 4.000000e+00] : tensor<5xf32> -> tensor<4xf32>
  %y = dsp.bands %x edges [0.0, 0.0, 1.0, 2.5, 4.0, 4.0] : tensor<5xf32> -> tensor<4xf32>
  // CHECK: dsp.spread %[[Y]] edges [0.000000e+00, 0.000000e+00, 1.000000e+00, 2.500000e+00, 4.000000e+00, 4.000000e+00] : tensor<4xf32> -> tensor<5xf32>
  %z = dsp.spread %y edges [0.0, 0.0, 1.0, 2.5, 4.0, 4.0] : tensor<4xf32> -> tensor<5xf32>
  rnn.yield %y, %z : tensor<4xf32>, tensor<5xf32>
}
