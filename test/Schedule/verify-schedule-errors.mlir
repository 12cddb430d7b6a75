// RUN: se-opt %s --se-verify-schedule --split-input-file --verify-diagnostics
//
// Bounds, contents of buffers, cores, carried values, and what cannot be proven.

// expected-error @below {{expected a cluster.program}}
module {
}

// -----

// A view that is longer than the rest of the state buffer.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  %c52 = arith.constant 52 : index
  // expected-error @below {{the view of bytes 52 to 67 is outside of the buffer of 64 bytes}}
  %v = memref.view %arena[%c52][] : !arena to memref<4xf32, #cluster.space<l1>>
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  %c6 = arith.constant 6 : index
  // expected-error @below {{the view starts at byte 6, which is no multiple of its element's 4 bytes}}
  %v = memref.view %arena[%c6][] : !arena to memref<4xf32, #cluster.space<l1>>
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// One row too many.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %f = arith.constant 0.0 : f32
  %v = memref.view %arena[%c0][] : !arena to memref<4xf32, #cluster.space<l1>>
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    scf.for %i = %c0 to %c5 step %c1 {
      // expected-error @below {{index 4 is outside of the memref's 4 elements}}
      memref.store %f, %v[%i] : memref<4xf32, #cluster.space<l1>>
    }
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// A sum reads behind its row.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [#cluster.port<"x", shape = [4], element = f32>] outputs [] states []
func.func @kernel(%arena: !arena, %x: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %f = arith.constant 0.0 : f32
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %s = scf.for %i = %c0 to %c5 step %c1 iter_args(%t = %f) -> (f32) {
      // expected-error @below {{index 4 is outside of the memref's 4 elements}}
      %a = memref.load %x[%i] : memref<4xf32>
      %u = arith.addf %a, %t : f32
      scf.yield %u : f32
    }
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// Nothing has written a buffer.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %v = memref.view %arena[%c0][] : !arena to memref<4xf32, #cluster.space<l1>>
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    // expected-error @below {{core 0 reads bytes 0 to 3 of the state buffer: nothing has written byte 0}}
    %a = memref.load %v[%c0] : memref<4xf32, #cluster.space<l1>>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// Two buffers overlap.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %c1 = arith.constant 1 : index
  %f = arith.constant 0.0 : f32
  %v = memref.view %arena[%c0][] : !arena to memref<4xf32, #cluster.space<l1>>
  %w = memref.view %arena[%c8][] : !arena to memref<4xf32, #cluster.space<l1>>
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %first = arith.cmpi eq, %core, %c0 : index
    scf.if %first {
      %c3 = arith.constant 3 : index
      memref.store %f, %v[%c3] : memref<4xf32, #cluster.space<l1>>
      memref.store %f, %w[%c1] : memref<4xf32, #cluster.space<l1>>
      // expected-error @below {{core 0 reads bytes 12 to 15 of the state buffer through a view of bytes 0 to 15, but byte 12 was stored through one of bytes 8 to 23}}
      %a = memref.load %v[%c3] : memref<4xf32, #cluster.space<l1>>
    }
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// An output is written in part.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [#cluster.port<"y", shape = [3], element = f32>] states []
// expected-error @below {{does not write byte 4 of output 'y'}}
func.func @kernel(%arena: !arena, %y: memref<3xf32>) {
  %c0 = arith.constant 0 : index
  %f = arith.constant 0.0 : f32
  %first = arith.cmpi eq, %c0, %c0 : index
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %two = arith.addi %core, %core : index
    memref.store %f, %y[%two] : memref<3xf32>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// An input is written.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [#cluster.port<"x", shape = [3], element = f32>] outputs [] states []
func.func @kernel(%arena: !arena, %x: memref<3xf32>) {
  %f = arith.constant 0.0 : f32
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    // expected-error @below {{writes input 'x', which is only read}}
    memref.store %f, %x[%core] : memref<3xf32>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// A constant is written.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : memref<2xf32, #cluster.space<l2>> = dense<0.0>
func.func @kernel(%arena: !arena) {
  %f = arith.constant 0.0 : f32
  %w = memref.get_global @w : memref<2xf32, #cluster.space<l2>>
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    // expected-error @below {{writes @w, which is only read}}
    memref.store %f, %w[%core] : memref<2xf32, #cluster.space<l2>>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// A core reads l3.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : memref<2xf32, #cluster.space<l3>> = dense<0.0>
func.func @kernel(%arena: !arena) {
  %w = memref.get_global @w : memref<2xf32, #cluster.space<l3>>
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    // expected-error @below {{a core cannot access l3, only transfers can}}
    %a = memref.load %w[%core] : memref<2xf32, #cluster.space<l3>>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// A core reads nvm.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : memref<2xf32, #cluster.space<nvm>> = dense<0.0>
func.func @kernel(%arena: !arena) {
  %w = memref.get_global @w : memref<2xf32, #cluster.space<nvm>>
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    // expected-error @below {{a core cannot access nvm, only transfers can}}
    %a = memref.load %w[%core] : memref<2xf32, #cluster.space<nvm>>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// A barrier is missing between levels.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %f = arith.constant 0.0 : f32
  %v = memref.view %arena[%c0][] : !arena to memref<4xf32, #cluster.space<l1>>
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    // expected-error @below {{core 1 writes bytes 4 to 7 of the state buffer, which core 0 reads with no barrier between}}
    memref.store %f, %v[%core] : memref<4xf32, #cluster.space<l1>>
    %other = arith.subi %c1, %core : index
    %a = memref.load %v[%other] : memref<4xf32, #cluster.space<l1>>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// Both cores read what core 0 writes.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %f = arith.constant 0.0 : f32
  %v = memref.view %arena[%c0][] : !arena to memref<4xf32, #cluster.space<l1>>
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %first = arith.cmpi eq, %core, %c0 : index
    scf.if %first {
      memref.store %f, %v[%c0] : memref<4xf32, #cluster.space<l1>>
    }
    // expected-error @below {{core 1 reads bytes 0 to 3 of the state buffer, which core 0 writes with no barrier between}}
    %a = memref.load %v[%c0] : memref<4xf32, #cluster.space<l1>>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// A core writes what another still reads.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %f = arith.constant 0.0 : f32
  %v = memref.view %arena[%c0][] : !arena to memref<4xf32, #cluster.space<l1>>
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = memref.load %v[%c0] : memref<4xf32, #cluster.space<l1>>
    %second = arith.cmpi eq, %core, %c1 : index
    scf.if %second {
      // expected-error @below {{core 1 writes bytes 0 to 3 of the state buffer, which core 0 reads with no barrier between}}
      memref.store %f, %v[%c0] : memref<4xf32, #cluster.space<l1>>
    }
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %f = arith.constant 0.0 : f32
  %v = memref.view %arena[%c0][] : !arena to memref<4xf32, #cluster.space<l1>>
  memref.store %f, %v[%c0] : memref<4xf32, #cluster.space<l1>>
  return
}

// -----

// A core passes a barrier more.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  %c1 = arith.constant 1 : index
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    cluster.barrier
    scf.for %i = %core to %c1 step %c1 {
      // expected-error @below {{core 0 comes here, but core 1 to another barrier, transfer or wait}}
      cluster.barrier
    }
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// Cores that the program does not have.
!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 3 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  // expected-error @below {{must have the program's cores and one dma_core}}
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// The kernel forgets what init has started.
!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@reset) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %c32 = arith.constant 32 : index
  %w = memref.get_global @w : !data
  %control = memref.view %arena[%c32][] : !arena to memref<1xi32, #cluster.space<l1>>
  // expected-error @below {{drops the tokens that another region has left}}
  cluster.parallel cores 2 dma_core 0 carry %control : memref<1xi32, #cluster.space<l1>> {
  ^bb0(%core: index):
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    cluster.yield %a : !token
  }
  return
}
func.func @init(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %c32 = arith.constant 32 : index
  %w = memref.get_global @w : !data
  %control = memref.view %arena[%c32][] : !arena to memref<1xi32, #cluster.space<l1>>
  cluster.parallel cores 2 dma_core 0 carry %control : memref<1xi32, #cluster.space<l1>> {
  ^bb0(%core: index):
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    cluster.yield %a : !token
  }
  return
}
func.func @reset(%arena: !arena) {
  return
}

// -----

// A value that grows with every frame.
!arena = memref<64xi8, #cluster.space<l1>>
// expected-error @below {{the contents of the buffers do not repeat within 1024 frames}}
cluster.program @net kernel(@kernel) init(@init) reset(@reset) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  %c1 = arith.constant 1 : index
  %c32 = arith.constant 32 : index
  %control = memref.view %arena[%c32][] : !arena to memref<1xi32, #cluster.space<l1>>
  cluster.parallel cores 2 dma_core 0 carry %control : memref<1xi32, #cluster.space<l1>> {
  ^bb0(%core: index, %n: index):
    %m = arith.addi %n, %c1 : index
    cluster.barrier
    cluster.yield %m : index
  }
  return
}
func.func @init(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c32 = arith.constant 32 : index
  %control = memref.view %arena[%c32][] : !arena to memref<1xi32, #cluster.space<l1>>
  cluster.parallel cores 2 dma_core 0 carry %control : memref<1xi32, #cluster.space<l1>> {
  ^bb0(%core: index):
    %n = arith.addi %c0, %c0 : index
    cluster.yield %n : index
  }
  return
}
func.func @reset(%arena: !arena) {
  return
}

// -----

!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [#cluster.port<"x", shape = [1], element = f32>] outputs [] states []
func.func @kernel(%arena: !arena, %x: memref<1xf32>) {
  %c0 = arith.constant 0 : index
  %f = arith.constant 0.0 : f32
  %v = memref.view %arena[%c0][] : !arena to memref<4xf32, #cluster.space<l1>>
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = memref.load %x[%c0] : memref<1xf32>
    %i = arith.fptoui %a : f32 to i32
    %j = arith.index_cast %i : i32 to index
    // expected-error @below {{the index of this access depends on data}}
    memref.store %f, %v[%j] : memref<4xf32, #cluster.space<l1>>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [#cluster.port<"x", shape = [1], element = f32>] outputs [] states []
func.func @kernel(%arena: !arena, %x: memref<1xf32>) {
  %c0 = arith.constant 0 : index
  %f = arith.constant 0.0 : f32
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = memref.load %x[%c0] : memref<1xf32>
    %is = arith.cmpf ogt, %a, %f : f32
    // expected-error @below {{the condition depends on data}}
    scf.if %is {
      cluster.barrier
    }
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [#cluster.port<"x", shape = [1], element = f32>] outputs [] states []
func.func @kernel(%arena: !arena, %x: memref<1xf32>) {
  %c0 = arith.constant 0 : index
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = memref.load %x[%c0] : memref<1xf32>
    %i = arith.fptoui %a : f32 to i32
    %n = arith.index_cast %i : i32 to index
    // expected-error @below {{the range of this loop depends on data}}
    scf.for %k = %c0 to %n step %n {
    }
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    // expected-error @below {{a loop with step 0}}
    scf.for %k = %c0 to %core step %c0 {
    }
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    // expected-error @below {{has no result with these operands}}
    %n = arith.divui %core, %c0 : index
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func private @elsewhere()
func.func @kernel(%arena: !arena) {
  // expected-error @below {{calls what cannot be executed for the proof}}
  func.call @elsewhere() : () -> ()
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

!arena = memref<64xi8, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    // expected-error @below {{cannot be executed for the proof}}
    %a = memref.alloc() : memref<4xf32>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// Carried words are written where another core may still read them.
!arena = memref<64xi8, #cluster.space<l1>>
!control = memref<1xi32, #cluster.space<l1>>
cluster.program @net kernel(@kernel) init(@init) reset(@reset) cores 2 state_bytes 64
  inputs [] outputs [] states []
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %control = memref.view %arena[%c0][] : !arena to !control
  // expected-error @below {{core 1 reads bytes 0 to 3 of the state buffer, which core 0 writes with no barrier between}}
  cluster.parallel cores 2 dma_core 0 carry %control : !control {
  ^bb0(%core: index, %next: index):
    cluster.yield %next : index
  }
  return
}
func.func @init(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %control = memref.view %arena[%c0][] : !arena to !control
  cluster.parallel cores 2 dma_core 0 carry %control : !control {
  ^bb0(%core: index):
    %c0_0 = arith.constant 0 : index
    cluster.yield %c0_0 : index
  }
  return
}
func.func @reset(%arena: !arena) {
  return
}
