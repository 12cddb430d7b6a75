// RUN: se-opt %s --se-verify-schedule --split-input-file --verify-diagnostics
//
// Transfers and tokens.

// Two transfers to the same bytes.
!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %w = memref.get_global @w : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    // expected-error @below {{this transfer writes bytes 4 to 11 of the state buffer, which another may still be writing}}
    %b = cluster.dma_start %w[%c0] to %arena[%c4], %c8 : !data to !arena -> !token
    %pa = cluster.dma_wait %a : !token
    %pb = cluster.dma_wait %b : !token
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// A transfer overwrites what another reads.
!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
memref.global @ring : !data = uninitialized
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %w = memref.get_global @w : !data
  %r = memref.get_global @ring : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    %pa = cluster.dma_wait %a : !token
    %b = cluster.dma_start %arena[%c0] to %r[%c0], %c8 : !arena to !data -> !token
    // expected-error @below {{this transfer writes bytes 4 to 11 of the state buffer, which another may still be reading}}
    %d = cluster.dma_start %w[%c0] to %arena[%c4], %c8 : !data to !arena -> !token
    %pb = cluster.dma_wait %b : !token
    %pd = cluster.dma_wait %d : !token
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// A transfer reads what another writes.
!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
memref.global @ring : !data = uninitialized
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %w = memref.get_global @w : !data
  %r = memref.get_global @ring : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    // expected-error @below {{this transfer reads bytes 0 to 7 of the state buffer, which another may still be writing}}
    %b = cluster.dma_start %arena[%c0] to %r[%c0], %c8 : !arena to !data -> !token
    %pa = cluster.dma_wait %a : !token
    %pb = cluster.dma_wait %b : !token
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// A transfer reads what nothing has written.
!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global @ring : !data = uninitialized
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %r = memref.get_global @ring : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    // expected-error @below {{this transfer reads bytes 0 to 7 of @ring: nothing has written byte 0}}
    %b = cluster.dma_start %r[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    %pb = cluster.dma_wait %b : !token
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// A core writes what a transfer reads.
!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
memref.global @ring : !data = uninitialized
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %f = arith.constant 0.0 : f32
  %v = memref.view %arena[%c0][] : !arena to memref<2xf32, #cluster.space<l1>>
  %w = memref.get_global @w : !data
  %r = memref.get_global @ring : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    %pa = cluster.dma_wait %a : !token
    cluster.barrier
    %b = cluster.dma_start %arena[%c0] to %r[%c0], %c8 : !arena to !data -> !token
    // expected-error @below {{core 0 writes bytes 0 to 3 of the state buffer, which a transfer may still be reading (that to bytes 0 to 7 of @ring)}}
    memref.store %f, %v[%core] : memref<2xf32, #cluster.space<l1>>
    %pb = cluster.dma_wait %b : !token
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// The second transfer is shorter than the first one to the same bytes.
!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %v = memref.view %arena[%c0][] : !arena to memref<2xf32, #cluster.space<l1>>
  %w = memref.get_global @w : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    %pa = cluster.dma_wait %a : !token
    %b = cluster.dma_start %w[%c0] to %arena[%c0], %c4 : !data to !arena -> !token
    %pb = cluster.dma_wait %b : !token
    cluster.barrier
    // expected-error @below {{core 0 reads bytes 4 to 7 of the state buffer: a transfer has replaced what byte 4 belonged to, but not this byte}}
    %x = memref.load %v[%c1] : memref<2xf32, #cluster.space<l1>>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// The transfer has other bounds than the view.
!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %v = memref.view %arena[%c4][] : !arena to memref<2xf32, #cluster.space<l1>>
  %w = memref.get_global @w : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    %pa = cluster.dma_wait %a : !token
    cluster.barrier
    // expected-error @below {{core 0 reads bytes 4 to 7 of the state buffer through a view of bytes 4 to 11, but byte 4 was brought by a transfer to bytes 0 to 7}}
    %x = memref.load %v[%c0] : memref<2xf32, #cluster.space<l1>>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// `dma_core` sees the data at once, the other core does not.
!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %v = memref.view %arena[%c0][] : !arena to memref<2xf32, #cluster.space<l1>>
  %w = memref.get_global @w : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    %pa = cluster.dma_wait %a : !token
    // expected-error @below {{core 1 reads bytes 0 to 3 of the state buffer, which a transfer may still be writing (that to bytes 0 to 7 of the state buffer)}}
    %x = memref.load %v[%c0] : memref<2xf32, #cluster.space<l1>>
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %w = memref.get_global @w : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %n = arith.muli %c0, %c0 : index
    // expected-error @below {{a transfer of 0 bytes: it must be a positive multiple of 4}}
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %n : !data to !arena -> !token
    %pa = cluster.dma_wait %a : !token
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c8 = arith.constant 8 : index
  %w = memref.get_global @w : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %n = arith.addi %c0, %c2 : index
    // expected-error @below {{a transfer to byte 2: it must be a multiple of 4}}
    %a = cluster.dma_start %w[%c0] to %arena[%n], %c8 : !data to !arena -> !token
    %pa = cluster.dma_wait %a : !token
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %c12 = arith.constant 12 : index
  %w = memref.get_global @w : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    // expected-error @below {{the transfer from bytes 12 to 19 is outside of @w (16 bytes)}}
    %a = cluster.dma_start %w[%c12] to %arena[%c0], %c8 : !data to !arena -> !token
    %pa = cluster.dma_wait %a : !token
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// The last line ends behind the data.
!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c12 = arith.constant 12 : index
  %w = memref.get_global @w : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %stride = arith.addi %c4, %c4 : index
    // expected-error @below {{the transfer from bytes 0 to 19 is outside of @w (16 bytes)}}
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c12 lines %c4 stride %stride : !data to !arena -> !token
    %pa = cluster.dma_wait %a : !token
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %c12 = arith.constant 12 : index
  %w = memref.get_global @w : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %line = arith.addi %c4, %c4 : index
    // expected-error @below {{lines of 8 bytes every 8 do not divide 12 bytes}}
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c12 lines %line stride %c8 : !data to !arena -> !token
    %pa = cluster.dma_wait %a : !token
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %w = memref.get_global @w : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    %pa = cluster.dma_wait %a : !token
    // expected-error @below {{writes @w, which is only read}}
    %b = cluster.dma_start %arena[%c0] to %w[%c0], %c8 : !arena to !data -> !token
    %pb = cluster.dma_wait %b : !token
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// One branch waits, the other does not.
!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %w = memref.get_global @w : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    %is = arith.cmpi eq, %c0, %c0 : index
    // expected-error @below {{a branch neither waits for a token nor hands it on}}
    scf.if %is {
      %p = cluster.dma_wait %a : !token
    }
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

// A loop waits for a token of outside.
!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %w = memref.get_global @w : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    scf.for %i = %c0 to %c8 step %c1 {
      // expected-error @below {{uses a token of outside in a region that may run more than once}}
      %p = cluster.dma_wait %a : !token
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
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %w = memref.get_global @w : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    // expected-error @below {{uses a token twice}}
    %r:2 = scf.for %i = %c0 to %c8 step %c8 iter_args(%b = %a, %d = %a) -> (!token, !token) {
      scf.yield %b, %d : !token, !token
    }
    %p = cluster.dma_wait %r#0 : !token
    %q = cluster.dma_wait %r#1 : !token
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %w = memref.get_global @w : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    // expected-error @below {{a token can only be waited for or handed on}}
    %b = builtin.unrealized_conversion_cast %a : !token to index
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}

// -----

!arena = memref<64xi8, #cluster.space<l1>>
!data = memref<16xi8, #cluster.space<l2>>
!token = !cluster.token<dma>
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores 2 state_bytes 64
  inputs [] outputs [] states []
memref.global constant @w : !data = dense<0>
func.func @kernel(%arena: !arena) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %w = memref.get_global @w : !data
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    // expected-error @below {{the program neither waits for a token nor hands it on}}
    %a = cluster.dma_start %w[%c0] to %arena[%c0], %c8 : !data to !arena -> !token
    cluster.yield
  }
  return
}
func.func @init(%arena: !arena) {
  return
}
