// RUN: se-opt %s --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling --se-split-stages --se-place-buffers --se-schedule --cluster-chain-dots --se-verify-schedule --cse --split-input-file | FileCheck %s
// RUN: se-opt %s --se-attach-target="cores=2 dma-core=0" --se-form-stages --se-pair-elements --se-choose-tiling="resident=false ring=2 slot-bytes=64" --se-split-stages --se-place-buffers --se-schedule --cluster-chain-dots --se-verify-schedule --cse --canonicalize --split-input-file | FileCheck %s --check-prefix=CUT

// What the scheduler makes of sums that are added, and --cluster-chain-dots of that.

// Of integer sums that are added the second starts with what the first gave, in
// whole groups and in the last one, which has fewer elements (5 of 2 cores).
// CHECK-LABEL: func.func @chained_kernel
// CHECK:         %[[A:[a-z0-9_]+]]:3 = cluster.dot %{{.*}}, %c0_i32, %c0_i32, %c0_i32 :
// CHECK:         %[[B:[a-z0-9_]+]]:3 = cluster.dot %{{.*}}, %[[A]]#0, %[[A]]#1, %[[A]]#2 :
// CHECK-NOT:     arith.addi %[[A]]
// CHECK:         arith.sitofp %[[B]]#0 : i32 to f32
rnn.network @chained inputs(%x = "x" : tensor<4xf32>, %z = "z" : tensor<4xf32>)
    outputs("y" : tensor<5xf32>) {
  %W = arith.constant dense<[[1, 2, 3, 4], [5, 6, 7, 8], [1, 3, 5, 7], [2, 4, 6, 8], [1, 1, 2, 3]]> : tensor<5x4xi8>
  %R = arith.constant dense<[[4, 2, 3, 4], [5, 5, 7, 8], [1, 3, 1, 7], [2, 4, 3, 8], [1, 9, 2, 3]]> : tensor<5x4xi8>
  %p = rnn.quantize %x scale 0.5 : tensor<4xf32> -> tensor<4xi8>
  %q = rnn.quantize %z scale 0.5 : tensor<4xf32> -> tensor<4xi8>
  %0 = rnn.matvec %W, %p : tensor<5x4xi8>, tensor<4xi8> -> tensor<5xi32>
  %1 = rnn.matvec %R, %q : tensor<5x4xi8>, tensor<4xi8> -> tensor<5xi32>
  %2 = arith.addi %0, %1 : tensor<5xi32>
  %y = arith.sitofp %2 : tensor<5xi32> to tensor<5xf32>
  rnn.yield %y : tensor<5xf32>
}

// -----

// A sum that is also read by itself stays as it is.
// CHECK-LABEL: func.func @apart_kernel
// CHECK:         %[[A:[a-z0-9_]+]]:3 = cluster.dot %{{.*}}, %c0_i32, %c0_i32, %c0_i32 :
// CHECK:         %[[B:[a-z0-9_]+]]:3 = cluster.dot %{{.*}}, %c0_i32, %c0_i32, %c0_i32 :
// CHECK:         arith.addi %[[A]]#0, %[[B]]#0 : i32
rnn.network @apart inputs(%x = "x" : tensor<4xf32>, %z = "z" : tensor<4xf32>)
    outputs("y" : tensor<5xf32>) {
  %W = arith.constant dense<[[1, 2, 3, 4], [5, 6, 7, 8], [1, 3, 5, 7], [2, 4, 6, 8], [1, 1, 2, 3]]> : tensor<5x4xi8>
  %R = arith.constant dense<[[4, 2, 3, 4], [5, 5, 7, 8], [1, 3, 1, 7], [2, 4, 3, 8], [1, 9, 2, 3]]> : tensor<5x4xi8>
  %p = rnn.quantize %x scale 0.5 : tensor<4xf32> -> tensor<4xi8>
  %q = rnn.quantize %z scale 0.5 : tensor<4xf32> -> tensor<4xi8>
  %0 = rnn.matvec %W, %p : tensor<5x4xi8>, tensor<4xi8> -> tensor<5xi32>
  %1 = rnn.matvec %R, %q : tensor<5x4xi8>, tensor<4xi8> -> tensor<5xi32>
  %2 = arith.addi %0, %1 : tensor<5xi32>
  %3 = arith.muli %2, %0 : tensor<5xi32>
  %y = arith.sitofp %3 : tensor<5xi32> to tensor<5xf32>
  rnn.yield %y : tensor<5xf32>
}

// -----

// What is added to a sum of integers, from the same record, is what the first sum
// starts with; in the last group too, which has fewer elements.
// CHECK-LABEL: func.func @biased_kernel
// CHECK:         %[[START:[a-z0-9_]+]] = memref.load %{{.*}} : memref<{{.*}}xi32, #cluster.space<l1>>
// CHECK:         %[[A:[a-z0-9_]+]]:3 = cluster.dot %{{.*}}, %[[START]], %{{[a-z0-9_]+}}, %{{[a-z0-9_]+}} :
// CHECK:         %[[B:[a-z0-9_]+]]:3 = cluster.dot %{{.*}}, %[[A]]#0, %[[A]]#1, %[[A]]#2 :
// CHECK-NOT:     arith.addi {{.*}} : i32
// CHECK:         arith.sitofp %[[B]]#0 : i32 to f32
rnn.network @biased inputs(%x = "x" : tensor<4xf32>, %z = "z" : tensor<4xf32>)
    outputs("y" : tensor<5xf32>) {
  %W = arith.constant dense<[[1, 2, 3, 4], [5, 6, 7, 8], [1, 3, 5, 7], [2, 4, 6, 8], [1, 1, 2, 3]]> : tensor<5x4xi8>
  %R = arith.constant dense<[[4, 2, 3, 4], [5, 5, 7, 8], [1, 3, 1, 7], [2, 4, 3, 8], [1, 9, 2, 3]]> : tensor<5x4xi8>
  %b = arith.constant dense<[10, -20, 30, 40, 50]> : tensor<5xi32>
  %p = rnn.quantize %x scale 0.5 : tensor<4xf32> -> tensor<4xi8>
  %q = rnn.quantize %z scale 0.5 : tensor<4xf32> -> tensor<4xi8>
  %0 = rnn.matvec %W, %p : tensor<5x4xi8>, tensor<4xi8> -> tensor<5xi32>
  %1 = rnn.matvec %R, %q : tensor<5x4xi8>, tensor<4xi8> -> tensor<5xi32>
  %2 = arith.addi %0, %1 : tensor<5xi32>
  %3 = arith.addi %2, %b : tensor<5xi32>
  %y = arith.sitofp %3 : tensor<5xi32> to tensor<5xf32>
  rnn.yield %y : tensor<5xf32>
}

// -----

// Also if they go on from part to part of a record, in a loop for each vector: the
// second loop takes over what the first one has.
// CUT-LABEL:   func.func @parts_kernel
// CUT:           %[[WX:[a-z0-9_]+]]:6 = scf.for {{.*}} = %c0 to %c2 {{.*}}, %[[S0:[a-z0-9_]+]] = %c0_i32, %[[S1:[a-z0-9_]+]] = %c0_i32, %[[S2:[a-z0-9_]+]] = %c0_i32)
// CUT:             cluster.dot {{.*}}, %[[S0]], %[[S1]], %[[S2]] :
// CUT:           %[[RH:[a-z0-9_]+]]:6 = scf.for {{.*}} = %c0 to %c2 {{.*}}, %[[S0:[a-z0-9_]+]] = %[[WX]]#3, %[[S1:[a-z0-9_]+]] = %[[WX]]#4, %[[S2:[a-z0-9_]+]] = %[[WX]]#5)
// CUT:             cluster.dot {{.*}}, %[[S0]], %[[S1]], %[[S2]] :
// CUT-NOT:       arith.addi %[[WX]]#3
// CUT:           arith.sitofp %[[RH]]#3 : i32 to f32
rnn.network @parts inputs(%x = "x" : tensor<16xf32>, %z = "z" : tensor<16xf32>)
    outputs("y" : tensor<5xf32>) {
  %W = arith.constant dense<[[-5, 9, -7, -1, -6, 6, 5, 6, 3, -3, -6, 6, -9, 3, 4, -9], [5, -1, -2, 9, -6, 1, -9, -9, -9, 8, -9, 3, -3, 4, -9, 7], [-2, 5, 6, 8, -2, 2, -2, -2, 5, 0, -9, 4, 8, -6, -4, 0], [-6, 1, 7, 4, 7, -3, 0, 0, 9, 6, 7, 3, 9, -8, 6, -2], [3, 4, -4, 2, 8, 2, -7, 5, 7, -6, -4, 7, 3, 2, 6, -9]]> : tensor<5x16xi8>
  %R = arith.constant dense<[[6, -8, 0, 9, 9, 3, -4, -4, 7, -2, -9, -3, 8, 8, -2, 3], [7, 2, 9, 2, 5, -1, 8, -9, 3, 7, -5, 7, 8, -3, 4, -8], [6, 2, 9, 8, -3, 7, 4, 6, 2, 4, 2, -9, 8, 8, 1, 5], [-9, -2, -4, 8, 9, -4, -7, 8, -1, -8, -7, -7, -9, 5, -9, -1], [-2, -1, -6, -4, 2, 0, -7, -4, -4, -1, 7, -4, -1, 0, 5, 1]]> : tensor<5x16xi8>
  %p = rnn.quantize %x scale 0.5 : tensor<16xf32> -> tensor<16xi8>
  %q = rnn.quantize %z scale 0.5 : tensor<16xf32> -> tensor<16xi8>
  %0 = rnn.matvec %W, %p : tensor<5x16xi8>, tensor<16xi8> -> tensor<5xi32>
  %1 = rnn.matvec %R, %q : tensor<5x16xi8>, tensor<16xi8> -> tensor<5xi32>
  %2 = arith.addi %0, %1 : tensor<5xi32>
  %y = arith.sitofp %2 : tensor<5xi32> to tensor<5xf32>
  rnn.yield %y : tensor<5xf32>
}
