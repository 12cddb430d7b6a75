// RUN: se-opt %s --se-expand-min-max | FileCheck %s

// CHECK-LABEL: func.func @both(
// CHECK-SAME:    %[[X:.*]]: f32, %[[Y:.*]]: f32)
// CHECK:         %[[X_BITS:.*]] = arith.bitcast %[[X]] : f32 to i32
// CHECK:         %[[Y_BITS:.*]] = arith.bitcast %[[Y]] : f32 to i32
// CHECK:         %[[AND:.*]] = arith.andi
// CHECK:         %[[SAME:.*]] = arith.bitcast %[[AND]] : i32 to f32
// CHECK:         %[[SECOND:.*]] = arith.cmpf ogt, %[[Y]], %[[X]]
// CHECK:         %[[S:.*]] = arith.select %[[SECOND]], %[[Y]], %[[SAME]]
// CHECK:         %[[FIRST:.*]] = arith.cmpf ogt, %[[X]], %[[Y]]
// CHECK:         %[[F:.*]] = arith.select %[[FIRST]], %[[X]], %[[S]]
// CHECK:         %[[X_NAN:.*]] = arith.cmpf uno, %[[X]], %[[X]]
// CHECK:         %[[Z:.*]] = arith.select %[[X_NAN]], %[[Y]], %[[F]]
// CHECK:         %[[Y_NAN:.*]] = arith.cmpf uno, %[[Y]], %[[Y]]
// CHECK:         arith.select %[[Y_NAN]], %[[X]], %[[Z]]
// CHECK:         arith.ori
// CHECK:         arith.cmpf olt
// CHECK-NOT:     maxnumf
// CHECK-NOT:     minnumf
func.func @both(%x: f32, %y: f32) -> (f32, f32) {
  %0 = arith.maxnumf %x, %y : f32
  %1 = arith.minnumf %x, %y : f32
  return %0, %1 : f32, f32
}

// A bound that is not 0 leaves no choice.
// CHECK-LABEL: func.func @bound(
// CHECK:         arith.maxnumf %{{.*}} : f16
// CHECK:         arith.andi
func.func @bound(%x: f16) -> (f16, f16) {
  %one = arith.constant 1.0 : f16
  %zero = arith.constant 0.0 : f16
  %0 = arith.maxnumf %x, %one : f16
  %1 = arith.maxnumf %x, %zero : f16
  return %0, %1 : f16, f16
}
