// RUN: se-opt %s --se-verify-schedule -o /dev/null
//
// Data goes from external memory through a ring of two slots in L2 to L1, where
// a table stays that init has brought.

// The slot in L2 is overwritten while it is still copied to L1.
// RUN: sed -e 's/to %%ring\[%%f\]/to %%ring[%%slot]/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=EARLY
// EARLY: error: this transfer writes bytes 0 to 7 of @ring, which another may still be reading

// Copied to L1 from the slot that is free.
// RUN: sed -e 's/%%data\[%%slot\] to/%%data[%%f] to/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=FREE
// FREE: error: this transfer reads bytes 8 to 15 of @ring: nothing has written byte 8

!arena = memref<32xi8, #cluster.space<l1>>
!control = memref<2xi32, #cluster.space<l1>>
!far = memref<16xi8, #cluster.space<l3>>
!ring = memref<16xi8, #cluster.space<l2>>
!outer = !cluster.token<external>
!inner = !cluster.token<dma>
!pair = memref<2xf32, #cluster.space<l1>>

cluster.program @net kernel(@kernel) init(@init) reset(@reset) cores 2 state_bytes 32
  inputs [] outputs [#cluster.port<"y", shape = [4], element = f32>] states []
memref.global "private" constant @far : !far = dense<0>
memref.global "private" @ring : !ring = uninitialized
memref.global "private" constant @table : !ring = dense<0>
func.func @kernel(%arena: !arena, %y: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c8 = arith.constant 8 : index
  %c16 = arith.constant 16 : index
  %control = memref.view %arena[%c16][] : !arena to !control
  %tile = memref.view %arena[%c0][] : !arena to !pair
  %table = memref.view %arena[%c8][] : !arena to !pair
  %far = memref.get_global @far : !far
  %ring = memref.get_global @ring : !ring
  %data = memref.get_global @ring : !ring
  cluster.parallel cores 2 dma_core 0 carry %control : !control {
  ^bb0(%core: index, %first: !outer, %free: index):
    %r:2 = scf.for %i = %c0 to %c2 step %c1 iter_args(%a = %first, %f = %free) -> (!outer, index) {
      %slot = cluster.dma_wait %a : !outer
      // All have finished with the tile before.
      cluster.barrier
      %near = cluster.dma_start %data[%slot] to %arena[%c0], %c8 : !ring to !arena -> !inner
      %ahead = arith.addi %i, %c1 : index
      %number = arith.remui %ahead, %c2 : index
      %from = arith.muli %number, %c8 : index
      %b = cluster.dma_start %far[%from] to %ring[%f], %c8 : !far to !ring -> !outer
      %at = cluster.dma_wait %near : !inner
      cluster.barrier
      %begin = arith.muli %i, %c2 : index
      %row = arith.addi %begin, %core : index
      %v = memref.load %tile[%core] : !pair
      %w = memref.load %table[%core] : !pair
      %s = arith.addf %v, %w : f32
      memref.store %s, %y[%row] : memref<4xf32>
      scf.yield %b, %slot : !outer, index
    }
    cluster.yield %r#0, %r#1 : !outer, index
  }
  return
}
func.func @init(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %c16 = arith.constant 16 : index
  %control = memref.view %arena[%c16][] : !arena to !control
  %far = memref.get_global @far : !far
  %ring = memref.get_global @ring : !ring
  %table = memref.get_global @table : !ring
  cluster.parallel cores 2 dma_core 0 carry %control : !control {
  ^bb0(%core: index):
    %first = cluster.dma_start %far[%c0] to %ring[%c0], %c8 : !far to !ring -> !outer
    %stays = cluster.dma_start %table[%c0] to %arena[%c8], %c8 : !ring to !arena -> !inner
    %at = cluster.dma_wait %stays : !inner
    cluster.yield %first, %c8 : !outer, index
  }
  return
}
func.func @reset(%arena: !arena) {
  return
}
