// A schedule that comes as a module is proved unless --no-proof is given.

// RUN: not se-compile %s --emit=mlir-scheduled -o %t 2>&1 | FileCheck %s
// RUN: not se-compile %s --emit=llvm -o %t 2>&1 | FileCheck %s
// RUN: se-compile %s --emit=llvm --no-proof -o /dev/null

// CHECK: error: {{.*}}mlir:[[#@LINE+10]]:5: core 1 writes bytes 0 to 3 of output 'y', which core 0 writes with no barrier between

module attributes {se.phase = "scheduled"} {
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 16
  inputs [] outputs [#cluster.port<"y", shape = [1], element = f32>] states []
func.func @kernel(%arena: memref<16xi8, #cluster.space<l1>>, %y: memref<1xf32>) {
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0.0 : f32
    memref.store %zero, %y[%c0] : memref<1xf32>
    cluster.yield
  }
  return
}
func.func @init(%arena: memref<16xi8, #cluster.space<l1>>) {
  return
}
}
