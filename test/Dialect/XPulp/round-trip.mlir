// RUN: se-opt %s | se-opt | FileCheck %s
// RUN: se-opt %s --emit-bytecode | se-opt | FileCheck %s
// RUN: se-opt %s --mlir-print-op-generic | se-opt | FileCheck %s

// Each kind of operand: registers of all types, immediates, a register that is
// read and written.
// CHECK-LABEL: func.func @compute
func.func @compute(%i: i32, %s: f32, %h: f16, %b: bf16, %v8: vector<4xi8>, %v16: vector<2xi16>, %vh: vector<2xf16>, %vb: vector<2xbf16>) {
  // CHECK: %{{.*}} = xpulp.p.mac %arg0, %arg0, %arg0
  %0 = xpulp.p.mac %i, %i, %i
  // CHECK: %{{.*}} = xpulp.p.clipi %arg0, 8
  %1 = xpulp.p.clipi %i, 8
  // CHECK: %{{.*}} = xpulp.p.addRNi %arg0, %arg0, 7
  %2 = xpulp.p.addRNi %i, %i, 7
  // CHECK: %{{.*}} = xpulp.p.inserti %arg0, %arg0, 3, 4
  %3 = xpulp.p.inserti %i, %i, 3, 4
  // CHECK: %[[V:.*]] = xpulp.pv.max.b %arg4, %arg4
  %4 = xpulp.pv.max.b %v8, %v8
  // CHECK: %{{.*}} = xpulp.pv.add.sc.h %arg5, %arg0
  %5 = xpulp.pv.add.sc.h %v16, %i
  // CHECK: %{{.*}} = xpulp.pv.add.sci.b %[[V]], -32
  %6 = xpulp.pv.add.sci.b %4, -32
  // CHECK: %{{.*}} = xpulp.pv.sdotsp.b %arg0, %arg4, %arg4
  %7 = xpulp.pv.sdotsp.b %i, %v8, %v8
  // CHECK: %{{.*}} = xpulp.pv.extract.h %arg5, 1
  %8 = xpulp.pv.extract.h %v16, 1
  // CHECK: %{{.*}} = xpulp.pv.insert.b %arg4, %arg0, 3
  %9 = xpulp.pv.insert.b %v8, %i, 3
  // CHECK: %{{.*}} = xpulp.vfmac.h %arg6, %arg6, %arg6
  %10 = xpulp.vfmac.h %vh, %vh, %vh
  // CHECK: %{{.*}} = xpulp.vfadd.r.h %arg6, %arg2
  %11 = xpulp.vfadd.r.h %vh, %h
  // CHECK: %{{.*}} = xpulp.vfcpka.h.s %arg1, %arg1
  %12 = xpulp.vfcpka.h.s %s, %s
  // CHECK: %{{.*}} = xpulp.vfdotpex.s.h %arg1, %arg6, %arg6
  %13 = xpulp.vfdotpex.s.h %s, %vh, %vh
  // CHECK: %{{.*}} = xpulp.fmacex.s.h %arg1, %arg2, %arg2
  %14 = xpulp.fmacex.s.h %s, %h, %h
  // CHECK: %{{.*}} = xpulp.fmadd.s %arg1, %arg1, %arg1
  %15 = xpulp.fmadd.s %s, %s, %s
  // CHECK: %{{.*}} = xpulp.vfadd.r.ah %arg7, %arg3
  %16 = xpulp.vfadd.r.ah %vb, %b
  // CHECK: %{{.*}} = xpulp.vfcvt.x.h %arg6
  %17 = xpulp.vfcvt.x.h %vh
  return
}

// CHECK-LABEL: func.func @memory
func.func @memory(%p: index, %n: index, %i: i32) {
  // CHECK: %[[B:.*]], %[[P1:.*]] = xpulp.p.lbu.post %arg0, 1
  %0, %p1 = xpulp.p.lbu.post %p, 1
  // CHECK: %[[H:.*]], %[[P2:.*]] = xpulp.p.lh.post_reg %[[P1]], %arg1 : f16
  %1, %p2 = xpulp.p.lh.post_reg %p1, %n : f16
  // CHECK: %[[W:.*]] = xpulp.p.lw.reg %[[P2]], %arg1 : vector<4xi8>
  %2 = xpulp.p.lw.reg %p2, %n : vector<4xi8>
  // CHECK: %[[P3:.*]] = xpulp.p.sb.post %[[P2]], %[[B]], -1
  %p3 = xpulp.p.sb.post %p2, %0, -1
  // CHECK: %[[P4:.*]] = xpulp.p.sh.post_reg %[[P3]], %[[H]], %arg1 : f16
  %p4 = xpulp.p.sh.post_reg %p3, %1, %n : f16
  // CHECK: xpulp.p.sw.reg %[[P4]], %[[W]], %arg1 : vector<4xi8>
  xpulp.p.sw.reg %p4, %2, %n : vector<4xi8>
  return
}

// CHECK-LABEL: func.func @loops
func.func @loops(%p: index, %n: index, %zero: i32) -> i32 {
  // CHECK: %[[S:.*]]:2 = xpulp.loop 64 iter_args(%[[A:.*]] = %arg2, %[[P:.*]] = %arg0) -> (i32, index) {
  %sum, %end = xpulp.loop 64 iter_args(%s = %zero, %at = %p) -> (i32, index) {
    // CHECK-NEXT: %[[X:.*]], %[[NEXT:.*]] = xpulp.p.lw.post %[[P]], 4 : vector<4xi8>
    %x, %next = xpulp.p.lw.post %at, 4 : vector<4xi8>
    // CHECK-NEXT: %[[T:.*]] = xpulp.pv.sdotsp.b %[[A]], %[[X]], %[[X]]
    %t = xpulp.pv.sdotsp.b %s, %x, %x
    // CHECK-NEXT: xpulp.yield %[[T]], %[[NEXT]] : i32, index
    xpulp.yield %t, %next : i32, index
  }
  // CHECK: xpulp.loop 64 iter_args
  %copied, %after = xpulp.loop 64 iter_args(%s = %zero, %at = %p) -> (i32, index) {
    // CHECK-NEXT: %[[X:.*]], %[[NEXT:.*]] = xpulp.p.lw.post %{{.*}}, 4 {xpulp.registers = array<i32: 2, 1>} : i32
    %x, %next = xpulp.p.lw.post %at, 4 {xpulp.registers = array<i32: 2, 1>} : i32
    // CHECK-NEXT: %[[M:.*]] = xpulp.move %[[X]] {xpulp.registers = array<i32: 0>} : i32
    %m = xpulp.move %x {xpulp.registers = array<i32: 0>} : i32
    // CHECK-NEXT: xpulp.yield %[[M]], %[[NEXT]] : i32, index
    xpulp.yield %m, %next : i32, index
  // CHECK-NEXT: } {registers = 3 : i32}
  } {registers = 3 : i32}
  // A count that is only known when running, nothing carried, one in the other.
  // CHECK: xpulp.loop %arg1 {
  xpulp.loop %n {
    // CHECK-NEXT: xpulp.loop 1 {
    xpulp.loop 1 {
      // CHECK-NEXT: xpulp.yield
      xpulp.yield
    }
    xpulp.yield
  }
  return %sum : i32
}
