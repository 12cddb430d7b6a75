// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Normalize.td - Passes to normalized form ------------*- tablegen -*-===//

#ifndef SE_DIALECT_RNN_TRANSFORMS_NORMALIZE_TD
#define SE_DIALECT_RNN_TRANSFORMS_NORMALIZE_TD

include "mlir/Pass/PassBase.td"

def NormalizeMovement : Pass<"rnn-normalize-movement", "::mlir::ModuleOp"> {
  let summary = "One form of data movement";
  let description = [{
    `tensor.insert_slice` becomes a concatenation of the source and of slices of
    the destination, `rnn.split` becomes slices, `tensor.expand_shape` and
    `tensor.collapse_shape` become `rnn.reshape`, a slice that drops dimensions becomes one that keeps them, and
    a reshape. A `tensor.cast` between the same shapes goes away, `rnn.fill` and
    `rnn.broadcast` of a number become constants.

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
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::tensor::TensorDialect"];
}

def ExpandNamedCells : Pass<"rnn-expand-named-cells", "::mlir::ModuleOp"> {
  let summary = "Turn rnn.lstm and rnn.gru into cells of the library";
  let description = [{
    Each named cell becomes an application of `@se.lstm`, `@se.gru` or
    `@se.gru_before` (docs/cells.md), with its options; `--rnn-instantiate-cells`
    then brings in their text. Input and recurrent biases are added outside the
    cell, where `--rnn-fold-constants` evaluates the sum. Nothing below knows LSTM
    or GRU.

    `rnn.linear` becomes `rnn.matvec` and `arith.addf`.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::tensor::TensorDialect"];
}

def InstantiateCells : Pass<"rnn-instantiate-cells", "::mlir::ModuleOp"> {
  let summary = "Cells of known sizes, functions and weights";
  let description = [{
    A cell may leave sizes open, name options, and be one of the library
    (`rnn.cell`, `rnn.apply`). For each application of such a cell with other operand
    types or options a cell is made in which all is known, and cells with open parts
    are erased. What follows sees static shapes only.

    Operand types give the cell its sizes. They are carried forward through its
    body, `tensor.dim` and arithmetic on sizes are evaluated. Where an operation has
    operands of known shape, `rnn.fill`, `rnn.broadcast`, `rnn.reshape` with several
    open sizes, and arithmetic on these alone, get it from them. What `rnn.broadcast`
    repeats and nothing else tells gets the smallest shape that all of it can be
    repeated to.

    A weight that is left out is *absent*, and so is what slices, reshapes,
    negations, products and quotients make of it. A sum, difference, minimum or
    maximum of an absent and another value is the other value.

    Messages, each in one line with the place of the application and that in the cell:

    * (instantiate-C1) the library has a cell of this name.
    * (instantiate-C2) operands have shapes that agree on the cell's sizes.
    * (instantiate-C3) each operation of the body has operands that fit together.
    * (instantiate-C4) next states have the types of states, results those that the
      application says.
    * (instantiate-C5) an option has a name that the cell knows, and a value of its
      kind: a function, a number, or none for a choice.
    * (instantiate-C6) only what allows it is computed from an absent weight.
    * (instantiate-C7) all shapes are known.
    * (instantiate-C8) no cell applies itself.

    Before:

    ```mlir
    rnn.cell @decay states(%h : tensor<?xf32>) {
      %a = rnn.fill 0.5 : tensor<?xf32>
      %0 = arith.mulf %a, %h : tensor<?xf32>
      rnn.yield next %0 : tensor<?xf32>
    }
    ```

    After, where it was applied to a state of 4 elements:

    ```mlir
    rnn.cell @decay states(%h : tensor<4xf32>) {
      %a = arith.constant dense<0.5> : tensor<4xf32>
      %0 = arith.mulf %a, %h : tensor<4xf32>
      rnn.yield next %0 : tensor<4xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
    "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect"];
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

def JoinBiases : Pass<"rnn-join-biases", "::mlir::ModuleOp"> {
  let summary = "One bias for all products of a sum (phase `normalized`)";
  let description = [{
    In a sum of matvecs and two or more constants or weights of the cell, these are
    added first, which is done once, and then to all else. So gates that are spelled out
    with a bias for the input and one for the state become those of `rnn.lstm`. The
    order of the others stays.

    Before:

    ```mlir
    %0 = rnn.matvec %W, %x : tensor<8x4xf32>, tensor<4xf32> -> tensor<8xf32>
    %1 = arith.addf %0, %b : tensor<8xf32>
    %2 = rnn.matvec %R, %h : tensor<8x2xf32>, tensor<2xf32> -> tensor<8xf32>
    %3 = arith.addf %2, %c : tensor<8xf32>
    %4 = arith.addf %1, %3 : tensor<8xf32>
    ```

    After:

    ```mlir
    %0 = rnn.matvec %W, %x : tensor<8x4xf32>, tensor<4xf32> -> tensor<8xf32>
    %1 = rnn.matvec %R, %h : tensor<8x2xf32>, tensor<2xf32> -> tensor<8xf32>
    %2 = arith.addf %b, %c : tensor<8xf32>
    %3 = arith.addf %0, %1 : tensor<8xf32>
    %4 = arith.addf %3, %2 : tensor<8xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
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

def InlineCells : Pass<"rnn-inline-cells", "::mlir::ModuleOp"> {
  let summary = "Replace rnn.apply by the body of its cell";
  let description = [{
    After this pass a network is one list of tensor operations, and cells that
    nothing applies any more are erased. Locations keep the call site. What a cell
    makes of its weights alone, such as a reshaped matrix or the exponentials of decay
    rates, is evaluated.
  }];
}

#endif // SE_DIALECT_RNN_TRANSFORMS_NORMALIZE_TD
