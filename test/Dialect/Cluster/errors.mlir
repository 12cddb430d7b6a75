// RUN: se-opt %s -split-input-file -verify-diagnostics
// RUN: %check_rules %s %se_source/include/se/Dialect/Cluster/ClusterOps.td
//
// One case or more for each numbered rule, named after it.

// expected-error @below {{program-C1: @missing must name a function of the state buffer}}
cluster.program @program_C1_kernel kernel(@missing) reset(@reset) cores 8 state_bytes 64 inputs [] outputs [] states []
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C1: @missing must name a function of the state buffer}}
cluster.program @program_C1_reset kernel(@kernel) reset(@missing) cores 8 state_bytes 64 inputs [] outputs [] states []
func.func private @kernel(memref<64xi8>)

// -----

// expected-error @below {{program-C1: @kernel must name a function of the state buffer}}
cluster.program @program_C1_no_argument kernel(@kernel) reset(@reset) cores 8 state_bytes 64 inputs [] outputs [] states []
func.func private @kernel()
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C1: @global must name a function of the state buffer}}
cluster.program @program_C1_no_function kernel(@global) reset(@reset) cores 8 state_bytes 64 inputs [] outputs [] states []
memref.global "private" @global : memref<64xi8>
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C1: the first argument of @kernel must be a memref of 64 x i8}}
cluster.program @program_C1_size kernel(@kernel) reset(@reset) cores 8 state_bytes 64 inputs [] outputs [] states []
func.func private @kernel(memref<32xi8>)
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C1: the first argument of @reset must be a memref of 64 x i8}}
cluster.program @program_C1_element kernel(@kernel) reset(@reset) cores 8 state_bytes 64 inputs [] outputs [] states []
func.func private @kernel(memref<64xi8>)
func.func private @reset(memref<64xf32>)

// -----

// expected-error @below {{program-C2: @kernel must have one f32 memref argument for each input and output}}
cluster.program @program_C2_missing kernel(@kernel) reset(@reset) cores 8 state_bytes 64
  inputs [#cluster.port<"x", shape = [4], element = f32>] outputs [#cluster.port<"y", shape = [4], element = f32>] states []
func.func private @kernel(memref<64xi8>, memref<4xf32>)
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C2: @kernel must have one f32 memref argument for each input and output}}
cluster.program @program_C2_extra kernel(@kernel) reset(@reset) cores 8 state_bytes 64
  inputs [#cluster.port<"x", shape = [4], element = f32>] outputs [] states []
func.func private @kernel(memref<64xi8>, memref<4xf32>, memref<4xf32>)
func.func private @reset(memref<64xi8>)

// -----

// Inputs come before outputs.
// expected-error @below {{program-C2: @kernel must have one f32 memref argument for each input and output}}
cluster.program @program_C2_elements kernel(@kernel) reset(@reset) cores 8 state_bytes 64
  inputs [#cluster.port<"x", shape = [2, 4], element = f32>] outputs [#cluster.port<"y", shape = [3], element = f32>] states []
func.func private @kernel(memref<64xi8>, memref<3xf32>, memref<8xf32>)
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C2: @kernel must have one f32 memref argument for each input and output}}
cluster.program @program_C2_type kernel(@kernel) reset(@reset) cores 8 state_bytes 64
  inputs [#cluster.port<"x", shape = [4], element = f32>] outputs [] states []
func.func private @kernel(memref<64xi8>, memref<4xf16>)
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C3: the number of cores must be 1 to 8, found 9}}
cluster.program @program_C3_many kernel(@kernel) reset(@reset) cores 9 state_bytes 64 inputs [] outputs [] states []
func.func private @kernel(memref<64xi8>)
func.func private @reset(memref<64xi8>)

// -----

// expected-error @below {{program-C3: the number of cores must be 1 to 8, found 0}}
cluster.program @program_C3_none kernel(@kernel) reset(@reset) cores 0 state_bytes 64 inputs [] outputs [] states []
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
