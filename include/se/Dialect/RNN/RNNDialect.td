// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RNNDialect.td - The rnn dialect: what to compute ------*- tablegen -*-===//

#ifndef SE_DIALECT_RNN_RNNDIALECT_TD
#define SE_DIALECT_RNN_RNNDIALECT_TD

include "mlir/IR/OpBase.td"

def RNN_Dialect : Dialect {
  let name = "rnn";
  let cppNamespace = "::se::rnn";
  let summary = "Recurrent networks over one frame: cells, states, weights";
  let description = [{
    The `rnn` dialect says what a recurrent network computes for one frame. It
    knows nothing of cores, memories or instructions.

    * A *cell* (`rnn.cell`) is a symbol with a region: the transition of one
      time step. Inputs, states and weights are its arguments, outputs and next
      states leave through `rnn.yield`. The previous state is a value, so it
      cannot be overwritten by accident.
    * A *network* (`rnn.network`) is a function over one frame. It owns the
      states, each with a name and a reset value, and applies cells to them
      (`rnn.apply`).
    * Named cells (`rnn.lstm`, `rnn.gru`) have the semantics of ONNX and exist
      only in phase `imported`; `--rnn-expand-named-cells` turns them into region cells.

    Values are statically shaped tensors with value semantics. Elementwise
    arithmetic uses `arith` and `math` on tensors, slices and concatenations
    use `tensor`. Weights are `arith.constant` with `dense_resource` blobs.

    * A *layer* is what a policy, a calibration or a report calls by one name.
      The name is that of the ONNX node, or the place in the file, `net.mlir:12`.
      Passes keep it as the location of what they make. Text keeps it as the
      attribute `rnn.layer` (`--rnn-write-layers`, `--rnn-read-layers`): a name,
      `"lstm_1"`, or the names of all that an operation was fused from, each of
      them a name or a layer and a gate in it, `["fc", ["lstm_1", "forget"]]`. In
      a cell it names a gate.

    Verifier rules are numbered (for example `apply-C2`); the number stands in
    the op's description, in the message and in the name of the negative test.
  }];
  let hasOperationAttrVerify = 1;
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::tensor::TensorDialect"
  ];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
}

#endif // SE_DIALECT_RNN_RNNDIALECT_TD
