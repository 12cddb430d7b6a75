// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RNNAttributes.td - Attributes of the rnn dialect ------*- tablegen -*-===//

#ifndef SE_DIALECT_RNN_RNNATTRIBUTES_TD
#define SE_DIALECT_RNN_RNNATTRIBUTES_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "se/Dialect/RNN/RNNDialect.td"

def RNN_FloatKind : I32EnumAttr<"FloatKind",
    "what the floats of an operation become", [
      I32EnumAttrCase<"f32", 0>, I32EnumAttrCase<"f16", 1>,
      I32EnumAttrCase<"f16_sums", 2>, I32EnumAttrCase<"int8", 3>]> {
  let cppNamespace = "::se::rnn";
  let genSpecializedAttr = 0;
}

def RNN_FloatKindAttr : EnumAttr<RNN_Dialect, RNN_FloatKind, "floats"> {
  let summary = "what the floats of an operation become";
  let description = [{
    The attribute `rnn.floats` of an operation, until types say it:

    * `f32`: they stay what they are; the same without the attribute.
    * `f16`: what is stored or multiplied is f16, sums are f32.
    * `f16_sums`: so are the sums of a matvec.
    * `int8`: like `f16`, but constants are rounded where they are stored, and a
      matvec has marked operands.

    `--rnn-assign-floats` makes it, `--rnn-narrow-floats` does what it says.

    Example: `#rnn.floats<f16>`.
  }];
  let assemblyFormat = "`<` $value `>`";
}

class RNN_Act<string name, int value> : I32EnumAttrCase<name, value>;

// Names and default parameters are those of ONNX's LSTM, GRU and RNN.
def RNN_ActivationKind : I32EnumAttr<"ActivationKind",
    "an activation function of ONNX's recurrent operators", [
      RNN_Act<"sigmoid", 0>, RNN_Act<"tanh", 1>, RNN_Act<"relu", 2>,
      RNN_Act<"affine", 3>, RNN_Act<"leaky_relu", 4>,
      RNN_Act<"thresholded_relu", 5>, RNN_Act<"scaled_tanh", 6>,
      RNN_Act<"hard_sigmoid", 7>, RNN_Act<"elu", 8>, RNN_Act<"softsign", 9>,
      RNN_Act<"softplus", 10>]> {
  let cppNamespace = "::se::rnn";
  let genSpecializedAttr = 0;
}

def RNN_ActivationAttr : AttrDef<RNN_Dialect, "Activation"> {
  let mnemonic = "act";
  let summary = "an activation function with its parameters";
  let description = [{
    | kind               | value                                             |
    |--------------------|---------------------------------------------------|
    | `sigmoid`          | 1 / (1 + exp(-x))                                 |
    | `tanh`             | tanh(x)                                           |
    | `relu`             | max(x, 0)                                         |
    | `affine`           | alpha * x + beta (defaults 1, 0)                  |
    | `leaky_relu`       | x >= 0 ? x : alpha * x (default 0.01)             |
    | `thresholded_relu` | x > alpha ? x : 0 (default 1)                     |
    | `scaled_tanh`      | alpha * tanh(beta * x) (defaults 1, 1)            |
    | `hard_sigmoid`     | min(max(alpha * x + beta, 0), 1) (0.2, 0.5)       |
    | `elu`              | x >= 0 ? x : alpha * (exp(x) - 1) (default 1)     |
    | `softsign`         | x / (1 + abs(x))                                  |
    | `softplus`         | log(1 + exp(x))                                   |

    Parameters that a kind does not use must be absent.

    Example: `#rnn.act<leaky_relu, alpha = 0.1 : f32>`.
  }];
  let parameters = (ins
    EnumParameter<RNN_ActivationKind>:$kind,
    OptionalParameter<"::mlir::FloatAttr">:$alpha,
    OptionalParameter<"::mlir::FloatAttr">:$beta);
  let assemblyFormat = [{
    `<` $kind (`,` struct($alpha, $beta)^)? `>`
  }];
  let genVerifyDecl = 1;
  let builders = [
    AttrBuilder<(ins "ActivationKind":$kind), [{
      return $_get($_ctxt, kind, ::mlir::FloatAttr(), ::mlir::FloatAttr());
    }]>
  ];
  let extraClassDeclaration = [{
    /// Value of alpha and beta, ONNX's default where the attribute is absent.
    float getAlphaValue() const;
    float getBetaValue() const;
  }];
}

def RNN_ActivationArrayAttr
    : TypedArrayAttrBase<RNN_ActivationAttr, "activation functions">;

def RNN_ReduceKind : I32EnumAttr<"ReduceKind", "the operation of a reduction", [
      RNN_Act<"sum", 0>, RNN_Act<"mean", 1>, RNN_Act<"max", 2>,
      RNN_Act<"min", 3>]> {
  let cppNamespace = "::se::rnn";
  let genSpecializedAttr = 0;
}
def RNN_ReduceKindAttr : EnumAttr<RNN_Dialect, RNN_ReduceKind, "reduction"> {
  let assemblyFormat = "`<` $value `>`";
}

#endif // SE_DIALECT_RNN_RNNATTRIBUTES_TD
