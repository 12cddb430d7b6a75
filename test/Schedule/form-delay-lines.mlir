// RUN: se-opt %s --se-form-delay-lines --split-input-file | FileCheck %s

// CHECK-LABEL: rnn.network @behind
// CHECK:         %[[LINE:.*]] = plan.push %{{.*}} into %{{.*}} : tensor<1x8xf16> into tensor<4x8xf16>
// CHECK-NEXT:    %[[Y:.*]] = rnn.reduce <sum> %[[LINE]]
// CHECK-NEXT:    rnn.yield %[[Y]] : tensor<1x8xf32> next %[[LINE]]
rnn.network @behind inputs(%x = "x" : tensor<1x8xf16>)
    states(%s = "s" : tensor<4x8xf16> reset dense<0.0> : tensor<4x8xf16>)
    outputs("y" : tensor<1x8xf32>) {
  %0 = tensor.extract_slice %s[1, 0] [3, 8] [1, 1] : tensor<4x8xf16> to tensor<3x8xf16>
  %1 = tensor.concat dim(0) %0, %x : (tensor<3x8xf16>, tensor<1x8xf16>) -> tensor<4x8xf16>
  %2 = rnn.reduce <sum> %1 axes [0] : tensor<4x8xf16> -> tensor<1x8xf32>
  rnn.yield %2 : tensor<1x8xf32> next %1 : tensor<4x8xf16>
}

// -----

// The newest first, two values a frame, and the state in another shape.
// CHECK-LABEL: rnn.network @front
// CHECK:         %[[NEW:.*]] = tensor.concat dim(1)
// CHECK-NEXT:    %[[LINE:.*]] = plan.push %[[NEW]] into %{{.*}} front : tensor<1x2xf32> into tensor<6xf32>
// CHECK-NEXT:    %[[ROW:.*]] = rnn.reshape %[[LINE]] : tensor<6xf32> -> tensor<1x6xf32>
// CHECK:         rnn.reduce <max> %[[ROW]]
rnn.network @front inputs(%x = "x" : tensor<1x1xf32>, %z = "z" : tensor<1x1xf32>)
    states(%s = "s" : tensor<6xf32> reset dense<0.0> : tensor<6xf32>)
    outputs("y" : tensor<1x1xf32>) {
  %0 = rnn.reshape %s : tensor<6xf32> -> tensor<1x6xf32>
  %1 = tensor.extract_slice %0[0, 0] [1, 4] [1, 1] : tensor<1x6xf32> to tensor<1x4xf32>
  %2 = tensor.concat dim(1) %x, %z, %1 : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x4xf32>) -> tensor<1x6xf32>
  %3 = rnn.reshape %2 : tensor<1x6xf32> -> tensor<6xf32>
  %4 = rnn.reduce <max> %2 axes [1] : tensor<1x6xf32> -> tensor<1x1xf32>
  rnn.yield %4 : tensor<1x1xf32> next %3 : tensor<6xf32>
}

// -----

// Columns move, the line is an output too, other elements are kept, and a vector
// of a product would begin in the middle of a word.
// CHECK-LABEL: rnn.network @none
// CHECK-NOT:     plan.push
rnn.network @none inputs(%x = "x" : tensor<2x1xf16>, %z = "z" : tensor<1x3xf16>)
    states(%a = "a" : tensor<2x4xf16> reset dense<0.0> : tensor<2x4xf16>,
           %b = "b" : tensor<2x3xf16> reset dense<0.0> : tensor<2x3xf16>,
           %c = "c" : tensor<3x3xf16> reset dense<0.0> : tensor<3x3xf16>,
           %d = "d" : tensor<2x3xf16> reset dense<0.0> : tensor<2x3xf16>)
    outputs("y" : tensor<2x3xf16>, "u" : tensor<2xf32>) {
  %w = arith.constant dense<1.0> : tensor<2x6xf16>
  %0 = tensor.extract_slice %a[0, 1] [2, 3] [1, 1] : tensor<2x4xf16> to tensor<2x3xf16>
  %1 = tensor.concat dim(1) %0, %x : (tensor<2x3xf16>, tensor<2x1xf16>) -> tensor<2x4xf16>
  %2 = tensor.extract_slice %b[1, 0] [1, 3] [1, 1] : tensor<2x3xf16> to tensor<1x3xf16>
  %3 = tensor.concat dim(0) %2, %z : (tensor<1x3xf16>, tensor<1x3xf16>) -> tensor<2x3xf16>
  %4 = tensor.extract_slice %c[0, 0] [2, 3] [1, 1] : tensor<3x3xf16> to tensor<2x3xf16>
  %5 = tensor.concat dim(0) %4, %z : (tensor<2x3xf16>, tensor<1x3xf16>) -> tensor<3x3xf16>
  %6 = tensor.extract_slice %d[1, 0] [1, 3] [1, 1] : tensor<2x3xf16> to tensor<1x3xf16>
  %7 = tensor.concat dim(0) %6, %z : (tensor<1x3xf16>, tensor<1x3xf16>) -> tensor<2x3xf16>
  %8 = rnn.reshape %7 : tensor<2x3xf16> -> tensor<6xf16>
  %9 = rnn.matvec %w, %8 : tensor<2x6xf16>, tensor<6xf16> -> tensor<2xf32>
  rnn.yield %3, %9 : tensor<2x3xf16>, tensor<2xf32>
    next %1, %3, %5, %7 : tensor<2x4xf16>, tensor<2x3xf16>, tensor<3x3xf16>, tensor<2x3xf16>
}

// -----

// Places of 4, 6 and 5 slots repeat after 35 frames, not after 210: the smallest one is copied. So
// is one of so many slots.
// CHECK-LABEL: rnn.network @several
// CHECK-DAG:     %[[A:.*]] = plan.push %{{.*}} : tensor<4xf32> into tensor<16xf32>
// CHECK-DAG:     %[[B:.*]] = plan.push %{{.*}} : tensor<2xf32> into tensor<12xf32>
// CHECK-NOT:     plan.push
// CHECK:         rnn.yield %{{.*}} next %[[A]], %{{.*}}, %[[B]], %{{.*}} :
rnn.network @several inputs(%x = "x" : tensor<4xf32>, %z = "z" : tensor<2xf32>, %u = "u" : tensor<1xf32>)
    states(%a = "a" : tensor<16xf32> reset dense<0.0> : tensor<16xf32>,
           %b = "b" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>,
           %c = "c" : tensor<12xf32> reset dense<0.0> : tensor<12xf32>,
           %d = "d" : tensor<800xf32> reset dense<0.0> : tensor<800xf32>)
    outputs("y" : tensor<1xf32>) {
  %0 = tensor.extract_slice %a[4] [12] [1] : tensor<16xf32> to tensor<12xf32>
  %a1 = tensor.concat dim(0) %0, %x : (tensor<12xf32>, tensor<4xf32>) -> tensor<16xf32>
  %1 = tensor.extract_slice %b[1] [4] [1] : tensor<5xf32> to tensor<4xf32>
  %b1 = tensor.concat dim(0) %1, %u : (tensor<4xf32>, tensor<1xf32>) -> tensor<5xf32>
  %2 = tensor.extract_slice %c[2] [10] [1] : tensor<12xf32> to tensor<10xf32>
  %c1 = tensor.concat dim(0) %2, %z : (tensor<10xf32>, tensor<2xf32>) -> tensor<12xf32>
  %3 = tensor.extract_slice %d[4] [796] [1] : tensor<800xf32> to tensor<796xf32>
  %d1 = tensor.concat dim(0) %3, %x : (tensor<796xf32>, tensor<4xf32>) -> tensor<800xf32>
  %y = rnn.reduce <max> %b1 axes [0] : tensor<5xf32> -> tensor<1xf32>
  rnn.yield %y : tensor<1xf32> next %a1, %b1, %c1, %d1
      : tensor<16xf32>, tensor<5xf32>, tensor<12xf32>, tensor<800xf32>
}

// -----

// All of one line goes into another.
// CHECK-LABEL: rnn.network @cascade
// CHECK-DAG:     plan.push %x into %s : tensor<1x4xf32> into tensor<2x4xf32>
// CHECK-DAG:     plan.push %s into %t : tensor<2x4xf32> into tensor<4x4xf32>
rnn.network @cascade inputs(%x = "x" : tensor<1x4xf32>)
    states(%s = "s" : tensor<2x4xf32> reset dense<0.0> : tensor<2x4xf32>,
           %t = "t" : tensor<4x4xf32> reset dense<0.0> : tensor<4x4xf32>)
    outputs("y" : tensor<1x4xf32>) {
  %0 = tensor.extract_slice %s[1, 0] [1, 4] [1, 1] : tensor<2x4xf32> to tensor<1x4xf32>
  %1 = tensor.concat dim(0) %0, %x : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<2x4xf32>
  %2 = tensor.extract_slice %t[2, 0] [2, 4] [1, 1] : tensor<4x4xf32> to tensor<2x4xf32>
  %3 = tensor.concat dim(0) %2, %s : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<4x4xf32>
  %4 = rnn.reduce <sum> %3 axes [0] : tensor<4x4xf32> -> tensor<1x4xf32>
  rnn.yield %4 : tensor<1x4xf32> next %1, %3 : tensor<2x4xf32>, tensor<4x4xf32>
}
