// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ClusterOps.td - The cluster dialect: where and when ---*- tablegen -*-===//

#ifndef SE_DIALECT_CLUSTER_CLUSTEROPS_TD
#define SE_DIALECT_CLUSTER_CLUSTEROPS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Cluster_Dialect : Dialect {
  let name = "cluster";
  let cppNamespace = "::se::cluster";
  let summary = "Cores, barriers and memory levels of a multi-core cluster";
  let description = [{
    The `cluster` dialect says where and when: which core computes what, where
    cores wait for each other, and in which memory level a buffer lies. Buffers
    are memrefs with a `#cluster.space` attribute; loops and arithmetic are
    `scf`, `arith` and `math`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

class Cluster_Case<string name, int value> : I32EnumAttrCase<name, value>;

def Cluster_Level : I32EnumAttr<"Level", "a memory level of a target", [
    Cluster_Case<"l1", 1>, Cluster_Case<"l2", 2>, Cluster_Case<"l3", 3>]> {
  let cppNamespace = "::se::cluster";
  let genSpecializedAttr = 0;
}
def Cluster_SpaceAttr : EnumAttr<Cluster_Dialect, Cluster_Level, "space"> {
  let summary = "the memory level of a memref";
  let description = [{
    `l1`: the cluster's shared memory, one cycle. `l2`: on-chip memory behind it.
    `l3`: external memory that cores can read. A memref without a space lies
    wherever the caller put it.

    Example: `memref<64xf32, #cluster.space<l1>>`.
  }];
  let assemblyFormat = "`<` $value `>`";
}

def Cluster_PortAttr : AttrDef<Cluster_Dialect, "Port"> {
  let mnemonic = "port";
  let summary = "a named input, output or state of a program";
  let description = [{
    `shape` is that of the imported network. For a state, `offset` is its place
    in the state buffer in bytes and `element` how it is stored; inputs and
    outputs are f32 at the border and have no offset.

    Example: `#cluster.port<"h", shape = [1, 8], element = f16, offset = 16>`.
  }];
  let parameters = (ins StringRefParameter<"the name">:$name,
    ArrayRefParameter<"int64_t">:$shape, "::mlir::Type":$element,
    DefaultValuedParameter<"int64_t", "0">:$offset);
  let assemblyFormat = [{
    `<` $name `,` `shape` `=` custom<Shape>($shape) `,` `element` `=` $element
    (`,` `offset` `=` $offset^)? `>`
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
    * `init` and `reset`: functions of the state buffer, executed by one core:
      `init` once, `reset` whenever the states shall have their reset values.

    * (program-C1) `kernel`, `init` and `reset` name functions whose first argument is a
      memref of `state_bytes` x i8.
    * (program-C2) the other arguments of `kernel` are one f32 memref for each
      input and each output with as many elements as the port.
    * (program-C3) there is at least one core and at most 8.

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
    FlatSymbolRefAttr:$init, FlatSymbolRefAttr:$reset, I64Attr:$cores, I64Attr:$state_bytes,
    Cluster_PortArrayAttr:$inputs, Cluster_PortArrayAttr:$outputs,
    Cluster_PortArrayAttr:$states, DefaultValuedAttr<I64Attr, "0">:$macs,
    DefaultValuedAttr<I64Attr, "0">:$weight_bytes);
  let assemblyFormat = [{
    $sym_name `kernel` `(` $kernel `)` `init` `(` $init `)` `reset` `(` $reset `)` `cores` $cores
    `state_bytes` $state_bytes `inputs` $inputs `outputs` $outputs
    `states` $states attr-dict
  }];
  let hasVerifier = 1;
}

def Cluster_ParallelOp : Cluster_Op<"parallel", [SingleBlock]> {
  let summary = "A region that all cores execute";
  let description = [{
    Core number `core`, from 0 up to the program's number of cores, is the
    region's argument. All cores run the whole region and meet at the end.

    * (parallel-C1) the region has one argument of type index.

    Example:

    ```mlir
    cluster.parallel cores 8 {
    ^bb0(%core: index):
      cluster.barrier
      cluster.yield
    }
    ```
  }];
  let arguments = (ins I64Attr:$cores);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "`cores` $cores $body attr-dict";
  let hasRegionVerifier = 1;
}

def Cluster_YieldOp : Cluster_Op<"yield", [Terminator, Pure,
    ParentOneOf<["ParallelOp"]>]> {
  let summary = "The end of a parallel region";
  let description = "Example: `cluster.yield`.";
  let assemblyFormat = "attr-dict";
}

def Cluster_NextTileOp : Cluster_Op<"next_tile"> {
  let summary = "The next tile of the weight stream is in L1";
  let description = [{
    All parameters of a program lie in `data`, in the order of use, cut into
    `tiles` tiles: tile t is the bytes from `table[t]` to `table[t + 1]`. They flow
    through `ring`, L1 buffers of `slot_bytes` bytes each; tile t comes to slot
    t mod `slots`, at byte (t mod slots) * slot_bytes.

    All cores execute the op once for each tile of a frame, in order. Behind it,
    tile `tile` is in its slot until the next `cluster.next_tile`, and every core
    has finished with the tile before, whose slot the DMA engine now fills with
    tile `tile + slots - 1`, across the border of the frame. So the engine runs
    `slots - 1` tiles ahead. With one tile and one slot, the stream stays in L1
    and is copied once. `control` holds what is under way between calls.

    * (tile-C1) it stands in the body of a `cluster.parallel`, directly or
      within `scf.for` loops, which all cores run equally often.
    * (tile-C2) `ring` is a memref of slots * slot_bytes x i8 in L1, `control`
      one of (slots + 1) x i32 in L1, `table` one of (tiles + 1) x i32.
    * (tile-C3) the number of tiles is a multiple of the number of slots.

    Example:

    ```mlir
    cluster.next_tile %tile of %data[%table] through %ring, %control
        {tiles = 6 : i64, slots = 3 : i64, slot_bytes = 64 : i64}
        : memref<300xi8, #cluster.space<l2>>, memref<7xi32, #cluster.space<l2>>,
          memref<192xi8, #cluster.space<l1>>, memref<4xi32, #cluster.space<l1>>
    ```
  }];
  let arguments = (ins Index:$tile, MemRefOf<[I8]>:$data, MemRefOf<[I32]>:$table,
    MemRefOf<[I8]>:$ring, MemRefOf<[I32]>:$control, I64Attr:$tiles,
    I64Attr:$slots, I64Attr:$slot_bytes);
  let assemblyFormat = [{
    $tile `of` $data `[` $table `]` `through` $ring `,` $control attr-dict `:`
    type($data) `,` type($table) `,` type($ring) `,` type($control)
  }];
  let hasVerifier = 1;
}

def Cluster_BarrierOp : Cluster_Op<"barrier"> {
  let summary = "Every core waits here for all others";
  let description = [{
    What a core wrote before the barrier, every core reads after it.

    * (barrier-C1) it stands directly in the body of a `cluster.parallel`, where
      all cores pass equally often.

    Example: `cluster.barrier`.
  }];
  let assemblyFormat = "attr-dict";
  let hasVerifier = 1;
}

#endif // SE_DIALECT_CLUSTER_CLUSTEROPS_TD
