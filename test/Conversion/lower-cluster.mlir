// RUN: se-opt %s --se-lower-cluster | FileCheck %s

// One declaration each, however often they are called.
// CHECK-DAG: func.func private @se_kernel_core_id() -> i32
// CHECK-DAG: func.func private @se_kernel_barrier()

// The program stays, its functions have no memory levels any more.
// CHECK:     cluster.program @net kernel(@kernel) init(@reset) reset(@reset) cores 8
cluster.program @net kernel(@kernel) init(@reset) reset(@reset) cores 8 state_bytes 64
    inputs [#cluster.port<"x", shape = [4], element = f32>] outputs [] states []

// CHECK: memref.global "private" constant @W : memref<4xf32> = dense<1.000000e+00>
memref.global "private" constant @W : memref<4xf32, #cluster.space<l2>> = dense<1.0>

// CHECK-LABEL: func.func @kernel(%arg0: memref<64xi8>, %arg1: memref<4xf32>)
func.func @kernel(%state: memref<64xi8, #cluster.space<l1>>, %x: memref<4xf32>) {
  // CHECK-NEXT: %[[ID:[a-z0-9_]+]] = call @se_kernel_core_id() : () -> i32
  // CHECK-NEXT: %[[CORE:[a-z0-9_]+]] = arith.index_castui %[[ID]] : i32 to index
  // CHECK-NEXT: %[[W:[a-z0-9_]+]] = memref.get_global @W : memref<4xf32>
  // CHECK-NEXT: %[[V:[a-z0-9_]+]] = memref.load %[[W]][%[[CORE]]] : memref<4xf32>
  // CHECK-NEXT: call @se_kernel_barrier() : () -> ()
  // CHECK-NEXT: memref.store %[[V]], %arg1[%[[CORE]]] : memref<4xf32>
  // CHECK-NEXT: call @se_kernel_barrier() : () -> ()
  // CHECK-NEXT: return
  cluster.parallel cores 8 dma_core 0 {
  ^bb0(%core: index):
    %W = memref.get_global @W : memref<4xf32, #cluster.space<l2>>
    %0 = memref.load %W[%core] : memref<4xf32, #cluster.space<l2>>
    cluster.barrier
    memref.store %0, %x[%core] : memref<4xf32>
    cluster.barrier
    cluster.yield
  }
  return
}
// CHECK-LABEL: func.func @reset(%arg0: memref<64xi8>)
func.func @reset(%state: memref<64xi8, #cluster.space<l1>>) {
  return
}
