// RUN: se-opt %s --cluster-chain-dots --split-input-file --remarks-filter=cluster-chain-dots --verify-diagnostics | FileCheck %s

// What is added from the record of the rows is what the first dot starts with.
// CHECK-LABEL: func.func @element
// CHECK:         %[[BIAS:.*]] = memref.load %{{.*}}[%c3] :
// CHECK:         %[[A:.*]] = cluster.dot %{{.*}}, %[[BIAS]] :
// CHECK:         %[[B:.*]] = cluster.dot %{{.*}}, %[[A]] :
// CHECK:         return %[[B]] : i32
// expected-remark @below {{chained=1, started with an element=1}}
func.func @element(%l1: memref<64xi8, #cluster.space<l1>>, %x: memref<4xi8, #cluster.space<l1>>) -> i32 {
  %c0 = arith.constant 0 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0 : i32
  %w = memref.view %l1[%c0][] : memref<64xi8, #cluster.space<l1>> to memref<12xi8, #cluster.space<l1>>
  %bias = memref.view %l1[%c0][] : memref<64xi8, #cluster.space<l1>> to memref<4xi32, #cluster.space<l1>>
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<12xi8, #cluster.space<l1>> -> i32
  // expected-remark @below {{starts with an element of its record}}
  %b = cluster.dot %x[%c0], %w[%c4], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<12xi8, #cluster.space<l1>> -> i32
  // expected-remark @below {{the second sum starts with the first}}
  %sum = arith.addi %a, %b : i32
  %added = memref.load %bias[%c3] : memref<4xi32, #cluster.space<l1>>
  %all = arith.addi %sum, %added : i32
  return %all : i32
}

// -----

// In each branch; where it lies is computed in time.
// CHECK-LABEL: func.func @branches
// CHECK:         %[[AT:.*]] = arith.addi %arg3, %c3
// CHECK:         %[[BIAS:.*]] = memref.load %{{.*}}[%[[AT]]] :
// CHECK:         %[[A:.*]] = cluster.dot %{{.*}}, %[[BIAS]] :
// CHECK-NOT:     arith.addi {{.*}} : i32
// expected-remark @below {{started with an element=1}}
func.func @branches(%l1: memref<64xi8, #cluster.space<l1>>, %x: memref<4xi8, #cluster.space<l1>>, %has: i1, %at: index) -> i32 {
  %c0 = arith.constant 0 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0 : i32
  %w = memref.view %l1[%c0][] : memref<64xi8, #cluster.space<l1>> to memref<12xi8, #cluster.space<l1>>
  %bias = memref.view %l1[%c0][] : memref<64xi8, #cluster.space<l1>> to memref<4xi32, #cluster.space<l1>>
  // expected-remark @below {{starts with an element of its record}}
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<12xi8, #cluster.space<l1>> -> i32
  %r = scf.if %has -> (i32) {
    %place = arith.addi %at, %c3 : index
    %added = memref.load %bias[%place] : memref<4xi32, #cluster.space<l1>>
    %t = arith.addi %a, %added : i32
    scf.yield %t : i32
  } else {
    %place = arith.addi %at, %c3 : index
    %added = memref.load %bias[%place] : memref<4xi32, #cluster.space<l1>>
    %t = arith.addi %added, %a : i32
    scf.yield %t : i32
  }
  return %r : i32
}

// -----

// It is there before the dot.
// CHECK-LABEL: func.func @earlier
// CHECK:         %[[BIAS:.*]] = memref.load
// CHECK:         memref.store
// CHECK:         cluster.dot %{{.*}}, %[[BIAS]] :
// CHECK-NOT:     arith.addi
// expected-remark @below {{started with an element=1}}
func.func @earlier(%l1: memref<64xi8, #cluster.space<l1>>, %x: memref<4xi8, #cluster.space<l1>>, %v: i32) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0 : i32
  %w = memref.view %l1[%c0][] : memref<64xi8, #cluster.space<l1>> to memref<12xi8, #cluster.space<l1>>
  %bias = memref.view %l1[%c0][] : memref<64xi8, #cluster.space<l1>> to memref<4xi32, #cluster.space<l1>>
  %added = memref.load %bias[%c0] : memref<4xi32, #cluster.space<l1>>
  memref.store %v, %bias[%c0] : memref<4xi32, #cluster.space<l1>>
  // expected-remark @below {{starts with an element of its record}}
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<12xi8, #cluster.space<l1>> -> i32
  %all = arith.addi %a, %added : i32
  return %all : i32
}

// -----

// One branch adds what was there before, the other what is there now.
// CHECK-LABEL: func.func @before_and_after
// CHECK:         cluster.dot %{{.*}}, %c0_i32 :
// CHECK-COUNT-2: arith.addi
// expected-remark @below {{started with an element=0}}
func.func @before_and_after(%l1: memref<64xi8, #cluster.space<l1>>, %x: memref<4xi8, #cluster.space<l1>>, %has: i1, %v: i32) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0 : i32
  %w = memref.view %l1[%c0][] : memref<64xi8, #cluster.space<l1>> to memref<12xi8, #cluster.space<l1>>
  %bias = memref.view %l1[%c0][] : memref<64xi8, #cluster.space<l1>> to memref<4xi32, #cluster.space<l1>>
  %before = memref.load %bias[%c0] : memref<4xi32, #cluster.space<l1>>
  memref.store %v, %bias[%c0] : memref<4xi32, #cluster.space<l1>>
  // expected-remark @below {{what is added differs from branch to branch}}
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<12xi8, #cluster.space<l1>> -> i32
  %r = scf.if %has -> (i32) {
    %t = arith.addi %a, %before : i32
    scf.yield %t : i32
  } else {
    %after = memref.load %bias[%c0] : memref<4xi32, #cluster.space<l1>>
    %t = arith.addi %a, %after : i32
    scf.yield %t : i32
  }
  return %r : i32
}

// -----

// The rows lie elsewhere: what is added need not be at hand yet.
// CHECK-LABEL: func.func @elsewhere
// CHECK:         cluster.dot %{{.*}}, %c0_i32 :
// CHECK:         arith.addi
// expected-remark @below {{started with an element=0}}
func.func @elsewhere(%l1: memref<64xi8, #cluster.space<l1>>, %x: memref<4xi8, #cluster.space<l1>>) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c16 = arith.constant 16 : index
  %zero = arith.constant 0 : i32
  %w = memref.view %l1[%c0][] : memref<64xi8, #cluster.space<l1>> to memref<12xi8, #cluster.space<l1>>
  %bias = memref.view %l1[%c16][] : memref<64xi8, #cluster.space<l1>> to memref<4xi32, #cluster.space<l1>>
  // expected-remark @below {{what is added lies in another record than the rows}}
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<12xi8, #cluster.space<l1>> -> i32
  %added = memref.load %bias[%c0] : memref<4xi32, #cluster.space<l1>>
  %all = arith.addi %a, %added : i32
  return %all : i32
}

// -----

// The record is written in between.
// CHECK-LABEL: func.func @written
// CHECK:         cluster.dot %{{.*}}, %c0_i32 :
// CHECK:         arith.addi
// expected-remark @below {{started with an element=0}}
func.func @written(%l1: memref<64xi8, #cluster.space<l1>>, %x: memref<4xi8, #cluster.space<l1>>, %v: i32) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0 : i32
  %w = memref.view %l1[%c0][] : memref<64xi8, #cluster.space<l1>> to memref<12xi8, #cluster.space<l1>>
  %bias = memref.view %l1[%c0][] : memref<64xi8, #cluster.space<l1>> to memref<4xi32, #cluster.space<l1>>
  // expected-remark @below {{the record may be written before the element is read}}
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<12xi8, #cluster.space<l1>> -> i32
  memref.store %v, %bias[%c0] : memref<4xi32, #cluster.space<l1>>
  %added = memref.load %bias[%c0] : memref<4xi32, #cluster.space<l1>>
  %all = arith.addi %a, %added : i32
  return %all : i32
}

// -----

// Another core may write it before the barrier.
// CHECK-LABEL: func.func @barrier
// CHECK:           cluster.dot %{{.*}}, %c0_i32 :
// CHECK:           arith.addi
// expected-remark @below {{started with an element=0}}
func.func @barrier(%l1: memref<64xi8, #cluster.space<l1>>, %x: memref<4xi8, #cluster.space<l1>>, %y: memref<8xi32, #cluster.space<l1>>) {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0 : i32
  %w = memref.view %l1[%c0][] : memref<64xi8, #cluster.space<l1>> to memref<12xi8, #cluster.space<l1>>
  %bias = memref.view %l1[%c0][] : memref<64xi8, #cluster.space<l1>> to memref<4xi32, #cluster.space<l1>>
  cluster.parallel cores 8 dma_core 0 {
  ^bb0(%core: index):
    // expected-remark @below {{the record may be written before the element is read}}
    %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<12xi8, #cluster.space<l1>> -> i32
    cluster.barrier
    %added = memref.load %bias[%c0] : memref<4xi32, #cluster.space<l1>>
    %all = arith.addi %a, %added : i32
    memref.store %all, %y[%core] : memref<8xi32, #cluster.space<l1>>
    cluster.yield
  }
  return
}

// -----

// An element whose place another element says.
// CHECK-LABEL: func.func @indirect
// CHECK:         cluster.dot %{{.*}}, %c0_i32 :
// CHECK:         arith.addi
// expected-remark @below {{started with an element=0}}
func.func @indirect(%l1: memref<64xi8, #cluster.space<l1>>, %x: memref<4xi8, #cluster.space<l1>>, %places: memref<4xindex>) -> i32 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0 : i32
  %w = memref.view %l1[%c0][] : memref<64xi8, #cluster.space<l1>> to memref<12xi8, #cluster.space<l1>>
  %bias = memref.view %l1[%c0][] : memref<64xi8, #cluster.space<l1>> to memref<4xi32, #cluster.space<l1>>
  // expected-remark @below {{where the added element lies is not known in time}}
  %a = cluster.dot %x[%c0], %w[%c0], %c4, %zero : memref<4xi8, #cluster.space<l1>>, memref<12xi8, #cluster.space<l1>> -> i32
  %place = memref.load %places[%c0] : memref<4xindex>
  %added = memref.load %bias[%place] : memref<4xi32, #cluster.space<l1>>
  %all = arith.addi %a, %added : i32
  return %all : i32
}
