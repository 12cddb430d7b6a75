// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Screening.td - What is found in a whole frame ----------*- tablegen -*-===//

#ifndef SE_DIALECT_RNN_TRANSFORMS_SCREENING_TD
#define SE_DIALECT_RNN_TRANSFORMS_SCREENING_TD

include "mlir/Pass/PassBase.td"

def ScreenInputs : Pass<"rnn-screen-inputs", "::mlir::ModuleOp"> {
  let summary = "A frame with an input that is not finite counts as zeros";
  let description = [{
    An infinity or a NaN in one frame of inputs would stay in the states for
    good. So each input of f32 is masked by what `rnn.finite` says of all of
    them. With `nonfinite=reset` the states also get their reset values behind
    such a frame (`reset_if_not_finite`); with `nonfinite=propagate` nothing
    changes. A network that has an `rnn.finite` stays as it is.

    Who looks at all elements sees the largest, too: `rnn.peak` of an input
    becomes a result of `rnn.finite`.

    Before:

    ```mlir
    %0 = arith.truncf %x : tensor<8xf32> to tensor<8xf16>
    ```

    After:

    ```mlir
    %1 = rnn.finite %x : tensor<8xf32> -> tensor<1xi32>
    %2 = arith.bitcast %x : tensor<8xf32> to tensor<8xi32>
    %3 = rnn.broadcast %1 : tensor<1xi32> -> tensor<8xi32>
    %4 = arith.andi %2, %3 : tensor<8xi32>
    %5 = arith.bitcast %4 : tensor<8xi32> to tensor<8xf32>
    %0 = arith.truncf %5 : tensor<8xf32> to tensor<8xf16>
    ```
  }];
  let options = [
    Option<"nonfinite", "nonfinite", "::se::rnn::Nonfinite",
           "::se::rnn::Nonfinite::ZeroFrame", "what becomes of such a frame",
           [{::llvm::cl::values(
             clEnumValN(::se::rnn::Nonfinite::ZeroFrame, "zero-frame",
                        "zeros instead"),
             clEnumValN(::se::rnn::Nonfinite::Reset, "reset",
                        "zeros instead, then a reset of all states"),
             clEnumValN(::se::rnn::Nonfinite::Propagate, "propagate",
                        "computed like any other"))}]>
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def ExpandPeaks : Pass<"rnn-expand-peaks", "::mlir::ModuleOp"> {
  let summary = "Make comparisons of rnn.peak";
  let description = [{
    The cores find 8 maxima (or a multiple of it) side by side, of which one
    core takes the largest. What has no place in rows of 16 is compared twice.

    Before:

    ```mlir
    %0 = rnn.peak %x at_least 0.01 : tensor<36xf32> -> tensor<1xf32>
    ```

    After:

    ```mlir
    %cst = arith.constant dense<0.01> : tensor<16xf32>
    %1 = tensor.extract_slice %x[0] [16] [1] : tensor<36xf32> to tensor<16xf32>
    %2 = math.absf %1 : tensor<16xf32>
    %3 = arith.maxnumf %2, %cst : tensor<16xf32>
    %4 = tensor.extract_slice %x[16] [16] [1] : tensor<36xf32> to tensor<16xf32>
    %5 = math.absf %4 : tensor<16xf32>
    %6 = arith.maxnumf %5, %3 : tensor<16xf32>
    %7 = tensor.extract_slice %x[20] [16] [1] : tensor<36xf32> to tensor<16xf32>
    %8 = math.absf %7 : tensor<16xf32>
    %9 = arith.maxnumf %8, %6 : tensor<16xf32>
    %0 = rnn.reduce <max> %9 axes [0] : tensor<16xf32> -> tensor<1xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect"];
}

#endif // SE_DIALECT_RNN_TRANSFORMS_SCREENING_TD
