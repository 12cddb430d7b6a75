// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RNNScreening.td - Frames that are not finite ----------*- tablegen -*-===//

#ifndef SE_DIALECT_RNN_RNNSCREENING_TD
#define SE_DIALECT_RNN_RNNSCREENING_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "se/Dialect/RNN/RNNDialect.td"

def RNN_FiniteOp : Op<RNN_Dialect, "finite", [Pure, HasParent<"NetworkOp">]> {
  let summary = "Tells whether a frame's inputs are all finite";
  let description = [{
    All bits of the result are ones if no element of any operand is infinite or
    not a number, otherwise zeros: a mask for bits of floats. It is made by
    `--rnn-screen-inputs`; the scheduler computes it before all else.

    * (finite-C1) the operands are inputs of the network, at least one.
    * (finite-C2) the result has shape [1].

    Example: `%0 = rnn.finite %x, %y : tensor<8xf32>, tensor<2xf32> -> tensor<1xi32>`.
  }];
  let arguments = (ins Variadic<StaticShapeTensorOf<[F32]>>:$inputs);
  let results = (outs StaticShapeTensorOf<[I32]>:$mask);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs) `->` type($mask)";
  let hasVerifier = 1;
}

#endif // SE_DIALECT_RNN_RNNSCREENING_TD
