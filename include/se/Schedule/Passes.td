// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.td - From tensors to cores and buffers ---------*- tablegen -*-===//

#ifndef SE_SCHEDULE_PASSES_TD
#define SE_SCHEDULE_PASSES_TD

include "mlir/Pass/PassBase.td"

def ScheduleNetwork : Pass<"se-schedule", "::mlir::ModuleOp"> {
  let summary = "Deal a network's rows to cores (phase 2 to phase 3)";
  let description = [{
    Replaces the module's `rnn.network` by a kernel that all cores execute, a
    reset function and a `cluster.program` that describes both.

    Values that a matvec, a reduction or a concatenation reads get a buffer in
    L1, all others are computed where they are used: the gates of an output
    element and the elementwise operations that follow them are one loop body,
    run by one core. Loops that depend on each other's whole result are
    separated by a barrier; rows are dealt to cores in contiguous runs. Weights
    are read where they lie. docs/scheduling.md has the details.
  }];
  let options = [
    Option<"cores", "cores", "unsigned", "8", "number of cores, 1 to 8">,
    Option<"dmaCore", "dma-core", "unsigned", "0",
           "the core that starts transfers: one of them, or one more">,
    Option<"l1Bytes", "l1-bytes", "int64_t", "56256",
           "bytes of L1 for states, activations and parameters">,
    Option<"l2Bytes", "l2-bytes", "int64_t", "1572864",
           "bytes of L2 for parameters">,
    Option<"nvmBytes", "nvm-bytes", "int64_t", "0",
           "bytes of a non-volatile memory behind L2">,
    Option<"nvmRate", "nvm-rate", "double", "1", "its bytes per cycle">,
    Option<"l3Bytes", "l3-bytes", "int64_t", "0",
           "bytes of an external memory">,
    Option<"l3Rate", "l3-rate", "double", "1", "its bytes per cycle">,
    Option<"l3Direct", "l3-direct", "bool", "false",
           "the cluster's DMA reaches the external memory">,
    Option<"ring", "ring", "int64_t", "0",
           "force the number of slots of the ring in L1, 2 to 6">,
    Option<"slotBytes", "slot-bytes", "int64_t", "0",
           "force the largest size of a slot">,
    Option<"tileRows", "tile-rows", "int64_t", "0",
           "force the number of elements of a tile">,
    Option<"resident", "resident", "bool", "true",
           "let parameters stay in L1">
  ];
  let dependentDialects = ["::se::cluster::ClusterDialect",
    "::mlir::scf::SCFDialect", "::mlir::func::FuncDialect",
    "::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect",
    "::mlir::math::MathDialect"];
}

#endif // SE_SCHEDULE_PASSES_TD
