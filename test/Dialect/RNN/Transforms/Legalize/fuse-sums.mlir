// RUN: se-opt %s --rnn-fuse-sums | FileCheck %s

// A bias in units of the scale; integers of one scale are added as such.
// CHECK-LABEL: rnn.network @bias
// CHECK:         %[[P:.*]] = rnn.matvec
// CHECK:         %[[R:.*]] = rnn.matvec
// CHECK:         %[[S:.*]] = arith.addi %[[P]], %[[R]] : tensor<2xi32>
// CHECK-NEXT:    %[[B:.*]] = arith.constant dense<[6, -4]> : tensor<2xi32>
// CHECK-NEXT:    %[[T:.*]] = arith.addi %[[S]], %[[B]] : tensor<2xi32>
// CHECK-NEXT:    %[[F:.*]] = arith.sitofp %[[T]]
// CHECK-NEXT:    %[[Y:.*]] = arith.mulf %[[F]], %{{.*}} : tensor<2xf32>
// CHECK-NEXT:    rnn.yield %[[Y]]
rnn.network @bias inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xi8> reset dense<0> : tensor<2xi8>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>
  %scale = arith.constant dense<[0.5, 0.25]> : tensor<2xf32>
  %b = arith.constant dense<[3.0, -1.0]> : tensor<2xf32>
  %q = rnn.quantize %x scale 1.0 : tensor<2xf32> -> tensor<2xi8>
  %0 = rnn.matvec %W, %q : tensor<2x2xi8>, tensor<2xi8> -> tensor<2xi32>
  %1 = arith.sitofp %0 : tensor<2xi32> to tensor<2xf32>
  %2 = arith.mulf %1, %scale : tensor<2xf32>
  %3 = rnn.matvec %W, %h : tensor<2x2xi8>, tensor<2xi8> -> tensor<2xi32>
  %4 = arith.sitofp %3 : tensor<2xi32> to tensor<2xf32>
  %5 = arith.mulf %4, %scale : tensor<2xf32>
  %6 = arith.addf %5, %b : tensor<2xf32>
  %7 = arith.addf %2, %6 : tensor<2xf32>
  rnn.yield %7 : tensor<2xf32> next %h : tensor<2xi8>
}

// Scales that differ, behind a slice and another value: two fused operations.
// CHECK-LABEL: rnn.network @chain
// CHECK-DAG:     %[[U:.*]] = arith.constant dense<5.000000e-01> : tensor<1xf32>
// CHECK-DAG:     %[[V:.*]] = arith.constant dense<2.500000e-01> : tensor<1xf32>
// CHECK-DAG:     %[[P:.*]] = rnn.matvec
// CHECK-DAG:     %[[A:.*]] = tensor.extract_slice %[[P]][0] [1] [1] : tensor<2xi32> to tensor<1xi32>
// CHECK-DAG:     %[[B:.*]] = tensor.extract_slice %[[P]][1] [1] [1] : tensor<2xi32> to tensor<1xi32>
// CHECK-DAG:     %[[FA:.*]] = arith.sitofp %[[A]]
// CHECK-DAG:     %[[FB:.*]] = arith.sitofp %[[B]]
// CHECK-DAG:     %[[M:.*]] = arith.mulf %[[FB]], %[[V]] : tensor<1xf32>
// CHECK:         %[[S:.*]] = math.fma %[[FA]], %[[U]], %[[M]] : tensor<1xf32>
// CHECK-NEXT:    %[[Y:.*]] = arith.addf %[[S]], %x : tensor<1xf32>
// CHECK-NEXT:    rnn.yield %[[Y]]
rnn.network @chain inputs(%x = "x" : tensor<1xf32>, %z = "z" : tensor<2xf32>) outputs("y" : tensor<1xf32>) {
  %W = arith.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>
  %scale = arith.constant dense<[0.5, 0.25]> : tensor<2xf32>
  %q = rnn.quantize %z scale 1.0 : tensor<2xf32> -> tensor<2xi8>
  %0 = rnn.matvec %W, %q : tensor<2x2xi8>, tensor<2xi8> -> tensor<2xi32>
  %1 = arith.sitofp %0 : tensor<2xi32> to tensor<2xf32>
  %2 = arith.mulf %1, %scale : tensor<2xf32>
  %3 = tensor.extract_slice %2[0] [1] [1] : tensor<2xf32> to tensor<1xf32>
  %4 = tensor.extract_slice %2[1] [1] [1] : tensor<2xf32> to tensor<1xf32>
  %5 = arith.addf %3, %x : tensor<1xf32>
  %6 = arith.addf %5, %4 : tensor<1xf32>
  rnn.yield %6 : tensor<1xf32>
}
