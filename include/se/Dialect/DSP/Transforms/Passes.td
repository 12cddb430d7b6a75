// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.td - Passes on the dsp dialect -----------------*- tablegen -*-===//

#ifndef SE_DIALECT_DSP_TRANSFORMS_PASSES_TD
#define SE_DIALECT_DSP_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def AddFrontEnd : Pass<"dsp-add-front-end", "::mlir::ModuleOp"> {
  let summary = "From networks of features to one of sound";
  let description = [{
    The networks of the module, in their order, become one between samples: a hop of
    samples `in`, and a hop `out`. A front end (docs/frontends.md) says what stands
    around the networks. States are added: the last samples, `history`, the sums of
    blocks that are not complete, `overlap`, and those of steps that need earlier
    frames (`past`, `held`, `distances`). Samples have full scale at +-1, to
    which both are clipped. `dsp.stream` of the network says sample rate and delay.

    * (front-end-C1) the module has as many networks as the front end takes.
    * (front-end-C2) a network has the inputs that the front end makes, in order and
      with as many elements, besides its states.
    * (front-end-C3) a network has the outputs that the front end uses, the same.

    Before:

    ```mlir
    rnn.network @net inputs(%x = "mag" : tensor<257xf32>)
        outputs("mask" : tensor<257xf32>) {
      %0 = rnn.activation <sigmoid> %x : tensor<257xf32> -> tensor<257xf32>
      rnn.yield %0 : tensor<257xf32>
    }
    ```

    After, shortened:

    ```mlir
    rnn.network @net inputs(%in = "in" : tensor<100xf32>)
        states(%history = "history" : tensor<600xf32> reset dense<0.0> : tensor<600xf32>)
        outputs("out" : tensor<100xf32>)
        attributes {dsp.stream = #dsp.stream<sample_rate = 16000, delay = 300>} {
      %0 = tensor.extract_slice %history[100] [500] [1] : tensor<600xf32> to tensor<500xf32>
      %1 = tensor.concat dim(0) %0, %in
          : (tensor<500xf32>, tensor<100xf32>) -> tensor<600xf32>
      %2 = tensor.extract_slice %1[88] [512] [1] : tensor<600xf32> to tensor<512xf32>
      %re, %im = dsp.rfft %2 : tensor<512xf32> -> tensor<257xf32>
    }
    ```
  }];
  let options = [
    Option<"frontEnd", "front-end", "std::string", /*default=*/"\"tinydenoiser\"",
           "name of a front end, or a file of one, .json">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect",
    "::se::dsp::DSPDialect", "::se::rnn::RNNDialect"];
}

def ExpandTransforms : Pass<"dsp-expand-transforms", "::mlir::ModuleOp"> {
  let summary = "Fourier transforms and bands as sums and products of slices";
  let description = [{
    A transform of N real samples becomes one of N / 2 complex points, even samples
    as real and odd ones as imaginary parts, and a last step that separates their
    spectra. The complex transform is Stockham's: of each of its passes the results
    lie in order, so that none puts bits in reverse, and what an element reads lies
    at a fixed distance. Passes have radix 4, the last ones 2, 3 or 5. The inverse
    goes the other way.

    With r the radix, n the points that are left and s = N / 2 / n, element
    e = p s + q of a pass (q < s) computes

        y[(r p + k) s + q] = w^(p k) * sum over j of x[e + N / 2 / r j] * v^(j k)

    for k = 0, ..., r - 1, where w = exp(-2 pi i / n) and v = exp(-2 pi i / r). (C. Van
    Loan, Computational Frameworks for the Fast Fourier Transform, 1992, section 1.7.)

    Bands become products of small matrices and slices, and so does their transpose.

    Before:

    ```mlir
    %re, %im = dsp.rfft %x : tensor<4xf32> -> tensor<3xf32>
    ```

    After, shortened: a pass of radix 2, of which `%re` and `%im` are joined.

    ```mlir
    %0 = tensor.extract_slice %x[0] [2] [2] : tensor<4xf32> to tensor<2xf32>
    %1 = tensor.extract_slice %x[1] [2] [2] : tensor<4xf32> to tensor<2xf32>
    %2 = tensor.extract_slice %0[0] [1] [1] : tensor<2xf32> to tensor<1xf32>
    %3 = tensor.extract_slice %0[1] [1] [1] : tensor<2xf32> to tensor<1xf32>
    %4 = arith.addf %2, %3 : tensor<1xf32>
    %5 = arith.subf %2, %3 : tensor<1xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::tensor::TensorDialect", "::se::rnn::RNNDialect"];
}

#endif // SE_DIALECT_DSP_TRANSFORMS_PASSES_TD
