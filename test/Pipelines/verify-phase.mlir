// RUN: split-file %s %t
//
// What each phase accepts and what it rejects: files are named after the first
// phase that takes them.
// RUN: se-opt %t/imported.mlir --verify-phase=phase=imported
// RUN: se-opt %t/imported.mlir --verify-phase=imported
// RUN: not se-opt %t/imported.mlir -verify-phase=normalized 2>&1 | FileCheck %s --check-prefix=NORMALIZED
// RUN: not se-opt %t/imported.mlir --verify-phase=phase=normalized 2>&1 | FileCheck %s --check-prefix=NORMALIZED
// RUN: not se-opt %t/imported.mlir --verify-phase=phase=legalized 2>&1 | FileCheck %s --check-prefix=LEGALIZED
// RUN: not se-opt %t/imported.mlir --verify-phase=phase=scheduled 2>&1 | FileCheck %s --check-prefix=SCHEDULED
// RUN: not se-opt %t/imported.mlir --verify-phase=phase=llvm 2>&1 | FileCheck %s --check-prefix=LLVM
// NORMALIZED: imported.mlir:3:{{.*}}error: 'rnn.linear' with these types may not stand in phase 'normalized'
// LEGALIZED:  imported.mlir:3:{{.*}}error: 'rnn.linear' with these types may not stand in phase 'legalized'
// SCHEDULED:  error: 'rnn.{{.*}}' with these types may not stand in phase 'scheduled'
// LLVM:       error: 'rnn.{{.*}}' with these types may not stand in phase 'llvm'
//
// RUN: se-opt %t/normalized.mlir --verify-phase=phase=imported
// RUN: se-opt %t/normalized.mlir --verify-phase=phase=normalized
// RUN: se-opt %t/normalized.mlir --verify-phase=phase=legalized
// RUN: not se-opt %t/normalized.mlir --verify-phase=phase=selected 2>&1 | FileCheck %s --check-prefix=SELECTED
// SELECTED: 'arith.cmpf' with these types may not stand in phase 'selected'
//
// RUN: not se-opt %t/legalized.mlir --verify-phase=phase=imported 2>&1 | FileCheck %s --check-prefix=HALF
// RUN: not se-opt %t/legalized.mlir --verify-phase=phase=normalized 2>&1 | FileCheck %s --check-prefix=HALF
// RUN: se-opt %t/legalized.mlir --verify-phase=phase=legalized
// HALF: 'arith.truncf' with these types may not stand in phase
//
// RUN: not se-opt %t/legalized-state.mlir --verify-phase=phase=normalized 2>&1 | FileCheck %s --check-prefix=STATE
// RUN: se-opt %t/legalized-state.mlir --verify-phase=phase=legalized
// STATE: 'rnn.{{network|yield}}' with these types may not stand in phase
//
// RUN: not se-opt %t/legalized-integers.mlir --verify-phase=phase=normalized 2>&1 | FileCheck %s --check-prefix=BYTES
// RUN: se-opt %t/legalized-integers.mlir --verify-phase=phase=legalized
// BYTES: 'rnn.{{network|quantize|yield}}' with these types may not stand in phase 'normalized'
//
// RUN: not se-opt %t/scheduled.mlir --verify-phase=phase=legalized 2>&1 | FileCheck %s --check-prefix=CLUSTER
// RUN: se-opt %t/scheduled.mlir --verify-phase=phase=scheduled
// RUN: not se-opt %t/scheduled.mlir --verify-phase=phase=selected 2>&1 | FileCheck %s --check-prefix=ACTIVATION
// CLUSTER: may not stand in phase 'legalized'
// ACTIVATION: 'rnn.activation' with these types may not stand in phase 'selected'
//
// RUN: se-opt %t/scheduled-math.mlir --verify-phase=phase=scheduled
// RUN: not se-opt %t/scheduled-math.mlir --verify-phase=phase=selected 2>&1 | FileCheck %s --check-prefix=MATH
// MATH: 'math.exp' with these types may not stand in phase 'selected'
//
// RUN: se-opt %t/selected.mlir --verify-phase=phase=scheduled
// RUN: se-opt %t/selected.mlir --verify-phase=phase=selected
// RUN: not se-opt %t/selected.mlir --verify-phase=phase=llvm 2>&1 | FileCheck %s --check-prefix=FUNC
// FUNC: '{{.*}}' with these types may not stand in phase 'llvm'
//
// RUN: se-opt %t/llvm.mlir --verify-phase=phase=llvm
// RUN: not se-opt %t/llvm.mlir --verify-phase=phase=selected 2>&1 | FileCheck %s --check-prefix=INLLVM
// INLLVM: 'llvm.{{func|return}}' with these types may not stand in phase 'selected'
//
// Nowhere: tensors of integers or doubles, tensors in phase scheduled, other dialects.
// RUN: not se-opt %t/integers.mlir --verify-phase=phase=imported 2>&1 | FileCheck %s --check-prefix=INTEGERS
// RUN: not se-opt %t/doubles.mlir --verify-phase=phase=legalized 2>&1 | FileCheck %s --check-prefix=DOUBLES
// RUN: not se-opt %t/tensors.mlir --verify-phase=phase=scheduled 2>&1 | FileCheck %s --check-prefix=TENSORS
// INTEGERS: 'arith.addi' with these types may not stand in phase 'imported'
// DOUBLES: 'arith.addf' with these types may not stand in phase 'legalized'
// TENSORS: 'arith.constant' with these types may not stand in phase 'scheduled'
//
// Values that no core has, which LLVM dies of.
// RUN: not se-opt %t/wide.mlir --split-input-file --verify-phase=phase=scheduled 2>&1 | FileCheck %s --check-prefix=WIDE
// RUN: not se-opt %t/wide.mlir --split-input-file --verify-phase=phase=selected 2>&1 | FileCheck %s --check-prefix=WIDE
// RUN: se-opt %t/widest.mlir --verify-phase=phase=selected
// WIDE: 'arith.muli' with these types may not stand in phase
// WIDE: 'arith.mulf' with these types may not stand in phase
// WIDE: 'arith.addf' with these types may not stand in phase
// WIDE: 'memref.load' with these types may not stand in phase
//
// Without a name, the module says what it is; without an attribute it is
// imported.
// RUN: se-opt %t/imported.mlir --verify-phase
// RUN: not se-opt %t/legalized.mlir --verify-phase 2>&1 | FileCheck %s --check-prefix=HALF
// RUN: se-opt %t/claims.mlir --verify-phase
// RUN: not se-opt %t/claims-wrong.mlir --verify-phase 2>&1 | FileCheck %s --check-prefix=WRONG
// RUN: not se-compile %t/claims-wrong.mlir -o %t/out.elf 2>&1 | FileCheck %s --check-prefix=WRONG
// WRONG: 'rnn.linear' with these types may not stand in phase 'normalized'
//
// The attribute is written only on request, and not if the check fails.
// RUN: se-opt %t/normalized.mlir --verify-phase=phase=legalized | FileCheck %s --check-prefix=NOATTR
// RUN: se-opt %t/normalized.mlir --verify-phase="phase=legalized enter=true" | FileCheck %s --check-prefix=ATTR
// NOATTR-NOT: se.phase
// ATTR: module attributes {se.phase = "legalized"}
//
// RUN: not se-opt %t/normalized.mlir --verify-phase=legalised 2>&1 | FileCheck %s --check-prefix=SLIP
// SLIP: error: unknown phase 'legalised', did you mean 'legalized'?
// RUN: not se-opt %t/normalized.mlir --verify-phase=phase=finished 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: error: unknown phase 'finished', expected one of imported, normalized, legalized, planned, scheduled, selected, llvm
// RUN: not se-opt %t/claims-unknown.mlir --verify-phase 2>&1 | FileCheck %s --check-prefix=CLAIM
// RUN: not se-compile %t/claims-unknown.mlir -o %t/out.elf 2>&1 | FileCheck %s --check-prefix=CLAIM
// CLAIM: error: {{.*}}attribute se.phase is not the name of a phase: "done"

//--- imported.mlir
rnn.network @net inputs(%x = "x" : tensor<3xf32>, %W = "W" : tensor<2x3xf32>, %b = "b" : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) {
  %y = rnn.linear %W, %x, %b : tensor<2x3xf32>, tensor<3xf32>, tensor<2xf32> -> tensor<2xf32>
  rnn.yield %y : tensor<2xf32>
}
//--- normalized.mlir
rnn.network @net inputs(%x = "x" : tensor<3xf32>, %z = "z" : tensor<3xf32>) outputs("y" : tensor<3xf32>) {
  %0 = arith.cmpf olt, %x, %z : tensor<3xf32>
  %1 = arith.select %0, %x, %z : tensor<3xi1>, tensor<3xf32>
  %2 = math.exp %1 : tensor<3xf32>
  %3 = tensor.extract_slice %2[0] [3] [1] : tensor<3xf32> to tensor<3xf32>
  rnn.yield %3 : tensor<3xf32>
}
//--- legalized.mlir
rnn.network @net inputs(%x = "x" : tensor<3xf32>) outputs("y" : tensor<3xf32>) {
  %0 = arith.truncf %x : tensor<3xf32> to tensor<3xf16>
  %1 = arith.extf %0 : tensor<3xf16> to tensor<3xf32>
  rnn.yield %1 : tensor<3xf32>
}
//--- legalized-state.mlir
rnn.network @net states(%h = "h" : tensor<3xf16> reset dense<0.0> : tensor<3xf16>) {
  rnn.yield next %h : tensor<3xf16>
}
//--- scheduled.mlir
func.func @f(%m: memref<4xf32, #cluster.space<l1>>, %i: index) {
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %0 = memref.load %m[%i] : memref<4xf32, #cluster.space<l1>>
    %1 = rnn.activation <sigmoid> %0 : f32 -> f32
    memref.store %1, %m[%i] : memref<4xf32, #cluster.space<l1>>
    cluster.barrier
    cluster.yield
  }
  return
}
//--- scheduled-math.mlir
func.func @f(%x: f32) -> f32 {
  %0 = math.exp %x : f32
  return %0 : f32
}
//--- selected.mlir
func.func @f(%x: f32, %n: index) -> f32 {
  %c = math.fma %x, %x, %x : f32
  %s = math.sqrt %c : f32
  %0 = scf.for %i = %n to %n step %n iter_args(%a = %s) -> f32 {
    scf.yield %a : f32
  }
  return %0 : f32
}
//--- llvm.mlir
llvm.func @f(%x: f32) -> f32 {
  llvm.return %x : f32
}
//--- integers.mlir
rnn.cell @cell inputs(%i : tensor<2xi32>) {
  %0 = arith.addi %i, %i : tensor<2xi32>
  rnn.yield
}
//--- doubles.mlir
rnn.cell @cell inputs(%x : tensor<2xf64>) {
  %0 = arith.addf %x, %x : tensor<2xf64>
  rnn.yield
}
//--- tensors.mlir
func.func @f() {
  %x = arith.constant dense<1.0> : tensor<2xf32>
  return
}
//--- wide.mlir
func.func @f(%i: i65) {
  %0 = arith.muli %i, %i : i65
  return
}
// -----
func.func @f(%x: f80) {
  %0 = arith.mulf %x, %x : f80
  return
}
// -----
func.func @f(%x: vector<2xf128>) {
  %0 = arith.addf %x, %x : vector<2xf128>
  return
}
// -----
func.func @f(%m: memref<4xi128>, %i: index) {
  %0 = memref.load %m[%i] : memref<4xi128>
  return
}
//--- widest.mlir
func.func @f(%i: i64, %x: vector<2xf64>) {
  %0 = arith.muli %i, %i : i64
  %1 = arith.addf %x, %x : vector<2xf64>
  return
}
//--- claims.mlir
module attributes {se.phase = "llvm"} {
  llvm.func @f(%x: f32) -> f32 {
    llvm.return %x : f32
  }
}
//--- claims-wrong.mlir
module attributes {se.phase = "normalized"} {
  rnn.network @net inputs(%x = "x" : tensor<3xf32>, %W = "W" : tensor<2x3xf32>, %b = "b" : tensor<2xf32>)
      outputs("y" : tensor<2xf32>) {
    %y = rnn.linear %W, %x, %b : tensor<2x3xf32>, tensor<3xf32>, tensor<2xf32> -> tensor<2xf32>
    rnn.yield %y : tensor<2xf32>
  }
}
//--- claims-unknown.mlir
module attributes {se.phase = "done"} {
}
//--- legalized-integers.mlir
rnn.network @net inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : tensor<4xi8> reset dense<0> : tensor<4xi8>) {
  %0 = rnn.quantize %x scale 0.5 : tensor<4xf32> -> tensor<4xi8>
  rnn.yield next %0 : tensor<4xi8>
}
