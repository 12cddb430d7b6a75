// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.td - Checks of phases, and the target ----------*- tablegen -*-===//

#ifndef SE_PIPELINES_PASSES_TD
#define SE_PIPELINES_PASSES_TD

include "mlir/Pass/PassBase.td"

def VerifyPhase : Pass<"verify-phase", "::mlir::ModuleOp"> {
  let summary = "Check that only what a phase allows stands in the module";
  let description = [{
    Phases are `imported`, `normalized`, `legalized`, `scheduled`, `selected` and
    `llvm` (docs/phases.md says what each allows). `--verify-phase=NAME` on the
    command line is short for `--verify-phase=phase=NAME`. Without a name, the
    module is checked against the phase in its attribute `se.phase`.
  }];
  let options = [
    Option<"phase", "phase", "std::string", "\"\"", "name of the phase">,
    Option<"enter", "enter", "bool", "false",
           "write the phase into the module's attribute se.phase">
  ];
}

def AttachTarget : Pass<"se-attach-target", "::mlir::ModuleOp"> {
  let summary = "Write into the module what it is compiled for";
  let description = [{
    Sets the module's attribute `cluster.target` to the description of a target:
    a name, or the path of a `.json` file (docs/targets.md). What comes later
    knows nothing else of a chip. A module that has the attribute keeps it.

    The other options take less of the target than there is: so many cores, and
    at most so many bytes of a memory for the network.

    ```
    $ se-opt net.mlir --se-attach-target="target=gap9 cores=4 l1-bytes=40000"
    ```
  }];
  let options = [
    Option<"target", "target", "std::string", "\"pulp-open\"",
           "name or .json file of the target">,
    Option<"cores", "cores", "unsigned", "0", "number of cores; 0: all">,
    Option<"dmaCore", "dma-core", "int64_t", "-1",
           "the core that starts transfers; -1: the controller, if there is one">,
    Option<"coreStack", "core-stack", "unsigned", "0",
           "bytes of each core's stack in L1; 0: what known networks need">,
    Option<"l1Bytes", "l1-bytes", "int64_t", "-1",
           "bytes of L1 for states, activations and parameters; -1: all">,
    Option<"l2Bytes", "l2-bytes", "int64_t", "-1",
           "bytes of L2 for parameters; -1: all">,
    Option<"l3Bytes", "l3-bytes", "int64_t", "-1",
           "bytes of the external memory; -1: all">,
    Option<"nvmBytes", "nvm-bytes", "int64_t", "-1",
           "bytes of the non-volatile memory; -1: all">
  ];
  let dependentDialects = ["::se::cluster::ClusterDialect"];
}

#endif // SE_PIPELINES_PASSES_TD
