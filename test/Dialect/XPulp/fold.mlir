// RUN: se-opt %s --canonicalize | FileCheck %s

// Constant integers fold as the simulator computes.
// CHECK-LABEL: func.func @scalars
// CHECK-DAG: %[[CLIP:.*]] = arith.constant 127 : i32
// CHECK-DAG: %[[MAC:.*]] = arith.constant 294 : i32
// CHECK-DAG: %[[DOT:.*]] = arith.constant -26 : i32
// CHECK-DAG: %[[LANE:.*]] = arith.constant -128 : i32
// CHECK-NEXT: return %[[CLIP]], %[[MAC]], %[[DOT]], %[[LANE]]
func.func @scalars() -> (i32, i32, i32, i32) {
  %large = arith.constant 300 : i32
  %three = arith.constant 3 : i32
  %minus = arith.constant -2 : i32
  %v = arith.constant dense<[1, -2, 3, 4]> : vector<4xi8>
  %w = arith.constant dense<[5, 6, -7, 1]> : vector<4xi8>
  %low = arith.constant dense<[0, 0, 0, -128]> : vector<4xi8>
  %0 = xpulp.p.clipi %large, 8
  %1 = xpulp.p.mac %large, %three, %minus
  %2 = xpulp.pv.sdotsp.b %minus, %v, %w
  %3 = xpulp.pv.extract.b %low, 3
  return %0, %1, %2, %3 : i32, i32, i32, i32
}

// CHECK-LABEL: func.func @vectors
// CHECK-DAG: %[[ADD:.*]] = arith.constant dense<[-9, 7]> : vector<2xi16>
// CHECK-DAG: %[[ABS:.*]] = arith.constant dense<[1, 2, 3, -128]> : vector<4xi8>
// CHECK-NEXT: return %[[ADD]], %[[ABS]]
func.func @vectors() -> (vector<2xi16>, vector<4xi8>) {
  %a = arith.constant dense<[-10, 6]> : vector<2xi16>
  %b = arith.constant dense<[-1, 2, -3, -128]> : vector<4xi8>
  %0 = xpulp.pv.add.sci.h %a, 1
  %1 = xpulp.pv.abs.b %b
  return %0, %1 : vector<2xi16>, vector<4xi8>
}

// What depends on the rounding mode does not, nor do variables.
// CHECK-LABEL: func.func @others
// CHECK: xpulp.vfadd.h
// CHECK: xpulp.p.mac
func.func @others(%x: i32) -> (vector<2xf16>, i32) {
  %half = arith.constant dense<0.5> : vector<2xf16>
  %one = arith.constant 1 : i32
  %0 = xpulp.vfadd.h %half, %half
  %1 = xpulp.p.mac %one, %one, %x
  return %0, %1 : vector<2xf16>, i32
}
