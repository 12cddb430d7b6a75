// RUN: se-opt %s --se-select-min-max | FileCheck %s

// CHECK-LABEL: func.func @words
// CHECK:         xpulp.p.min %{{.*}}, %{{.*}}
// CHECK:         xpulp.p.minu
// CHECK:         xpulp.p.max %{{.*}}, %{{.*}}
// CHECK:         xpulp.p.maxu
func.func @words(%a: i32, %b: i32) -> i32 {
  %0 = arith.minsi %a, %b : i32
  %1 = arith.minui %0, %b : i32
  %2 = arith.maxsi %1, %a : i32
  %3 = arith.maxui %2, %b : i32
  return %3 : i32
}

// Other widths have no instruction.
// CHECK-LABEL: func.func @bytes
// CHECK:         arith.minsi
func.func @bytes(%a: i8, %b: i8) -> i8 {
  %0 = arith.minsi %a, %b : i8
  return %0 : i8
}
