// RUN: se-opt %s --rnn-quantize-states | FileCheck %s

// h is read through one quantization only: it is stored as that gives it. g has
// another reader, of k the scales differ.
// CHECK-LABEL: rnn.network @net
// CHECK-SAME:    %h = "h" : tensor<2xi8> reset dense<[4, 0]> : tensor<2xi8>,
// CHECK-SAME:    %g = "g" : tensor<2xf16>
// CHECK-SAME:    %k = "k" : tensor<2xf16>
// CHECK:         rnn.matvec %{{.*}}, %h : tensor<2x2xi8>, tensor<2xi8> -> tensor<2xi32>
// CHECK:         %[[N:.*]] = arith.truncf
// CHECK:         %[[Q:.*]] = rnn.quantize %[[N]] scale 5.000000e-01 : tensor<2xf16> -> tensor<2xi8>
// CHECK-NEXT:    rnn.yield %{{.*}} : tensor<2xf32> next %[[Q]], %[[N]], %[[N]] : tensor<2xi8>, tensor<2xf16>, tensor<2xf16>
rnn.network @net inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf16> reset dense<[2.0, 0.0]> : tensor<2xf16>,
           %g = "g" : tensor<2xf16> reset dense<0.0> : tensor<2xf16>,
           %k = "k" : tensor<2xf16> reset dense<0.0> : tensor<2xf16>)
    outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>
  %0 = rnn.quantize %h scale 0.5 : tensor<2xf16> -> tensor<2xi8>
  %1 = rnn.matvec %W, %0 : tensor<2x2xi8>, tensor<2xi8> -> tensor<2xi32>
  %2 = rnn.quantize %g scale 0.5 : tensor<2xf16> -> tensor<2xi8>
  %3 = rnn.matvec %W, %2 : tensor<2x2xi8>, tensor<2xi8> -> tensor<2xi32>
  %4 = rnn.quantize %k scale 0.5 : tensor<2xf16> -> tensor<2xi8>
  %5 = rnn.quantize %k scale 0.25 : tensor<2xf16> -> tensor<2xi8>
  %6 = rnn.matvec %W, %4 : tensor<2x2xi8>, tensor<2xi8> -> tensor<2xi32>
  %7 = rnn.matvec %W, %5 : tensor<2x2xi8>, tensor<2xi8> -> tensor<2xi32>
  %8 = arith.addi %1, %3 : tensor<2xi32>
  %9 = arith.addi %6, %7 : tensor<2xi32>
  %10 = arith.addi %8, %9 : tensor<2xi32>
  %11 = arith.sitofp %10 : tensor<2xi32> to tensor<2xf32>
  %12 = arith.extf %g : tensor<2xf16> to tensor<2xf32>
  %13 = arith.addf %11, %12 : tensor<2xf32>
  %14 = arith.truncf %13 : tensor<2xf32> to tensor<2xf16>
  rnn.yield %13 : tensor<2xf32> next %14, %14, %14 : tensor<2xf16>, tensor<2xf16>, tensor<2xf16>
}
