// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Target.cpp - What a module is compiled for -------------------------===//

#include "se/Dialect/Cluster/Cluster.h"

#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace se::cluster;

LogicalResult
DelayLineAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      int64_t offset, int64_t bytes, int64_t slot) {
  if (offset < 0 || slot <= 0 || bytes <= 0 || bytes % slot != 0)
    return emitError() << "delay_line-C1: offset must not be negative, and "
                          "bytes be so many slots";
  return success();
}

LogicalResult MemoryAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 Level level, int64_t bytes, int64_t reserved,
                                 FloatAttr bytesPerCycle, int64_t latency) {
  StringRef name = stringifyLevel(level);
  if (reserved < 0 || bytes < reserved)
    return emitError() << "memory-C1: memory " << name << " has " << bytes
                       << " bytes, of which " << reserved << " are reserved";
  double rate = bytesPerCycle.getValueAsDouble();
  if (!(rate > 0))
    return emitError() << "memory-C2: bytes_per_cycle of memory " << name
                       << " must be positive, found " << rate;
  if (latency < 0)
    return emitError() << "memory-C3: the latency of memory " << name
                       << " must not be negative, found " << latency;
  return success();
}

LogicalResult TargetAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 StringRef name, int64_t cores, int64_t dmaCore,
                                 int64_t fpus, int64_t coreCache,
                                 int64_t clusterCache,
                                 ArrayRef<MemoryAttr> memories,
                                 ArrayRef<OperatingPointAttr> points) {
  if (cores < 1 || cores > 8)
    return emitError() << "target-C1: the number of cores must be 1 to 8, "
                          "found "
                       << cores;
  if (dmaCore < 0 || dmaCore > 8)
    return emitError() << "target-C2: dma_core must be 0 to 8, found "
                       << dmaCore;
  if (fpus < 1 || fpus > 8)
    return emitError() << "target-C3: the number of FPUs must be 1 to 8, found "
                       << fpus;
  if (coreCache < 1 || clusterCache < 1)
    return emitError() << "target-C4: caches must hold something, found "
                       << std::min(coreCache, clusterCache) << " bytes";
  for (Level level : {Level::l1, Level::l2, Level::l3, Level::nvm}) {
    auto ofLevel = llvm::make_filter_range(memories, [&](MemoryAttr memory) {
      return memory.getLevel() == level;
    });
    auto count = std::distance(ofLevel.begin(), ofLevel.end());
    bool isNeeded = level == Level::l1 || level == Level::l2;
    if (count > 1 || (isNeeded && (!count || !(*ofLevel.begin()).getLatency())))
      return emitError() << "target-C5: expected "
                         << (isNeeded ? "one memory of level "
                                      : "at most one memory of level ")
                         << stringifyLevel(level)
                         << (isNeeded ? " with a latency" : "");
  }
  return success();
}

MemoryAttr TargetAttr::getMemory(Level level) const {
  for (MemoryAttr memory : getMemories())
    if (memory.getLevel() == level)
      return memory;
  return {};
}

TargetAttr TargetAttr::lookup(Operation *op) {
  auto module = dyn_cast<ModuleOp>(op);
  if (!module)
    module = op->getParentOfType<ModuleOp>();
  return module ? module->getAttrOfType<TargetAttr>(attrName) : TargetAttr();
}

LogicalResult
ClusterDialect::verifyOperationAttribute(Operation *op,
                                         NamedAttribute attribute) {
  if (attribute.getName() != TargetAttr::attrName)
    return success();
  if (!isa<ModuleOp>(op) || !isa<TargetAttr>(attribute.getValue()))
    return op->emitError("'") << TargetAttr::attrName
                              << "' must be a #cluster.target<...> of a module";
  return success();
}
