// RUN: se-opt %s --se-make-entry-points | FileCheck %s

// With a mask of the frame's inputs, a reset behind the step if that is zero.
// A constant that has the name of an entry gets another one, and keeps its section.
// CHECK-DAG: llvm.mlir.global private constant @screened_reset_{{[0-9]+}}({{.*}}section = ".weights.nvm"}
// CHECK-LABEL: llvm.func @screened_step_ports(%arg0: !llvm.ptr, %arg1: !llvm.ptr, %arg2: !llvm.ptr)
// CHECK:         llvm.call @se_kernel_run
// CHECK-NEXT:    %[[PLACE:[a-z0-9_]+]] = llvm.getelementptr %arg0[48]
// CHECK-NEXT:    %[[WORD:[a-z0-9_]+]] = llvm.load %[[PLACE]]
// CHECK-NEXT:    %[[ZERO:[a-z0-9_]+]] = llvm.mlir.constant(0 : {{.*}}) : i32
// CHECK-NEXT:    %[[BAD:[a-z0-9_]+]] = llvm.icmp "eq" %[[WORD]], %[[ZERO]]
// CHECK-NEXT:    llvm.cond_br %[[BAD]], ^bb1, ^bb2
// CHECK-NEXT:  ^bb1:
// CHECK-NEXT:    llvm.call @clear(%arg0)
// CHECK-NEXT:    llvm.br ^bb2
// CHECK-NEXT:  ^bb2:
// CHECK-NEXT:    llvm.return
cluster.program @screened kernel(@kernel) init(@start) reset(@clear) cores 4 dma_core 8 state_bytes 64
    inputs [#cluster.port<"x", shape = [4], element = f32>] outputs [] states []
    {finite_mask = 48 : i64, cluster.sections = {screened_reset = ".weights.nvm"}}
llvm.mlir.global private constant @screened_reset(3.0 : f32) : f32
llvm.func @kernel(!llvm.ptr, !llvm.ptr)
llvm.func @start(!llvm.ptr)
llvm.func @clear(!llvm.ptr)
