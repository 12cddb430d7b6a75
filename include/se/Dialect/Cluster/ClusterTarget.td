// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ClusterTarget.td - What a module is compiled for -----*- tablegen -*-===//

#ifndef SE_DIALECT_CLUSTER_CLUSTERTARGET_TD
#define SE_DIALECT_CLUSTER_CLUSTERTARGET_TD

include "se/Dialect/Cluster/ClusterBase.td"

def Cluster_MemoryAttr : AttrDef<Cluster_Dialect, "Memory"> {
  let mnemonic = "memory";
  let summary = "a memory of a target";
  let description = [{
    `reserved` of the bytes are taken by stacks, runtime and code, so a network
    may use the others. `bytes_per_cycle` is the rate of the engine that copies
    to the level below, at the cluster's clock. `latency` is what a load by a
    core takes, in cycles; without it neither cores nor the cluster's DMA reach
    the memory, only the external engine does.

    * (memory-C1) there are no fewer bytes than are reserved, and none of both
      numbers is negative.
    * (memory-C2) the rate is positive.
    * (memory-C3) the latency is not negative.

    Example: `#cluster.memory<level = l2, bytes = 1638400, reserved = 40960,
    bytes_per_cycle = 8.0 : f64, latency = 15>`.
  }];
  let parameters = (ins EnumParameter<Cluster_Level>:$level, "int64_t":$bytes,
    DefaultValuedParameter<"int64_t", "0">:$reserved,
    "::mlir::FloatAttr":$bytes_per_cycle,
    DefaultValuedParameter<"int64_t", "0">:$latency);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// What a network may use.
    int64_t getAvailable() const { return getBytes() - getReserved(); }
    double getRate() const { return getBytesPerCycle().getValueAsDouble(); }
    /// Do cores and the cluster's DMA reach it?
    bool isAddressable() const { return getLatency() != 0; }
  }];
}

def Cluster_OperatingPointAttr : AttrDef<Cluster_Dialect, "OperatingPoint"> {
  let mnemonic = "operating_point";
  let summary = "a clock of a target, and the voltage that it needs";
  let description = [{
    Example: `#cluster.operating_point<mhz = 240.0 : f64, volt = 0.65 : f64>`.
  }];
  let parameters = (ins "::mlir::FloatAttr":$mhz,
    OptionalParameter<"::mlir::FloatAttr">:$volt);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Cluster_TargetAttr : AttrDef<Cluster_Dialect, "Target"> {
  let mnemonic = "target";
  let summary = "the cluster that a module is compiled for";
  let description = [{
    What planner, cost model and reports know of a chip, as the attribute
    `cluster.target` of a module. `--se-attach-target` makes it from a target's
    file (docs/targets.md).

    `cores` compute; `dma_core` starts transfers, one of them or the controller,
    which is numbered behind all. `fpus` are those of the cluster: core i uses
    FPU i % fpus. The caches of instructions, in bytes, are those of each core,
    which one cluster cache stands behind.

    * (target-C1) there are 1 to 8 cores.
    * (target-C2) `dma_core` is at most 8.
    * (target-C3) there are 1 to 8 FPUs.
    * (target-C4) caches hold something.
    * (target-C5) there is one memory of level l1 and one of l2, both with a
      latency, and at most one of each other level.

    Example:

    ```mlir
    module attributes {cluster.target = #cluster.target<"small",
      cores = 2, dma_core = 2, fpus = 1, core_cache = 512, cluster_cache = 4096, memories = [
        <level = l1, bytes = 4096, bytes_per_cycle = 8.0 : f64, latency = 1>,
        <level = l2, bytes = 65536, bytes_per_cycle = 8.0 : f64, latency = 15>],
      operating_points = [<mhz = 72.0 : f64>]>} {}
    ```
  }];
  let parameters = (ins StringRefParameter<"name of the target's file">:$name,
    "int64_t":$cores, "int64_t":$dma_core, "int64_t":$fpus,
    "int64_t":$core_cache, "int64_t":$cluster_cache,
    ArrayRefParameter<"MemoryAttr">:$memories,
    OptionalArrayRefParameter<"OperatingPointAttr">:$operating_points);
  let assemblyFormat = [{
    `<` $name `,` `cores` `=` $cores `,` `dma_core` `=` $dma_core `,` `fpus` `=` $fpus `,`
    `core_cache` `=` $core_cache `,` `cluster_cache` `=` $cluster_cache `,`
    `memories` `=` `[` $memories `]`
    (`,` `operating_points` `=` `[` $operating_points^ `]`)? `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The module's attribute that holds it.
    static constexpr ::llvm::StringLiteral attrName = "cluster.target";
    /// That of the module around `op`, or null.
    static TargetAttr lookup(::mlir::Operation *op);

    /// The memory of a level, or null.
    MemoryAttr getMemory(Level level) const;
    MemoryAttr getL1() const { return getMemory(Level::l1); }
    MemoryAttr getL2() const { return getMemory(Level::l2); }
  }];
}

#endif // SE_DIALECT_CLUSTER_CLUSTERTARGET_TD
