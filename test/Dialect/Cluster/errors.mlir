// RUN: se-opt %s -split-input-file -verify-diagnostics
// RUN: %check_rules %s %se_source/include/se/Dialect/Cluster/ClusterOps.td %se_source/include/se/Dialect/Cluster/ClusterTarget.td
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

// expected-error @below {{program-C4: code_bytes must not be negative, found -16}}
cluster.program @program_C4 kernel(@kernel) init(@reset) reset(@reset) cores 8 state_bytes 64 inputs [] outputs [] states [] {code_bytes = -16 : i64}
func.func private @kernel(memref<64xi8>)
func.func private @reset(memref<64xi8>)

// -----

func.func @parallel_C1_none() {
  // expected-error @below {{parallel-C1: the region's arguments must be an index, the core, and then tokens or indices}}
  cluster.parallel cores 8 dma_core 0 {
    cluster.yield
  }
  return
}

// -----

func.func @parallel_C1_type() {
  // expected-error @below {{parallel-C1: the region's arguments must be an index, the core, and then tokens or indices}}
  cluster.parallel cores 8 dma_core 0 {
  ^bb0(%core: i32):
    cluster.yield
  }
  return
}

// -----

func.func @parallel_C1_carried() {
  // expected-error @below {{parallel-C1: the region's arguments must be an index, the core, and then tokens or indices}}
  cluster.parallel cores 8 dma_core 0 {
  ^bb0(%core: index, %x: f32):
    cluster.yield
  }
  return
}

// -----

func.func @parallel_C2_words(%control: memref<2xi32>) {
  // expected-error @below {{parallel-C2: control must have a word for each operand of the terminator, and the region's further arguments must have the same types or be none}}
  cluster.parallel cores 8 dma_core 0 carry %control : memref<2xi32> {
  ^bb0(%core: index):
    cluster.yield %core : index
  }
  return
}

// -----

func.func @parallel_C2_none(%control: memref<1xi32>) {
  // expected-error @below {{parallel-C2: control must have a word for each operand of the terminator, and the region's further arguments must have the same types or be none}}
  cluster.parallel cores 8 dma_core 0 {
  ^bb0(%core: index):
    cluster.yield %core : index
  }
  return
}

// -----

func.func @parallel_C2_arguments(%control: memref<1xi32>) {
  // expected-error @below {{parallel-C2: control must have a word for each operand of the terminator, and the region's further arguments must have the same types or be none}}
  cluster.parallel cores 8 dma_core 0 carry %control : memref<1xi32> {
  ^bb0(%core: index, %a: index, %b: index):
    cluster.yield %core : index
  }
  return
}

// -----

func.func @parallel_C2_types(%control: memref<1xi32>) {
  // expected-error @below {{parallel-C2: control must have a word for each operand of the terminator, and the region's further arguments must have the same types or be none}}
  cluster.parallel cores 8 dma_core 0 carry %control : memref<1xi32> {
  ^bb0(%core: index, %a: !cluster.token<dma>):
    cluster.yield %core : index
  }
  return
}

// -----

func.func @parallel_C3_many() {
  // expected-error @below {{parallel-C3: the number of cores must be 1 to 8 and dma_core not negative}}
  cluster.parallel cores 9 dma_core 0 {
  ^bb0(%core: index):
    cluster.yield
  }
  return
}

// -----

func.func @parallel_C3_few() {
  // expected-error @below {{parallel-C3: the number of cores must be 1 to 8 and dma_core not negative}}
  cluster.parallel cores 0 dma_core 0 {
  ^bb0(%core: index):
    cluster.yield
  }
  return
}

// -----

func.func @parallel_C3_dma() {
  // expected-error @below {{parallel-C3: the number of cores must be 1 to 8 and dma_core not negative}}
  cluster.parallel cores 8 dma_core -1 {
  ^bb0(%core: index):
    cluster.yield
  }
  return
}

// -----

func.func @dma_C1_levels(%from: memref<64xi8, #cluster.space<l1>>, %to: memref<64xi8, #cluster.space<nvm>>, %n: index) {
  // expected-error @below {{dma-C1: no engine copies from l1 to nvm}}
  %t = cluster.dma_start %from[%n] to %to[%n], %n : memref<64xi8, #cluster.space<l1>> to memref<64xi8, #cluster.space<nvm>> -> !cluster.token<dma>
  return
}

// -----

func.func @dma_C1_engine(%from: memref<64xi8, #cluster.space<l3>>, %to: memref<64xi8, #cluster.space<l2>>, %n: index) {
  // expected-error @below {{dma-C1: this is a transfer of the engine external}}
  %t = cluster.dma_start %from[%n] to %to[%n], %n : memref<64xi8, #cluster.space<l3>> to memref<64xi8, #cluster.space<l2>> -> !cluster.token<dma>
  return
}

// -----

func.func @dma_C2_zero(%from: memref<64xi8, #cluster.space<l2>>, %to: memref<64xi8, #cluster.space<l1>>, %n: index) {
  %k = arith.constant 0 : index
  // expected-error @below {{dma-C2: the number of bytes must be positive and a multiple of 4, found 0}}
  %t = cluster.dma_start %from[%n] to %to[%n], %k : memref<64xi8, #cluster.space<l2>> to memref<64xi8, #cluster.space<l1>> -> !cluster.token<dma>
  return
}

// -----

func.func @dma_C2_odd(%from: memref<64xi8, #cluster.space<l2>>, %to: memref<64xi8, #cluster.space<l1>>, %n: index) {
  %k = arith.constant 6 : index
  // expected-error @below {{dma-C2: the number of bytes must be positive and a multiple of 4, found 6}}
  %t = cluster.dma_start %from[%n] to %to[%n], %k : memref<64xi8, #cluster.space<l2>> to memref<64xi8, #cluster.space<l1>> -> !cluster.token<dma>
  return
}

// -----

func.func @dma_C2_odd_from(%from: memref<64xi8, #cluster.space<l2>>, %to: memref<64xi8, #cluster.space<l1>>, %n: index) {
  %k = arith.constant 2 : index
  // expected-error @below {{dma-C2: a position must be a multiple of 4 within the memref, found 2}}
  %t = cluster.dma_start %from[%k] to %to[%n], %n : memref<64xi8, #cluster.space<l2>> to memref<64xi8, #cluster.space<l1>> -> !cluster.token<dma>
  return
}

// -----

func.func @dma_C2_behind(%from: memref<64xi8, #cluster.space<l2>>, %to: memref<64xi8, #cluster.space<l1>>, %n: index) {
  %k = arith.constant 64 : index
  // expected-error @below {{dma-C2: a position must be a multiple of 4 within the memref, found 64}}
  %t = cluster.dma_start %from[%n] to %to[%k], %n : memref<64xi8, #cluster.space<l2>> to memref<64xi8, #cluster.space<l1>> -> !cluster.token<dma>
  return
}

// -----

func.func @dma_C3_engine(%from: memref<64xi8, #cluster.space<l3>>, %to: memref<64xi8, #cluster.space<l2>>, %n: index) {
  // expected-error @below {{dma-C3: lines are for the engine dma, not longer than their stride, and divide the number of bytes}}
  %t = cluster.dma_start %from[%n] to %to[%n], %n lines %n stride %n : memref<64xi8, #cluster.space<l3>> to memref<64xi8, #cluster.space<l2>> -> !cluster.token<external>
  return
}

// -----

func.func @dma_C3_stride(%from: memref<64xi8, #cluster.space<l2>>, %to: memref<64xi8, #cluster.space<l1>>, %n: index) {
  %k = arith.constant 8 : index
  %l = arith.constant 4 : index
  // expected-error @below {{dma-C3: lines are for the engine dma, not longer than their stride, and divide the number of bytes}}
  %t = cluster.dma_start %from[%n] to %to[%n], %n lines %k stride %l : memref<64xi8, #cluster.space<l2>> to memref<64xi8, #cluster.space<l1>> -> !cluster.token<dma>
  return
}

// -----

func.func @dma_C3_divides(%from: memref<64xi8, #cluster.space<l2>>, %to: memref<64xi8, #cluster.space<l1>>, %n: index) {
  %k = arith.constant 8 : index
  %l = arith.constant 12 : index
  // expected-error @below {{dma-C3: lines are for the engine dma, not longer than their stride, and divide the number of bytes}}
  %t = cluster.dma_start %from[%n] to %to[%n], %l lines %k stride %k : memref<64xi8, #cluster.space<l2>> to memref<64xi8, #cluster.space<l1>> -> !cluster.token<dma>
  return
}

// -----

func.func @dma_C4(%from: memref<64xi8, #cluster.space<l2>>, %to: memref<64xi8, #cluster.space<l1>>, %n: index, %c: i1) {
  scf.execute_region {
    // expected-error @below {{dma-C4: must stand in a cluster.parallel}}
    %t = cluster.dma_start %from[%n] to %to[%n], %n : memref<64xi8, #cluster.space<l2>> to memref<64xi8, #cluster.space<l1>> -> !cluster.token<dma>
    scf.yield
  }
  return
}

// -----

func.func @wait_C1(%token: !cluster.token<dma>, %c: i1) {
  scf.execute_region {
    // expected-error @below {{wait-C1: must stand in a cluster.parallel}}
    %p = cluster.dma_wait %token : !cluster.token<dma>
    scf.yield
  }
  return
}

// -----

func.func @barrier_C1(%c: i1) {
  scf.execute_region {
    // expected-error @below {{barrier-C1: must stand in a cluster.parallel}}
    cluster.barrier
    scf.yield
  }
  return
}

// -----

func.func @yield_parent() {
  // expected-error @below {{expects parent op 'cluster.parallel'}}
  cluster.yield
}

// -----

func.func @dot_C1_type(%x: memref<8xf16, #cluster.space<l1>>, %w: memref<18xf16, #cluster.space<l1>>, %n: index, %s: i32) {
  // expected-error @below {{dot-C1: must have 1 to 16 sums of type 'f32'}}
  %r = cluster.dot %x[%n], %w[%n], %n, %s : memref<8xf16, #cluster.space<l1>>, memref<18xf16, #cluster.space<l1>> -> i32
  return
}

// -----

func.func @dot_C1_halves(%x: memref<8xi8, #cluster.space<l1>>, %w: memref<18xi8, #cluster.space<l1>>, %n: index, %s: vector<2xf16>) {
  // expected-error @below {{dot-C1: must have 1 to 16 sums of type 'i32'}}
  %r = cluster.dot %x[%n], %w[%n], %n, %s : memref<8xi8, #cluster.space<l1>>, memref<18xi8, #cluster.space<l1>> -> vector<2xf16>
  return
}

// -----

func.func @dot_C2_level(%x: memref<8xf16, #cluster.space<l1>>, %w: memref<18xf16, #cluster.space<l2>>, %n: index, %s: f32) {
  // expected-error @below {{dot-C2: vector and rows must have one element type and lie in l1}}
  %r = cluster.dot %x[%n], %w[%n], %n, %s : memref<8xf16, #cluster.space<l1>>, memref<18xf16, #cluster.space<l2>> -> f32
  return
}

// -----

func.func @dot_C2_element(%x: memref<8xi8, #cluster.space<l1>>, %w: memref<18xi16, #cluster.space<l1>>, %n: index, %s: i32) {
  // expected-error @below {{dot-C2: vector and rows must have one element type and lie in l1}}
  %r = cluster.dot %x[%n], %w[%n], %n, %s : memref<8xi8, #cluster.space<l1>>, memref<18xi16, #cluster.space<l1>> -> i32
  return
}

// -----

func.func @dot_C3_at(%x: memref<8xi8, #cluster.space<l1>>, %w: memref<18xi8, #cluster.space<l1>>, %n: index, %s: i32) {
  %two = arith.constant 2 : index
  // expected-error @below {{dot-C3: there must be a column, and rows must start at a multiple of 4}}
  %r = cluster.dot %x[%n], %w[%two], %n, %s : memref<8xi8, #cluster.space<l1>>, memref<18xi8, #cluster.space<l1>> -> i32
  return
}

// -----

func.func @dot_C4_length(%x: memref<8xf16, #cluster.space<l1>>, %w: memref<16xf16, #cluster.space<l1>>, %s: f32) {
  %zero = arith.constant 0 : index
  %columns = arith.constant 7 : index
  // expected-error @below {{dot-C4: the rows and a word more must lie in the memref, which has 16 elements}}
  %r:2 = cluster.dot %x[%zero], %w[%zero], %columns, %s, %s : memref<8xf16, #cluster.space<l1>>, memref<16xf16, #cluster.space<l1>> -> f32, f32
  return
}

// -----

func.func @dot_C4_stride(%x: memref<8xf16, #cluster.space<l1>>, %w: memref<64xf16, #cluster.space<l1>>, %s: f32) {
  %zero = arith.constant 0 : index
  %columns = arith.constant 7 : index
  // expected-error @below {{dot-C4: the rows and a word more must lie in the memref, which has 64 elements}}
  %r:2 = cluster.dot %x[%zero], %w[%zero], %columns, %s, %s {stride = 4 : i64} : memref<8xf16, #cluster.space<l1>>, memref<64xf16, #cluster.space<l1>> -> f32, f32
  return
}

// -----

func.func @dot_C5_stride(%x: memref<8xf16, #cluster.space<l1>>, %w: memref<64xf16, #cluster.space<l1>>, %n: index, %s: f32) {
  // expected-error @below {{dot-C5: the stride must be 1 to 511}}
  %r = cluster.dot %x[%n], %w[%n], %n, %s {stride = 512 : i64} : memref<8xf16, #cluster.space<l1>>, memref<64xf16, #cluster.space<l1>> -> f32
  return
}

// -----

// expected-error @below {{target-C1: the number of cores must be 1 to 8, found 9}}
module @target_C1 attributes {cluster.target = #cluster.target<"t", cores = 9, dma_core = 2, fpus = 1, core_cache = 512, cluster_cache = 4096, memories = [<level = l1, bytes = 4096, bytes_per_cycle = 8.0 : f64, latency = 1>, <level = l2, bytes = 65536, bytes_per_cycle = 8.0 : f64, latency = 15>]>} {}

// -----

// expected-error @below {{target-C1: the number of cores must be 1 to 8, found 0}}
module @target_C1_2 attributes {cluster.target = #cluster.target<"t", cores = 0, dma_core = 2, fpus = 1, core_cache = 512, cluster_cache = 4096, memories = [<level = l1, bytes = 4096, bytes_per_cycle = 8.0 : f64, latency = 1>, <level = l2, bytes = 65536, bytes_per_cycle = 8.0 : f64, latency = 15>]>} {}

// -----

// expected-error @below {{target-C2: dma_core must be 0 to 8, found 9}}
module @target_C2 attributes {cluster.target = #cluster.target<"t", cores = 2, dma_core = 9, fpus = 1, core_cache = 512, cluster_cache = 4096, memories = [<level = l1, bytes = 4096, bytes_per_cycle = 8.0 : f64, latency = 1>, <level = l2, bytes = 65536, bytes_per_cycle = 8.0 : f64, latency = 15>]>} {}

// -----

// expected-error @below {{target-C3: the number of FPUs must be 1 to 8, found 0}}
module @target_C3 attributes {cluster.target = #cluster.target<"t", cores = 2, dma_core = 2, fpus = 0, core_cache = 512, cluster_cache = 4096, memories = [<level = l1, bytes = 4096, bytes_per_cycle = 8.0 : f64, latency = 1>, <level = l2, bytes = 65536, bytes_per_cycle = 8.0 : f64, latency = 15>]>} {}

// -----

// expected-error @below {{target-C4: caches must hold something, found 0 bytes}}
module @target_C4 attributes {cluster.target = #cluster.target<"t", cores = 2, dma_core = 2, fpus = 1, core_cache = 0, cluster_cache = 4096, memories = [<level = l1, bytes = 4096, bytes_per_cycle = 8.0 : f64, latency = 1>, <level = l2, bytes = 65536, bytes_per_cycle = 8.0 : f64, latency = 15>]>} {}

// -----

// expected-error @below {{target-C5: expected one memory of level l2 with a latency}}
module @target_C5 attributes {cluster.target = #cluster.target<"t", cores = 2, dma_core = 2, fpus = 1, core_cache = 512, cluster_cache = 4096, memories = [<level = l1, bytes = 4096, bytes_per_cycle = 8.0 : f64, latency = 1>]>} {}

// -----

// expected-error @below {{target-C5: expected one memory of level l1 with a latency}}
module @target_C5_2 attributes {cluster.target = #cluster.target<"t", cores = 2, dma_core = 2, fpus = 1, core_cache = 512, cluster_cache = 4096, memories = [<level = l1, bytes = 4096, bytes_per_cycle = 8.0 : f64>, <level = l2, bytes = 65536, bytes_per_cycle = 8.0 : f64, latency = 15>]>} {}

// -----

// expected-error @below {{target-C5: expected one memory of level l2 with a latency}}
module @target_C5_3 attributes {cluster.target = #cluster.target<"t", cores = 2, dma_core = 2, fpus = 1, core_cache = 512, cluster_cache = 4096, memories = [<level = l1, bytes = 4096, bytes_per_cycle = 8.0 : f64, latency = 1>, <level = l2, bytes = 65536, bytes_per_cycle = 8.0 : f64, latency = 15>, <level = l2, bytes = 65536, bytes_per_cycle = 8.0 : f64, latency = 15>]>} {}

// -----

// expected-error @below {{target-C5: expected at most one memory of level l3}}
module @target_C5_4 attributes {cluster.target = #cluster.target<"t", cores = 2, dma_core = 2, fpus = 1, core_cache = 512, cluster_cache = 4096, memories = [<level = l1, bytes = 4096, bytes_per_cycle = 8.0 : f64, latency = 1>, <level = l2, bytes = 65536, bytes_per_cycle = 8.0 : f64, latency = 15>, <level = l3, bytes = 64, bytes_per_cycle = 1.0 : f64>, <level = l3, bytes = 64, bytes_per_cycle = 1.0 : f64>]>} {}

// -----

// expected-error @below {{memory-C1: memory l2 has 10 bytes, of which 11 are reserved}}
module @memory_C1 attributes {test.memory = #cluster.memory<level = l2, bytes = 10, reserved = 11, bytes_per_cycle = 8.0 : f64, latency = 15>} {}

// -----

// expected-error @below {{memory-C1: memory l2 has 10 bytes, of which -1 are reserved}}
module @memory_C1_2 attributes {test.memory = #cluster.memory<level = l2, bytes = 10, reserved = -1, bytes_per_cycle = 8.0 : f64, latency = 15>} {}

// -----

// expected-error @below {{memory-C2: bytes_per_cycle of memory l3 must be positive, found 0.000000e+00}}
module @memory_C2 attributes {test.memory = #cluster.memory<level = l3, bytes = 10, bytes_per_cycle = 0.0 : f64>} {}

// -----

// expected-error @below {{memory-C3: the latency of memory l3 must not be negative, found -1}}
module @memory_C3 attributes {test.memory = #cluster.memory<level = l3, bytes = 10, bytes_per_cycle = 1.0 : f64, latency = -1>} {}

// -----

// expected-error @below {{'cluster.target' must be a #cluster.target<...> of a module}}
module attributes {cluster.target = "gap9"} {}

// -----

module {
  // expected-error @below {{'cluster.target' must be a #cluster.target<...> of a module}}
  func.func private @f() attributes {cluster.target = #cluster.target<"t", cores = 2, dma_core = 2, fpus = 1, core_cache = 512, cluster_cache = 4096, memories = [<level = l1, bytes = 4096, bytes_per_cycle = 8.0 : f64, latency = 1>, <level = l2, bytes = 65536, bytes_per_cycle = 8.0 : f64, latency = 15>]>}
}


// -----

// expected-error @below {{delay_line-C1: offset must not be negative, and bytes be so many slots}}
module @delay_line_C1 attributes {test.line = #cluster.delay_line<offset = 0, bytes = 100, slot = 16>} {}
