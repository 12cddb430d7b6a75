// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Passes.td - Passes on the rnn dialect -----------------*- tablegen -*-===//

#ifndef SE_DIALECT_RNN_TRANSFORMS_PASSES_TD
#define SE_DIALECT_RNN_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def ExpandNamedCells : Pass<"rnn-expand-named-cells", "::mlir::ModuleOp"> {
  let summary = "Turn rnn.lstm and rnn.gru into region cells";
  let description = [{
    Each named cell becomes an application of an `rnn.cell` whose body spells out
    the equations of the op's description with `rnn.matvec` and elementwise ops.
    Named cells with the same shapes and options share one region cell. Input
    and recurrent biases are added outside the cell, where
    `--rnn-fold-constants` evaluates the sum. Nothing below knows LSTM or GRU.

    `rnn.linear` becomes `rnn.matvec` and `arith.addf`.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::tensor::TensorDialect"];
}

def WriteLayers : Pass<"rnn-write-layers", "::mlir::ModuleOp"> {
  let summary = "Names of layers, from locations to attributes";
  let description = [{
    Operations of networks and cells get the attribute `rnn.layer`, which says
    what their locations say: printed text keeps attributes, but not locations.
    So a module that is printed and read again is compiled alike, with any
    policy or calibration. `se-compile --emit`, `se-translate` and the end of
    `--se-pipeline` do so.

    Before:

    ```mlir
    %0 = rnn.matvec %W, %x : tensor<2x3xf32>, tensor<3xf32> -> tensor<2xf32> loc("fc")
    ```

    After:

    ```mlir
    %0 = rnn.matvec %W, %x {rnn.layer = "fc"} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2xf32> loc("fc")
    ```
  }];
}

def ReadLayers : Pass<"rnn-read-layers", "::mlir::ModuleOp"> {
  let summary = "Names of layers, from attributes to locations";
  let description = [{
    The reverse of `--rnn-write-layers`: passes keep names as locations, which
    survive all rewriting. The tools do this when they read a module, and so does
    the start of `--se-pipeline`. Passes that are run one by one need it before
    them if the text has the attribute.
  }];
}

def NormalizeMovement : Pass<"rnn-normalize-movement", "::mlir::ModuleOp"> {
  let summary = "One form of data movement";
  let description = [{
    `tensor.insert_slice` becomes a concatenation of the source and of slices of
    the destination, `tensor.expand_shape` and `tensor.collapse_shape` become
    `rnn.reshape`, a slice that drops dimensions becomes one that keeps them, and
    a reshape. A `tensor.cast` between the same shapes goes away.

    Before:

    ```mlir
    %y = tensor.insert_slice %a into %x[1] [2] [1]
        : tensor<2xf32> into tensor<4xf32>
    ```

    After:

    ```mlir
    %0 = tensor.extract_slice %x[0] [1] [1] : tensor<4xf32> to tensor<1xf32>
    %1 = tensor.extract_slice %x[3] [1] [1] : tensor<4xf32> to tensor<1xf32>
    %y = tensor.concat dim(0) %0, %a, %1
        : (tensor<1xf32>, tensor<2xf32>, tensor<1xf32>) -> tensor<4xf32>
    ```
  }];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def FuseGates : Pass<"rnn-fuse-gates", "::mlir::ModuleOp"> {
  let summary = "Matvecs that read one vector become one matvec";
  let description = [{
    Within a cell or a network, matvecs of the same vector whose matrices are
    constants or weights of the cell are replaced by one matvec with the matrices
    stacked, and slices of its result. A weight that is used elsewhere too
    stays as it is. Row results do not change. The location of the new matvec
    names all that it was made of.

    Before:

    ```mlir
    %0 = rnn.matvec %A, %x : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
    %1 = rnn.matvec %B, %x : tensor<3x4xf32>, tensor<4xf32> -> tensor<3xf32>
    ```

    After, with `%AB` the rows of `%A`, then those of `%B`:

    ```mlir
    %2 = rnn.matvec %AB, %x : tensor<5x4xf32>, tensor<4xf32> -> tensor<5xf32>
    %0 = tensor.extract_slice %2[0] [2] [1] : tensor<5xf32> to tensor<2xf32>
    %1 = tensor.extract_slice %2[2] [3] [1] : tensor<5xf32> to tensor<3xf32>
    ```
  }];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def FoldConstants : Pass<"rnn-fold-constants", "::mlir::ModuleOp"> {
  let summary = "Evaluate ops on constant tensors, blobs included";
  let description = [{
    Evaluates in FP32 every op of a network whose operands are constants:
    addition, subtraction, multiplication, division, negation, slices,
    concatenations, reshapes, transposes and broadcasts. The results are those
    of IEEE arithmetic, the same as on the device. Constants of more than 16
    elements become `dense_resource` blobs.
  }];
}

def InlineCells : Pass<"rnn-inline-cells", "::mlir::ModuleOp"> {
  let summary = "Replace rnn.apply by the body of its cell";
  let description = [{
    After this pass a network is one list of tensor operations, and cells that
    nothing applies any more are erased. Locations keep the call site.
  }];
}

def StoreMasks : Pass<"rnn-store-masks", "::mlir::ModuleOp"> {
  let summary = "Truth values that lie in memory are bytes";
  let description = [{
    Tensors of i1 are computed where they are used and need no memory, but for
    two kinds: constants that are no splats, and concatenations, whose parts come
    from different loops. These become tensors of i8 that are 0 or 1, which are
    truncated to i1 where they are read.

    Before:

    ```mlir
    %m = tensor.concat dim(0) %a, %b
        : (tensor<8xi1>, tensor<8xi1>) -> tensor<16xi1>
    ```

    After:

    ```mlir
    %0 = arith.extui %a : tensor<8xi1> to tensor<8xi8>
    %1 = arith.extui %b : tensor<8xi1> to tensor<8xi8>
    %2 = tensor.concat dim(0) %0, %1
        : (tensor<8xi8>, tensor<8xi8>) -> tensor<16xi8>
    %m = arith.trunci %2 : tensor<16xi8> to tensor<16xi1>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::tensor::TensorDialect"];
}

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

def WeighLayers : Pass<"rnn-weigh-layers", "::mlir::ModuleOp"> {
  let summary = "Find the layers that int8 does not pay for";
  let description = [{
    Of the layers that a policy's base (`mixed` or `int8`, not an entry) makes
    int8, those stay fp16 that would get slower and save no bytes that matter
    (docs/precision.md). They are named, with the reason, in the attribute
    `se.fp16_layers` of the network, which later passes obey, and in a remark.
    The layers that the base makes int8, before that, are named in
    `rnn.int8_layers`: later passes do not ask again. Cells are inlined.

    Example: a matrix of 4 columns, whose rows need a scale each.

    ```mlir
    rnn.network @net ... attributes {rnn.int8_layers = ["core", "rnn"], se.fp16_layers =
        {core = "int8 would take about 80 core cycles more for it, and save 0 of 64 bytes"}}
    ```
  }];
  let options = [
    Option<"precision", "precision", "std::string", "\"fp32\"",
           "fp32, fp16, int8, mixed, or the path of a policy">
  ];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def ChooseFloats : Pass<"rnn-choose-floats", "::mlir::ModuleOp"> {
  let summary = "Choose what fp16 computes in f32 all the same (phase 2)";
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
    it. Cells are inlined, matvecs that were fused from layers with different
    entries are separated, and `rnn.observe` goes.

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

def NarrowFloats : Pass<"rnn-narrow-floats", "::mlir::ModuleOp"> {
  let summary = "Floats get the types of the policy (phase 2)";
  let description = [{
    Gives every float the type that the policy of its layer and
    `--rnn-choose-floats` allow, and makes each rounding an `arith.truncf`.

    * `fp32`: nothing changes.
    * `fp16`: weights, states and activations are f16. Matvecs and reductions
      take f16 and give f32; values computed from those stay f32 through
      arithmetic and are rounded once, where they become a state, an operand
      of a matvec or a reduction, or an activation's result. Inputs and outputs
      of the network stay f32. With `"sums": "fp16"` matvecs give f16.
    * Layers of int8 are like fp16, but for what `--rnn-quantize` has marked:
      marks take f32 and give f32, until `--rnn-lower-quantized` makes integers
      of them. A matvec of such a layer without marks is an error.

    Cells are inlined, unless all is fp32.

    Before:

    ```mlir
    %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
    %1 = rnn.activation <tanh> %0 : tensor<2xf32> -> tensor<2xf32>
    ```

    After, with `%h` the input `%x`, rounded:

    ```mlir
    %0 = rnn.matvec %W, %h : tensor<2x2xf16>, tensor<2xf16> -> tensor<2xf32>
    %1 = rnn.activation <tanh> %0 : tensor<2xf32> -> tensor<2xf16>
    ```
  }];
  let options = [
    Option<"precision", "precision", "std::string", "\"fp32\"",
           "fp32, fp16, int8, mixed, or the path of a policy">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def TabulateActivations : Pass<"rnn-tabulate-activations", "::mlir::ModuleOp"> {
  let summary = "Sigmoid and tanh of f16 by tables of lines (phase 2)";
  let description = [{
    Sigmoid and tanh with a result of f16 become `rnn.interpolate` of their
    argument, rounded to f16, with tables of 256 lines. `scaled_tanh` is built
    of that. Other functions, and results of f32, stay as they are.

    Before:

    ```mlir
    %y = rnn.activation <tanh> %x : tensor<8xf32> -> tensor<8xf16>
    ```

    After, with `%lines` a constant:

    ```mlir
    %0 = arith.truncf %x : tensor<8xf32> to tensor<8xf16>
    %y = rnn.interpolate %0, %lines scale 1.6e+01
        : tensor<8xf16>, tensor<256x2xf16>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def LowerQuantized : Pass<"rnn-lower-quantized", "::mlir::ModuleOp"> {
  let summary = "Quantized values become integers (phase 2)";
  let description = [{
    Makes integer arithmetic of the casts to types of the `quant` dialect that
    `--rnn-quantize` has written; none are left.

    * A matvec whose operands and sums are quantized takes i8 and gives i32.
      What the zero point adds is a constant, and the sum becomes f32 times the
      scales in its type. Weights are rounded here, and only here.
    * Any other cast and its reverse are an `rnn.quantize` (of f16, if it has
      the scale and what is quantized was f16), and the integer as f32 times the
      scale.

    Before:

    ```mlir
    %1 = quant.qcast %W : tensor<2x4xf32>
        to tensor<2x4x!quant.uniform<i8<-127:127>:f32:0, {1.0e-2, 2.0e-2}>>
    %2 = quant.dcast %1 ...
    %3 = quant.qcast %x : tensor<4xf32>
        to tensor<4x!quant.uniform<i8<-127:127>:f32, 5.0e-1>>
    %4 = quant.dcast %3 ...
    %0 = rnn.matvec %2, %4 : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
    %5 = quant.qcast %0 : tensor<2xf32>
        to tensor<2x!quant.uniform<i32:f32:0, {5.0e-3, 1.0e-2}>>
    %y = quant.dcast %5 ...
    ```

    After, with `%Wq` the integers of `%W`:

    ```mlir
    %q = rnn.quantize %x scale 5.0e-1 : tensor<4xf32> -> tensor<4xi8>
    %0 = rnn.matvec %Wq, %q : tensor<2x4xi8>, tensor<4xi8> -> tensor<2xi32>
    %scale = arith.constant dense<[5.0e-3, 1.0e-2]> : tensor<2xf32>
    %1 = arith.sitofp %0 : tensor<2xi32> to tensor<2xf32>
    %y = arith.mulf %1, %scale : tensor<2xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def FuseSums : Pass<"rnn-fuse-sums", "::mlir::ModuleOp"> {
  let summary = "Add integers before they are scaled (phase 2)";
  let description = [{
    Rewrites sums of what `--rnn-lower-quantized` has made of matvecs.

    * Movement of a scaled sum becomes movement of integers and scales.
    * Integers of the same scales are added as such, and so are constants, in
      units of the scale, if 32 bits hold the sum.
    * What is left is a chain: fma(integers, scale, fma(..., rest)).

    Before, with a bias `%b`:

    ```mlir
    %1 = arith.sitofp %0 : tensor<8xi32> to tensor<8xf32>
    %2 = arith.mulf %1, %scale : tensor<8xf32>
    %y = arith.addf %2, %b : tensor<8xf32>
    ```

    After, with the integers `%bq` nearest to `%b / %scale`:

    ```mlir
    %1 = arith.addi %0, %bq : tensor<8xi32>
    %2 = arith.sitofp %1 : tensor<8xi32> to tensor<8xf32>
    %y = arith.mulf %2, %scale : tensor<8xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::math::MathDialect"];
}

def QuantizeStates : Pass<"rnn-quantize-states", "::mlir::ModuleOp"> {
  let summary = "States that are read as integers are kept as such (phase 2)";
  let description = [{
    A state that is read through one and the same `rnn.quantize` only is stored
    as what that gives: its next value and its reset value are quantized instead.

    Before:

    ```mlir
    rnn.network @net ... states(%h = "h" : tensor<4xf16> reset ...) ... {
      %q = rnn.quantize %h scale 5.0e-1 : tensor<4xf16> -> tensor<4xi8>
      ...
      rnn.yield %y : tensor<4xf32> next %n : tensor<4xf16>
    }
    ```

    After:

    ```mlir
    rnn.network @net ... states(%h = "h" : tensor<4xi8> reset ...) ... {
      ...
      %q = rnn.quantize %n scale 5.0e-1 : tensor<4xf16> -> tensor<4xi8>
      rnn.yield %y : tensor<4xf32> next %q : tensor<4xi8>
    }
    ```
  }];
}

def Contract : Pass<"rnn-contract", "::mlir::ModuleOp"> {
  let summary = "Write arithmetic with fewer operations (phase 2)";
  let description = [{
    Rewrites elementwise arithmetic of a legalized network, in this order:

    * (1 - z) * a + z * b becomes fma(z, b - a, a);
    * a * b + c becomes fma(a, b, c), if nothing else reads the product; of two
      products it is the second;
    * arithmetic in f32 between scaled sums of integers and values of f16 is
      done in f16 if its result is rounded to f16 and not used otherwise: the
      sums are rounded first. (Layers of int8 only; in others sums are f32.)

    Rounding differs, which is why this belongs to phase 2: host and device
    compute what comes out of here.

    Before, with a sum of i32 `%s` and a gate of f16 `%r`:

    ```mlir
    %0 = arith.sitofp %s : tensor<8xi32> to tensor<8xf32>
    %1 = arith.mulf %0, %scale : tensor<8xf32>
    %2 = arith.extf %r : tensor<8xf16> to tensor<8xf32>
    %3 = arith.mulf %2, %1 : tensor<8xf32>
    %4 = arith.addf %3, %b : tensor<8xf32>
    %5 = arith.truncf %4 : tensor<8xf32> to tensor<8xf16>
    ```

    After:

    ```mlir
    %0 = arith.sitofp %s : tensor<8xi32> to tensor<8xf32>
    %1 = arith.mulf %0, %scale : tensor<8xf32>
    %2 = arith.truncf %1 : tensor<8xf32> to tensor<8xf16>
    %5 = math.fma %r, %2, %bh : tensor<8xf16>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::math::MathDialect"];
}

#endif // SE_DIALECT_RNN_TRANSFORMS_PASSES_TD
