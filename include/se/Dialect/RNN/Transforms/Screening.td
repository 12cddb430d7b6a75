// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Screening.td - Frames that are not finite -------------*- tablegen -*-===//

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

#endif // SE_DIALECT_RNN_TRANSFORMS_SCREENING_TD
