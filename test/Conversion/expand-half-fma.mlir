// RUN: se-opt %s --se-expand-half-fma | FileCheck %s

// The sum in f64 loses the 29 bits that f32 does not have; the last bit that
// stays says whether any of them was set.
// CHECK-LABEL: func @half
// CHECK-SAME:    (%[[A:[a-z0-9]+]]: f16, %[[B:[a-z0-9]+]]: f16, %[[C:[a-z0-9]+]]: f16)
// CHECK-DAG:     %[[WA:[a-z0-9_]+]] = arith.extf %[[A]] : f16 to f64
// CHECK-DAG:     %[[WB:[a-z0-9_]+]] = arith.extf %[[B]] : f16 to f64
// CHECK-DAG:     %[[WC:[a-z0-9_]+]] = arith.extf %[[C]] : f16 to f64
// CHECK-DAG:     %[[P:[a-z0-9_]+]] = arith.mulf %[[WA]], %[[WB]] : f64
// CHECK:         %[[S:[a-z0-9_]+]] = arith.addf %[[P]], %[[WC]] : f64
// CHECK:         %[[BITS:[a-z0-9_]+]] = arith.bitcast %[[S]] : f64 to i64
// CHECK:         %[[REST:[a-z0-9_]+]] = arith.andi %[[BITS]], %c536870911_i64
// CHECK:         %[[CARRY:[a-z0-9_]+]] = arith.addi %[[REST]], %c536870911_i64
// CHECK:         %[[STICKY:[a-z0-9_]+]] = arith.ori %[[BITS]], %[[CARRY]]
// CHECK:         %[[ODD:[a-z0-9_]+]] = arith.andi %[[STICKY]], %c-536870912_i64
// CHECK:         %[[D:[a-z0-9_]+]] = arith.bitcast %[[ODD]] : i64 to f64
// CHECK:         %[[F:[a-z0-9_]+]] = arith.truncf %[[D]] : f64 to f32
// CHECK:         %[[Y:[a-z0-9_]+]] = arith.truncf %[[F]] : f32 to f16
// CHECK-NEXT:    return %[[Y]]
func.func @half(%a: f16, %b: f16, %c: f16) -> f16 {
  %0 = math.fma %a, %b, %c : f16
  return %0 : f16
}

// CHECK-LABEL: func @single
// CHECK-NEXT:    math.fma
// CHECK-NEXT:    return
func.func @single(%a: f32) -> f32 {
  %0 = math.fma %a, %a, %a : f32
  return %0 : f32
}
