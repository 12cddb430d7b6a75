// RUN: se-opt %s --rnn-join-scales | FileCheck %s

// Rows that are added share the larger scale, of the sums and so of the matrix.
// A row of zeros, whose scale is 2^-20, takes what the other has; its matrix
// keeps its own.
// CHECK-LABEL: rnn.network @joined
// CHECK:         quant.qcast %cst : {{.*}}!quant.uniform<i8<-127:127>:f32:0, {1.000000e+00,5.000000e-01}>
// CHECK:         rnn.matvec
// CHECK-NEXT:    quant.qcast {{.*}}!quant.uniform<i32:f32:0, {5.000000e-01,2.500000e-01}>
// CHECK:         quant.qcast %cst_0 : {{.*}}!quant.uniform<i8<-127:127>:f32:0, {9.5367431640625E-7,1.000000e+00}>
// CHECK:         rnn.matvec
// CHECK-NEXT:    quant.qcast {{.*}}!quant.uniform<i32:f32:0, {5.000000e-01,2.500000e-01}>
// CHECK-NEXT:    quant.dcast
// CHECK-NEXT:    arith.addf
rnn.network @joined inputs(%x = "x" : tensor<2xf32>, %z = "z" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %A = arith.constant dense<[[127.0, 50.0], [63.5, 1.0]]> : tensor<2x2xf32>
  %B = arith.constant dense<[[0.0, 0.0], [31.75, -3.0]]> : tensor<2x2xf32>
  %aw = quant.qcast %A : tensor<2x2xf32> to tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {1.0,0.5}>>
  %av = quant.dcast %aw : tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {1.0,0.5}>> to tensor<2x2xf32>
  %aq = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
  %ad = quant.dcast %aq : tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>> to tensor<2xf32>
  %am = rnn.matvec %av, %ad : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %as = quant.qcast %am : tensor<2xf32> to tensor<2x!quant.uniform<i32:f32:0, {0.5,0.25}>>
  %a = quant.dcast %as : tensor<2x!quant.uniform<i32:f32:0, {0.5,0.25}>> to tensor<2xf32>
  %bw = quant.qcast %B : tensor<2x2xf32> to tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {9.5367431640625E-7,0.25}>>
  %bv = quant.dcast %bw : tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {9.5367431640625E-7,0.25}>> to tensor<2x2xf32>
  %bq = quant.qcast %z : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 0.25>>
  %bd = quant.dcast %bq : tensor<2x!quant.uniform<i8<-127:127>:f32, 0.25>> to tensor<2xf32>
  %bm = rnn.matvec %bv, %bd : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %bs = quant.qcast %bm : tensor<2xf32> to tensor<2x!quant.uniform<i32:f32:0, {2.384185791015625E-7,0.0625}>>
  %b = quant.dcast %bs : tensor<2x!quant.uniform<i32:f32:0, {2.384185791015625E-7,0.0625}>> to tensor<2xf32>
  %y = arith.addf %a, %b : tensor<2xf32>
  rnn.yield %y : tensor<2xf32>
}

// One row would lose more than a factor of 8, so all stay as they are.
// CHECK-LABEL: rnn.network @apart
// CHECK:         quant.qcast {{.*}}!quant.uniform<i32:f32:0, {5.000000e-01,2.500000e-01}>
// CHECK:         quant.qcast {{.*}}!quant.uniform<i32:f32:0, {3.125000e-02,6.250000e-02}>
rnn.network @apart inputs(%x = "x" : tensor<2xf32>, %z = "z" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %A = arith.constant dense<[[127.0, 50.0], [63.5, 1.0]]> : tensor<2x2xf32>
  %B = arith.constant dense<[[15.875, 1.0], [31.75, -3.0]]> : tensor<2x2xf32>
  %aw = quant.qcast %A : tensor<2x2xf32> to tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {1.0,0.5}>>
  %av = quant.dcast %aw : tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {1.0,0.5}>> to tensor<2x2xf32>
  %aq = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
  %ad = quant.dcast %aq : tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>> to tensor<2xf32>
  %am = rnn.matvec %av, %ad : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %as = quant.qcast %am : tensor<2xf32> to tensor<2x!quant.uniform<i32:f32:0, {0.5,0.25}>>
  %a = quant.dcast %as : tensor<2x!quant.uniform<i32:f32:0, {0.5,0.25}>> to tensor<2xf32>
  %bw = quant.qcast %B : tensor<2x2xf32> to tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.125,0.25}>>
  %bv = quant.dcast %bw : tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.125,0.25}>> to tensor<2x2xf32>
  %bq = quant.qcast %z : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 0.25>>
  %bd = quant.dcast %bq : tensor<2x!quant.uniform<i8<-127:127>:f32, 0.25>> to tensor<2xf32>
  %bm = rnn.matvec %bv, %bd : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %bs = quant.qcast %bm : tensor<2xf32> to tensor<2x!quant.uniform<i32:f32:0, {0.03125,0.0625}>>
  %b = quant.dcast %bs : tensor<2x!quant.uniform<i32:f32:0, {0.03125,0.0625}>> to tensor<2xf32>
  %y = arith.addf %a, %b : tensor<2xf32>
  rnn.yield %y : tensor<2xf32>
}

// Nor does a matrix that shall have one scale.
// CHECK-LABEL: rnn.network @tensor
// CHECK:         quant.qcast {{.*}}!quant.uniform<i32:f32:0, {5.000000e-01,2.500000e-01}>
// CHECK:         quant.qcast {{.*}}!quant.uniform<i32:f32, 6.250000e-02>
rnn.network @tensor inputs(%x = "x" : tensor<2xf32>, %z = "z" : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %A = arith.constant dense<[[127.0, 50.0], [63.5, 1.0]]> : tensor<2x2xf32>
  %B = arith.constant dense<[[31.75, 1.0], [31.75, -3.0]]> : tensor<2x2xf32>
  %aw = quant.qcast %A : tensor<2x2xf32> to tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {1.0,0.5}>>
  %av = quant.dcast %aw : tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {1.0,0.5}>> to tensor<2x2xf32>
  %aq = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
  %ad = quant.dcast %aq : tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>> to tensor<2xf32>
  %am = rnn.matvec %av, %ad : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %as = quant.qcast %am : tensor<2xf32> to tensor<2x!quant.uniform<i32:f32:0, {0.5,0.25}>>
  %a = quant.dcast %as : tensor<2x!quant.uniform<i32:f32:0, {0.5,0.25}>> to tensor<2xf32>
  %bw = quant.qcast %B : tensor<2x2xf32> to tensor<2x2x!quant.uniform<i8<-127:127>:f32, 0.25>>
  %bv = quant.dcast %bw : tensor<2x2x!quant.uniform<i8<-127:127>:f32, 0.25>> to tensor<2x2xf32>
  %bq = quant.qcast %z : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 0.25>>
  %bd = quant.dcast %bq : tensor<2x!quant.uniform<i8<-127:127>:f32, 0.25>> to tensor<2xf32>
  %bm = rnn.matvec %bv, %bd : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %bs = quant.qcast %bm : tensor<2xf32> to tensor<2x!quant.uniform<i32:f32, 0.0625>>
  %b = quant.dcast %bs : tensor<2x!quant.uniform<i32:f32, 0.0625>> to tensor<2xf32>
  %y = arith.addf %a, %b : tensor<2xf32>
  rnn.yield %y : tensor<2xf32>
}
