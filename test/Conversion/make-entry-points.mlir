// RUN: se-opt %s --se-make-entry-points | FileCheck %s

// CHECK-NOT: cluster.program
// CHECK-DAG: llvm.func @se_kernel_run(!llvm.ptr, !llvm.ptr, i32, i32)
// Constants go where se-lower-cluster found that they lie, by default to L2.
// CHECK-DAG: llvm.mlir.global private constant @W({{.*}}section = ".weights"}
// CHECK-DAG: llvm.mlir.global private constant @far({{.*}}section = ".weights.l3"}
// CHECK-DAG: llvm.mlir.global private @variable() {addr_space = 0 : i32}
// CHECK-DAG: llvm.mlir.global private constant @net_name("net\00")
// CHECK-DAG: llvm.mlir.global private @net_name_0() {addr_space = 0 : i32} : f32
cluster.program @net kernel(@kernel) init(@start) reset(@clear) cores 4 dma_core 8 state_bytes 64
    inputs [#cluster.port<"x", shape = [4], element = f32>]
    outputs [#cluster.port<"y", shape = [4], element = f32>, #cluster.port<"z", shape = [1], element = f32>] states []
    {cluster.sections = {far = ".weights.l3"}}
llvm.mlir.global private constant @W(1.0 : f32) : f32
llvm.mlir.global private constant @far(2.0 : f32) : f32
llvm.mlir.global private @variable() : f32
// A global that has the name of another by chance.
llvm.mlir.global private @net_name() : f32
llvm.func @kernel(!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr)
llvm.func @start(!llvm.ptr)
llvm.func @clear(!llvm.ptr)

// What each core runs: the kernel with arguments from an array.
// CHECK-LABEL: llvm.func internal @net_entry(%arg0: !llvm.ptr)
// CHECK-COUNT-4: llvm.load %{{[a-z0-9_]+}} : !llvm.ptr -> !llvm.ptr
// CHECK-NEXT:    llvm.call @kernel(
// CHECK-NEXT:    llvm.return

// CHECK-LABEL: llvm.func internal @net_init_entry(%arg0: !llvm.ptr)
// CHECK-COUNT-1: llvm.load %{{[a-z0-9_]+}} : !llvm.ptr -> !llvm.ptr
// CHECK-NEXT:    llvm.call @start(

// Resetting takes one core, init has all cores start the transfers after that; and
// it checks first that the state lies where kernels expect it.
// CHECK-LABEL: llvm.func @net_reset(%arg0: !llvm.ptr)
// CHECK-NEXT:    llvm.call @clear(%arg0)
// CHECK-NEXT:    llvm.return
// CHECK-LABEL: llvm.func @net_init(%arg0: !llvm.ptr)
// CHECK-DAG:     %[[NAME:[a-z0-9_]+]] = llvm.mlir.addressof @net_name
// CHECK-DAG:     %[[BYTES:[a-z0-9_]+]] = llvm.mlir.constant(64 : i32)
// CHECK:         llvm.call @se_kernel_check_state(%arg0, %[[BYTES]], %{{.*}})
// CHECK-NEXT:    llvm.call @clear(%arg0)
// CHECK:         llvm.store %arg0, %[[ARRAY:[a-z0-9_]+]]
// CHECK:         %[[ENTRY:[a-z0-9_]+]] = llvm.mlir.addressof @net_init_entry
// CHECK:         llvm.call @se_kernel_run(%[[ENTRY]], %[[ARRAY]], %{{.*}}, %{{.*}})

// The array is the state, one input, two outputs.
// CHECK-LABEL: llvm.func @net_step_ports(%arg0: !llvm.ptr, %arg1: !llvm.ptr, %arg2: !llvm.ptr)
// CHECK:         %[[FOUR:[a-z0-9_]+]] = llvm.mlir.constant(4 : {{.*}}) : i32
// CHECK-NEXT:    %[[ARRAY:[a-z0-9_]+]] = llvm.alloca %[[FOUR]] x !llvm.ptr
// CHECK-NEXT:    %[[SLOT:[a-z0-9_]+]] = llvm.getelementptr %[[ARRAY]][0]
// CHECK-NEXT:    llvm.store %arg0, %[[SLOT]]
// CHECK:         llvm.getelementptr %arg1[0]
// CHECK:         llvm.getelementptr %arg2[0]
// CHECK:         llvm.getelementptr %arg2[1]
// CHECK:         %[[ENTRY:[a-z0-9_]+]] = llvm.mlir.addressof @net_entry
// CHECK:         %[[CORES:[a-z0-9_]+]] = llvm.mlir.constant(4 : {{.*}}) : i32
// CHECK-NEXT:    %[[DMA:[a-z0-9_]+]] = llvm.mlir.constant(8 : {{.*}}) : i32
// CHECK-NEXT:    llvm.call @se_kernel_run(%[[ENTRY]], %[[ARRAY]], %[[CORES]], %[[DMA]])
