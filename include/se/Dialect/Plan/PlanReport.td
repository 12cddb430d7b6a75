// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PlanReport.td - What a program is expected to take ---*- tablegen -*-===//

#ifndef SE_DIALECT_PLAN_PLANREPORT_TD
#define SE_DIALECT_PLAN_PLANREPORT_TD

include "se/Dialect/Plan/PlanBuffers.td"

def Plan_CyclesAttr : AttrDef<Plan_Dialect, "Cycles"> {
  let mnemonic = "cycles";
  let summary = "predicted cycles of cores and engines, which run side by side";
  let description = [{
    Of the cores, of the cluster's DMA engine, and of the engine behind L2.

    * (cycles-C1) none of them is negative.

    Example: `#plan.cycles<compute = 67514, dma = 79593, external = 0>`.
  }];
  let parameters = (ins "int64_t":$compute, "int64_t":$dma, "int64_t":$external);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The one that takes longest.
    ::llvm::StringRef getBound() const;
  }];
}

def Plan_BytesAttr : AttrDef<Plan_Dialect, "Bytes"> {
  let mnemonic = "bytes";
  let summary = "bytes in each memory of a target";
  let description = [{
    * (bytes-C1) none of them is negative.

    Example: `#plan.bytes<l1 = 12480, l2 = 185856, l3 = 0, nvm = 0>`.
  }];
  let parameters = (ins "int64_t":$l1, "int64_t":$l2, "int64_t":$l3,
    "int64_t":$nvm);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Plan_StageReportAttr : AttrDef<Plan_Dialect, "StageReport"> {
  let mnemonic = "stage_report";
  let summary = "what a stage was made of, and is expected to take";
  let description = [{
    A core computes `register_tile` of the `elements` at a time. If `vectors` of a
    batch share rows, it does so for each of them. `tile` elements of a vector are
    a tile, or one of the `k_blocks` of their panels; without parameters there are
    no `tiles`. `bytes` are those of the parameters: what stays in L1, and what
    comes from each other memory in a frame.

    * (stage-report-C1) `elements`, `register_tile`, `vectors`, `tile` and
      `k_blocks` are positive, the other numbers are not negative.
    * (stage-report-C2) a stage without tiles has no bytes of parameters.

    Example:

    ```mlir
    #plan.stage_report<name = "fc", depth = 1, elements = 24, macs = 384,
      register_tile = 1, vectors = 1, tile = 2, k_blocks = 1, tiles = 12,
      bytes = <l1 = 160, l2 = 320, l3 = 0, nvm = 0>,
      cycles = <compute = 260, dma = 120, external = 0>>
    ```
  }];
  let parameters = (ins StringRefParameter<"of the stage">:$name,
    "int64_t":$depth, "int64_t":$elements, "int64_t":$macs,
    "int64_t":$register_tile, "int64_t":$vectors, "int64_t":$tile,
    "int64_t":$k_blocks, "int64_t":$tiles, "BytesAttr":$bytes,
    "CyclesAttr":$cycles);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Plan_ReportAttr : AttrDef<Plan_Dialect, "Report"> {
  let mnemonic = "report";
  let summary = "what a program was made of, and is expected to take";
  let description = [{
    The attribute `plan.report` of a `cluster.program`, which `--se-schedule` makes.
    It is for people and tools; no pass reads it.

    A frame is predicted to take `frame` cycles, at least as many as each of
    `cycles`. `ring` are the slots in L1, and those of the same size in L2. `used`
    and `available` are the bytes in each memory of states, buffers and parameters.

    * (report-C1) `frame` is not negative; the ring has 2 to 6 slots of a size as
      in `plan.stream`, or none, and not a negative number of them in L2.
    * (report-C2) stages stand in the order of their depths.
    * (report-C3) no more of a memory is used than is available.

    Example:

    ```mlir
    #plan.report<frame = 380, cycles = <compute = 380, dma = 120, external = 0>,
      ring = <slots = 3, slot_bytes = 48, l2_slots = 0>,
      used = <l1 = 640, l2 = 480, l3 = 0, nvm = 0>,
      available = <l1 = 61440, l2 = 1597440, l3 = 0, nvm = 0>,
      stages = [<name = "fc", ...>],
      buffers = [<name = "ring", offset = 0, bytes = 144>, ...]>
    ```
  }];
  let parameters = (ins "int64_t":$frame, "CyclesAttr":$cycles,
    "int64_t":$slots, "int64_t":$slot_bytes, "int64_t":$l2_slots,
    "BytesAttr":$used, "BytesAttr":$available,
    OptionalArrayRefParameter<"StageReportAttr">:$stages,
    OptionalArrayRefParameter<"BufferAttr">:$buffers);
  let assemblyFormat = [{
    `<` `frame` `=` $frame `,` `cycles` `=` $cycles `,`
    `ring` `=` `<` struct($slots, $slot_bytes, $l2_slots) `>` `,`
    `used` `=` $used `,` `available` `=` $available
    (`,` `stages` `=` `[` $stages^ `]`)? (`,` `buffers` `=` `[` $buffers^ `]`)? `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The program's attribute that holds it.
    static constexpr ::llvm::StringLiteral attrName = "plan.report";
  }];
}

#endif // SE_DIALECT_PLAN_PLANREPORT_TD
