// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RNNScreening.td - What is found in a whole frame ------*- tablegen -*-===//

#ifndef SE_DIALECT_RNN_RNNSCREENING_TD
#define SE_DIALECT_RNN_RNNSCREENING_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "se/Dialect/RNN/RNNDialect.td"

def RNN_FiniteOp : Op<RNN_Dialect, "finite", [Pure, HasParent<"NetworkOp">]> {
  let summary = "Tells whether a frame's inputs are all finite";
  let description = [{
    All bits of the first result are ones if no element of any operand is
    infinite or not a number, otherwise zeros: a mask for bits of floats. The
    other results, if there are any, are the largest magnitude of each operand,
    or 0 if the mask is. The op is made by `--rnn-screen-inputs`; the scheduler
    computes it before all else.

    * (finite-C1) the operands are inputs of the network, at least one.
    * (finite-C2) all results have shape [1].
    * (finite-C3) there are no peaks, or one for each operand.

    Examples:

    ```mlir
    %0 = rnn.finite %x, %y : tensor<8xf32>, tensor<2xf32> -> tensor<1xi32>
    %1, %2 = rnn.finite %x : tensor<8xf32> -> tensor<1xi32>, tensor<1xf32>
    ```
  }];
  let arguments = (ins Variadic<StaticShapeTensorOf<[F32]>>:$inputs);
  let results = (outs StaticShapeTensorOf<[I32]>:$mask,
                      Variadic<StaticShapeTensorOf<[F32]>>:$peaks);
  let assemblyFormat = [{
    $inputs attr-dict `:` type($inputs) `->` type($mask) (`,` type($peaks)^)?
  }];
  let hasVerifier = 1;
}

def RNN_PeakOp : Op<RNN_Dialect, "peak", [Pure]> {
  let summary = "The largest magnitude of all elements";
  let description = [{
    The largest of |x| and of `at_least`, which is more than 0, so that a
    reciprocal can be had. What is not a number counts as nothing.
    `--rnn-quantize` makes it for vectors with a scale for each frame;
    `--rnn-expand-peaks` makes comparisons of it.

    * (peak-C1) the result has shape [1] and the element type of the operand.
    * (peak-C2) `at_least` is finite and more than 0.

    Example: `%0 = rnn.peak %x at_least 0.01 : tensor<1x8xf32> -> tensor<1xf32>`.
  }];
  let arguments = (ins StaticShapeTensorOf<[F16, F32]>:$x, F32Attr:$at_least);
  let results = (outs StaticShapeTensorOf<[F16, F32]>:$y);
  let assemblyFormat = [{
    $x `at_least` $at_least attr-dict `:` type($x) `->` type($y)
  }];
  let hasVerifier = 1;
}

#endif // SE_DIALECT_RNN_RNNSCREENING_TD
