// RUN: se-opt %s --cluster-chain-dots --split-input-file --remarks-filter=cluster-chain-dots --verify-diagnostics | FileCheck %s

// The second sum starts with the first.
// CHECK-LABEL: func.func @added
// CHECK:         %[[A:.*]] = cluster.dot %{{.*}}, %c0_i32 :
// CHECK:         %[[B:.*]] = cluster.dot %{{.*}}, %[[A]] :
// CHECK:         return %[[B]] : i32
// expected-remark @below {{chained=1, started with an element=0}}
func.func @added(%x: memref<4xi8, #cluster.space<l1>>, %w: memref<16xi8, #cluster.space<l1>>) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0 : i32
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<16xi8, #cluster.space<l1>> -> i32
  %b = cluster.dot %x[%c0], %w[%c8], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<16xi8, #cluster.space<l1>> -> i32
  // expected-remark @below {{the second sum starts with the first}}
  %sum = arith.addi %a, %b : i32
  return %sum : i32
}

// -----

// The one behind goes on, whichever is named first; i8 and i16 have sums of one type.
// CHECK-LABEL: func.func @types
// CHECK:         %[[A:.*]] = cluster.dot %{{.*}}, %c0_i32 : memref<4xi16
// CHECK:         %[[B:.*]] = cluster.dot %{{.*}}, %[[A]] : memref<4xi8
// CHECK:         return %[[B]] : i32
// expected-remark @below {{chained=1}}
func.func @types(%x: memref<4xi8, #cluster.space<l1>>, %w: memref<16xi8, #cluster.space<l1>>,
                 %z: memref<4xi16, #cluster.space<l1>>, %r: memref<16xi16, #cluster.space<l1>>) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0 : i32
  %a = cluster.dot %z[%c0], %r[%c0], %c4, %zero : memref<4xi16, #cluster.space<l1>>, memref<16xi16, #cluster.space<l1>> -> i32
  %b = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<16xi8, #cluster.space<l1>> -> i32
  // expected-remark @below {{the second sum starts with the first}}
  %sum = arith.addi %b, %a : i32
  return %sum : i32
}

// -----

// Three sums: one chain.
// CHECK-LABEL: func.func @three
// CHECK:         %[[A:.*]] = cluster.dot %{{.*}}, %c0_i32 :
// CHECK:         %[[B:.*]] = cluster.dot %{{.*}}, %[[A]] :
// CHECK:         %[[C:.*]] = cluster.dot %{{.*}}, %[[B]] :
// CHECK:         return %[[C]] : i32
// expected-remark @below {{chained=2}}
func.func @three(%x: memref<4xi8, #cluster.space<l1>>, %w: memref<24xi8, #cluster.space<l1>>) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %c16 = arith.constant 16 : index
  %zero = arith.constant 0 : i32
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<24xi8, #cluster.space<l1>> -> i32
  %b = cluster.dot %x[%c0], %w[%c8], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<24xi8, #cluster.space<l1>> -> i32
  %c = cluster.dot %x[%c0], %w[%c16], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<24xi8, #cluster.space<l1>> -> i32
  // expected-remark @below {{the second sum starts with the first}}
  %0 = arith.addi %a, %b : i32
  // expected-remark @below {{the second sum starts with the first}}
  %1 = arith.addi %0, %c : i32
  return %1 : i32
}

// -----

// In loops over K blocks: the second loop starts with what the first one gave.
// CHECK-LABEL: func.func @blocks
// CHECK:         %[[A:.*]] = scf.for {{.*}} iter_args(%[[S:.*]] = %c0_i32)
// CHECK:           cluster.dot %{{.*}}, %[[S]] :
// CHECK:         %[[B:.*]] = scf.for {{.*}} iter_args(%[[S:.*]] = %[[A]])
// CHECK:           cluster.dot %{{.*}}, %[[S]] :
// CHECK:         return %[[B]] : i32
// expected-remark @below {{chained=1}}
func.func @blocks(%x: memref<8xi8, #cluster.space<l1>>, %w: memref<32xi8, #cluster.space<l1>>, %r: memref<32xi8, #cluster.space<l1>>) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0 : i32
  %a = scf.for %k = %c0 to %c8 step %c4 iter_args(%s = %zero) -> (i32) {
    %t = cluster.dot %x[%k], %w[%k], %c4, %s : memref<8xi8, #cluster.space<l1>>, memref<32xi8, #cluster.space<l1>> -> i32
    scf.yield %t : i32
  }
  %b = scf.for %k = %c0 to %c8 step %c4 iter_args(%s = %zero) -> (i32) {
    %t = cluster.dot %x[%k], %r[%k], %c4, %s : memref<8xi8, #cluster.space<l1>>, memref<32xi8, #cluster.space<l1>> -> i32
    scf.yield %t : i32
  }
  // expected-remark @below {{the second sum starts with the first}}
  %sum = arith.addi %a, %b : i32
  return %sum : i32
}

// -----

// A turn of two dots, the second of which already goes on.
// CHECK-LABEL: func.func @two_in_a_turn
// CHECK:         %[[A:.*]] = cluster.dot %{{.*}}, %c0_i32 :
// CHECK:         %[[B:.*]] = scf.for {{.*}} iter_args(%[[S:.*]] = %[[A]])
// CHECK:           %[[T:.*]] = cluster.dot %{{.*}}, %[[S]] :
// CHECK:           cluster.dot %{{.*}}, %[[T]] :
// CHECK:         return %[[B]] : i32
// expected-remark @below {{chained=1}}
func.func @two_in_a_turn(%x: memref<8xi8, #cluster.space<l1>>, %w: memref<32xi8, #cluster.space<l1>>) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0 : i32
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<8xi8, #cluster.space<l1>>, memref<32xi8, #cluster.space<l1>> -> i32
  %b = scf.for %k = %c0 to %c8 step %c4 iter_args(%s = %zero) -> (i32) {
    %t = cluster.dot %x[%k], %w[%k], %c4, %s : memref<8xi8, #cluster.space<l1>>, memref<32xi8, #cluster.space<l1>> -> i32
    %u = cluster.dot %x[%k], %w[%k], %c4, %t : memref<8xi8, #cluster.space<l1>>, memref<32xi8, #cluster.space<l1>> -> i32
    scf.yield %u : i32
  }
  // expected-remark @below {{the second sum starts with the first}}
  %sum = arith.addi %a, %b : i32
  return %sum : i32
}

// -----

// Only some cores have a part of the second sum: both branches get the first.
// CHECK-LABEL: func.func @branch
// CHECK:         %[[A:.*]] = cluster.dot %{{.*}}, %c0_i32 :
// CHECK:         %[[B:.*]] = scf.if
// CHECK:           cluster.dot %{{.*}}, %[[A]] :
// CHECK:         } else {
// CHECK:           scf.yield %[[A]] : i32
// CHECK:         return %[[B]] : i32
// expected-remark @below {{chained=1}}
func.func @branch(%x: memref<4xi8, #cluster.space<l1>>, %w: memref<16xi8, #cluster.space<l1>>, %has: i1) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0 : i32
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<16xi8, #cluster.space<l1>> -> i32
  %b = scf.if %has -> (i32) {
    %t = cluster.dot %x[%c0], %w[%c8], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<16xi8, #cluster.space<l1>> -> i32
    scf.yield %t : i32
  } else {
    scf.yield %zero : i32
  }
  // expected-remark @below {{the second sum starts with the first}}
  %sum = arith.addi %a, %b : i32
  return %sum : i32
}

// -----

// A branch in each turn of a loop.
// CHECK-LABEL: func.func @branch_in_loop
// CHECK:         %[[A:.*]] = cluster.dot %{{.*}}, %c0_i32 :
// CHECK:         %[[B:.*]] = scf.for {{.*}} iter_args(%{{.*}} = %[[A]])
// CHECK:         return %[[B]] : i32
// expected-remark @below {{chained=1}}
func.func @branch_in_loop(%x: memref<8xi8, #cluster.space<l1>>, %w: memref<32xi8, #cluster.space<l1>>, %has: i1) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0 : i32
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<8xi8, #cluster.space<l1>>, memref<32xi8, #cluster.space<l1>> -> i32
  %b = scf.for %k = %c0 to %c8 step %c4 iter_args(%s = %zero) -> (i32) {
    %u = scf.if %has -> (i32) {
      %t = cluster.dot %x[%k], %w[%k], %c4, %s : memref<8xi8, #cluster.space<l1>>, memref<32xi8, #cluster.space<l1>> -> i32
      scf.yield %t : i32
    } else {
      scf.yield %s : i32
    }
    scf.yield %u : i32
  }
  // expected-remark @below {{the second sum starts with the first}}
  %sum = arith.addi %a, %b : i32
  return %sum : i32
}
