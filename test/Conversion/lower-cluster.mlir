// RUN: se-opt %s --se-lower-cluster | FileCheck %s

// One declaration each, however often they are called.
// CHECK-DAG: func.func private @se_kernel_core_id() -> i32
// CHECK-DAG: func.func private @se_kernel_barrier()
// CHECK-DAG: func.func private @se_kernel_dma_in(index, index, index) -> index
// CHECK-DAG: func.func private @se_kernel_dma_in_2d(index, index, index, index, index) -> index
// CHECK-DAG: func.func private @se_kernel_dma_out(index, index, index) -> index
// CHECK-DAG: func.func private @se_kernel_dma_out_2d(index, index, index, index, index) -> index
// CHECK-DAG: func.func private @se_kernel_dma_wait(index)
// CHECK-DAG: func.func private @se_kernel_external_start(index, index, index) -> index
// CHECK-DAG: func.func private @se_kernel_external_wait(index)

// The program stays, its functions have no memory levels any more; it remembers
// the sections of what does not lie in L2.
// CHECK:      cluster.program @net kernel(@kernel) init(@reset) reset(@reset) cores 8
// CHECK-SAME: {cluster.sections = {far = ".weights.l3", flash = ".weights.nvm"}
cluster.program @net kernel(@kernel) init(@reset) reset(@reset) cores 8 dma_core 8 state_bytes 64
    inputs [#cluster.port<"x", shape = [4], element = f32>] outputs [] states []

// CHECK: memref.global "private" constant @W : memref<4xf32> = dense<1.000000e+00>
memref.global "private" constant @W : memref<4xf32, #cluster.space<l2>> = dense<1.0>
memref.global "private" constant @far : memref<64xi8, #cluster.space<l3>> = dense<1>
memref.global "private" constant @flash : memref<64xi8, #cluster.space<nvm>> = dense<1>
memref.global "private" @near : memref<64xi8, #cluster.space<l2>>

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
  cluster.parallel cores 8 dma_core 8 {
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

// A token is the position to which the transfer goes, times 16, plus the number
// from the driver, which only the core that drives the DMA has: it alone starts,
// with addresses, and waits; all get the position. Carried values are words of
// the control, which that core alone writes.
// CHECK-LABEL: func.func @carry(%arg0: memref<64xi8>, %arg1: memref<64xi8>, %arg2: memref<2xi32>, %arg3: index)
// CHECK:         %[[CORE:.*]] = arith.index_castui %{{.*}} : i32 to index
// CHECK:         %[[WORD0:.*]] = memref.load %arg2[%c0{{.*}}]
// CHECK:         %[[TOKEN:.*]] = arith.index_castui %[[WORD0]] : i32 to index
// CHECK:         %[[WORD1:.*]] = memref.load %arg2[%c1{{.*}}]
// CHECK:         %[[FREE:.*]] = arith.index_castui %[[WORD1]] : i32 to index
// CHECK:         %[[C16:.*]] = arith.constant 16 : index
// CHECK:         %[[IS:.*]] = arith.cmpi eq, %[[CORE]], %c3{{.*}}
// CHECK-NEXT:    scf.if %[[IS]] {
// CHECK-NEXT:      %[[NUMBER:.*]] = arith.remui %[[TOKEN]], %[[C16]]
// CHECK-NEXT:      func.call @se_kernel_dma_wait(%[[NUMBER]])
// CHECK-NEXT:    }
// CHECK-NEXT:    %[[AT:.*]] = arith.divui %[[TOKEN]], %[[C16]]
// CHECK:         %[[IS:.*]] = arith.cmpi eq, %[[CORE]], %c3{{.*}}
// CHECK-NEXT:    %[[NUMBER:.*]] = scf.if %[[IS]] -> (index) {
// CHECK-NEXT:      %[[BASE:.*]] = memref.extract_aligned_pointer_as_index %arg1
// CHECK-NEXT:      %[[FROM:.*]] = arith.addi %[[BASE]], %arg3
// CHECK-NEXT:      %[[BASE:.*]] = memref.extract_aligned_pointer_as_index %arg0
// CHECK-NEXT:      %[[TO:.*]] = arith.addi %[[BASE]], %[[FREE]]
// CHECK-NEXT:      %[[RESULT:.*]] = func.call @se_kernel_dma_in(%[[FROM]], %[[TO]], %arg3)
// CHECK-NEXT:      scf.yield %[[RESULT]]
// CHECK-NEXT:    } else {
// CHECK:           scf.yield %c0
// CHECK-NEXT:    }
// CHECK:         %[[HIGH:.*]] = arith.muli %[[FREE]], %c16
// CHECK-NEXT:    %[[NEXT:.*]] = arith.addi %[[HIGH]], %[[NUMBER]]
// CHECK:         arith.cmpi eq, %[[CORE]], %c3
// CHECK-NEXT:    scf.if
// CHECK:           %[[WORD:.*]] = arith.index_castui %[[NEXT]] : index to i32
// CHECK-NEXT:      memref.store %[[WORD]], %arg2[%c0{{.*}}]
// CHECK:           %[[WORD:.*]] = arith.index_castui %[[AT]] : index to i32
// CHECK-NEXT:      memref.store %[[WORD]], %arg2[%c1{{.*}}]
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @carry(%ring: memref<64xi8, #cluster.space<l1>>, %data: memref<64xi8, #cluster.space<l2>>,
    %control: memref<2xi32, #cluster.space<l1>>, %n: index) {
  cluster.parallel cores 3 dma_core 3 carry %control : memref<2xi32, #cluster.space<l1>> {
  ^bb0(%core: index, %token: !cluster.token<dma>, %free: index):
    %at = cluster.dma_wait %token : !cluster.token<dma>
    %next = cluster.dma_start %data[%n] to %ring[%free], %n : memref<64xi8, #cluster.space<l2>> to memref<64xi8, #cluster.space<l1>> -> !cluster.token<dma>
    cluster.yield %next, %at : !cluster.token<dma>, index
  }
  return
}

// Each direction, form and engine has its function; loops and branches carry
// tokens as numbers.
// CHECK-LABEL: func.func @engines
// CHECK:         call @se_kernel_dma_in_2d(%{{.*}}, %{{.*}}, %arg2, %arg3, %arg4)
// CHECK:         call @se_kernel_dma_wait
// CHECK:         call @se_kernel_dma_out(%{{.*}}, %{{.*}}, %arg2)
// CHECK:         call @se_kernel_dma_wait
// CHECK:         call @se_kernel_dma_out_2d(%{{.*}}, %{{.*}}, %arg2, %arg3, %arg4)
// CHECK:         call @se_kernel_dma_wait
// CHECK:         call @se_kernel_external_start
// CHECK:         scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}) -> (index) {
// CHECK:           call @se_kernel_external_wait
// CHECK:           call @se_kernel_external_start
// CHECK:         call @se_kernel_external_wait
// CHECK-NOT:     cluster.
func.func @engines(%ring: memref<64xi8, #cluster.space<l1>>, %data: memref<64xi8, #cluster.space<l2>>,
    %n: index, %line: index, %stride: index) {
  cluster.parallel cores 2 dma_core 0 {
  ^bb0(%core: index):
    %in = cluster.dma_start %data[%n] to %ring[%n], %n lines %line stride %stride : memref<64xi8, #cluster.space<l2>> to memref<64xi8, #cluster.space<l1>> -> !cluster.token<dma>
    %0 = cluster.dma_wait %in : !cluster.token<dma>
    %out = cluster.dma_start %ring[%n] to %data[%n], %n : memref<64xi8, #cluster.space<l1>> to memref<64xi8, #cluster.space<l2>> -> !cluster.token<dma>
    %1 = cluster.dma_wait %out : !cluster.token<dma>
    %lines = cluster.dma_start %ring[%n] to %data[%n], %n lines %line stride %stride : memref<64xi8, #cluster.space<l1>> to memref<64xi8, #cluster.space<l2>> -> !cluster.token<dma>
    %2 = cluster.dma_wait %lines : !cluster.token<dma>
    %far = memref.get_global @far : memref<64xi8, #cluster.space<l3>>
    %near = memref.get_global @near : memref<64xi8, #cluster.space<l2>>
    %first = cluster.dma_start %far[%n] to %near[%n], %n : memref<64xi8, #cluster.space<l3>> to memref<64xi8, #cluster.space<l2>> -> !cluster.token<external>
    %last = scf.for %i = %n to %line step %stride iter_args(%token = %first) -> !cluster.token<external> {
      %3 = cluster.dma_wait %token : !cluster.token<external>
      %next = cluster.dma_start %far[%i] to %near[%i], %n : memref<64xi8, #cluster.space<l3>> to memref<64xi8, #cluster.space<l2>> -> !cluster.token<external>
      scf.yield %next : !cluster.token<external>
    }
    %4 = cluster.dma_wait %last : !cluster.token<external>
    cluster.yield
  }
  return
}
