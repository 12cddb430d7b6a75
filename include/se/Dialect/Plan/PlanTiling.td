// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PlanTiling.td - How parameters flow ------------------*- tablegen -*-===//

#ifndef SE_DIALECT_PLAN_PLANTILING_TD
#define SE_DIALECT_PLAN_PLANTILING_TD

include "se/Dialect/Plan/PlanBase.td"

def Plan_Screening : I32EnumAttr<"Screening",
    "where inputs are looked at that shall be finite", [
    I32EnumAttrCase<"first_depth", 0>, I32EnumAttrCase<"copy", 1>,
    I32EnumAttrCase<"in_place", 2>]> {
  let cppNamespace = "::se::plan";
  let genSpecializedAttr = 0;
}

def Plan_TilingAttr : AttrDef<Plan_Dialect, "Tiling"> {
  let mnemonic = "tiling";
  let summary = "how the elements and the parameters of a stage are cut";
  let description = [{
    A core computes `register_tile` elements of the stage at a time. If they read
    parameters, what one register tile reads of them is a packed panel of
    `panel_bytes`. A tile is the panels of `tile` register tiles or, if panels
    are cut into `k_blocks`, one K block of each. With `keeps_sums` each vector
    that is long has K blocks of its own; a core has one register tile of a tile,
    and its sums stay in registers from block to block. `resident` of the tiles
    stay in L1, spread evenly.

    `panel_bytes` follows from the stage and the register tile; if it is said, it
    must be right. A stage without parameters has only a register tile.

    In a stage by strips a register tile is a strip. Its elements are computed by
    a loop, `unroll` of them, or of their pairs, in a turn.

    * (tiling-C1) `register_tile`, `k_blocks` and `unroll` are positive, the others
      are not negative; there are panels with a tile only.

    Example: `#plan.tiling<register_tile = 4, panel_bytes = 2000, tile = 8,
    resident = 1>`.
  }];
  let parameters = (ins "int64_t":$register_tile,
    DefaultValuedParameter<"int64_t", "0">:$panel_bytes,
    DefaultValuedParameter<"int64_t", "0">:$tile,
    DefaultValuedParameter<"int64_t", "1">:$k_blocks,
    DefaultValuedParameter<"bool", "false">:$keeps_sums,
    DefaultValuedParameter<"int64_t", "0">:$resident,
    DefaultValuedParameter<"int64_t", "1">:$unroll);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Plan_StreamAttr : AttrDef<Plan_Dialect, "Stream"> {
  let mnemonic = "stream";
  let summary = "how the parameters of a network flow";
  let description = [{
    The attribute `plan.stream` of a network: a ring of `slots` buffers in L1 of
    at most `slot_bytes` each, through which tiles flow. Without slots all tiles
    stay in L1. `l1_bytes` is what states, activations and code leave of L1; if it
    is said, it must be right. `screening` says where inputs are looked at, if they
    shall be finite. `code_bytes` of L1 are left to the kernel's code and
    the tables of its transfers; without them both lie in L2.

    `--se-choose-tiling` makes it, and the tiling of each stage; `--se-schedule`
    does what they say. Where buffers lie, and which tiles come from memories
    behind L2, follows from them.

    * (stream-C1) there are 2 to 6 slots, or none.
    * (stream-C2) `slot_bytes` is a multiple of 16 up to 65536, and 0 without
      slots only.
    * (stream-C3) `l1_bytes` is not negative.
    * (stream-C4) `code_bytes` is a multiple of 16 and not negative.

    Example: `#plan.stream<slots = 3, slot_bytes = 4096>`.
  }];
  let parameters = (ins "int64_t":$slots, "int64_t":$slot_bytes,
    DefaultValuedParameter<"int64_t", "0">:$l1_bytes,
    DefaultValuedParameter<"Screening", "Screening::first_depth">:$screening,
    DefaultValuedParameter<"int64_t", "0">:$code_bytes);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The network's attribute that holds it.
    static constexpr ::llvm::StringLiteral attrName = "plan.stream";
    static constexpr int64_t leastSlots = 2, mostSlots = 6;
    static constexpr int64_t mostSlotBytes = 1 << 16; // of a transfer
    /// What --schedule and options may ask for.
    static bool isSlots(int64_t slots) {
      return slots >= leastSlots && slots <= mostSlots;
    }
    static bool isSlotBytes(int64_t bytes) {
      return bytes >= 0 && bytes <= mostSlotBytes &&
             bytes % BufferAttr::alignment == 0;
    }
  }];
}

#endif // SE_DIALECT_PLAN_PLANTILING_TD
