// RUN: se-opt %s --se-verify-schedule -o /dev/null
//
// A small schedule with a ring of two slots, which is proven, and what the proof
// says about changes to it.

// Reads a tile at a position of its own and waits for it afterwards.
// RUN: sed -e 's/%%at = cluster.dma_wait %%a : !token/%%at = arith.muli %%tile, %%c16 : index/' -e 's/scf.yield %%b, %%at/%%late = cluster.dma_wait %%a : !token\n scf.yield %%b, %%at/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=LATE
// LATE: error: core 0 reads bytes 0 to 7 of the state buffer, which a transfer may still be writing (that to bytes 0 to 15 of the state buffer)

// Nobody waits.
// RUN: sed -e 's/%%at = cluster.dma_wait %%a : !token/%%at = arith.muli %%tile, %%c16 : index/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=UNUSED
// UNUSED: error: the program neither waits for a token nor hands it on

// Waits twice.
// RUN: sed -e 's/^ *cluster.barrier/%%again = cluster.dma_wait %%a : !token\n cluster.barrier/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=TWICE
// TWICE: error: uses a token that was used before

// The transfer goes to the slot that is being read.
// RUN: sed -e 's/to %%arena\[%%f\], %%c16/to %%arena[%%at], %%c16/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=SWAPPED
// SWAPPED: error: core 0 reads bytes 0 to 7 of the state buffer, which a transfer may still be writing (that to bytes 0 to 15 of the state buffer)

// Reads the slot that is being filled.
// RUN: sed -e 's/%%rows = memref.view %%arena\[%%at\]/%%rows = memref.view %%arena[%%f]/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=OTHER
// OTHER: error: core 0 reads bytes 16 to 23 of the state buffer, which a transfer may still be writing (that to bytes 16 to 31 of the state buffer)

// No barrier behind the wait.
// RUN: sed -e 's/^ *cluster.barrier//' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=NOBARRIER
// NOBARRIER: error: core 1 reads bytes 40 to 47 of the state buffer, which core 0 writes with no barrier between

// Core 0 alone meets a barrier.
// RUN: sed -e 's/^ *cluster.barrier/%%is = arith.cmpi eq, %%core, %%c0 : index\n scf.if %%is {\n cluster.barrier\n }/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=SOME
// SOME: error: core 0 comes here, but core 1 to another barrier, transfer or wait

// A transfer lacks 4 bytes.
// RUN: sed -e 's/to %%arena\[%%f\], %%c16/to %%arena[%%f], %%c12/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=SHORT
// SHORT: error: core 1 reads bytes 24 to 31 of the state buffer: nothing has written byte 28

// A transfer has 4 bytes too many.
// RUN: sed -e 's/to %%arena\[%%f\], %%c16/to %%arena[%%f], %%c20/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=LONG
// LONG: error: the transfer from bytes 16 to 35 is outside of @stream (32 bytes)

// A row is longer than its tile.
// RUN: sed -e 's/scf.for %%k = %%c0 to %%c2/scf.for %%k = %%c0 to %%c3/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=COLUMN
// COLUMN: error: index 4 is outside of the memref's 4 elements

// Both cores compute the same element.
// RUN: sed -e 's/%%row = arith.addi %%begin, %%core/%%row = arith.addi %%begin, %%c1/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=ROW
// ROW: error: core 1 writes bytes 4 to 7 of output 'y', which core 0 writes with no barrier between

// The last tile starts itself anew, not the first one of the next frame.
// RUN: sed -e 's/arith.remui %%ahead, %%c2/arith.minui %%ahead, %%c1/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=NEXT
// NEXT: error: core 0 does not find the data here that it found in the first frame

// The last tile starts one behind the end of the stream.
// RUN: sed -e 's/arith.remui %%ahead, %%c2/arith.addi %%ahead, %%c0/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=WRAP
// WRAP: error: the transfer from bytes 32 to 47 is outside of @stream (32 bytes)

// Each core carries a value of its own.
// RUN: sed -e 's/cluster.yield %%r#0, %%r#1/cluster.yield %%r#0, %%core/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=CARRIED
// CARRIED: error: cores 0 and 1 carry different values

// Nothing is under way at first.
// RUN: sed -e 's/carry %%control : !control { \/\/ init/carry %%other : !control {/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=INIT
// INIT: error: no region has left the values that are carried into this one

// The control words lie in a slot.
// RUN: sed -e 's/%%c40 = arith.constant 40/%%c40 = arith.constant 8/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=OVERLAP
// OVERLAP: error: core 0 writes bytes 8 to 15 of the state buffer, which a transfer may still be writing (that to bytes 0 to 15 of the state buffer)

// The same, where the stream does not end.
// RUN: sed -e 's/to %%arena\[%%f\], %%c16/to %%arena[%%f], %%c20/' -e 's/stream = memref<32xi8/stream = memref<64xi8/' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=LONGER
// LONGER: error: core 0 reads bytes 16 to 23 of the state buffer, which a transfer may still be writing (that to bytes 0 to 19 of the state buffer)

// Cores start different transfers.
// RUN: sed -e 's/%%stream\[%%from\] to/%%stream[%%own] to/' -e 's/^ *%%number = /%%own = arith.muli %%core, %%c16 : index\n %%number = /' %s | \
// RUN:   not se-opt --se-verify-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=DIFFERENT
// DIFFERENT: error: cores 0 and 1 start different transfers

!arena = memref<48xi8, #cluster.space<l1>>
!control = memref<2xi32, #cluster.space<l1>>
!stream = memref<32xi8, #cluster.space<l2>>
!token = !cluster.token<dma>

cluster.program @net kernel(@kernel) init(@init) reset(@reset) cores 2 state_bytes 48
  inputs [] outputs [#cluster.port<"y", shape = [4], element = f32>] states []
memref.global "private" constant @stream : !stream = dense<0>
func.func @kernel(%arena: !arena, %y: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c12 = arith.constant 12 : index
  %c16 = arith.constant 16 : index
  %c20 = arith.constant 20 : index
  %c40 = arith.constant 40 : index
  %zero = arith.constant 0.0 : f32
  %control = memref.view %arena[%c40][] : !arena to !control
  cluster.parallel cores 2 dma_core 0 carry %control : !control {
  ^bb0(%core: index, %first: !token, %free: index):
    %stream = memref.get_global @stream : !stream
    %r:2 = scf.for %tile = %c0 to %c2 step %c1 iter_args(%a = %first, %f = %free) -> (!token, index) {
      %at = cluster.dma_wait %a : !token
      cluster.barrier
      %ahead = arith.addi %tile, %c1 : index
      %number = arith.remui %ahead, %c2 : index
      %from = arith.muli %number, %c16 : index
      %b = cluster.dma_start %stream[%from] to %arena[%f], %c16 : !stream to !arena -> !token
      %rows = memref.view %arena[%at][] : !arena to memref<4xf32, #cluster.space<l1>>
      %begin = arith.muli %tile, %c2 : index
      %row = arith.addi %begin, %core : index
      %start = arith.muli %core, %c2 : index
      %sum = scf.for %k = %c0 to %c2 step %c1 iter_args(%s = %zero) -> (f32) {
        %i = arith.addi %start, %k : index
        %w = memref.load %rows[%i] : memref<4xf32, #cluster.space<l1>>
        %t = arith.addf %w, %s : f32
        scf.yield %t : f32
      }
      memref.store %sum, %y[%row] : memref<4xf32>
      scf.yield %b, %at : !token, index
    }
    cluster.yield %r#0, %r#1 : !token, index
  }
  return
}
func.func @init(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %c40 = arith.constant 40 : index
  %stream = memref.get_global @stream : !stream
  %control = memref.view %arena[%c40][] : !arena to !control
  %other = memref.view %arena[%c32][] : !arena to !control
  cluster.parallel cores 2 dma_core 0 carry %control : !control { // init
  ^bb0(%core: index):
    %first = cluster.dma_start %stream[%c0] to %arena[%c0], %c16 : !stream to !arena -> !token
    cluster.yield %first, %c16 : !token, index
  }
  return
}
func.func @reset(%arena: !arena) {
  return
}
