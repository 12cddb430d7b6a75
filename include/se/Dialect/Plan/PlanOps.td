// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PlanOps.td - Stages of a network ----------------------*- tablegen -*-===//

#ifndef SE_DIALECT_PLAN_PLANOPS_TD
#define SE_DIALECT_PLAN_PLANOPS_TD

include "se/Dialect/Plan/PlanBuffers.td"
include "se/Dialect/Plan/PlanReport.td"
include "se/Dialect/Plan/PlanTiling.td"

include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/OpBase.td"

class Plan_Op<string mnemonic, list<Trait> traits = []>
    : Op<Plan_Dialect, mnemonic, traits>;

def Plan_Scalar : AnyTypeOf<[AnyFloat, AnySignlessInteger],
    "a float or a signless integer">;

def Plan_BatchAttr : AttrDef<Plan_Dialect, "Batch"> {
  let mnemonic = "batch";
  let summary = "elements as pairs of a row and a vector";
  let description = [{
    The elements of a stage are pairs of one of `rows` rows and one of `vectors`
    vectors, and those of one row read the same rows of constant matrices. Row
    `d0` and vector `d1` belong to element `element`.

    * (batch-C1) `rows` and `vectors` are positive, and `element` maps two
      dimensions to one number.

    Example: `#plan.batch<rows = 3, vectors = 2, element = (d0, d1) -> (d0 + d1 * 3)>`.
  }];
  let parameters = (ins "int64_t":$rows, "int64_t":$vectors,
    "::mlir::AffineMap":$element);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Plan_StageOp : Plan_Op<"stage", [SingleBlock, RecursiveMemoryEffects,
    HasParent<"::se::rnn::NetworkOp">,
    DeclareOpInterfaceMethods<OpAsmOpInterface,
      ["getAsmBlockArgumentNames"]>]> {
  let summary = "All elements of some tensors, by one computation";
  let description = [{
    Computes `elements` elements of each result. The body is the computation of
    one element, whose number is the block's argument; it ends in the element of
    each result. All cores compute a stage together, each its share of the
    elements, and a core computes one element, or a few, at a time.

    `depth` says when: stages of one depth may be computed in any order, and read
    only what those of smaller depths have computed. Between two depths all cores
    wait for each other.

    With `strips` L a core computes L neighbouring elements in a loop of its own:
    element i is number `i mod L` of strip `i floordiv L`. Places that divide by
    the length of a row, those in a matrix or of what is broadcast, then follow
    from one addition, and what is the same in all of a strip is computed once.

    A stage by strips may carry values from element to element of a strip, such as
    sums: further arguments of the block, which start each strip at the numbers in
    `sums`, and become the last operands of `plan.yield`. What they are behind the
    strip is an element of one of the last results, which have one for each strip.

    Elements are computed in pairs of neighbours, side by side in the lanes of a
    register, if `pairs` is there. With `batch` the elements are pairs of a row
    and a vector of a batch, and vectors that share the row of a matrix are
    computed one after the other. `tiling` says how many elements a core computes
    at a time, and how the parameters of the stage are cut. With `split` a core
    goes through its elements twice: first it computes what follows from the sums
    and constants alone, then the rest.

    * (stage-C1) the block has an index as argument, then one for each of `sums`,
      and ends in `plan.yield`.
    * (stage-C2) the stage has results; each has `elements` elements, those of sums
      one for each strip, of the type of the operand of `plan.yield`, with 8, 16 or
      32 bits.
    * (stage-C3) `elements` is positive, `depth` is not negative, and `batch` gives
      each of the elements to one row and vector.
    * (stage-C4) what a body reads is an argument of the network, a constant, or
      comes of smaller depths.
    * (stage-C5) stages stand in the order of their depths, from 0 on.
    * (stage-C6) loops (`scf.for`) stand side by side, carry one value, and have
      constant bounds and steps.
    * (stage-C7) all places lie in their tensors, for all elements and turns of a
      loop; what is divided by is a positive number.
    * (stage-C8) vectors of `plan.dot` start at a number; in a batch that is one
      for each vector, and elements of one row read the same row.
    * (stage-C9) all else in a body are elementwise operations on scalars, and
      tables, which are constants.
    * (stage-C10) `strips` divides the elements, is even if they are computed in
      pairs, and goes without `batch`, `split` and `plan.dot`; the register tile of
      `tiling` is a strip. Sums need strips. In pairs only sums follow from sums, by
      operations without regions; the first element of a pair is added first.

    Example, a decaying state of 8 rows of 16, and the sums of its rows:

    ```mlir
    %s, %r = plan.stage "decay" depth 0 elements 128 strips 16 sums [0.0 : f32]
        : tensor<8x16xf32>, tensor<8xf32> {
    ^bb0(%i: index, %sum: f32):
      %0 = plan.read %state[%i] : tensor<8x16xf32>
      %1 = plan.read %decay[%i floordiv 16] : tensor<8xf32>
      %2 = arith.mulf %0, %1 : f32
      %3 = arith.addf %sum, %2 : f32
      plan.yield %2, %3 : f32, f32
    }
    ```

    A layer of 24 elements:

    ```mlir
    %y = plan.stage "fc" depth 0 elements 24 : tensor<24xf32> {
    ^bb0(%i: index):
      %0 = plan.dot %w[%i], %x[0] : tensor<24x16xf32>, tensor<16xf32> -> f32
      %1 = plan.read %bias[%i] : tensor<24xf32>
      %2 = arith.addf %0, %1 : f32
      plan.yield %2 : f32
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, I64Attr:$depth, I64Attr:$elements,
    OptionalAttr<I64Attr>:$strips, OptionalAttr<ArrayAttr>:$sums, UnitAttr:$pairs,
    OptionalAttr<Plan_BatchAttr>:$batch,
    OptionalAttr<Plan_TilingAttr>:$tiling, UnitAttr:$split);
  let results = (outs Variadic<AnyStaticShapeTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $name `depth` $depth `elements` $elements (`strips` $strips^)?
    (`sums` $sums^)? (`in` `pairs` $pairs^)?
    (`batch` $batch^)? (`tiled` $tiling^)? (`split` $split^)? attr-dict `:` type($results) $body
  }];
  let hasRegionVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name, "int64_t":$depth,
    "int64_t":$elements, "::mlir::TypeRange":$results)>];
  let extraClassDeclaration = [{
    /// The number of the element that the body computes.
    ::mlir::Value getElement() { return getBody().getArgument(0); }
    YieldOp getYield();
    /// Results with one element for each of `elements`; those of sums follow.
    unsigned getNumElementResults() {
      return getNumResults() - (getSums() ? getSums()->size() : 0);
    }
    /// What follows in the body from the sums so far, without them.
    ::llvm::DenseSet<::mlir::Value> getSumDependents();
    ::mlir::Block::BlockArgListType getSumArguments() {
      return getBody().getArguments().drop_front();
    }
    /// Rows and vectors of a batch; all elements and 1 without one.
    int64_t getRows();
    int64_t getVectors();
  }];
}

def Plan_YieldOp : Plan_Op<"yield", [Pure, Terminator,
    HasParent<"StageOp">]> {
  let summary = "The element of each result of a stage";
  let description = [{
    Ends the body of a stage with the element of each of its results.

    Example: `plan.yield %0, %1 : f32, f16`.
  }];
  let arguments = (ins Variadic<Plan_Scalar>:$values);
  let assemblyFormat = "$values attr-dict `:` type($values)";
}

def Plan_ReadOp : Plan_Op<"read", [Pure]> {
  let summary = "An element of a tensor";
  let description = [{
    Reads the element at a place of the tensor, counted through it row by row.
    The place is an affine expression of numbers of elements, and of the variables
    of loops in the body.

    * (read-C1) there is one place, and it needs each of its variables.
    * (read-C2) the result has the tensor's element type, of 8, 16 or 32 bits.
    * (read-C3) a constant is not the same number throughout.

    Example: `%1 = plan.read %x[%i mod 16 + 4] : tensor<2x16xf16>`.
  }];
  let arguments = (ins AnyStaticShapeTensor:$tensor, Variadic<Index>:$dims,
    AffineMapAttr:$place);
  let results = (outs Plan_Scalar:$element);
  let assemblyFormat = [{
    $tensor `` custom<Place>($place, $dims) attr-dict `:`
    custom<TensorAndElement>(type($tensor), type($element))
  }];
  let hasVerifier = 1;
}

def Plan_DotOp : Plan_Op<"dot", [Pure, AttrSizedOperandSegments]> {
  let summary = "The product of a row of a constant matrix and a vector";
  let description = [{
    The sum of the products of a row of the matrix, and as many elements of the
    vector, side by side from `start` on: an element of `rnn.matvec`, added up in
    the same order. Rows of neighbouring elements are read side by side
    (`cluster.dot`).

    * (dot-C1) the matrix has two dimensions and is a constant that is not the
      same number throughout; matrix and vector are both of f32, f16, i8 or i16,
      and the result is of the same, or of f32 for f16 and i32 for integers.
    * (dot-C2) row and start are one place each, and need each of their
      variables.

    Example: `%0 = plan.dot %w[%i], %x[0] : tensor<24x16xi8>, tensor<16xi8> -> i32`.
  }];
  let arguments = (ins AnyStaticShapeTensor:$matrix, Variadic<Index>:$rowDims,
    AnyStaticShapeTensor:$vector, Variadic<Index>:$startDims,
    AffineMapAttr:$row, AffineMapAttr:$start);
  let results = (outs Plan_Scalar:$sum);
  let assemblyFormat = [{
    $matrix `` custom<Place>($row, $rowDims) `,` $vector ``
    custom<Place>($start, $startDims) attr-dict
    `:` type($matrix) `,` type($vector) `->` type($sum)
  }];
  let hasVerifier = 1;
}

def Plan_PushOp : Plan_Op<"push", [Pure, HasParent<"::se::rnn::NetworkOp">,
    AllTypesMatch<["line", "next"]>]> {
  let summary = "A delay line, one slot on";
  let description = [{
    The elements of a state but those of the oldest slot, and those of the newest one
    behind them; with `front` the newest ones come first. A slot is as many elements as
    are put in. The result is the state's next value.

    Nothing is moved for that. The state lies in a ring of twice one slot more than the
    delay line has, and each slot is stored twice, half a ring apart: so all slots lie
    side by side somewhere, the first of them one further on in each frame.

    * (push-C1) `line` is a state of the network, the result its next value and neither
      an output nor another state, and no other `plan.push` puts something into it.
    * (push-C2) the line has at least two slots, all of one size and of its element type.
    * (push-C3) the state is reset to the same number throughout.

    Example, the last four frames of 8 elements:

    ```mlir
    %1 = plan.push %0 into %line : tensor<1x8xf16> into tensor<4x8xf16>
    ```
  }];
  let arguments = (ins AnyStaticShapeTensor:$x, AnyStaticShapeTensor:$line,
    UnitAttr:$front);
  let results = (outs AnyStaticShapeTensor:$next);
  let assemblyFormat = [{
    $x `into` $line (`front` $front^)? attr-dict `:` type($x) `into` type($line)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Elements that are put in at a time.
    int64_t getSlotElements();
    /// Slots of the delay line.
    int64_t getSlots();
    /// The number of the state.
    unsigned getState();
  }];
}

#endif // SE_DIALECT_PLAN_PLANOPS_TD
