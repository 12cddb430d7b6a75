// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RNNOps.td - Operations of the rnn dialect -------------*- tablegen -*-===//

#ifndef SE_DIALECT_RNN_RNNOPS_TD
#define SE_DIALECT_RNN_RNNOPS_TD

include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/CastInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "se/Dialect/RNN/RNNAttributes.td"

class RNN_Op<string mnemonic, list<Trait> traits = []>
    : Op<RNN_Dialect, mnemonic, traits>;

// Sizes are unknown only in cells (network-C6).
def RNN_FloatTensor : RankedTensorOf<[AnyFloat]>;
/// Integers are what floats are quantized to, and sums of their products.
def RNN_Tensor : RankedTensorOf<[AnyFloat, I8, I16, I32]>;
/// What may be moved: also truth values.
def RNN_MovedTensor : RankedTensorOf<[AnyFloat, I1, I8, I16, I32]>;
def RNN_FloatLike : TypeConstraint<Or<[AnyFloat.predicate,
    RNN_FloatTensor.predicate]>, "float or ranked tensor of floats">;
def RNN_RepeatedOperand : TypeConstraint<Or<[AnyFloat.predicate,
    RNN_MovedTensor.predicate]>, "float or ranked tensor">;
def RNN_StaticFloatTensor : StaticShapeTensorOf<[AnyFloat]>;
def RNN_QuantizeOperand : AnyTypeOf<[F16, F32, FixedVectorOfNonZeroRankOf<[F16, F32]>,
    StaticShapeTensorOf<[F16, F32]>],
    "f16 or f32, or a vector or statically shaped tensor of these">;
def RNN_QuantizeResult : AnyTypeOf<[I8, I16, FixedVectorOfNonZeroRankOf<[I8, I16]>,
    StaticShapeTensorOf<[I8, I16]>],
    "i8 or i16, or a vector or statically shaped tensor of these">;
def RNN_InterpolateOperand : AnyTypeOf<[F16,
    VectorOfLengthAndType<[2], [F16]>, StaticShapeTensorOf<[F16]>],
    "f16, vector<2xf16> or statically shaped tensor of f16">;
def RNN_LineTable : AnyTypeOf<[StaticShapeTensorOf<[F16]>,
    StaticShapeMemRefOf<[F16]>], "tensor or memref of f16, statically shaped">;
def RNN_Vector : 1DTensorOf<[AnyFloat]>;
def RNN_StaticVector : Type<And<[RNN_Vector.predicate,
    RNN_StaticFloatTensor.predicate]>, "statically shaped 1D tensor of floats">;

//===----------------------------------------------------------------------===//
// Networks and cells
//===----------------------------------------------------------------------===//

def RNN_NetworkOp : RNN_Op<"network", [IsolatedFromAbove, Symbol,
    SingleBlock, DeclareOpInterfaceMethods<OpAsmOpInterface,
    ["getAsmBlockArgumentNames"]>]> {
  let summary = "A network over one frame, with persistent states";
  let description = [{
    Computes outputs and next states from one frame of inputs and the current
    states. A state persists from frame to frame and starts from its reset
    value. The block arguments are the inputs, then the states.

    * (network-C1) one name for each input, output and state; the names of
      inputs and states together are unique and not empty, so are those of the
      outputs.
    * (network-C2) the block's arguments are the inputs and the states, in this
      order.
    * (network-C3) one reset value for each state, of the state's type.
    * (network-C4) `rnn.yield` gives values of the output types and of the state
      types.
    * (network-C5) all types are statically shaped tensors with at least one
      element: floats, or in states also i8 or i16.
    * (network-C6) all values in it are statically shaped.

    Example:

    ```mlir
    rnn.network @accumulate inputs(%x = "x" : tensor<4xf32>)
        states(%s = "sum" : tensor<4xf32> reset dense<0.0> : tensor<4xf32>)
        outputs("y" : tensor<4xf32>) {
      %0 = arith.addf %x, %s : tensor<4xf32>
      rnn.yield %0 : tensor<4xf32> next %0 : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
    TypeArrayAttr:$input_types, StrArrayAttr:$input_names,
    TypeArrayAttr:$state_types, StrArrayAttr:$state_names,
    ArrayAttr:$reset_values,
    TypeArrayAttr:$output_types, StrArrayAttr:$output_names);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    unsigned getNumInputs() { return getInputTypes().size(); }
    unsigned getNumStates() { return getStateTypes().size(); }
    unsigned getNumOutputs() { return getOutputTypes().size(); }
    ::mlir::Block::BlockArgListType getInputArguments();
    ::mlir::Block::BlockArgListType getStateArguments();
    YieldOp getYield();
  }];
}

def RNN_CellOp : RNN_Op<"cell", [IsolatedFromAbove, Symbol, SingleBlock,
    DeclareOpInterfaceMethods<OpAsmOpInterface,
    ["getAsmBlockArgumentNames"]>]> {
  let summary = "A recurrent cell: the transition of one time step";
  let description = [{
    The body computes outputs and next states from inputs, states and weights,
    which are the block arguments in this order. It consists of `rnn.matvec`,
    `arith`, `math`, `tensor` and `rnn` ops on tensors.

    Sizes may be left open, `?`. `--rnn-instantiate-cells` makes a cell with
    known sizes for each application. Then `sizes` may name what is open, and each
    argument says its shape in these names behind its type. A cell that says so can
    be used alone (`se-compile --cell`, docs/cells.md).

    A weight may say `in [LOW, HIGH]`, where its random values come from
    (`--random-weights`), and `optional`: an application may leave it out.

    * (cell-C1) the block's arguments are inputs, states and weights, in this
      order.
    * (cell-C2) `rnn.yield` gives values of the output types and of the state
      types.
    * (cell-C3) all arguments have a shape in names of sizes, or none has; a shape
      has the rank and the known sizes of the type; each name is the
      whole of a dimension of an argument.
    * (cell-C4) arguments have unique names if they have names.
    * (cell-C5) there is one range for each weight, from its least to its greatest
      value; optional weights come last.
    * (cell-C6) inputs, states, weights and outputs are ranked tensors.

    Example (a leaky integrator of any size):

    ```mlir
    rnn.cell @leaky sizes(x, h) inputs(%x : tensor<?xf32>[x])
        states(%h : tensor<?xf32>[h])
        weights(%W : tensor<?x?xf32>[h, x], %a : tensor<?xf32>[h] in [0.5, 0.9])
        outputs(tensor<?xf32>) {
      %0 = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
      %1 = arith.mulf %a, %h : tensor<?xf32>
      %2 = arith.addf %0, %1 : tensor<?xf32>
      rnn.yield %2 : tensor<?xf32> next %2 : tensor<?xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeArrayAttr:$input_types,
    TypeArrayAttr:$state_types, TypeArrayAttr:$weight_types,
    TypeArrayAttr:$output_types,
    OptionalAttr<StrArrayAttr>:$argument_names,
    OptionalAttr<StrArrayAttr>:$size_names,
    OptionalAttr<AffineMapArrayAttr>:$shapes,
    OptionalAttr<ArrayAttr>:$weight_ranges,
    OptionalAttr<I64Attr>:$optional_weights);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    unsigned getNumInputs() { return getInputTypes().size(); }
    unsigned getNumStates() { return getStateTypes().size(); }
    unsigned getNumWeights() { return getWeightTypes().size(); }
    unsigned getNumOutputs() { return getOutputTypes().size(); }
    /// Weights that an application may leave out: so many at the end.
    unsigned getNumOptional() { return getOptionalWeights().value_or(0); }
    ::mlir::Block::BlockArgListType getInputArguments();
    ::mlir::Block::BlockArgListType getStateArguments();
    ::mlir::Block::BlockArgListType getWeightArguments();
    /// What the text calls an argument; "weight 2" if it has no name.
    std::string getArgumentName(unsigned number);
    YieldOp getYield();
  }];
}

def RNN_YieldOp : RNN_Op<"yield", [Pure, Terminator,
    AttrSizedOperandSegments, ParentOneOf<["NetworkOp", "CellOp"]>]> {
  let summary = "Outputs and next states of a cell or network";
  let description = [{
    Its operands are checked by the parent op (network-C4, cell-C2).

    Example: `rnn.yield %y : tensor<8xf32> next %h : tensor<8xf32>`.
  }];
  let arguments = (ins Variadic<AnyTensor>:$outputs,
                       Variadic<AnyTensor>:$states);
  let assemblyFormat = [{
    ($outputs^ `:` type($outputs))? (`next` $states^ `:` type($states))?
    attr-dict
  }];
}

def RNN_ApplyOp : RNN_Op<"apply", [Pure, AttrSizedOperandSegments,
    AttrSizedResultSegments, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Applies a cell for one time step";
  let description = [{
    `@se.NAME` is a cell of the library if the module has none of this name
    (docs/cells.md). Open sizes of a cell, `?`, become those of the operands
    (`--rnn-instantiate-cells`). `options` gives values that the cell's text calls
    by name; in a cell, an application hands on those of the cell. Optional weights at the end may be left out, others if `without` names
    them: a sum, minimum or maximum with what is computed from them alone is then its
    other operand.

    * (apply-C1) the symbol names an `rnn.cell` of the module or the library.
    * (apply-C2) inputs, states and weights have the types of the cell's
      arguments; where the cell has `?`, any size.
    * (apply-C3) outputs and next states have the types that the cell yields, with
      any size for `?`.
    * (apply-C4) `without` names weights of the cell, each once.

    Example:

    ```mlir
    %y, %h1 = rnn.apply @leaky(%x) states(%h) weights(%W, %a)
        : (tensor<4xf32>), (tensor<8xf32>), (tensor<8x4xf32>, tensor<8xf32>)
        -> (tensor<8xf32>), (tensor<8xf32>)
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$cell, Variadic<AnyTensor>:$inputs,
    Variadic<AnyTensor>:$states, Variadic<AnyTensor>:$weights,
    OptionalAttr<DictionaryAttr>:$options, OptionalAttr<StrArrayAttr>:$without);
  let results = (outs Variadic<AnyTensor>:$outputs,
                      Variadic<AnyTensor>:$nextStates);
  let extraClassDeclaration = [{
    /// The numbers of the cell's weights that the operands are; fewer or more than
    /// operands if that is wrong. (apply-C4)
    ::mlir::LogicalResult getGivenWeights(CellOp cell,
        ::llvm::SmallVectorImpl<unsigned> &given);
  }];
  let assemblyFormat = [{
    $cell `(` $inputs `)` `states` `(` $states `)` `weights` `(` $weights `)`
    attr-dict `:` custom<Types>(type($inputs)) `,`
    custom<Types>(type($states)) `,` custom<Types>(type($weights)) `->`
    custom<Types>(type($outputs)) `,` custom<Types>(type($nextStates))
  }];
}

def RNN_ObserveOp : RNN_Op<"observe", [HasParent<"NetworkOp">]> {
  let summary = "Collects the values of a tensor in every frame";
  let description = [{
    Computes nothing: where a network is calibrated, statistics of `x` are
    collected under `name` (docs/precision.md). `--rnn-observe` puts these ops
    in; on their way to phase `legalized` they become outputs (`--rnn-expose-observed`)
    or are dropped.

    * (observe-C1) the name is not empty and no other `rnn.observe` of the
      network has it.

    Example: `rnn.observe %0 as "lstm_1" : tensor<8xf32>`.
  }];
  let arguments = (ins RNN_StaticFloatTensor:$x, StrAttr:$tensor);
  let assemblyFormat = "$x `as` $tensor attr-dict `:` type($x)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Named cells (phase `imported`)
//===----------------------------------------------------------------------===//

def RNN_LSTMOp : RNN_Op<"lstm", [Pure, AttrSizedOperandSegments]> {
  let summary = "One time step of ONNX's LSTM, one direction";
  let description = [{
    With gates in ONNX's order i, o, f, c, `W` of shape [4H, I], `R` [4H, H],
    `B` [8H] (input bias, then recurrent bias) and peepholes `P` [3H] (i, o, f):

        i = f(W_i x + R_i h + P_i * c + Wb_i + Rb_i)
        f = f(W_f x + R_f h + P_f * c + Wb_f + Rb_f)
        g = g(W_c x + R_c h + Wb_c + Rb_c)
        c' = f * c + i * g
        o = f(W_o x + R_o h + P_o * c' + Wb_o + Rb_o)
        h' = o * h(c')

    `activations` are f, g, h. With `clip` the arguments of f and g are limited to
    [-clip, clip], that of h is not (as in ONNX Runtime). With `input_forget`, f = 1 - i. (The formula
    couples f to i the way ONNX Runtime does.)

    * (lstm-C1) `x` has shape [I], `h` and `c` have shape [H], like the results.
    * (lstm-C2) `W` has shape [4H, I] and `R` has shape [4H, H].
    * (lstm-C3) `B`, if present, has shape [8H], `P`, if present, [3H].
    * (lstm-C4) there are three activations.
    * (lstm-C5) `clip`, if present, is positive.

    Example:

    ```mlir
    %h1, %c1 = rnn.lstm %x, %h, %c, %W, %R bias(%B : tensor<40xf32>)
        {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>, #rnn.act<tanh>]}
        : tensor<3xf32>, tensor<5xf32>, tensor<5xf32>, tensor<20x3xf32>,
          tensor<20x5xf32> -> tensor<5xf32>, tensor<5xf32>
    ```
  }];
  let arguments = (ins RNN_StaticVector:$x, RNN_StaticVector:$h, RNN_StaticVector:$c,
    RNN_StaticFloatTensor:$W, RNN_StaticFloatTensor:$R, Optional<RNN_StaticVector>:$B,
    Optional<RNN_StaticVector>:$P, RNN_ActivationArrayAttr:$activations,
    OptionalAttr<F32Attr>:$clip, UnitAttr:$input_forget);
  let results = (outs RNN_StaticVector:$hNext, RNN_StaticVector:$cNext);
  let assemblyFormat = [{
    $x `,` $h `,` $c `,` $W `,` $R (`bias` `(` $B^ `:` type($B) `)`)?
    (`peepholes` `(` $P^ `:` type($P) `)`)? attr-dict `:` type($x) `,` type($h)
    `,` type($c) `,` type($W) `,` type($R) `->` type($hNext) `,` type($cNext)
  }];
  let hasVerifier = 1;
}

def RNN_GRUOp : RNN_Op<"gru", [Pure]> {
  let summary = "One time step of ONNX's GRU, one direction";
  let description = [{
    With gates in ONNX's order z, r, h, `W` of shape [3H, I], `R` [3H, H] and `B`
    [6H] (input bias, then recurrent bias):

        z = f(W_z x + R_z h + Wb_z + Rb_z)
        r = f(W_r x + R_r h + Wb_r + Rb_r)
        n = g(W_h x + R_h (r * h) + Wb_h + Rb_h)     linear_before_reset = 0
        n = g(W_h x + r * (R_h h + Rb_h) + Wb_h)     linear_before_reset = 1
        h' = (1 - z) * n + z * h

    `activations` are f, g. With `clip` all arguments of activations are limited
    to [-clip, clip].

    * (gru-C1) `x` has shape [I], `h` has shape [H], like the result.
    * (gru-C2) `W` has shape [3H, I] and `R` has shape [3H, H].
    * (gru-C3) `B`, if present, has shape [6H].
    * (gru-C4) there are two activations.
    * (gru-C5) `clip`, if present, is positive.

    Example:

    ```mlir
    %h1 = rnn.gru %x, %h, %W, %R
        {activations = [#rnn.act<sigmoid>, #rnn.act<tanh>], linear_before_reset}
        : tensor<3xf32>, tensor<5xf32>, tensor<15x3xf32>, tensor<15x5xf32>
        -> tensor<5xf32>
    ```
  }];
  let arguments = (ins RNN_StaticVector:$x, RNN_StaticVector:$h, RNN_StaticFloatTensor:$W,
    RNN_StaticFloatTensor:$R, Optional<RNN_StaticVector>:$B,
    RNN_ActivationArrayAttr:$activations, OptionalAttr<F32Attr>:$clip,
    UnitAttr:$linear_before_reset);
  let results = (outs RNN_StaticVector:$hNext);
  let assemblyFormat = [{
    $x `,` $h `,` $W `,` $R (`bias` `(` $B^ `:` type($B) `)`)? attr-dict `:`
    type($x) `,` type($h) `,` type($W) `,` type($R) `->` type($hNext)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Products and reductions
//===----------------------------------------------------------------------===//

def RNN_MatvecOp : RNN_Op<"matvec", [Pure]> {
  let summary = "Matrix times vector, or times each vector of a batch";
  let description = [{
    `y[..., n] = sum over k of W[n, k] * x[..., k]`. Leading dimensions of `x`
    are a batch. The sum runs over k = 0, 1, ... in the result's element type
    with fused multiply-add, starting from 0: the order never depends on the
    schedule (docs/numerics.md). Of f16 in f16 there are two such sums, of even
    and of odd k (the missing product of an odd number is +0), which are added at
    the end. The sum of products of integers is exact modulo 2^32.

    * (matvec-C1) `W` has rank 2, `x` at least rank 1.
    * (matvec-C2) the last dimension of `x` equals the columns of `W`.
    * (matvec-C3) the result has the shape of `x` with the last dimension
      replaced by the rows of `W`.
    * (matvec-C4) `W` and `x` have the same element type. The result's is the
      same or f32 for floats, i32 for i8 and i16; there are no products of i32.

    Example:

    ```mlir
    %y = rnn.matvec %W, %x : tensor<8x4xf16>, tensor<4xf16> -> tensor<8xf32>
    ```
  }];
  let arguments = (ins RNN_Tensor:$W, RNN_Tensor:$x);
  let results = (outs RNN_Tensor:$y);
  let assemblyFormat = [{
    $W `,` $x attr-dict `:` type($W) `,` type($x) `->` type($y)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def RNN_LinearOp : RNN_Op<"linear", [Pure]> {
  let summary = "Fully connected layer: a matvec plus a bias";
  let description = [{
    `y[..., n] = b[n] + sum over k of W[n, k] * x[..., k]` (phase `imported`). It becomes
    `rnn.matvec` and `arith.addf` in phase `normalized`.

    * (linear-C1) `W` and `x` obey the rules of `rnn.matvec`.
    * (linear-C2) `b` has shape [rows of W].

    Example:

    ```mlir
    %y = rnn.linear %W, %x, %b
        : tensor<8x4xf32>, tensor<4xf32>, tensor<8xf32> -> tensor<8xf32>
    ```
  }];
  let arguments = (ins RNN_FloatTensor:$W, RNN_FloatTensor:$x, RNN_Vector:$b);
  let results = (outs RNN_FloatTensor:$y);
  let assemblyFormat = [{
    $W `,` $x `,` $b attr-dict `:` type($W) `,` type($x) `,` type($b) `->`
    type($y)
  }];
  let hasVerifier = 1;
}

def RNN_ReduceOp : RNN_Op<"reduce", [Pure]> {
  let summary = "Reduces dimensions to size 1";
  let description = [{
    Sum, mean, maximum or minimum over the dimensions `axes`, which stay with
    size 1. Elements are combined in row-major order, one after the other.

    * (reduce-C1) axes are ascending, unique and within the rank.
    * (reduce-C2) the result has the operand's shape with the axes set to 1.
    * (reduce-C3) the result's element type is the operand's, or f32.

    Example:

    ```mlir
    %m = rnn.reduce <mean> %x axes [1]
        : tensor<1x8xf32> -> tensor<1x1xf32>
    ```
  }];
  let arguments = (ins RNN_ReduceKindAttr:$kind, RNN_FloatTensor:$x,
                       DenseI64ArrayAttr:$axes);
  let results = (outs RNN_FloatTensor:$y);
  let assemblyFormat = [{
    $kind $x `axes` $axes attr-dict `:` type($x) `->` type($y)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

def RNN_ActivationOp : RNN_Op<"activation", [Pure, SameOperandsAndResultShape]>
{
  let summary = "An activation function, elementwise";
  let description = [{
    Applies `#rnn.act`. The argument may have a wider element type than the
    result: the function is computed in f32 and rounded once.

    In a cell the attribute `rnn.option` gives the function a name, by which an
    application may choose another one.

    * (activation-C1) the result's element type is not wider than the
      operand's.

    Example: `%1 = rnn.activation <sigmoid> %0 : tensor<8xf32> -> tensor<8xf16>`.
  }];
  let arguments = (ins RNN_ActivationAttr:$function, RNN_FloatLike:$x);
  let results = (outs RNN_FloatLike:$y);
  let assemblyFormat = "$function $x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def RNN_QuantizeOp : RNN_Op<"quantize", [Pure, SameOperandsAndResultShape]> {
  let summary = "Floats as integers times a scale, elementwise";
  let description = [{
    The integer q stands for the value (q - zero_point) * scale. With T the type
    of an element of `x` and L = 127 for i8, 32767 for i16:

        inverse = 1 / scale, rounded to f32, then to T
        p = x * inverse, rounded to T
        p = min(p, L - zero_point), then max(p, -L - zero_point)
        q = p rounded to an integer, ties to even, + zero_point

    Bounds that T does not have are rounded toward zero: those of i16 are
    32752 in f16. A NaN becomes the largest q. Two halves take a multiplication,
    a minimum, a maximum and a conversion of packed halves (docs/numerics.md).

    * (quantize-C1) `scale` is positive, and `inverse` is a normal number of T.
    * (quantize-C2) `zero_point` is within -127 to 127 for i8, 0 for i16.

    Example:

    ```mlir
    %q = rnn.quantize %x scale 2.0e-2 zero_point -3
        : tensor<8xf16> -> tensor<8xi8>
    ```
  }];
  let arguments = (ins RNN_QuantizeOperand:$x, F32Attr:$scale,
                       DefaultValuedOptionalAttr<I32Attr, "0">:$zero_point);
  let results = (outs RNN_QuantizeResult:$y);
  let assemblyFormat = [{
    $x `scale` $scale (`zero_point` $zero_point^)? attr-dict `:` type($x) `->`
    type($y)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// 1 / scale in the type of an element of `x`.
    ::llvm::APFloat getInverse();
    /// The least and the largest p, in the type of an element of `x`.
    std::pair<::llvm::APFloat, ::llvm::APFloat> getBounds();
    /// The result for one element, which is rounded to their type first.
    int64_t evaluate(::llvm::APFloat x);
  }];
}

def RNN_InterpolateOp : RNN_Op<"interpolate", [AllTypesMatch<["x", "y"]>,
    AlwaysSpeculatable, DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "A table of lines, elementwise in f16";
  let description = [{
    The table has N lines (slope, offset); line i belongs to the arguments about
    (i - N / 2) / scale. With C = N / 2 and limit = (C - 1) / scale:

        p = x > limit ? limit : x < -limit ? -limit : x
        i = p * scale, rounded to an integer, ties to even, + C
        y = fma(slope[i], p, offset[i]), rounded once

    A NaN is taken for +limit; in a pair one with the sign bit, which no
    arithmetic gives, for -limit. With shift = (1024 + C) / scale, the sum
    p + shift has its last place at 1 / scale, so its low bits are i. In phase `legalized`
    `x` is a tensor and the table one of shape [N, 2]; in a stage (plan.stage) `x`
    is a scalar; in phase `scheduled` it is a scalar or a pair, and the table lies in
    memory, slope and offset of each line in one word.

    With `rectified` the lines are those of an even function that is added to
    max(x, 0), such as log(1 + exp(-|x|)) of softplus. Line i belongs to
    magnitudes about i / scale, limit = (N - 1) / scale, and shift = 1024 / scale:

        p = |x| > limit ? limit : |x|
        i = p * scale, rounded to an integer, ties to even
        y = fma(slope[i], p - i / scale, offset[i]), rounded once
        result = max(x, 0) + y, rounded once

    NaN stays NaN. An offset from the middle of a line has the last places of
    the argument, so that small results are as exact as large ones.

    * (interpolate-C1) the table is a tensor of shape [N, 2] or, of a scalar or
      vector, a memref of shape [2 * N] with the identity layout.
    * (interpolate-C2) N is a power of two from 4 to 1024, or with `rectified` any
      number from 4 to 1024.
    * (interpolate-C3) `scale` is a power of two from 2^-4 to 2^14.

    Example:

    ```mlir
    %y = rnn.interpolate %x, %lines scale 1.6e+01
        : tensor<8xf16>, tensor<256x2xf16>
    %z = rnn.interpolate %x, %tails scale 1.6e+01 rectified
        : tensor<8xf16>, tensor<279x2xf16>
    ```
  }];
  let arguments = (ins RNN_InterpolateOperand:$x, RNN_LineTable:$table,
                       F32Attr:$scale, UnitAttr:$rectified);
  let results = (outs RNN_InterpolateOperand:$y);
  let assemblyFormat = [{
    $x `,` $table `scale` $scale (`rectified` $rectified^)? attr-dict `:` type($x) `,` type($table)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// N.
    int64_t getNumLines();
    /// Of the line for 0.
    int64_t getCenter() { return getRectified() ? 0 : getNumLines() / 2; }
    /// The argument of the last line, exact in f16.
    float getLimit();
    /// (1024 + the line for 0) / scale, exact in f16.
    float getShift();
  }];
}

//===----------------------------------------------------------------------===//
// Data movement
//===----------------------------------------------------------------------===//

def RNN_ReshapeOp : RNN_Op<"reshape", [Pure]> {
  let summary = "The same elements in row-major order in another shape";
  let description = [{
    * (reshape-C1) operand and result have as many elements and the same element
      type.

    Example: `%1 = rnn.reshape %0 : tensor<1x8xf32> -> tensor<8xf32>`.
  }];
  let arguments = (ins RNN_MovedTensor:$x);
  let results = (outs RNN_MovedTensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def RNN_TransposeOp : RNN_Op<"transpose", [Pure]> {
  let summary = "Permutes dimensions";
  let description = [{
    Dimension i of the result is dimension `permutation[i]` of the operand.

    * (transpose-C1) `permutation` is a permutation of the dimensions.
    * (transpose-C2) the result's shape is the operand's, permuted, with the
      same element type.

    Example:

    ```mlir
    %1 = rnn.transpose %0 [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
    ```
  }];
  let arguments = (ins RNN_MovedTensor:$x, DenseI64ArrayAttr:$permutation);
  let results = (outs RNN_MovedTensor:$y);
  let assemblyFormat = "$x $permutation attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def RNN_BroadcastOp : RNN_Op<"broadcast", [Pure]> {
  let summary = "Repeats an operand along dimensions (NumPy's rule)";
  let description = [{
    Shapes are aligned at the last dimension; a dimension of the operand that is
    1 or missing is repeated. A number is repeated everywhere. In a cell the result's
    sizes may be open, `?`: they are those of the operations that use it.

    * (broadcast-C1) the operand's rank is not above the result's, and each of
      its dimensions is 1 or equals the result's; element types are the same.

    Example: `%1 = rnn.broadcast %0 : tensor<1xf32> -> tensor<2x8xf32>`.
  }];
  let arguments = (ins RNN_RepeatedOperand:$x);
  let results = (outs RNN_MovedTensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// What makes the text of a cell short (phase `imported`)
//===----------------------------------------------------------------------===//

def RNN_FillOp : RNN_Op<"fill", [Pure]> {
  let summary = "A number that has the shape of what it meets";
  let description = [{
    A constant tensor, all elements of which are `value`. In a cell its sizes may be
    open, `?`: each operation that uses it gives it the shape of its other operands.
    With the attribute `rnn.option` an application may give another value.

    Example:

    ```mlir
    %one = rnn.fill 1.0 : tensor<?xf32>
    %keep = arith.subf %one, %z : tensor<?xf32>
    ```
  }];
  let arguments = (ins F32Attr:$value);
  let results = (outs RankedTensorOf<[F32]>:$y);
  let assemblyFormat = "$value attr-dict `:` type($y)";
  let hasFolder = 1;
}

def RNN_SplitOp : RNN_Op<"split", [Pure, DeclareOpInterfaceMethods<
    InferTypeOpInterface>]> {
  let summary = "Equal parts of a tensor, with names";
  let description = [{
    Splits the first dimension into as many equal parts as there are names. A name
    that is not empty is a gate: a policy may name it (docs/precision.md).

    * (split-C1) there is at least one name.
    * (split-C2) the operand has at least rank 1, and its first dimension is a
      multiple of the number of parts.

    Example:

    ```mlir
    %z, %r = rnn.split %0 ["update", "reset"] : tensor<16xf32>
    ```
  }];
  let arguments = (ins RNN_MovedTensor:$x, StrArrayAttr:$names);
  let results = (outs Variadic<RNN_MovedTensor>:$parts);
  let assemblyFormat = "$x $names attr-dict `:` type($x)";
  let hasVerifier = 1;
}

def RNN_ChooseOp : RNN_Op<"choose", [Pure, HasParent<"CellOp">,
    AllTypesMatch<["chosen", "other", "y"]>]> {
  let summary = "One of two values, by an option of the cell";
  let description = [{
    The first value where a cell is applied with the option of this name,
    `options = {NAME}`, otherwise the second. What is not chosen is not computed.

    * (choose-C1) the option's name is not empty.

    Example: `%f = rnn.choose "coupled" %a, %b : tensor<?xf32>`.
  }];
  let arguments = (ins StrAttr:$option, AnyTensor:$chosen, AnyTensor:$other);
  let results = (outs AnyTensor:$y);
  let assemblyFormat = "$option $chosen `,` $other attr-dict `:` type($y)";
  let hasVerifier = 1;
}

#endif // SE_DIALECT_RNN_RNNOPS_TD
