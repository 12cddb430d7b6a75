// RUN: se-opt %s --xpulp-allocate-registers --se-lower-xpulp --cse | FileCheck %s
// RUN: se-opt %s --se-lower-xpulp=host --cse | FileCheck %s --check-prefix=HOST

// Each form of instruction. An operand that is read and written is tied; what
// accesses memory has side effects, nothing else has.
// CHECK-LABEL: func.func @forms
// CHECK-SAME:    (%[[I:.*]]: i32, %[[S:.*]]: f32, %[[V:.*]]: i32, %[[P:.*]]: index)
// HOST-LABEL:  func.func @forms
// HOST-SAME:     (%[[I:.*]]: i32, %[[S:.*]]: f32, %[[V:.*]]: i32, %[[P:.*]]: index)
func.func @forms(%i: i32, %s: f32, %v: vector<2xf16>, %p: index) -> (i32, i32, i32, i32, f32, f32, vector<2xf16>, index, index) {
  // CHECK:      llvm.inline_asm asm_dialect = att ".insn r 51, 5, 2, $0, $1, $2", "=r,r,r" %[[I]], %[[I]] : (i32, i32) -> i32
  // HOST:       call @se_xpulp_P_MINU(%[[I]], %[[I]])
  %0 = xpulp.p.minu %i, %i
  // CHECK-NEXT: llvm.inline_asm asm_dialect = att ".insn r 51, 1, 10, $0, $1, x8", "=r,r" %[[I]]
  // HOST-NEXT:  %[[C8:.*]] = arith.constant 8 : i32
  // HOST-NEXT:  call @se_xpulp_P_CLIPI(%[[I]], %[[C8]])
  %1 = xpulp.p.clipi %i, 8
  // CHECK-NEXT: llvm.inline_asm asm_dialect = att ".insn r 91, 0, 68, $0, $1, $2", "=r,r,r" %[[I]], %[[I]]
  %2 = xpulp.p.mulsN %i, %i, 4
  // CHECK-NEXT: llvm.inline_asm asm_dialect = att ".insn r 51, 2, 97, $0, $2, x3", "=r,0,r" %[[I]], %[[I]]
  %3 = xpulp.p.inserti %i, %i, 3, 1
  // CHECK-NEXT: llvm.inline_asm asm_dialect = att ".insn r 51, 0, 75, $0, $2, $3", "=r,0,r,r" %[[S]], %[[V]], %[[V]] : (f32, i32, i32) -> f32
  // HOST:       %[[BITS:.*]] = arith.bitcast %[[S]] : f32 to i32
  // HOST-NEXT:  call @se_xpulp_VFDOTPEX_S_H(%[[BITS]], %[[V]], %[[V]])
  %4 = xpulp.vfdotpex.s.h %s, %v, %v
  // CHECK-NEXT: llvm.inline_asm asm_dialect = att ".insn r4 67, 7, 0, $0, $1, $2, $3", "=r,r,r,r" %[[S]], %[[S]], %[[S]] : (f32, f32, f32) -> f32
  %5 = xpulp.fmadd.s %s, %s, %s
  // CHECK-NEXT: %[[AT:.*]] = arith.index_cast %[[P]] : index to i32
  // CHECK-NEXT: %[[BOTH:.*]] = llvm.inline_asm has_side_effects asm_dialect = att ".insn i 11, 2, $0, $1, -4", "=r,=r,1,~{memory}" %[[AT]] : (i32) -> !llvm.struct<(i32, i32)>
  // CHECK-NEXT: llvm.extractvalue %[[BOTH]][0]
  // CHECK-NEXT: %[[NEXT:.*]] = llvm.extractvalue %[[BOTH]][1]
  // CHECK-NEXT: %[[NEXT_INDEX:.*]] = arith.index_cast %[[NEXT]] : i32 to index
  // HOST:       %[[STEP:.*]] = arith.constant -4 : index
  // HOST-NEXT:  %[[NEXT:.*]] = arith.addi %[[P]], %[[STEP]]
  // HOST-NEXT:  %[[ADDRESS:.*]] = arith.index_cast %[[P]] : index to i64
  // HOST-NEXT:  %[[POINTER:.*]] = llvm.inttoptr %[[ADDRESS]]
  // HOST-NEXT:  llvm.load %[[POINTER]] {alignment = 1 : i64} : !llvm.ptr -> i32
  %6, %next = xpulp.p.lw.post %p, -4 : vector<2xf16>
  // CHECK-NEXT: %[[I2:.*]] = arith.index_cast %[[NEXT_INDEX]] : index to i32
  // CHECK-NEXT: llvm.inline_asm has_side_effects asm_dialect = att ".insn s 43, 1, $2, -30($0)", "=r,0,r,~{memory}" %[[I2]], %[[I]] : (i32, i32) -> i32
  // HOST:       %[[SHORT:.*]] = arith.trunci %[[I]] : i32 to i16
  // HOST-NEXT:  llvm.store %[[SHORT]], %{{.*}} {alignment = 1 : i64} : i16, !llvm.ptr
  %after = xpulp.p.sh.post %next, %i, -30 : i32
  // CHECK:      llvm.inline_asm has_side_effects asm_dialect = att ".insn r 35, 4, 0, $2, $0, $1", "r,r,r,~{memory}"
  xpulp.p.sb.reg %after, %i, %p
  return %0, %1, %2, %3, %4, %5, %6, %next, %after : i32, i32, i32, i32, f32, f32, vector<2xf16>, index, index
}

// Registers: 0 the address, 1 the sum, 2 a word; the count has one, too.
// CHECK-LABEL: func.func @loop
// CHECK:         llvm.inline_asm has_side_effects asm_dialect = att
// CHECK-SAME:    ".insn i 123, 4, x0, $3, 4\0A.insn i 11, 2, $2, $0, 4\0A.insn r 87, 1, 92, $1, $2, $2"
// CHECK-SAME:    "=&r,=&r,=&r,r,0,1,~{memory}"
// HOST-LABEL:  func.func @loop
// HOST-SAME:     (%[[P:.*]]: index, %[[N:.*]]: index, %[[ZERO:.*]]: i32)
// HOST:          %[[C1:.*]] = arith.constant 1 : index
// HOST-NEXT:     %[[COUNT:.*]] = arith.maxui %[[N]], %[[C1]]
// HOST-NEXT:     %[[C0:.*]] = arith.constant 0 : index
// HOST-NEXT:     scf.for %{{.*}} = %[[C0]] to %[[COUNT]] step %[[C1]] iter_args(%{{.*}} = %[[P]], %{{.*}} = %[[ZERO]]) -> (index, i32)
// HOST:            func.call @se_xpulp_PV_SDOTSP_B_V
func.func @loop(%p: index, %n: index, %zero: i32) -> i32 {
  %end, %sum = xpulp.loop %n iter_args(%at = %p, %s = %zero) -> (index, i32) {
    %x, %next = xpulp.p.lw.post %at, 4 : vector<4xi8>
    %t = xpulp.pv.sdotsp.b %s, %x, %x
    xpulp.yield %next, %t : index, i32
  }
  return %sum : i32
}

// The order of docs/kernels.md needs no move and few registers: word 1 takes the
// place of word 0, and so on; the last one that is loaded the first's again.
// CHECK-LABEL: func.func @rows
// CHECK:         att ".insn i 123, 5, x0, x14, 9\0A.insn i 11, 2, $6, $0, 4\0A.insn i 11, 2, $7, $1, 4\0A.insn r 87, 1, 92, $3, $6, $2\0A.insn i 11, 2, $8, $1, 4\0A.insn r 87, 1, 92, $4, $6, $7\0A.insn i 11, 2, $2, $1, 4\0A.insn r 87, 1, 92, $5, $6, $8"
// CHECK-SAME:    "=&r,=&r,=&r,=&r,=&r,=&r,=&r,=&r,=&r,0,1,2,3,4,5,~{memory}"
func.func @rows(%x: memref<36xi8, #cluster.space<l1>>, %w: memref<128xi8, #cluster.space<l1>>, %p: index, %q: index, %first: vector<4xi8>, %a: i32) -> (i32, i32, i32) {
  %r:6 = xpulp.loop 9 iter_args(%px = %p, %pw = %q, %w0 = %first, %s0 = %a, %s1 = %a, %s2 = %a) -> (index, index, vector<4xi8>, i32, i32, i32) {
    %v, %nx = xpulp.p.lw.post %px, 4 : vector<4xi8>
    %w1, %n1 = xpulp.p.lw.post %pw, 4 : vector<4xi8>
    %t0 = xpulp.pv.sdotsp.b %s0, %v, %w0
    %w2, %n2 = xpulp.p.lw.post %n1, 4 : vector<4xi8>
    %t1 = xpulp.pv.sdotsp.b %s1, %v, %w1
    %next, %n3 = xpulp.p.lw.post %n2, 4 : vector<4xi8>
    %t2 = xpulp.pv.sdotsp.b %s2, %v, %w2
    xpulp.yield %nx, %n3, %next, %t0, %t1, %t2 : index, index, vector<4xi8>, i32, i32, i32
  }
  return %r#3, %r#4, %r#5 : i32, i32, i32
}

// Moves where they are needed: an operand that is overwritten too early, values
// that change places (by way of a slot of their own), one from outside.
// CHECK-LABEL: func.func @moves
// CHECK:         att ".insn i 123, 5, x0, x12, 5
// CHECK-SAME:    \0A.insn i 19, 0, $2, $0, 0\0A.insn r 51, 0, 33, $2, $0, $4
// CHECK-SAME:    \0A.insn i 19, 0, $2, $4, 0
// CHECK-SAME:    \0A.insn i 19, 0, $3, $1, 0\0A.insn i 19, 0, $1, $0, 0\0A.insn i 19, 0, $0, $3, 0"
// CHECK-SAME:    "=&r,=&r,=&r,=&r,r,0,1,2"
func.func @moves(%a: i32, %b: i32, %c: i32) -> (i32, i32, i32) {
  %r:3 = xpulp.loop 5 iter_args(%x = %a, %y = %b, %z = %b) -> (i32, i32, i32) {
    %t = xpulp.p.mac %x, %x, %c
    xpulp.yield %y, %x, %c : i32, i32, i32
  }
  return %r#0, %r#1, %r#2 : i32, i32, i32
}

// Hardware wants two instructions.
// CHECK-LABEL: func.func @nop
// CHECK:         att ".insn i 123, 5, x0, x4, 7\0A.insn r 51, 0, 33, $0, $1, $1\0A.insn i 19, 0, x0, x0, 0", "=&r,r,0"
func.func @nop(%a: i32, %b: i32) -> i32 {
  %r = xpulp.loop 7 iter_args(%x = %a) -> (i32) {
    %t = xpulp.p.mac %x, %b, %b
    xpulp.yield %t : i32
  }
  return %r : i32
}

// What is written there is printed, also if the pass would choose otherwise.
// CHECK-LABEL: func.func @written
// CHECK:         ".insn i 123, 5, x0, x8, 7\0A.insn r 51, 0, 2, $4, $5, x0\0A.insn i 19, 0, $2, $0, 0\0A.insn r 51, 0, 33, $2, $4, $5\0A.insn i 19, 0, $0, $2, 0"
// CHECK-SAME:    "=&r,=&r,=&r,=&r,=&r,r,0"
// HOST-LABEL:  func.func @written
// HOST:          scf.for
// HOST-NOT:      xpulp.move
// HOST:          return
func.func @written(%a: i32, %b: i32) -> i32 {
  %r = xpulp.loop 7 iter_args(%x = %a) -> (i32) {
    %0 = xpulp.p.abs %b {xpulp.registers = array<i32: 4>}
    %1 = xpulp.move %x {xpulp.registers = array<i32: 2>} : i32
    %2 = xpulp.p.mac %1, %0, %b {xpulp.registers = array<i32: 2>}
    %3 = xpulp.move %2 {xpulp.registers = array<i32: 0>} : i32
    xpulp.yield %3 : i32
  } {registers = 5 : i32}
  return %r : i32
}

// A loop without registers is one like others.
// CHECK-LABEL: func.func @many
// CHECK-NOT:     .insn i 123
// CHECK:         scf.for
func.func @many(%a: i32, %n: index) -> i32 {
  %r:24 = xpulp.loop %n iter_args(%x0 = %a, %x1 = %a, %x2 = %a, %x3 = %a, %x4 = %a, %x5 = %a, %x6 = %a, %x7 = %a,
      %x8 = %a, %x9 = %a, %x10 = %a, %x11 = %a, %x12 = %a, %x13 = %a, %x14 = %a, %x15 = %a, %x16 = %a, %x17 = %a,
      %x18 = %a, %x19 = %a, %x20 = %a, %x21 = %a, %x22 = %a, %x23 = %a)
      -> (i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32) {
    %t = xpulp.p.mac %x0, %x1, %x2
    xpulp.yield %t, %x1, %x2, %x3, %x4, %x5, %x6, %x7, %x8, %x9, %x10, %x11, %x12, %x13, %x14, %x15, %x16, %x17,
        %x18, %x19, %x20, %x21, %x22, %x23
        : i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32
  }
  return %r#0 : i32
}

// Anything else in it makes it a loop like others.
// CHECK-LABEL: func.func @outer
// CHECK:         scf.for
// CHECK:           inline_asm {{.*}} ".insn i 123
// CHECK:           arith.addi
func.func @outer(%a: i32, %b: i32) -> i32 {
  %r = xpulp.loop 7 iter_args(%x = %a) -> (i32) {
    %s = xpulp.loop 3 iter_args(%y = %x) -> (i32) {
      %t = xpulp.p.mac %y, %b, %b
      xpulp.yield %t : i32
    }
    %u = arith.addi %s, %b : i32
    xpulp.yield %u : i32
  }
  return %r : i32
}
