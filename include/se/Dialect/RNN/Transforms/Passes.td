// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.td - Passes on the rnn dialect -----------------*- tablegen -*-===//

#ifndef SE_DIALECT_RNN_TRANSFORMS_PASSES_TD
#define SE_DIALECT_RNN_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

include "se/Dialect/RNN/Transforms/Normalize.td"
include "se/Dialect/RNN/Transforms/Quantize.td"
include "se/Dialect/RNN/Transforms/Legalize.td"

def WriteLayers : Pass<"rnn-write-layers", "::mlir::ModuleOp"> {
  let summary = "Names of layers, from locations to attributes";
  let description = [{
    Operations of networks and cells get the attribute `rnn.layer`, which says
    what their locations say: printed text keeps attributes, but not locations.
    So a module that is printed and read again is compiled alike, with any
    policy or calibration. `se-compile --emit`, `se-translate` and the end of
    `--se-pipeline` do so.

    Before:

    ```mlir
    %0 = rnn.matvec %W, %x : tensor<2x3xf32>, tensor<3xf32> -> tensor<2xf32> loc("fc")
    ```

    After:

    ```mlir
    %0 = rnn.matvec %W, %x {rnn.layer = "fc"} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2xf32> loc("fc")
    ```
  }];
}

def ReadLayers : Pass<"rnn-read-layers", "::mlir::ModuleOp"> {
  let summary = "Names of layers, from attributes to locations";
  let description = [{
    The reverse of `--rnn-write-layers`: passes keep names as locations, which
    survive all rewriting. The tools do this when they read a module, and so does
    the start of `--se-pipeline`. Passes that are run one by one need it before
    them if the text has the attribute.
  }];
}

#endif // SE_DIALECT_RNN_TRANSFORMS_PASSES_TD
