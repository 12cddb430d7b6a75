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
    Option<"weights", "weights", "std::string", "\"l2\"",
           "memory level of the parameters, l2 or l3">,
    Option<"l1Bytes", "l1-bytes", "int64_t", "56256",
           "bytes of L1 for states, activations and the weight stream">
  ];
  let dependentDialects = ["::se::cluster::ClusterDialect",
    "::mlir::scf::SCFDialect", "::mlir::func::FuncDialect",
    "::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect",
    "::mlir::math::MathDialect"];
}

#endif // SE_SCHEDULE_PASSES_TD
