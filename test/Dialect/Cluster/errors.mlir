// RUN: se-opt %s -split-input-file -verify-diagnostics
// RUN: %check_rules %s %se_source/include/se/Dialect/Cluster/ClusterOps.td
//
// One case or more for each numbered rule, named after it.

// expected-error @below {{program-C1: @missing must name a function of the state buffer}}
cluster.program @program_C1_kernel kernel(@missing) init(@reset) reset(@reset) cores 8 state_bytes 64 inputs [] outputs [] states []
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C1: @missing must name a function of the state buffer}}
cluster.program @program_C1_reset kernel(@kernel) init(@missing) reset(@missing) cores 8 state_bytes 64 inputs [] outputs [] states []
func.func private @kernel(memref<64xi8>)

// -----

// expected-error @below {{program-C1: @kernel must name a function of the state buffer}}
cluster.program @program_C1_no_argument kernel(@kernel) init(@reset) reset(@reset) cores 8 state_bytes 64 inputs [] outputs [] states []
func.func private @kernel()
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C1: @global must name a function of the state buffer}}
cluster.program @program_C1_no_function kernel(@global) init(@reset) reset(@reset) cores 8 state_bytes 64 inputs [] outputs [] states []
memref.global "private" @global : memref<64xi8>
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C1: the first argument of @kernel must be a memref of 64 x i8}}
cluster.program @program_C1_size kernel(@kernel) init(@reset) reset(@reset) cores 8 state_bytes 64 inputs [] outputs [] states []
func.func private @kernel(memref<32xi8>)
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C1: the first argument of @reset must be a memref of 64 x i8}}
cluster.program @program_C1_element kernel(@kernel) init(@reset) reset(@reset) cores 8 state_bytes 64 inputs [] outputs [] states []
func.func private @kernel(memref<64xi8>)
func.func private @reset(memref<64xf32>)

// -----

// expected-error @below {{program-C2: @kernel must have one f32 memref argument for each input and output}}
cluster.program @program_C2_missing kernel(@kernel) init(@reset) reset(@reset) cores 8 state_bytes 64
  inputs [#cluster.port<"x", shape = [4], element = f32>] outputs [#cluster.port<"y", shape = [4], element = f32>] states []
func.func private @kernel(memref<64xi8>, memref<4xf32>)
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C2: @kernel must have one f32 memref argument for each input and output}}
cluster.program @program_C2_extra kernel(@kernel) init(@reset) reset(@reset) cores 8 state_bytes 64
  inputs [#cluster.port<"x", shape = [4], element = f32>] outputs [] states []
func.func private @kernel(memref<64xi8>, memref<4xf32>, memref<4xf32>)
func.func private @reset(memref<64xi8>)

// -----

// Inputs come before outputs.
// expected-error @below {{program-C2: @kernel must have one f32 memref argument for each input and output}}
cluster.program @program_C2_elements kernel(@kernel) init(@reset) reset(@reset) cores 8 state_bytes 64
  inputs [#cluster.port<"x", shape = [2, 4], element = f32>] outputs [#cluster.port<"y", shape = [3], element = f32>] states []
func.func private @kernel(memref<64xi8>, memref<3xf32>, memref<8xf32>)
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C2: @kernel must have one f32 memref argument for each input and output}}
cluster.program @program_C2_type kernel(@kernel) init(@reset) reset(@reset) cores 8 state_bytes 64
  inputs [#cluster.port<"x", shape = [4], element = f32>] outputs [] states []
func.func private @kernel(memref<64xi8>, memref<4xf16>)
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C3: the number of cores must be 1 to 8, found 9}}
cluster.program @program_C3_many kernel(@kernel) init(@reset) reset(@reset) cores 9 state_bytes 64 inputs [] outputs [] states []
func.func private @kernel(memref<64xi8>)
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C3: the number of cores must be 1 to 8, found 0}}
cluster.program @program_C3_none kernel(@kernel) init(@reset) reset(@reset) cores 0 state_bytes 64 inputs [] outputs [] states []
func.func private @kernel(memref<64xi8>)
func.func private @reset(memref<64xi8>)

// -----

func.func @parallel_C1_none() {
  // expected-error @below {{parallel-C1: the region must have one argument of type index}}
  cluster.parallel cores 8 {
    cluster.yield
  }
  return
}

// -----

func.func @parallel_C1_type() {
  // expected-error @below {{parallel-C1: the region must have one argument of type index}}
  cluster.parallel cores 8 {
  ^bb0(%core: i32):
    cluster.yield
  }
  return
}

// -----

func.func @parallel_C1_two() {
  // expected-error @below {{parallel-C1: the region must have one argument of type index}}
  cluster.parallel cores 8 {
  ^bb0(%core: index, %other: index):
    cluster.yield
  }
  return
}

// -----

func.func @barrier_C1_outside() {
  // expected-error @below {{barrier-C1: must stand directly in the body of a cluster.parallel}}
  cluster.barrier
  return
}

// -----

func.func @barrier_C1_loop(%n: index) {
  cluster.parallel cores 8 {
  ^bb0(%core: index):
    scf.for %i = %core to %n step %n {
      // expected-error @below {{barrier-C1: must stand directly in the body of a cluster.parallel}}
      cluster.barrier
    }
    cluster.yield
  }
  return
}

// -----

func.func @yield_parent() {
  // expected-error @below {{expects parent op 'cluster.parallel'}}
  cluster.yield
}

// -----

func.func @tile_C1(%data: memref<300xi8>, %table: memref<7xi32>, %ring: memref<192xi8>, %control: memref<4xi32>, %t: index, %is: i1) {
  cluster.parallel cores 8 {
  ^bb0(%core: index):
    scf.if %is {
      // expected-error @below {{tile-C1: must stand in the body of a cluster.parallel or of scf.for loops there}}
      cluster.next_tile %t of %data[%table] through %ring, %control {tiles = 6 : i64, slots = 3 : i64, slot_bytes = 64 : i64} : memref<300xi8>, memref<7xi32>, memref<192xi8>, memref<4xi32>
    }
    cluster.yield
  }
  return
}

// -----

func.func @tile_C2_ring(%data: memref<300xi8>, %table: memref<7xi32>, %ring: memref<191xi8>, %control: memref<4xi32>, %t: index) {
  // expected-error @below {{tile-C2: ring, control and table must have the sizes that slots, slot_bytes and tiles give}}
  cluster.next_tile %t of %data[%table] through %ring, %control {tiles = 6 : i64, slots = 3 : i64, slot_bytes = 64 : i64} : memref<300xi8>, memref<7xi32>, memref<191xi8>, memref<4xi32>
  return
}

// -----

func.func @tile_C2_table(%data: memref<300xi8>, %table: memref<6xi32>, %ring: memref<192xi8>, %control: memref<4xi32>, %t: index) {
  // expected-error @below {{tile-C2}}
  cluster.next_tile %t of %data[%table] through %ring, %control {tiles = 6 : i64, slots = 3 : i64, slot_bytes = 64 : i64} : memref<300xi8>, memref<6xi32>, memref<192xi8>, memref<4xi32>
  return
}

// -----

func.func @tile_C2_control(%data: memref<300xi8>, %table: memref<7xi32>, %ring: memref<192xi8>, %control: memref<3xi32>, %t: index) {
  // expected-error @below {{tile-C2}}
  cluster.next_tile %t of %data[%table] through %ring, %control {tiles = 6 : i64, slots = 3 : i64, slot_bytes = 64 : i64} : memref<300xi8>, memref<7xi32>, memref<192xi8>, memref<3xi32>
  return
}

// -----

func.func @tile_C3(%data: memref<300xi8>, %table: memref<8xi32>, %ring: memref<192xi8>, %control: memref<4xi32>, %t: index) {
  // expected-error @below {{tile-C3: the number of tiles must be a multiple of the number of slots, found 7 and 3}}
  cluster.next_tile %t of %data[%table] through %ring, %control {tiles = 7 : i64, slots = 3 : i64, slot_bytes = 64 : i64} : memref<300xi8>, memref<8xi32>, memref<192xi8>, memref<4xi32>
  return
}
