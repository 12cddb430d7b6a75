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
    transforms of real signals. Its operations stand in an `rnn.network` of phase
    `imported`. `--dsp-expand-transforms` turns them into sums and products of slices,
    so that no later pass knows them, and host and device compute the same.

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

#endif // SE_DIALECT_DSP_DSPOPS_TD
