// RUN: se-opt %s --se-verify-schedule --split-input-file --verify-diagnostics
//
// A branch that all cores take or none, for a reason that is not known: both are
// proven.

!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [#cluster.port<"y", shape = [2], element = f32>] states []
func.func @kernel(%arena: !arena, %y: memref<2xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %f = arith.constant 0.0 : f32
  %v = memref.view %arena[%c0][] : !arena to memref<2xf32, #cluster.space<l1>>
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    memref.store %f, %v[%core] : memref<2xf32, #cluster.space<l1>>
    cluster.barrier
    %s = memref.load %v[%c0] : memref<2xf32, #cluster.space<l1>>
    %bad = arith.cmpf uno, %s, %s : f32
    cluster.barrier
    scf.if %bad {
      memref.store %f, %v[%core] : memref<2xf32, #cluster.space<l1>>
      cluster.barrier
    } {cluster.uniform}
    %other = arith.subi %c1, %core : index
    %t = memref.load %v[%other] : memref<2xf32, #cluster.space<l1>>
    memref.store %t, %y[%core] : memref<2xf32>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// With the branch no barrier is behind its store.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [#cluster.port<"y", shape = [2], element = f32>] states []
func.func @kernel(%arena: !arena, %y: memref<2xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %f = arith.constant 0.0 : f32
  %v = memref.view %arena[%c0][] : !arena to memref<2xf32, #cluster.space<l1>>
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    memref.store %f, %v[%core] : memref<2xf32, #cluster.space<l1>>
    cluster.barrier
    %s = memref.load %v[%core] : memref<2xf32, #cluster.space<l1>>
    %bad = arith.cmpf uno, %s, %s : f32
    scf.if %bad {
      // expected-error @below {{core 1 writes bytes 4 to 7 of the state buffer, which core 0 reads with no barrier between}}
      memref.store %f, %v[%core] : memref<2xf32, #cluster.space<l1>>
    } {cluster.uniform}
    %other = arith.subi %c1, %core : index
    %t = memref.load %v[%other] : memref<2xf32, #cluster.space<l1>>
    memref.store %t, %y[%core] : memref<2xf32>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// Without it none is.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [#cluster.port<"y", shape = [2], element = f32>] states []
func.func @kernel(%arena: !arena, %y: memref<2xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %f = arith.constant 0.0 : f32
  %v = memref.view %arena[%c0][] : !arena to memref<2xf32, #cluster.space<l1>>
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    // expected-error @below {{core 1 writes bytes 4 to 7 of the state buffer, which core 0 reads with no barrier between}}
    memref.store %f, %v[%core] : memref<2xf32, #cluster.space<l1>>
    %s = memref.load %v[%core] : memref<2xf32, #cluster.space<l1>>
    %bad = arith.cmpf uno, %s, %s : f32
    scf.if %bad {
      cluster.barrier
    } {cluster.uniform}
    %other = arith.subi %c1, %core : index
    %t = memref.load %v[%other] : memref<2xf32, #cluster.space<l1>>
    memref.store %t, %y[%core] : memref<2xf32>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// Any other branch of this kind cannot be proven.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %f = arith.constant 0.0 : f32
  %v = memref.view %arena[%c0][] : !arena to memref<2xf32, #cluster.space<l1>>
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    memref.store %f, %v[%core] : memref<2xf32, #cluster.space<l1>>
    %s = memref.load %v[%core] : memref<2xf32, #cluster.space<l1>>
    %bad = arith.cmpf uno, %s, %s : f32
    // expected-error @below {{the condition depends on data}}
    scf.if %bad {
      memref.store %f, %v[%core] : memref<2xf32, #cluster.space<l1>>
    }
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}
