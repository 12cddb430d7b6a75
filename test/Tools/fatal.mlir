// What LLVM ends the process of is one line and status 1, without an output file.
// RUN: rm -f %t.elf
// RUN: not se-compile %s -o %t.elf 2>&1 | FileCheck %s
// RUN: not se-run %s 2>&1 | FileCheck %s
// RUN: test ! -e %t.elf
// CHECK-NOT: {{.}}
// CHECK: error: {{.*}}fatal.mlir:[[#@LINE+15]]:8: 'arith.fptosi' with these types may not stand in phase 'selected'
// CHECK-NOT: {{.}}

// An option of MLIR that is wrong is fatal.
// RUN: not se-opt %s --mlir-debug-counter=counter=1 -o %t.mlir 2>&1 | FileCheck %s --check-prefix=OPTION
// RUN: test ! -e %t.mlir
// OPTION:     error: LLVM: Invalid DebugCounter command-line configuration
// OPTION-NOT: {{.}}

module attributes {se.phase = "selected"} {
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 1 state_bytes 16
  inputs [] outputs [#cluster.port<"y", shape = [1], element = f32>] states []
func.func @kernel(%arena: memref<16xi8, #cluster.space<l1>>, %y: memref<1xf32>) {
  %c0 = arith.constant 0 : index
  %x = memref.load %y[%c0] : memref<1xf32>
  %i = arith.fptosi %x : f32 to i4096
  %p = arith.muli %i, %i : i4096
  %s = arith.trunci %p : i4096 to i32
  %f = arith.bitcast %s : i32 to f32
  memref.store %f, %y[%c0] : memref<1xf32>
  return
}
func.func @init(%arena: memref<16xi8, #cluster.space<l1>>) {
  return
}
}
