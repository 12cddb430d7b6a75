// RUN: se-opt %s --rnn-expand-peaks | FileCheck %s

// 20 elements in rows of 8; the last four come with four of the row before.
// CHECK-LABEL: rnn.network @rows
// CHECK:      %[[LEAST:.*]] = arith.constant dense<1.250000e-01> : tensor<8xf32>
// CHECK-NEXT: %[[A:.*]] = tensor.extract_slice %x[0] [8] [1]
// CHECK-NEXT: %[[A_ABS:.*]] = math.absf %[[A]]
// CHECK-NEXT: %[[A_MAX:.*]] = arith.maxnumf %[[A_ABS]], %[[LEAST]]
// CHECK-NEXT: %[[B:.*]] = tensor.extract_slice %x[8] [8] [1]
// CHECK-NEXT: %[[B_ABS:.*]] = math.absf %[[B]]
// CHECK-NEXT: %[[B_MAX:.*]] = arith.maxnumf %[[B_ABS]], %[[A_MAX]]
// CHECK-NEXT: %[[C:.*]] = tensor.extract_slice %x[12] [8] [1]
// CHECK-NEXT: %[[C_ABS:.*]] = math.absf %[[C]]
// CHECK-NEXT: %[[C_MAX:.*]] = arith.maxnumf %[[C_ABS]], %[[B_MAX]]
// CHECK-NEXT: rnn.reduce <max> %[[C_MAX]] axes [0] : tensor<8xf32> -> tensor<1xf32>
rnn.network @rows inputs(%x = "x" : tensor<20xf32>) outputs("y" : tensor<1xf32>) {
  %0 = rnn.peak %x at_least 0.125 : tensor<20xf32> -> tensor<1xf32>
  rnn.yield %0 : tensor<1xf32>
}

// No more maxima than elements, of other ranks and types too.
// CHECK-LABEL: rnn.network @small
// CHECK:      %[[FLAT:.*]] = rnn.reshape %{{.*}} : tensor<1x3xf16> -> tensor<3xf16>
// CHECK:      arith.maxnumf {{.*}} : tensor<3xf16>
// CHECK-NOT:  arith.maxnumf
// CHECK:      rnn.reduce <max> {{.*}} : tensor<3xf16> -> tensor<1xf16>
rnn.network @small inputs(%x = "x" : tensor<1x3xf32>) outputs("y" : tensor<1xf32>) {
  %0 = arith.truncf %x : tensor<1x3xf32> to tensor<1x3xf16>
  %1 = rnn.peak %0 at_least 0.5 : tensor<1x3xf16> -> tensor<1xf16>
  %2 = arith.extf %1 : tensor<1xf16> to tensor<1xf32>
  rnn.yield %2 : tensor<1xf32>
}
