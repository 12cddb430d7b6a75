// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.td - The pass that checks a phase --------------*- tablegen -*-===//

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

#endif // SE_PIPELINES_PASSES_TD
