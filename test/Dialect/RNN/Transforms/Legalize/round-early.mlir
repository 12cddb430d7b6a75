// RUN: se-opt %s --rnn-round-early --split-input-file | FileCheck %s

// A delay line of three past frames and a new one: the past is not touched, whoever
// reads it.
// CHECK-LABEL: rnn.network @delay
// CHECK-SAME:    %[[X:[a-z]+]] = "x"
// CHECK-SAME:    %[[S:[a-z]+]] = "s"
// CHECK-NEXT:    %[[PAST:.*]] = tensor.extract_slice %[[S]][1, 0] [3, 8] [1, 1]
// CHECK-NEXT:    %[[NEW:.*]] = arith.truncf %[[X]] : tensor<1x8xf32> to tensor<1x8xf16>
// CHECK-NEXT:    %[[LINE:.*]] = tensor.concat dim(0) %[[PAST]], %[[NEW]]
// CHECK-NEXT:    %[[COLUMNS:.*]] = rnn.transpose %[[LINE]]
// CHECK-NEXT:    rnn.reduce <sum> %[[COLUMNS]]
// CHECK-NEXT:    rnn.yield %{{.*}} next %[[LINE]]
rnn.network @delay inputs(%x = "x" : tensor<1x8xf32>)
    states(%s = "s" : tensor<4x8xf16> reset dense<0.0> : tensor<4x8xf16>)
    outputs("y" : tensor<8x1xf32>) {
  %0 = arith.extf %s : tensor<4x8xf16> to tensor<4x8xf32>
  %1 = tensor.extract_slice %s[1, 0] [3, 8] [1, 1] : tensor<4x8xf16> to tensor<3x8xf16>
  %2 = arith.extf %1 : tensor<3x8xf16> to tensor<3x8xf32>
  %3 = tensor.concat dim(0) %2, %x : (tensor<3x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  %4 = rnn.transpose %3 [1, 0] : tensor<4x8xf32> -> tensor<8x4xf32>
  %5 = arith.truncf %4 : tensor<8x4xf32> to tensor<8x4xf16>
  %6 = rnn.reduce <sum> %5 axes [1] : tensor<8x4xf16> -> tensor<8x1xf32>
  %7 = arith.truncf %3 : tensor<4x8xf32> to tensor<4x8xf16>
  rnn.yield %6 : tensor<8x1xf32> next %7 : tensor<4x8xf16>
}

// -----

// What somebody needs unrounded is rounded where it was.
// CHECK-LABEL: rnn.network @both
// CHECK:         %[[ALL:.*]] = tensor.concat {{.*}} -> tensor<2x8xf32>
// CHECK-NEXT:    arith.truncf %[[ALL]]
rnn.network @both inputs(%x = "x" : tensor<1x8xf32>) states()
    outputs("y" : tensor<2x8xf32>, "z" : tensor<2x8xf16>) {
  %0 = tensor.concat dim(0) %x, %x : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<2x8xf32>
  %1 = arith.truncf %0 : tensor<2x8xf32> to tensor<2x8xf16>
  rnn.yield %0, %1 : tensor<2x8xf32>, tensor<2x8xf16>
}
