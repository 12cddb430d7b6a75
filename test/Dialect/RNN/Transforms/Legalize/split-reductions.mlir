// RUN: se-opt %s --rnn-split-reductions --split-input-file | FileCheck %s

// CHECK-LABEL: rnn.network @mean
// CHECK:         %[[X:.*]] = rnn.reshape %{{.*}} : tensor<1x35xf16> -> tensor<1x35xf16>
// CHECK:         %[[MAIN:.*]] = tensor.extract_slice %[[X]][0, 0] [1, 32] [1, 1]
// CHECK:         %[[PARTS:.*]] = rnn.reshape %[[MAIN]] : tensor<1x32xf16> -> tensor<1x8x4xf16>
// CHECK:         rnn.reduce <sum> %[[PARTS]] axes [2] : tensor<1x8x4xf16> -> tensor<1x8x1xf32>
// CHECK:         %[[REST:.*]] = tensor.extract_slice %[[X]][0, 32] [1, 3] [1, 1]
// CHECK:         %[[WIDE:.*]] = arith.extf %[[REST]]
// CHECK:         %[[ALL:.*]] = tensor.concat dim(1) %{{.*}}, %[[WIDE]]
// CHECK:         %[[SUM:.*]] = rnn.reduce <sum> %[[ALL]] axes [1] : tensor<1x11xf32> -> tensor<1x1xf32>
// CHECK:         arith.divf %[[SUM]], %{{.*}} : tensor<1x1xf32>
rnn.network @mean inputs(%x = "x" : tensor<1x35xf16>) states()
    outputs("y" : tensor<1x1xf32>) {
  %0 = rnn.reduce <mean> %x axes [1] : tensor<1x35xf16> -> tensor<1x1xf32>
  rnn.yield %0 : tensor<1x1xf32>
}

// -----

// Short ones, those to many results, and those that are not of rows stay.
// CHECK-LABEL: rnn.network @others
// CHECK-NOT:     rnn.reshape
// CHECK-COUNT-3: rnn.reduce
// CHECK-NOT:     rnn.reduce
rnn.network @others inputs(%x = "x" : tensor<1x31xf32>, %z = "z" : tensor<8x32xf32>,
    %t = "t" : tensor<32x2xf32>) states()
    outputs("y" : tensor<1x1xf32>, "u" : tensor<8x1xf32>, "v" : tensor<1x2xf32>) {
  %0 = rnn.reduce <max> %x axes [1] : tensor<1x31xf32> -> tensor<1x1xf32>
  %1 = rnn.reduce <sum> %z axes [1] : tensor<8x32xf32> -> tensor<8x1xf32>
  %2 = rnn.reduce <sum> %t axes [0] : tensor<32x2xf32> -> tensor<1x2xf32>
  rnn.yield %0, %1, %2 : tensor<1x1xf32>, tensor<8x1xf32>, tensor<1x2xf32>
}
