// RUN: se-opt %s --se-unroll-reductions=factor=2 | FileCheck %s
// RUN: se-opt %s --se-unroll-reductions=factor=1 | FileCheck %s --check-prefix=ONCE
// RUN: not se-opt %s --se-unroll-reductions=factor=0 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not se-opt %s --se-unroll-reductions=factor=4000000000 2>&1 | FileCheck %s --check-prefix=MANY
// NONE: error: the factor must be 1 to 64, found 0
// MANY: error: the factor must be 1 to 64, found 4000000000
//
// A step with which a loop does not end.
// RUN: sed 's/%end step %one/%end step %zero/' %s | not se-opt --se-unroll-reductions 2>&1 | FileCheck %s --check-prefix=STEP
// RUN: sed 's/%end step %one/%end step %minus/' %s | not se-opt --se-unroll-reductions 2>&1 | FileCheck %s --check-prefix=STEP
// STEP: error: a loop with step {{0|-1}}

// The order of the sum stays: each copy adds to what the one before has.
// CHECK-LABEL: func.func @sum
// CHECK:       scf.for %{{.*}} step %[[TWO:.*]] iter_args(%[[S:.*]] = %{{.*}})
// CHECK:         %[[V:.*]] = memref.load
// CHECK:         %[[T:.*]] = arith.addf %[[S]], %[[V]]
// CHECK:         %[[W:.*]] = memref.load
// CHECK:         %[[U:.*]] = arith.addf %[[T]], %[[W]]
// CHECK:         scf.yield %[[U]]
// ONCE-LABEL:  func.func @sum
// ONCE:        memref.load
// ONCE-NOT:    memref.load
func.func @sum(%m: memref<6xf32>) -> f32 {
  %zero = arith.constant 0 : index
  %minus = arith.constant -1 : index
  %one = arith.constant 1 : index
  %end = arith.constant 6 : index
  %start = arith.constant 0.0 : f32
  %r = scf.for %i = %zero to %end step %one iter_args(%s = %start) -> (f32) {
    %v = memref.load %m[%i] : memref<6xf32>
    %t = arith.addf %s, %v : f32
    scf.yield %t : f32
  }
  return %r : f32
}

// A loop that stores is no sum.
// CHECK-LABEL: func.func @scale
// CHECK:       memref.store
// CHECK-NOT:   memref.store
// ONCE-LABEL:  func.func @scale
func.func @scale(%m: memref<6xf32>) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %last = arith.constant 6 : index
  scf.for %i = %zero to %last step %one {
    %v = memref.load %m[%i] : memref<6xf32>
    %t = arith.mulf %v, %v : f32
    memref.store %t, %m[%i] : memref<6xf32>
  }
  return
}
