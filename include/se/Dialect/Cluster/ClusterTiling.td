// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ClusterTiling.td - How parameters flow ---------------*- tablegen -*-===//

#ifndef SE_DIALECT_CLUSTER_CLUSTERTILING_TD
#define SE_DIALECT_CLUSTER_CLUSTERTILING_TD

include "se/Dialect/Cluster/ClusterBase.td"

def Cluster_Screening : I32EnumAttr<"Screening",
    "where inputs are looked at that shall be finite", [
    Cluster_Case<"first_level", 0>, Cluster_Case<"copy", 1>,
    Cluster_Case<"in_place", 2>]> {
  let cppNamespace = "::se::cluster";
  let genSpecializedAttr = 0;
}

def Cluster_StageTilingAttr : AttrDef<Cluster_Dialect, "StageTiling"> {
  let mnemonic = "stage_tiling";
  let summary = "how the parameters of one stage are cut";
  let description = [{
    A stage computes `elements`, `register_tile` of them at a time on a core. What
    one register tile reads of the parameters is a packed panel of
    `panel_bytes`. A tile is the panels of `tile` register tiles or, if panels
    are cut into `k_blocks`, one K block of each. With `keeps_sums` each vector
    that is long has K blocks of its own; a core has one register tile of a tile,
    and its sums stay in registers from block to block. `resident` of the tiles
    stay in L1, spread evenly.

    The name and the first two numbers say which stage it is, and must be right.

    * (stage_tiling-C1) `elements`, `panel_bytes`, `register_tile`, `tile` and
      `k_blocks` are positive, and `resident` is not negative.

    Example: `#cluster.stage_tiling<name = "/rnn0/GRU", elements = 128,
    panel_bytes = 2000, register_tile = 4, tile = 8, resident = 1>`.
  }];
  let parameters = (ins StringRefParameter<"of the stage">:$name,
    "int64_t":$elements, "int64_t":$panel_bytes, "int64_t":$register_tile,
    "int64_t":$tile, DefaultValuedParameter<"int64_t", "1">:$k_blocks,
    DefaultValuedParameter<"bool", "false">:$keeps_sums,
    DefaultValuedParameter<"int64_t", "0">:$resident);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Register tiles of the stage.
    int64_t getRegisterTiles() const {
      return ::llvm::divideCeil(getElements(), getRegisterTile());
    }
  }];
}

def Cluster_TilingAttr : AttrDef<Cluster_Dialect, "Tiling"> {
  let mnemonic = "tiling";
  let summary = "how the parameters of a network flow";
  let description = [{
    The attribute `cluster.tiling` of a network: a ring of `slots` buffers in L1
    of at most `slot_bytes` each, through which tiles flow, and the tiling of
    each stage that reads parameters, in the order of the stages. Without slots
    all tiles stay in L1. `l1_bytes` is what states and activations leave of L1;
    if it is said, it must be right. `screening` says where inputs are looked at,
    if they shall be finite.

    `--se-choose-tiling` makes it, `--se-schedule` does what it says. Where
    buffers lie, and which tiles come from memories behind L2, follows from it.

    * (tiling-C1) there are 2 to 6 slots, or none.
    * (tiling-C2) `slot_bytes` is a multiple of 16 up to 65536, and 0 without
      slots only.
    * (tiling-C3) `l1_bytes` is not negative.

    Example:

    ```mlir
    #cluster.tiling<slots = 3, slot_bytes = 4096, stages = [
      <name = "fc", elements = 128, panel_bytes = 520, register_tile = 2, tile = 8>]>
    ```
  }];
  let parameters = (ins "int64_t":$slots, "int64_t":$slot_bytes,
    DefaultValuedParameter<"int64_t", "0">:$l1_bytes,
    DefaultValuedParameter<"Screening", "Screening::first_level">:$screening,
    OptionalArrayRefParameter<"StageTilingAttr">:$stages);
  let assemblyFormat = [{
    `<` struct($slots, $slot_bytes, $l1_bytes, $screening, custom<Stages>($stages)) `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The network's attribute that holds it.
    static constexpr ::llvm::StringLiteral attrName = "cluster.tiling";
  }];
}

#endif // SE_DIALECT_CLUSTER_CLUSTERTILING_TD
