// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Quantize.td - Passes that choose precisions ---------*- tablegen -*-===//

#ifndef SE_DIALECT_RNN_TRANSFORMS_QUANTIZE_TD
#define SE_DIALECT_RNN_TRANSFORMS_QUANTIZE_TD

include "mlir/Pass/PassBase.td"

def Observe : Pass<"rnn-observe", "::mlir::ModuleOp"> {
  let summary = "Mark the tensors whose ranges a policy may need";
  let description = [{
    Inlines cells and adds an `rnn.observe` for each operand of a matvec, each
    state, each output and what else is stored between layers. The name is that
    of the input or state, or of the layer that computes the tensor (with `#2`,
    `#3`, ... behind it if there are more than one).

    Before:

    ```mlir
    %0 = rnn.matvec %W, %x : tensor<8x4xf32>, tensor<4xf32> -> tensor<8xf32>
    ```

    After:

    ```mlir
    rnn.observe %x as "x" : tensor<4xf32>
    %0 = rnn.matvec %W, %x : tensor<8x4xf32>, tensor<4xf32> -> tensor<8xf32>
    ```
  }];
}

def ExposeObserved : Pass<"rnn-expose-observed", "::mlir::ModuleOp"> {
  let summary = "Observed tensors become outputs of the network";
  let description = [{
    Each `rnn.observe` of `%x` as NAME is replaced by an output `observed:NAME`,
    after the others, in the order of the operations. So a network that is
    calibrated runs like any other.
  }];
}

def SplitLayers : Pass<"rnn-split-layers", "::mlir::ModuleOp"> {
  let summary = "A matvec for each layer that the policy tells apart";
  let description = [{
    Matvecs that `--rnn-fuse-gates` made of layers or gates with different
    entries in the policy are separated again; sums of gates are split, if a
    gate has an entry of its own. Cells are inlined. A policy that does not fit
    the network's layers is an error.

    Which layers the policy's base (`mixed` or `int8`) makes int8 is written to
    the attribute `rnn.int8_layers` of the network, before operands are marked
    and integers made: later passes do not ask again.

    Before, if only one of the layers `gain` and `mask` is int8:

    ```mlir
    %2 = rnn.matvec %AB, %x : tensor<5x4xf32>, tensor<4xf32> -> tensor<5xf32>
    %0 = tensor.extract_slice %2[0] [2] [1] : tensor<5xf32> to tensor<2xf32> loc("gain")
    %1 = tensor.extract_slice %2[2] [3] [1] : tensor<5xf32> to tensor<3xf32> loc("mask")
    ```

    After:

    ```mlir
    %0 = rnn.matvec %A, %x : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
    %1 = rnn.matvec %B, %x : tensor<3x4xf32>, tensor<4xf32> -> tensor<3xf32>
    ```
  }];
  let options = [
    Option<"precision", "precision", "std::string", "\"fp32\"",
           "fp32, fp16, int8, mixed, or the path of a policy">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::tensor::TensorDialect"];
}

def WeighLayers : Pass<"rnn-weigh-layers", "::mlir::ModuleOp"> {
  let summary = "Find the layers that int8 does not pay for";
  let description = [{
    Of the layers that a policy's base (`mixed` or `int8`, not an entry) makes
    int8, those stay fp16 that would get slower and save no bytes that matter
    (docs/precision.md). They are named, with the reason, in the attribute
    `se.fp16_layers` of the network, which later passes obey, and in a remark.
    Cells are inlined.

    Example: a matrix of 4 columns, whose rows need a scale each.

    ```mlir
    rnn.network @net ... attributes {se.fp16_layers = {core =
        "int8 would take about 80 core cycles more for it, and save 0 of 64 bytes"}}
    ```
  }];
  let options = [
    Option<"precision", "precision", "std::string", "\"fp32\"",
           "fp32, fp16, int8, mixed, or the path of a policy">
  ];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def ChooseFloats : Pass<"rnn-choose-floats", "::mlir::ModuleOp"> {
  let summary = "Choose what fp16 computes in f32 all the same (phase `legalized`)";
  let description = [{
    In layers of fp16 and int8, elementwise arithmetic is f16 only where range
    and resolution suffice (docs/numerics.md). This pass decides where they do
    not, and says so with the attribute `rnn.f32` of an operation and
    `rnn.f32_states` of a network, the names of states; all types stay f32.
    `--rnn-narrow-floats` obeys. Cells are inlined.

    f32 are

    * operations of which an operand or the result may leave what f16 holds, as
      intervals of constants, activations and inputs show: those of an input
      are known from calibration, or unbounded;
    * operations whose result is needed nearer to 0 than f16 is exact, by a
      logarithm, a root, a divisor or a difference;
    * operations with a constant that f16 is off by more than 1 percent of;
    * states that constant factors of more than 0.97 carry over (running means,
      counters), states of which the above is true, and what computes them;
    * matvecs of constants that f16 makes infinite, of powers of inputs, or of
      filters whose results are needed near 0.

    Constants that stay f16 although it is off by more than 1 percent are named
    in warnings.

    Before:

    ```mlir
    %0 = arith.mulf %x, %x : tensor<4xf32>
    %1 = arith.addf %0, %eps : tensor<4xf32>
    %2 = math.log %1 : tensor<4xf32>
    %3 = rnn.matvec %W, %2 : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
    ```

    After:

    ```mlir
    %0 = arith.mulf %x, %x {rnn.f32} : tensor<4xf32>
    %1 = arith.addf %0, %eps {rnn.f32} : tensor<4xf32>
    %2 = math.log %1 {rnn.f32} : tensor<4xf32>
    %3 = rnn.matvec %W, %2 : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
    ```
  }];
  let options = [
    Option<"precision", "precision", "std::string", "\"fp32\"",
           "fp32, fp16, int8, mixed, or the path of a policy">,
    Option<"calibration", "calibration", "std::string", "\"\"",
           "path of a file of se-compile --save-calibration">
  ];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def Quantize : Pass<"rnn-quantize", "::mlir::ModuleOp"> {
  let summary = "Choose what is quantized, and how";
  let description = [{
    Decides by a policy (docs/precision.md) which tensors become integers and
    says so with casts to types of MLIR's `quant` dialect and back; all
    arithmetic stays on f32. `--rnn-lower-quantized` makes integer arithmetic of
    it. Cells are inlined, and `rnn.observe` goes. A matvec of layers with
    different entries is an error: `--rnn-split-layers` comes first. MLIR's
    `--canonicalize` takes a cast and its reverse away, and must not come between
    this pass and `--rnn-lower-quantized`.

    * Matrices of int8 layers: i8, symmetric, one scale for each row or for all.
    * Vectors that these multiply: i8, with a zero point where that helps. Scales
      come from the entry of the layer, or are fixed where operations bound the
      values (sigmoid, tanh), or come from the range of the tensor.
    * Sums of these products: i32, with the product of both scales.
    * States with `"cell_state": "int16"` that no matvec reads: i16, for twice
      the range.
    * Results of layers with `"results": "int8"` that a matrix of integers
      multiplies, unless with a scale for each frame: i8 for all who read them.
      What becomes an output or a state is not rounded.

    Before, with a policy of int8 and a tensor `x` that is within -63.5 to 63.5:

    ```mlir
    %0 = rnn.matvec %W, %x : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
    ```

    After:

    ```mlir
    %1 = quant.qcast %W : tensor<2x4xf32>
        to tensor<2x4x!quant.uniform<i8<-127:127>:f32:0, {1.0e-2, 2.0e-2}>>
    %2 = quant.dcast %1 ...
    %3 = quant.qcast %x : tensor<4xf32>
        to tensor<4x!quant.uniform<i8<-127:127>:f32, 5.0e-1>>
    %4 = quant.dcast %3 ...
    %5 = rnn.matvec %2, %4 : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
    %6 = quant.qcast %5 : tensor<2xf32>
        to tensor<2x!quant.uniform<i32:f32:0, {5.0e-3, 1.0e-2}>>
    %0 = quant.dcast %6 ...
    ```
  }];
  let options = [
    Option<"precision", "precision", "std::string", "\"fp32\"",
           "fp32, fp16, int8, mixed, or the path of a policy">,
    Option<"calibration", "calibration", "std::string", "\"\"",
           "path of a file of se-compile --save-calibration">
  ];
  let dependentDialects = ["::mlir::quant::QuantDialect",
    "::mlir::tensor::TensorDialect"];
}

def JoinScales : Pass<"rnn-join-scales", "::mlir::ModuleOp"> {
  let summary = "One scale for rows that are added";
  let description = [{
    Sums of integers can be added as integers if one of each is worth the same.
    This pass changes the scales that `--rnn-quantize` gave to the rows of
    matrices, and to their sums, so that rows which are added to each other share
    the largest, if that loses little: at most a factor of 8 in any row, and 6 dB
    of noise altogether. Only scales for each row are changed, not one for all.

    Before, with marks as `--rnn-quantize` makes them on both products:

    ```mlir
    %1 = quant.qcast %0 : tensor<2xf32>
        to tensor<2x!quant.uniform<i32:f32:0, {5.0e-3, 1.0e-2}>>
    %2 = quant.dcast %1 ...
    %4 = quant.qcast %3 : tensor<2xf32>
        to tensor<2x!quant.uniform<i32:f32:0, {4.0e-3, 2.0e-2}>>
    %5 = quant.dcast %4 ...
    %6 = arith.addf %2, %5 : tensor<2xf32>
    ```

    After, where the matrices' scales have changed alike:

    ```mlir
    %1 = quant.qcast %0 : tensor<2xf32>
        to tensor<2x!quant.uniform<i32:f32:0, {5.0e-3, 2.0e-2}>>
    %2 = quant.dcast %1 ...
    %4 = quant.qcast %3 : tensor<2xf32>
        to tensor<2x!quant.uniform<i32:f32:0, {5.0e-3, 2.0e-2}>>
    %5 = quant.dcast %4 ...
    %6 = arith.addf %2, %5 : tensor<2xf32>
    ```
  }];
}

def AssignFloats : Pass<"rnn-assign-floats", "::mlir::ModuleOp"> {
  let summary = "Say what the floats of each operation become (phase `legalized`)";
  let description = [{
    Writes down what the policy of each layer and `--rnn-choose-floats` make of
    floats: `rnn.floats` of each operation, and `rnn.f16_states` of the network,
    the names of states. All types stay f32; `--rnn-narrow-floats` does it. An
    operation that has the attribute keeps it, and so does a network. Cells are
    inlined. If all is fp32, nothing changes.

    A state is f16 if a matvec reads it, or if `"cell_state"` is not `"int16"`,
    but for those of fp32 and of `rnn.f32_states`.

    Before:

    ```mlir
    %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
    %1 = arith.mulf %0, %0 {rnn.f32} : tensor<2xf32>
    ```

    After:

    ```mlir
    %0 = rnn.matvec %W, %x {rnn.floats = #rnn.floats<f16>}
        : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
    %1 = arith.mulf %0, %0 {rnn.f32, rnn.floats = #rnn.floats<f32>} : tensor<2xf32>
    ```
  }];
  let options = [
    Option<"precision", "precision", "std::string", "\"fp32\"",
           "fp32, fp16, int8, mixed, or the path of a policy">
  ];
}

#endif // SE_DIALECT_RNN_TRANSFORMS_QUANTIZE_TD
