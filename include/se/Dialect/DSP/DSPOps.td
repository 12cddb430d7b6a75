// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- DSPOps.td - Transforms of signals ---------------------*- tablegen -*-===//

#ifndef SE_DIALECT_DSP_DSPOPS_TD
#define SE_DIALECT_DSP_DSPOPS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def DSP_Dialect : Dialect {
  let name = "dsp";
  let cppNamespace = "::se::dsp";
  let summary = "Transforms between samples and spectra";
  let description = [{
    What stands between sound and a network, and is no elementwise operation: Fourier
    transforms of real signals, and bands of spectra. Its operations stand in an
    `rnn.network` of phase `imported`. `--dsp-expand-transforms` turns them into sums
    and products of slices, so that no later pass knows them, and host and device
    compute the same.

    A spectrum is two tensors, its real and its imaginary parts.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
}

def DSP_StreamAttr : AttrDef<DSP_Dialect, "Stream"> {
  let mnemonic = "stream";
  let summary = "what a network between samples is to its surroundings";
  let description = [{
    The attribute `dsp.stream` of a network and of its program: it takes and gives
    `sample_rate` samples a second, the latter `delay` samples later than the former,
    besides the hop that has to be complete first.

    * (stream-C1) `sample_rate` is from 1 to 768000, `delay` from 0 to 16777216.

    Example: `#dsp.stream<sample_rate = 16000, delay = 300>`.
  }];
  let parameters = (ins "int64_t":$sample_rate, "int64_t":$delay);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    static constexpr ::llvm::StringLiteral attrName = "dsp.stream";
  }];
}

class DSP_Op<string mnemonic, list<Trait> traits = []>
    : Op<DSP_Dialect, mnemonic, traits>;

def DSP_Vector : StaticShapeTensorOf<[F32]>;

def DSP_RfftOp : DSP_Op<"rfft", [Pure, AllTypesMatch<["re", "im"]>]> {
  let summary = "The discrete Fourier transform of a real signal";
  let description = [{
    Of a signal of N samples the bins k = 0, ..., N / 2:

        X[k] = sum over n of x[n] * exp(-2 pi i k n / N)

    The imaginary parts of the first and of the last bin are 0. This is `rfft` of
    numpy, without a factor.

    * (rfft-C1) the signal is a vector of N samples, with N even and from 4 to 8192,
      and N / 2 a product of numbers from 2 to 5.
    * (rfft-C2) the results have N / 2 + 1 elements.

    Example:

    ```mlir
    %re, %im = dsp.rfft %x : tensor<512xf32> -> tensor<257xf32>
    ```
  }];
  let arguments = (ins DSP_Vector:$x);
  let results = (outs DSP_Vector:$re, DSP_Vector:$im);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($re)";
  let hasVerifier = 1;
}

def DSP_IrfftOp : DSP_Op<"irfft", [Pure, AllTypesMatch<["re", "im"]>]> {
  let summary = "The signal of a spectrum";
  let description = [{
    The inverse of `dsp.rfft`, with the factor 1 / N. The imaginary parts of the
    first and of the last bin are taken for 0. This is `irfft` of numpy.

    * (irfft-C1) the signal is a vector of N samples, with N even and from 4 to 8192,
      and N / 2 a product of numbers from 2 to 5.
    * (irfft-C2) the operands have N / 2 + 1 elements.

    Example:

    ```mlir
    %x = dsp.irfft %re, %im : tensor<257xf32> -> tensor<512xf32>
    ```
  }];
  let arguments = (ins DSP_Vector:$re, DSP_Vector:$im);
  let results = (outs DSP_Vector:$x);
  let assemblyFormat = "$re `,` $im attr-dict `:` type($re) `->` type($x)";
  let hasVerifier = 1;
}

def DSP_BandsOp : DSP_Op<"bands", [Pure]> {
  let summary = "Sums of the bins of a spectrum that triangles weigh";
  let description = [{
    With N + 2 edges there are N bands. Edges are places between bins, in bins. The
    weight of band b (from 0) rises from 0 at edge b to 1 at edge b + 1, and falls to
    0 at edge b + 2:

        w[b, k] = (k - e[b]) / (e[b + 1] - e[b])          if e[b] <= k < e[b + 1]
                  (e[b + 2] - k) / (e[b + 2] - e[b + 1])  if e[b + 1] <= k < e[b + 2]
                  0                                       else
        y[b] = sum over k of w[b, k] * x[k]

    The first two edges may be one, and so may the last two: half a triangle. So the
    weights of a bin between edge 1 and edge N add up to 1.

    * (bands-C1) there are from 3 to 514 edges, from 0 to the number of bins - 1; each
      is greater than the one before it, or the second or the last one and the same.
    * (bands-C2) the operand is a vector.
    * (bands-C3) the result is a vector with 2 elements less than there are edges.
    * (bands-C4) each band has a bin of which the weight is not 0.

    Example: bands 1 and 2 are one bin apart, half of the first and the last is there.

    ```mlir
    %y = dsp.bands %x edges [0.0, 0.0, 1.0, 2.0, 4.0, 4.0]
        : tensor<5xf32> -> tensor<4xf32>
    ```
  }];
  let arguments = (ins DSP_Vector:$x, DenseF64ArrayAttr:$edges);
  let results = (outs DSP_Vector:$y);
  let assemblyFormat = "$x `edges` $edges attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
}

def DSP_SpreadOp : DSP_Op<"spread", [Pure]> {
  let summary = "Values of bands, interpolated to bins";
  let description = [{
    The transpose of `dsp.bands`: bin k is the sum over the bands b of
    `w[b, k] * x[b]`. That is on a straight line between the bands around it, and 0
    outside of all.

    * (spread-C1) the edges obey bands-C1 for the bins of the result.
    * (spread-C2) the result is a vector.
    * (spread-C3) the operand is a vector with 2 elements less than there are edges.
    * (spread-C4) each band has a bin of which the weight is not 0.

    Example:

    ```mlir
    %y = dsp.spread %x edges [0.0, 0.0, 1.0, 2.0, 4.0, 4.0]
        : tensor<4xf32> -> tensor<5xf32>
    ```
  }];
  let arguments = (ins DSP_Vector:$x, DenseF64ArrayAttr:$edges);
  let results = (outs DSP_Vector:$y);
  let assemblyFormat = "$x `edges` $edges attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
}

#endif // SE_DIALECT_DSP_DSPOPS_TD
