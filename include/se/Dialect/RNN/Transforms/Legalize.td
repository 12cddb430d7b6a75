// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Legalize.td - Passes that make the types ------------*- tablegen -*-===//

#ifndef SE_DIALECT_RNN_TRANSFORMS_LEGALIZE_TD
#define SE_DIALECT_RNN_TRANSFORMS_LEGALIZE_TD

include "mlir/Pass/PassBase.td"

def NarrowFloats : Pass<"rnn-narrow-floats", "::mlir::ModuleOp"> {
  let summary = "Floats get the types that were assigned (phase `legalized`)";
  let description = [{
    Gives every float the type that `rnn.floats` of its operation and
    `rnn.f16_states` of the network say (`--rnn-assign-floats`), and makes each
    rounding an `arith.truncf`. A network without `rnn.f16_states` stays as it is.

    * `f32`, and what has no attribute: nothing changes.
    * `f16`: weights, states and activations are f16. Matvecs and reductions
      take f16 and give f32; values computed from those stay f32 through
      arithmetic and are rounded once, where they become a state, an operand
      of a matvec or a reduction, or an activation's result. Inputs and outputs
      of the network stay f32. With `f16_sums` matvecs give f16.
    * `int8` is like `f16`, but for what `--rnn-quantize` has marked: marks take
      f32 and give f32, until `--rnn-lower-quantized` makes integers of them. A
      matvec without marks is an error.

    The attributes are gone then: types say the same.

    Before:

    ```mlir
    %0 = rnn.matvec %W, %x {rnn.floats = #rnn.floats<f16>}
        : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
    %1 = rnn.activation <tanh> %0 {rnn.floats = #rnn.floats<f16>}
        : tensor<2xf32> -> tensor<2xf32>
    ```

    After, with `%h` the input `%x`, rounded:

    ```mlir
    %0 = rnn.matvec %W, %h : tensor<2x2xf16>, tensor<2xf16> -> tensor<2xf32>
    %1 = rnn.activation <tanh> %0 : tensor<2xf32> -> tensor<2xf16>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def TabulateActivations : Pass<"rnn-tabulate-activations", "::mlir::ModuleOp"> {
  let summary = "Activations of f16 by tables of lines (phase `legalized`)";
  let description = [{
    Sigmoid and tanh with a result of f16 become `rnn.interpolate` of their
    argument, rounded to f16, with tables of 256 lines. `scaled_tanh` is built
    of that. Softplus has a table of 279 lines, `rectified`. Other functions, and
    results of f32, stay as they are.

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
  let summary = "Quantized values become integers (phase `legalized`)";
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
  let summary = "Add integers before they are scaled (phase `legalized`)";
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
  let summary = "States that are read as integers are kept as such (phase `legalized`)";
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

def RoundEarly : Pass<"rnn-round-early", "::mlir::ModuleOp"> {
  let summary = "Round before values are moved (phase `legalized`)";
  let description = [{
    If all that is read of a slice, reshape, transposition, broadcast or concatenation
    is rounded to the same type, its operands are. What was widened only to be joined
    with something wider, such as the past frames of a delay line, stays as it is.

    Before:

    ```mlir
    %0 = arith.extf %past : tensor<3x8xf16> to tensor<3x8xf32>
    %1 = tensor.concat dim(0) %0, %new : (tensor<3x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
    %2 = arith.truncf %1 : tensor<4x8xf32> to tensor<4x8xf16>
    ```

    After:

    ```mlir
    %0 = arith.truncf %new : tensor<1x8xf32> to tensor<1x8xf16>
    %1 = tensor.concat dim(0) %past, %0 : (tensor<3x8xf16>, tensor<1x8xf16>) -> tensor<4x8xf16>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::tensor::TensorDialect"];
}

def DivideOnce : Pass<"rnn-divide-once", "::mlir::ModuleOp"> {
  let summary = "One division for all that is divided by it (phase `legalized`)";
  let description = [{
    There is one divider for all cores. So a division of 16 elements or more in f32 by what
    rows repeat, such as the sum of a softmax or a standard deviation, by what others are
    divided by as well, or by a constant becomes a product with the reciprocal, which what is left of the
    dividend corrects (Markstein): the quotient is rounded as by a division, but for those
    that underflow. Infinite values and zeros divide as before. The reciprocal of what is
    not zero is kept finite.

    Before:

    ```mlir
    %0 = rnn.broadcast %sum : tensor<1xf32> -> tensor<16xf32>
    %1 = arith.divf %x, %0 : tensor<16xf32>
    ```

    After, with `%r` the broadcast reciprocal of `%sum`:

    ```mlir
    %0 = rnn.broadcast %sum : tensor<1xf32> -> tensor<16xf32>
    %1 = arith.mulf %x, %r : tensor<16xf32>
    %2 = arith.negf %1 : tensor<16xf32>
    %3 = math.fma %2, %0, %x : tensor<16xf32>
    %4 = math.fma %3, %r, %1 : tensor<16xf32>
    %5 = arith.cmpf ord, %4, %4 : tensor<16xf32>
    %6 = arith.select %5, %4, %1 : tensor<16xi1>, tensor<16xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

def SplitReductions : Pass<"rnn-split-reductions", "::mlir::ModuleOp"> {
  let summary = "Long reductions to few results, by parts (phase `legalized`)";
  let description = [{
    A reduction of 32 elements or more to fewer than 8 results, such as the mean of a
    layer, is done in two steps, so that several cores can share it: 8 parts of
    neighbours, and what they give together with the elements that are left. The
    number of parts is the same for all targets. A mean is a sum that is divided at
    the end.

    Before:

    ```mlir
    %0 = rnn.reduce <sum> %x axes [1] : tensor<1x64xf32> -> tensor<1x1xf32>
    ```

    After:

    ```mlir
    %0 = rnn.reshape %x : tensor<1x64xf32> -> tensor<1x8x8xf32>
    %1 = rnn.reduce <sum> %0 axes [2] : tensor<1x8x8xf32> -> tensor<1x8x1xf32>
    %2 = rnn.reshape %1 : tensor<1x8x1xf32> -> tensor<1x8xf32>
    %3 = rnn.reduce <sum> %2 axes [1] : tensor<1x8xf32> -> tensor<1x1xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::tensor::TensorDialect"];
}

def BroadcastLate : Pass<"rnn-broadcast-late", "::mlir::ModuleOp"> {
  let summary = "Compute before values are repeated (phase `legalized`)";
  let description = [{
    An elementwise operation whose operands are broadcast from one shape, or the
    same number throughout, is done on what they are broadcast from.

    Before:

    ```mlir
    %0 = rnn.broadcast %a : tensor<1x8xf16> -> tensor<4x8xf16>
    %1 = arith.extf %0 : tensor<4x8xf16> to tensor<4x8xf32>
    ```

    After:

    ```mlir
    %0 = arith.extf %a : tensor<1x8xf16> to tensor<1x8xf32>
    %1 = rnn.broadcast %0 : tensor<1x8xf32> -> tensor<4x8xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def Contract : Pass<"rnn-contract", "::mlir::ModuleOp"> {
  let summary = "Write arithmetic with fewer operations (phase `legalized`)";
  let description = [{
    Rewrites elementwise arithmetic of a legalized network, in this order:

    * (1 - z) * a + z * b becomes fma(z, b - a, a);
    * a * b + c becomes fma(a, b, c), if nothing else reads the product; of two
      products it is the second;
    * in f32, c - a * b becomes fma(a, -b, c), and a * b - c fma(a, b, -c), in the
      same way;
    * arithmetic in f32 between scaled sums of integers and values of f16 is
      done in f16 if its result is rounded to f16 and not used otherwise: the
      sums are rounded first. (Layers of int8 only; in others sums are f32.)

    Rounding differs, which is why this belongs to phase `legalized`: host and device
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

#endif // SE_DIALECT_RNN_TRANSFORMS_LEGALIZE_TD
