// RUN: se-opt %s | se-opt | FileCheck %s
// RUN: se-opt %s --mlir-print-op-generic | se-opt | FileCheck %s
// RUN: se-opt %s --verify-roundtrip -o /dev/null
//
// Every op and attribute of the dialect, as in its description.

// CHECK:      cluster.program @net kernel(@net_kernel) init(@net_reset) reset(@net_reset) cores 8
// CHECK-SAME:   state_bytes 64 inputs [#cluster.port<"x", shape = [4], element = f32>]
// CHECK-SAME:   outputs [#cluster.port<"y", shape = [4], element = f32>]
// CHECK-SAME:   states [#cluster.port<"h", shape = [4], element = f32>]{{$}}
cluster.program @net kernel(@net_kernel) init(@net_reset) reset(@net_reset) cores 8
    state_bytes 64 inputs [#cluster.port<"x", shape = [4], element = f32>]
    outputs [#cluster.port<"y", shape = [4], element = f32>]
    states [#cluster.port<"h", shape = [4], element = f32>]

// CHECK-LABEL: func.func @net_kernel
func.func @net_kernel(%state: memref<64xi8, #cluster.space<l1>>, %x: memref<4xf32>, %y: memref<4xf32>) {
  // CHECK:      cluster.parallel cores 8 dma_core 8 {
  // CHECK-NEXT: ^bb0(%[[CORE:[a-zA-Z0-9_]+]]: index):
  // CHECK-NEXT:   cluster.barrier
  // CHECK-NEXT:   cluster.yield
  cluster.parallel cores 8 dma_core 8 {
  ^bb0(%core: index):
    cluster.barrier
    cluster.yield
  }
  return
}
// CHECK-LABEL: func.func @net_reset(%arg0: memref<64xi8, #cluster.space<l1>>)
func.func @net_reset(%state: memref<64xi8, #cluster.space<l1>>) {
  return
}

// Several ports, names of any kind, scalars, offsets, the optional figures.
// CHECK:      cluster.program @more kernel(@more_kernel) init(@more_reset) reset(@more_reset) cores 1
// CHECK-SAME:   inputs [#cluster.port<"a b/c:0", shape = [], element = f32>, #cluster.port<"z", shape = [1, 2, 3], element = f32 rounded f16>]
// CHECK-SAME:   outputs []
// CHECK-SAME:   states [#cluster.port<"h", shape = [1, 8], element = f16, offset = 16>]
// CHECK-SAME:   {macs = 123 : i64, weight_bytes = 456 : i64}
cluster.program @more kernel(@more_kernel) init(@more_reset) reset(@more_reset) cores 1 state_bytes 32
    inputs [#cluster.port<"a b/c:0", shape = [], element = f32>, #cluster.port<"z", shape = [1, 2, 3], element = f32 rounded f16>]
    outputs [] states [#cluster.port<"h", shape = [1, 8], element = f16, offset = 16>]
    {macs = 123 : i64, weight_bytes = 456 : i64}
func.func private @more_kernel(memref<32xi8>, memref<1xf32>, memref<6xf32>)
func.func private @more_reset(memref<32xi8>)

// CHECK-LABEL: func.func private @spaces
// CHECK-SAME: memref<4xf32, #cluster.space<l1>>, memref<4xf32, #cluster.space<l2>>, memref<4xf32, #cluster.space<l3>>
func.func private @spaces(memref<4xf32, #cluster.space<l1>>, memref<4xf32, #cluster.space<l2>>, memref<4xf32, #cluster.space<l3>>)

// CHECK-LABEL: func.func @transfers
func.func @transfers(%data: memref<64xi8, #cluster.space<l2>>, %far: memref<64xi8, #cluster.space<l3>>,
    %ring: memref<64xi8, #cluster.space<l1>>, %near: memref<64xi8, #cluster.space<l2>>,
    %control: memref<2xi32, #cluster.space<l1>>, %n: index) {
  // CHECK:      cluster.parallel cores 8 dma_core 8 carry %{{.*}} : memref<2xi32, #cluster.space<l1>> {
  // CHECK-NEXT: ^bb0(%{{.*}}: index, %[[TOKEN:.*]]: !cluster.token<dma>, %{{.*}}: index):
  cluster.parallel cores 8 dma_core 8 carry %control : memref<2xi32, #cluster.space<l1>> {
  ^bb0(%core: index, %token: !cluster.token<dma>, %free: index):
    // CHECK: cluster.dma_wait %[[TOKEN]] : {{.*}}<dma>
    %position = cluster.dma_wait %token : !cluster.token<dma>
    // CHECK: cluster.dma_start %{{.*}}[%{{.*}}] to %{{.*}}[%{{.*}}], %{{.*}} : memref<64xi8, #cluster.space<l3>> to memref<64xi8, #cluster.space<l2>> -> {{.*}}<external>
    %outer = cluster.dma_start %far[%n] to %near[%n], %n : memref<64xi8, #cluster.space<l3>> to memref<64xi8, #cluster.space<l2>> -> !cluster.token<external>
    // CHECK: cluster.dma_wait %{{.*}} : {{.*}}<external>
    %there = cluster.dma_wait %outer : !cluster.token<external>
    // CHECK: %[[NEXT:.*]] = cluster.dma_start %{{.*}}[%{{.*}}] to %{{.*}}[%{{.*}}], %{{.*}} lines %{{.*}} stride %{{.*}} : memref<64xi8, #cluster.space<l2>> to memref<64xi8, #cluster.space<l1>> -> {{.*}}<dma>
    %next = cluster.dma_start %data[%n] to %ring[%free], %n lines %n stride %n : memref<64xi8, #cluster.space<l2>> to memref<64xi8, #cluster.space<l1>> -> !cluster.token<dma>
    // CHECK: cluster.yield %[[NEXT]], %{{.*}} : !cluster.token<dma>, index
    cluster.yield %next, %position : !cluster.token<dma>, index
  }
  return
}

// CHECK-LABEL: func.func @dot
func.func @dot(%x: memref<7xf16, #cluster.space<l1>>, %w: memref<18xf16, #cluster.space<l1>>, %n: index, %a: f32) -> f32 {
  // CHECK: cluster.dot %{{.*}}[%{{.*}}], %{{.*}}[%{{.*}}], %{{.*}}, %{{.*}}, %{{.*}} : memref<7xf16, #cluster.space<l1>>, memref<18xf16, #cluster.space<l1>> -> f32, f32
  %s:2 = cluster.dot %x[%n], %w[%n], %n, %a, %a : memref<7xf16, #cluster.space<l1>>, memref<18xf16, #cluster.space<l1>> -> f32, f32
  // CHECK: cluster.dot %{{.*}} {stride = 4 : i64} : memref<7xf16, #cluster.space<l1>>, memref<18xf16, #cluster.space<l1>> -> f32
  %t = cluster.dot %x[%n], %w[%n], %n, %a {stride = 4 : i64} : memref<7xf16, #cluster.space<l1>>, memref<18xf16, #cluster.space<l1>> -> f32
  return %s#1 : f32
}

// CHECK:      module @small attributes {cluster.target = #cluster.target<"small", cores = 2, dma_core = 2, fpus = 1,
// CHECK-SAME:   core_cache = 512, cluster_cache = 4096, memories = [
// CHECK-SAME:   <level = l1, bytes = 4096, bytes_per_cycle = 8.000000e+00 : f64, latency = 1>,
// CHECK-SAME:   <level = l2, bytes = 65536, reserved = 100, bytes_per_cycle = 8.000000e+00 : f64, latency = 15>],
// CHECK-SAME:   operating_points = [<mhz = 7.200000e+01 : f64>, <mhz = 2.400000e+02 : f64, volt = 6.500000e-01 : f64>]>}
module @small attributes {cluster.target = #cluster.target<"small", cores = 2, dma_core = 2, fpus = 1,
    core_cache = 512, cluster_cache = 4096, memories = [
      <level = l1, bytes = 4096, bytes_per_cycle = 8.0 : f64, latency = 1>,
      <level = l2, bytes = 65536, reserved = 100, bytes_per_cycle = 8.0 : f64, latency = 15>],
    operating_points = [<mhz = 72.0 : f64>, <mhz = 240.0 : f64, volt = 0.65 : f64>]>} {}
