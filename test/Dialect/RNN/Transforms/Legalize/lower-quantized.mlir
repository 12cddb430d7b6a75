// RUN: se-opt %s --rnn-lower-quantized --split-input-file --verify-diagnostics | FileCheck %s

// A product of integers, and what its sums are worth. No cast is left.
// CHECK-LABEL: rnn.network @product
// CHECK-NEXT:    %[[W:.*]] = arith.constant dense<{{\[}}[127, 50], [127, 50]]> : tensor<2x2xi8>
// CHECK-NEXT:    %[[Q:.*]] = rnn.quantize %x scale 5.000000e-01 : tensor<2xf32> -> tensor<2xi8>
// CHECK-NEXT:    %[[P:.*]] = rnn.matvec %[[W]], %[[Q]] : tensor<2x2xi8>, tensor<2xi8> -> tensor<2xi32>
// CHECK-NEXT:    %[[F:.*]] = arith.sitofp %[[P]] : tensor<2xi32> to tensor<2xf32>
// CHECK-NEXT:    %[[S:.*]] = arith.constant dense<[5.000000e-03, 0.00999999977]> : tensor<2xf32>
// CHECK-NEXT:    %[[Y:.*]] = arith.mulf %[[F]], %[[S]] : tensor<2xf32>
// CHECK-NEXT:    rnn.yield %[[Y]]
rnn.network @product inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %A = arith.constant dense<[[1.27, 0.5], [2.54, 1.0]]> : tensor<2x2xf32>
  %yw = quant.qcast %A : tensor<2x2xf32> to tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.01,0.02}>>
  %yv = quant.dcast %yw : tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.01,0.02}>> to tensor<2x2xf32>
  %yq = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
  %yd = quant.dcast %yq : tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>> to tensor<2xf32>
  %ym = rnn.matvec %yv, %yd : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %ys = quant.qcast %ym : tensor<2xf32> to tensor<2x!quant.uniform<i32:f32:0, {0.005,0.01}>>
  %y = quant.dcast %ys : tensor<2x!quant.uniform<i32:f32:0, {0.005,0.01}>> to tensor<2xf32>
  rnn.yield %y : tensor<2xf32>
}

// -----

// The zero point's part is a constant: 3 times 127 + 50.
// CHECK-LABEL: rnn.network @zero_point
// CHECK:         rnn.quantize %x scale 5.000000e-01 zero_point -3
// CHECK:         %[[P:.*]] = rnn.matvec
// CHECK:         %[[O:.*]] = arith.constant dense<531> : tensor<2xi32>
// CHECK:         arith.addi %[[P]], %[[O]] : tensor<2xi32>
rnn.network @zero_point inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %A = arith.constant dense<[[1.27, 0.5], [2.54, 1.0]]> : tensor<2x2xf32>
  %yw = quant.qcast %A : tensor<2x2xf32> to tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.01,0.02}>>
  %yv = quant.dcast %yw : tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.01,0.02}>> to tensor<2x2xf32>
  %yq = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5:-3>>
  %yd = quant.dcast %yq : tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5:-3>> to tensor<2xf32>
  %ym = rnn.matvec %yv, %yd : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %ys = quant.qcast %ym : tensor<2xf32> to tensor<2x!quant.uniform<i32:f32:0, {0.005,0.01}>>
  %y = quant.dcast %ys : tensor<2x!quant.uniform<i32:f32:0, {0.005,0.01}>> to tensor<2xf32>
  rnn.yield %y : tensor<2xf32>
}

// -----

// Halves are quantized as such, unless f16 does not have the scale. A reshape
// comes last. What is no product becomes f32 again.
// CHECK-LABEL: rnn.network @values
// CHECK-NEXT:    %[[A:.*]] = rnn.quantize %h scale 5.000000e-01 : tensor<2xf16> -> tensor<2xi8>
// CHECK-NEXT:    %[[R:.*]] = rnn.reshape %[[A]] : tensor<2xi8> -> tensor<1x2xi8>
// CHECK-NEXT:    %[[F:.*]] = arith.sitofp %[[R]] : tensor<1x2xi8> to tensor<1x2xf32>
// CHECK-NEXT:    %[[S:.*]] = arith.constant dense<5.000000e-01>
// CHECK-NEXT:    %[[Y:.*]] = arith.mulf %[[F]], %[[S]]
// CHECK-NEXT:    %[[E:.*]] = arith.extf %h : tensor<2xf16> to tensor<2xf32>
// CHECK-NEXT:    rnn.quantize %[[E]] scale 9.99999997E-7 : tensor<2xf32> -> tensor<2xi16>
rnn.network @values inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf16> reset dense<0.0> : tensor<2xf16>) outputs("y" : tensor<1x2xf32>, "z" : tensor<2xf32>) {
  %0 = rnn.reshape %h : tensor<2xf16> -> tensor<1x2xf16>
  %1 = arith.extf %0 : tensor<1x2xf16> to tensor<1x2xf32>
  %2 = quant.qcast %1 : tensor<1x2xf32> to tensor<1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>
  %3 = quant.dcast %2 : tensor<1x2x!quant.uniform<i8<-127:127>:f32, 0.5>> to tensor<1x2xf32>
  %4 = arith.extf %h : tensor<2xf16> to tensor<2xf32>
  %5 = quant.qcast %4 : tensor<2xf32> to tensor<2x!quant.uniform<i16<-32767:32767>:f32, 1.0E-6>>
  %6 = quant.dcast %5 : tensor<2x!quant.uniform<i16<-32767:32767>:f32, 1.0E-6>> to tensor<2xf32>
  rnn.yield %3, %6 : tensor<1x2xf32>, tensor<2xf32> next %h : tensor<2xf16>
}

// -----

// A sum that nothing says the worth of.
rnn.network @no_sum inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %A = arith.constant dense<[[1.27, 0.5], [2.54, 1.0]]> : tensor<2x2xf32>
  %yw = quant.qcast %A : tensor<2x2xf32> to tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.01,0.02}>>
  %yv = quant.dcast %yw : tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.01,0.02}>> to tensor<2x2xf32>
  %yq = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
  %yd = quant.dcast %yq : tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>> to tensor<2xf32>
  // expected-error @+1 {{has quantized operands, so its matrix must be a constant of i8, its vector of i8 with one scale, and its result quantized to i32: --rnn-quantize sees to that}}
  %y = rnn.matvec %yv, %yd : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  rnn.yield %y : tensor<2xf32>
}

// -----

rnn.network @rows inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %0 = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32:0, {0.5,0.25}>>
  // expected-error @+1 {{must come after a quant.qcast to !quant.uniform of i8<-127:127> or i16<-32767:32767> with one scale}}
  %y = quant.dcast %0 : tensor<2x!quant.uniform<i8<-127:127>:f32:0, {0.5,0.25}>> to tensor<2xf32>
  rnn.yield %y : tensor<2xf32>
}

// -----

rnn.network @unsigned inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %0 = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<u8:f32, 0.5>>
  // expected-error @+1 {{must come after a quant.qcast to !quant.uniform of i8<-127:127> or i16<-32767:32767> with one scale}}
  %y = quant.dcast %0 : tensor<2x!quant.uniform<u8:f32, 0.5>> to tensor<2xf32>
  rnn.yield %y : tensor<2xf32>
}

// -----

// A matrix with a scale for each column.
rnn.network @columns inputs(%x = "x" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %A = arith.constant dense<[[1.27, 0.5], [2.54, 1.0]]> : tensor<2x2xf32>
  %0 = quant.qcast %A : tensor<2x2xf32> to tensor<2x2x!quant.uniform<i8<-127:127>:f32:1, {0.01,0.02}>>
  %1 = quant.dcast %0 : tensor<2x2x!quant.uniform<i8<-127:127>:f32:1, {0.01,0.02}>> to tensor<2x2xf32>
  %2 = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
  %3 = quant.dcast %2 : tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>> to tensor<2xf32>
  // expected-error @+1 {{has quantized operands}}
  %4 = rnn.matvec %1, %3 : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %5 = quant.qcast %4 : tensor<2xf32> to tensor<2x!quant.uniform<i32:f32:0, {0.005,0.01}>>
  %y = quant.dcast %5 : tensor<2x!quant.uniform<i32:f32:0, {0.005,0.01}>> to tensor<2xf32>
  rnn.yield %y : tensor<2xf32>
}
