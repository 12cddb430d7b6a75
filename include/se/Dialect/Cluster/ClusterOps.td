// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ClusterOps.td - The cluster dialect: where and when ---*- tablegen -*-===//

#ifndef SE_DIALECT_CLUSTER_CLUSTEROPS_TD
#define SE_DIALECT_CLUSTER_CLUSTEROPS_TD

include "se/Dialect/Cluster/ClusterTarget.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Cluster_SpaceAttr : EnumAttr<Cluster_Dialect, Cluster_Level, "space"> {
  let summary = "the memory level of a memref";
  let description = [{
    `l1`: the cluster's shared memory, one cycle. `l2`: on-chip memory behind it.
    `l3`: external memory. `nvm`: on-chip memory that keeps its content. Cores
    read and write l1 and l2 only; what lies in l3 or nvm comes by DMA. A memref
    without a space lies wherever the caller put it.

    Example: `memref<64xf32, #cluster.space<l1>>`.
  }];
  let assemblyFormat = "`<` $value `>`";
}

def Cluster_Engine : I32EnumAttr<"Engine", "an engine that copies memory", [
    Cluster_Case<"dma", 0>, Cluster_Case<"external", 1>]> {
  let cppNamespace = "::se::cluster";
}

def Cluster_TokenType : TypeDef<Cluster_Dialect, "Token"> {
  let mnemonic = "token";
  let summary = "a transfer that was started";
  let description = [{
    Stands for one transfer of an engine: `dma`, the cluster's own between L1 and
    the levels behind it, or `external`, which copies from memories that the
    cluster cannot address to L2. A token is used exactly once on every path: it
    is waited for, or handed on (to a loop, out of a region, to the next frame).
    `se-verify-schedule` checks that.

    Example: `!cluster.token<dma>`.
  }];
  let parameters = (ins EnumParameter<Cluster_Engine>:$engine);
  let assemblyFormat = "`<` $engine `>`";
}

def Cluster_DelayLineAttr : AttrDef<Cluster_Dialect, "DelayLine"> {
  let mnemonic = "delay_line";
  let summary = "what a view of slots of a delay line is a part of";
  let description = [{
    Stands as `cluster.delay_line` at each `memref.view` of the state buffer that shows
    slots of a delay line (`plan.push`): the line has `bytes` bytes from byte `offset`
    on, in slots of `slot` bytes. Which slots the view shows changes from frame to
    frame. `se-verify-schedule` takes what is in one slot for what is in another.

    * (delay_line-C1) `offset` is not negative, `slot` is positive and divides `bytes`.

    Example: `#cluster.delay_line<offset = 64, bytes = 160, slot = 16>`.
  }];
  let parameters = (ins "int64_t":$offset, "int64_t":$bytes, "int64_t":$slot);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    static constexpr ::llvm::StringLiteral attrName = "cluster.delay_line";
  }];
}

def Cluster_PortAttr : AttrDef<Cluster_Dialect, "Port"> {
  let mnemonic = "port";
  let summary = "a named input, output or state of a program";
  let description = [{
    `shape` is that of the imported network, or `[places, elements of a slot]` of a
    state that is a delay line. For a state, `offset` is its place
    in the state buffer in bytes and `element` how it is stored; inputs and
    outputs are f32 at the border and have no offset. `rounded` is the type that
    an input is rounded to before it is computed with: what that cannot hold is
    infinite then.

    Examples: `#cluster.port<"h", shape = [1, 8], element = f16, offset = 16>`,
    `#cluster.port<"x", shape = [257], element = f32 rounded f16>`.
  }];
  let parameters = (ins StringRefParameter<"the name">:$name,
    ArrayRefParameter<"int64_t">:$shape, "::mlir::Type":$element,
    DefaultValuedParameter<"int64_t", "0">:$offset,
    OptionalParameter<"::mlir::FloatType">:$rounded);
  let assemblyFormat = [{
    `<` $name `,` `shape` `=` custom<Shape>($shape) `,` `element` `=` $element
    (`rounded` $rounded^)? (`,` `offset` `=` $offset^)? `>`
  }];
  let extraClassDeclaration = [{
    int64_t getNumElements() const;
  }];
}
def Cluster_PortArrayAttr : TypedArrayAttrBase<Cluster_PortAttr, "ports">;

class Cluster_Op<string mnemonic, list<Trait> traits = []>
    : Op<Cluster_Dialect, mnemonic, traits>;

def Cluster_ProgramOp : Cluster_Op<"program", [Symbol,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "What a compiled network offers to its caller";
  let description = [{
    Names the functions that compute a step and reset the states, and says how
    large the state buffer is and what lies in it. The C header, the metadata of
    an ELF and the entry points are made from this op.

    * `kernel`: function of (state buffer, inputs..., outputs...), executed by
      all cores at once.
    * `init`: function of the state buffer, executed by all cores once, before
      anything else.
    * `reset`: function of the state buffer, executed by one core whenever the
      states shall have their reset values, also before the first frame.

    `dma_core` is that of the functions' `cluster.parallel`. `code_bytes` of L1,
    beside the state buffer, are left to the code of `kernel` and its tables;
    without them they lie in L2.

    * (program-C1) `kernel`, `init` and `reset` name functions whose first argument is a
      memref of `state_bytes` x i8.
    * (program-C2) the other arguments of `kernel` are one f32 memref for each
      input and each output with as many elements as the port.
    * (program-C3) there is at least one core and at most 8.
    * (program-C4) `code_bytes` is not negative.

    Example:

    ```mlir
    cluster.program @net kernel(@net_kernel) init(@net_init) reset(@net_reset)
        cores 8
        state_bytes 64 inputs [#cluster.port<"x", shape = [4], element = f32>]
        outputs [#cluster.port<"y", shape = [4], element = f32>]
        states [#cluster.port<"h", shape = [4], element = f32>]
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$kernel,
    FlatSymbolRefAttr:$init, FlatSymbolRefAttr:$reset, I64Attr:$cores,
    DefaultValuedAttr<I64Attr, "0">:$dma_core, I64Attr:$state_bytes,
    Cluster_PortArrayAttr:$inputs, Cluster_PortArrayAttr:$outputs,
    Cluster_PortArrayAttr:$states, DefaultValuedAttr<I64Attr, "0">:$macs,
    DefaultValuedAttr<I64Attr, "0">:$weight_bytes,
    DefaultValuedAttr<I64Attr, "0">:$code_bytes);
  let assemblyFormat = [{
    $sym_name `kernel` `(` $kernel `)` `init` `(` $init `)` `reset` `(` $reset `)` `cores` $cores
    (`dma_core` $dma_core^)? `state_bytes` $state_bytes `inputs` $inputs `outputs` $outputs
    `states` $states attr-dict
  }];
  let hasVerifier = 1;
}

def Cluster_ParallelOp : Cluster_Op<"parallel", [SingleBlock]> {
  let summary = "A region that all cores execute";
  let description = [{
    Cores 0 to `cores` - 1 and core `dma_core` run the whole region and meet at
    its end. The region's first argument is the number of the core. `dma_core`
    alone starts transfers and waits for them; all cores pass the operations. It
    is one of the others, or a core of its own behind them, which then has no
    share of the work.

    With `carry`, the operands of the terminator are kept in `control` (a word
    each) and are the region's further arguments the next time that a region with
    the same control runs: so transfers that are under way cross the border of a
    frame. The region that runs first has no such arguments. All cores read the
    words where the region starts; `dma_core` writes them before the cores meet at
    its end, so a region that does both needs a barrier in between.

    * (parallel-C1) the first argument of the region is an index; the others, and
      the operands of the terminator, are tokens or indices.
    * (parallel-C2) `control` is a memref in L1 of one i32 for each operand of the
      terminator; the region has as many further arguments, of the same types, or
      none.
    * (parallel-C3) `dma_core` is not negative, and there are 1 to 8 cores.

    Example:

    ```mlir
    cluster.parallel cores 8 dma_core 8 carry %control : memref<1xi32, #cluster.space<l1>> {
    ^bb0(%core: index, %token: !cluster.token<dma>):
      %position = cluster.dma_wait %token : !cluster.token<dma>
      cluster.barrier
      %next = cluster.dma_start %data[%c0] to %ring[%position], %c64
          : memref<64xi8, #cluster.space<l2>> to memref<64xi8, #cluster.space<l1>>
      cluster.yield %next : !cluster.token<dma>
    }
    ```
  }];
  let arguments = (ins I64Attr:$cores, I64Attr:$dma_core,
    Optional<MemRefOf<[I32]>>:$control);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    `cores` $cores `dma_core` $dma_core (`carry` $control^ `:` type($control))?
    $body attr-dict
  }];
  let extraClassDeclaration = [{
    mlir::Value getCore() { return getBody().front().getArgument(0); }
  }];
  let hasRegionVerifier = 1;
}

def Cluster_YieldOp : Cluster_Op<"yield", [Terminator, Pure,
    ParentOneOf<["ParallelOp"]>]> {
  let summary = "The end of a parallel region";
  let description = [{
    The operands are carried to the next run of the region.

    Example: `cluster.yield %token, %position : !cluster.token<dma>, index`.
  }];
  let arguments = (ins Variadic<AnyTypeOf<[Cluster_TokenType, Index]>>:$carried);
  let assemblyFormat = "($carried^ `:` type($carried))? attr-dict";
}

def Cluster_DmaStartOp : Cluster_Op<"dma_start", [AttrSizedOperandSegments]> {
  let summary = "Start a transfer between memory levels";
  let description = [{
    Copies `bytes` bytes from byte `from_position` of `from` to byte `to_position`
    of `to`. In the two-dimensional form the memory that is not L1 has lines of
    `line` bytes, whose starts lie `stride` bytes apart; L1 is contiguous.

    What is copied may be read, and what is copied from may be written, only when
    the transfer was waited for and a barrier has told the other cores.

    * (dma-C1) one side is l1 and the other l2 or l3, which is a transfer of the
      engine `dma`; or from l3 or nvm to l2, or from l2 to l3, which is one of
      `external`. The token names that engine.
    * (dma-C2) a constant number of bytes is positive and a multiple of 4, and
      constant positions are multiples of 4 within the memrefs.
    * (dma-C3) the two-dimensional form is one of the engine `dma`; a constant
      line is not longer than a constant stride and divides a constant number of
      bytes.
    * (dma-C4) it stands in a `cluster.parallel`.

    Example:

    ```mlir
    %token = cluster.dma_start %data[%at] to %ring[%slot], %bytes lines %line stride %stride
        : memref<4096xi8, #cluster.space<l2>> to memref<512xi8, #cluster.space<l1>>
        -> !cluster.token<dma>
    ```
  }];
  let arguments = (ins MemRefOf<[I8, F32]>:$from, Index:$from_position,
    MemRefOf<[I8, F32]>:$to, Index:$to_position, Index:$bytes,
    Optional<Index>:$line, Optional<Index>:$stride);
  let results = (outs Cluster_TokenType:$token);
  let assemblyFormat = [{
    $from `[` $from_position `]` `to` $to `[` $to_position `]` `,` $bytes
    (`lines` $line^ `stride` $stride)? attr-dict `:` type($from) `to` type($to)
    `->` type($token)
  }];
  let hasVerifier = 1;
}

def Cluster_DmaWaitOp : Cluster_Op<"dma_wait"> {
  let summary = "Wait for the end of a transfer";
  let description = [{
    Behind it, `dma_core` sees what the transfer wrote; the other cores do behind
    the next barrier. The result is the `to_position` with which the transfer was
    started, on all cores.

    * (wait-C1) it stands in a `cluster.parallel`.

    Example: `%position = cluster.dma_wait %token : !cluster.token<dma>`.
  }];
  let arguments = (ins Cluster_TokenType:$token);
  let results = (outs Index:$position);
  let assemblyFormat = "$token attr-dict `:` type($token)";
  let hasVerifier = 1;
}

def Cluster_BarrierOp : Cluster_Op<"barrier"> {
  let summary = "Every core waits here for all others";
  let description = [{
    What a core wrote before the barrier, every core reads after it. All cores
    must pass equally often, which `se-verify-schedule` checks.

    * (barrier-C1) it stands in a `cluster.parallel`.

    Example: `cluster.barrier`.
  }];
  let assemblyFormat = "attr-dict";
  let hasVerifier = 1;
}

def Cluster_DotSum : AnyTypeOf<[I32, F32, VectorOfLengthAndType<[2], [F16]>],
    "i32, f32 or vector<2xf16>">;

def Cluster_DotOp : Cluster_Op<"dot", [AllTypesMatch<["sums", "results"]>]> {
  let summary = "Dot products of several rows with one vector";
  let description = [{
    Adds to each of R sums the products of `columns` elements of `x`, from
    element `from` on, with a row of `w`. The rows are interleaved by words of 32
    bits, L = 32 / bits elements, and these words may be interleaved with those of
    other products, `stride` words apart: element l of word j of row r is
    `w[at + (j * R + r) * L * stride + l]`. Elements of a row at or beyond `columns` in its
    last word must be 0; `x` is not read there. If `columns` is 0, which only
    a number that is not constant may be, sums stay as they are. One word of `w` beyond the rows
    may be read, `stride` words behind the last, so it must exist.

    Order and rounding (docs/kernels.md): i8 and i16 add up exactly in i32; f16
    in f32, for each word `s + fma(x1, w1, x0 * w0)`, or in two sums of f16, for
    each lane `fma(x, w, s)`; f32 `fma(w, x, s)`.

    * (dot-C1) there is at least one sum, and at most 16, all of one type: i32 for
      i8 and i16, f32 for f16 and f32, or vector<2xf16> for f16.
    * (dot-C2) `x` and `w` have the same element type, one of i8, i16, f16, f32,
      and lie in l1.
    * (dot-C3) a constant `columns` is at least 1, a constant `at` a multiple of L.
    * (dot-C4) if all numbers are constants, `w` has a word more than the rows.
    * (dot-C5) `stride` is 1 to 511: the addresses' increment is part of an
      instruction.

    Example:

    ```mlir
    %s:2 = cluster.dot %x[%from], %w[%at], %columns, %a, %b
        : memref<7xf16, #cluster.space<l1>>, memref<18xf16, #cluster.space<l1>> -> f32, f32
    %t = cluster.dot %x[%from], %w[%at], %columns, %c {stride = 4 : i64}
        : memref<7xf16, #cluster.space<l1>>, memref<34xf16, #cluster.space<l1>> -> f32
    ```
  }];
  let arguments = (ins
    Arg<MemRefRankOf<[I8, I16, F16, F32], [1]>, "the vector", [MemRead]>:$x, Index:$from,
    Arg<MemRefRankOf<[I8, I16, F16, F32], [1]>, "the rows", [MemRead]>:$w, Index:$at,
    Index:$columns, Variadic<Cluster_DotSum>:$sums,
    DefaultValuedAttr<I64Attr, "1">:$stride);
  let results = (outs Variadic<Cluster_DotSum>:$results);
  let assemblyFormat = [{
    $x `[` $from `]` `,` $w `[` $at `]` `,` $columns `,` $sums attr-dict `:` type($x) `,` type($w)
    `->` type($sums)
  }];
  let extraClassDeclaration = [{
    /// Elements of a word.
    int64_t getLanes() {
      return 32 / getX().getType().getElementTypeBitWidth();
    }
    static constexpr int64_t maxSums = 16;
    /// Words of x that a turn of the loop over this many takes: two of floats,
    /// if none is left over.
    static int64_t getWordsPerTurn(::mlir::Type element, int64_t words) {
      return ::mlir::isa<::mlir::FloatType>(element) && words % 2 == 0 ? 2 : 1;
    }
    /// Elements of w from the first one to the end of the word beyond the rows.
    int64_t getExtent(int64_t columns) {
      int64_t words = ::llvm::divideCeil(columns, getLanes()) * getSums().size();
      return (words * getStride() + 1) * getLanes();
    }
  }];
  let hasVerifier = 1;
}

#endif // SE_DIALECT_CLUSTER_CLUSTEROPS_TD
