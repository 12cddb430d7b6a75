// RUN: se-opt %s --cluster-chain-dots --split-input-file --remarks-filter-missed=cluster-chain-dots --verify-diagnostics | FileCheck %s

// Sums that stay, with the reason.

// Somebody else reads the first.
// CHECK-LABEL: func.func @read_elsewhere
// CHECK:         arith.addi
func.func @read_elsewhere(%x: memref<4xi8, #cluster.space<l1>>, %w: memref<16xi8, #cluster.space<l1>>) -> (i32, i32) {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0 : i32
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<16xi8, #cluster.space<l1>> -> i32
  %b = cluster.dot %x[%c0], %w[%c8], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<16xi8, #cluster.space<l1>> -> i32
  // expected-remark @below {{one of the two is also read by itself}}
  %sum = arith.addi %a, %b : i32
  return %sum, %b : i32, i32
}

// -----

// CHECK-LABEL: func.func @floats
// CHECK:         arith.addf
func.func @floats(%x: memref<4xf32, #cluster.space<l1>>, %w: memref<16xf32, #cluster.space<l1>>) -> f32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0.0 : f32
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xf32, #cluster.space<l1>>, memref<16xf32, #cluster.space<l1>> -> f32
  %b = cluster.dot %x[%c0], %w[%c8], %c4, %zero : memref<4xf32, #cluster.space<l1>>, memref<16xf32, #cluster.space<l1>> -> f32
  // expected-remark @below {{floats would be rounded in another order}}
  %sum = arith.addf %a, %b : f32
  return %sum : f32
}

// -----

// Neither starts with 0.
// CHECK-LABEL: func.func @started
// CHECK:         arith.addi
func.func @started(%x: memref<4xi8, #cluster.space<l1>>, %w: memref<16xi8, #cluster.space<l1>>, %p: i32, %q: i32) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %p : memref<4xi8, #cluster.space<l1>>, memref<16xi8, #cluster.space<l1>> -> i32
  %b = cluster.dot %x[%c0], %w[%c8], %c4, %q : memref<4xi8, #cluster.space<l1>>, memref<16xi8, #cluster.space<l1>> -> i32
  // expected-remark @below {{does not start with 0}}
  %sum = arith.addi %a, %b : i32
  return %sum : i32
}

// -----

// Two results of one dot, which start at the same time.
// CHECK-LABEL: func.func @one_dot
// CHECK:         arith.addi
func.func @one_dot(%x: memref<4xi8, #cluster.space<l1>>, %w: memref<16xi8, #cluster.space<l1>>) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0 : i32
  %a:2 = cluster.dot %x[%c0], %w[%c0], %c4, %zero, %zero : memref<4xi8, #cluster.space<l1>>, memref<16xi8, #cluster.space<l1>> -> i32, i32
  // expected-remark @below {{it starts before the other ends}}
  %sum = arith.addi %a#0, %a#1 : i32
  return %sum : i32
}

// -----

// Else would give 7 without the first sum.
// CHECK-LABEL: func.func @other_branch
// CHECK:         arith.addi
func.func @other_branch(%x: memref<8xi8, #cluster.space<l1>>, %w: memref<32xi8, #cluster.space<l1>>, %has: i1) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0 : i32
  %seven = arith.constant 7 : i32
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %seven : memref<8xi8, #cluster.space<l1>>, memref<32xi8, #cluster.space<l1>> -> i32
  %b = scf.for %k = %c0 to %c8 step %c4 iter_args(%s = %zero) -> (i32) {
    %u = scf.if %has -> (i32) {
      %t = cluster.dot %x[%k], %w[%k], %c4, %s : memref<8xi8, #cluster.space<l1>>, memref<32xi8, #cluster.space<l1>> -> i32
      scf.yield %t : i32
    } else {
      scf.yield %seven : i32
    }
    scf.yield %u : i32
  }
  // expected-remark @below {{starts differently in two branches}}
  %sum = arith.addi %a, %b : i32
  return %sum : i32
}

// -----

// What the loop has so far is stored in each turn.
// CHECK-LABEL: func.func @stored
// CHECK:         arith.addi
func.func @stored(%x: memref<8xi8, #cluster.space<l1>>, %w: memref<32xi8, #cluster.space<l1>>, %y: memref<8xi32, #cluster.space<l1>>) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0 : i32
  %seven = arith.constant 7 : i32
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %seven : memref<8xi8, #cluster.space<l1>>, memref<32xi8, #cluster.space<l1>> -> i32
  %b = scf.for %k = %c0 to %c8 step %c4 iter_args(%s = %zero) -> (i32) {
    memref.store %s, %y[%k] : memref<8xi32, #cluster.space<l1>>
    %t = cluster.dot %x[%k], %w[%k], %c4, %s : memref<8xi8, #cluster.space<l1>>, memref<32xi8, #cluster.space<l1>> -> i32
    scf.yield %t : i32
  }
  // expected-remark @below {{a part of the sum is also read by itself}}
  %sum = arith.addi %a, %b : i32
  return %sum : i32
}

// -----

// A dot that the second one goes on from is read by another operation.
// CHECK-LABEL: func.func @part_read
// CHECK:         arith.addi
func.func @part_read(%x: memref<4xi8, #cluster.space<l1>>, %w: memref<24xi8, #cluster.space<l1>>) -> (i32, i32) {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0 : i32
  %seven = arith.constant 7 : i32
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %seven : memref<4xi8, #cluster.space<l1>>, memref<24xi8, #cluster.space<l1>> -> i32
  %b = cluster.dot %x[%c0], %w[%c8], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<24xi8, #cluster.space<l1>> -> i32
  %c = cluster.dot %x[%c0], %w[%c8], %c4, %b : memref<4xi8, #cluster.space<l1>>, memref<24xi8, #cluster.space<l1>> -> i32
  // expected-remark @below {{a part of the sum is also read by itself}}
  %sum = arith.addi %a, %c : i32
  return %sum, %b : i32, i32
}

// -----

// A dead addition of a sum to itself.
// CHECK-LABEL: func.func @dead
// CHECK:         %[[A:.*]] = cluster.dot
// CHECK:         cluster.dot %{{.*}}, %[[A]] :
func.func @dead(%x: memref<4xi8, #cluster.space<l1>>, %w: memref<16xi8, #cluster.space<l1>>) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0 : i32
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<16xi8, #cluster.space<l1>> -> i32
  %b = cluster.dot %x[%c0], %w[%c8], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<16xi8, #cluster.space<l1>> -> i32
  %twice = arith.addi %b, %b : i32
  %sum = arith.addi %a, %b : i32
  return %sum : i32
}
