// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- AttachTarget.cpp - The target becomes part of a module -------------===//

#include "se/Pipelines/AttachTarget.h"

#include "se/Target/LinkerScript.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

namespace se {
#define GEN_PASS_DECL_ATTACHTARGET
#define GEN_PASS_DEF_ATTACHTARGET
#include "se/Pipelines/Passes.h.inc"
} // namespace se

using namespace mlir;
using namespace se;

/// What code, data, stack and the application's frames take of L2: 20 to 30 KB.
static constexpr int64_t codeReserve = 40 * 1024;

static std::optional<int64_t> getLimit(const TargetUse &use,
                                       target::MemoryLevel level) {
  switch (level) {
  case target::MemoryLevel::L1:
    return use.l1Bytes;
  case target::MemoryLevel::L2:
    return use.l2Bytes;
  case target::MemoryLevel::L3:
    return use.l3Bytes;
  case target::MemoryLevel::NVM:
    return use.nvmBytes;
  }
  llvm_unreachable("all levels handled");
}

static int64_t getReserved(const TargetUse &use, const target::Memory &memory) {
  auto size = int64_t(memory.size);
  target::LinkerScriptOptions script;
  script.coreStackSize = use.coreStack;
  if (memory.level == target::MemoryLevel::L1)
    return size - int64_t(target::getAvailableL1(use.target, script));
  return memory.level == target::MemoryLevel::L2 ? std::min(codeReserve, size)
                                                 : 0;
}

llvm::Expected<cluster::TargetAttr> se::makeTargetAttr(MLIRContext *context,
                                                       const TargetUse &use) {
  const target::TargetDescription &target = use.target;
  Builder b(context);
  unsigned cores = use.cores ? use.cores : target.cores;
  auto fail = [&](StringRef what, int64_t least, int64_t most, int64_t found) {
    return llvm::createStringError(what + " must be " + Twine(least) + " to " +
                                   Twine(most) + " for target " + target.name +
                                   ", found " + Twine(found));
  };
  if (cores > target.cores)
    return fail("cores", 1, target.cores, cores);
  int64_t dmaCore =
      use.dmaCore.value_or(target.controllerCore ? target.cores : 0);
  if (int64_t last = target.cores - !target.controllerCore;
      dmaCore < 0 || dmaCore > last)
    return fail("dma-core", 0, last, dmaCore);
  SmallVector<cluster::MemoryAttr> memories;
  for (target::MemoryLevel level :
       {target::MemoryLevel::L1, target::MemoryLevel::L2,
        target::MemoryLevel::L3, target::MemoryLevel::NVM}) {
    StringRef name = target::stringifyMemoryLevel(level);
    std::optional<int64_t> limit = getLimit(use, level);
    const target::Memory *memory = target.getMemory(level);
    if (!memory) {
      if (limit)
        return llvm::createStringError(name + "-bytes: target " + target.name +
                                       " has no memory of level " + name);
      continue;
    }
    int64_t reserved = getReserved(use, *memory);
    int64_t available = int64_t(memory->size) - reserved;
    if (limit) {
      if (*limit < 0 || *limit > available)
        return fail((name + "-bytes").str(), 0, available, *limit);
      reserved += available - *limit;
    }
    memories.push_back(cluster::MemoryAttr::get(
        context, *cluster::symbolizeLevel(name), int64_t(memory->size),
        reserved, b.getF64FloatAttr(memory->bytesPerCycle),
        memory->clusterLatency.value_or(0)));
  }
  SmallVector<cluster::OperatingPointAttr> points;
  for (const target::OperatingPoint &point : target.operatingPoints)
    points.push_back(cluster::OperatingPointAttr::get(
        context, b.getF64FloatAttr(point.mhz),
        point.volt ? b.getF64FloatAttr(*point.volt) : FloatAttr()));
  return cluster::TargetAttr::get(context, target.name, cores, dmaCore,
                                  target.fpus, target.instructionCaches.core,
                                  target.instructionCaches.shared, memories,
                                  points);
}

target::TargetDescription se::getHostTarget() {
  target::TargetDescription host;
  host.name = "host";
  host.cores = host.fpus = 8;
  host.instructionCaches = {512, 4096};
  auto addMemory = [&](target::MemoryLevel level, uint64_t size,
                       unsigned latency) {
    target::Memory &memory = host.memories.emplace_back();
    memory.name = target::stringifyMemoryLevel(level);
    memory.level = level;
    memory.size = size;
    memory.bytesPerCycle = 8;
    memory.clusterLatency = latency;
  };
  addMemory(target::MemoryLevel::L1, uint64_t(1) << 31, 1);
  addMemory(target::MemoryLevel::L2, uint64_t(1) << 31, 15);
  host.operatingPoints.push_back(
      {std::nullopt, 1000, std::nullopt, std::nullopt});
  return host;
}

namespace {
struct AttachTargetPass : se::impl::AttachTargetBase<AttachTargetPass> {
  using AttachTargetBase::AttachTargetBase;
  explicit AttachTargetPass(TargetUse use) : given(std::move(use)) {}

  /// What the options say.
  llvm::Expected<TargetUse> getUse() const {
    auto description = target::loadTarget(target, target::getResourceDir());
    if (!description)
      return description.takeError();
    TargetUse use;
    use.target = std::move(*description);
    use.cores = cores;
    if (coreStack)
      use.coreStack = coreStack;
    auto take = [](auto &to, int64_t value) {
      if (value != -1)
        to = value;
    };
    take(use.dmaCore, dmaCore);
    take(use.l1Bytes, l1Bytes);
    take(use.l2Bytes, l2Bytes);
    take(use.l3Bytes, l3Bytes);
    take(use.nvmBytes, nvmBytes);
    return use;
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    // Whoever wrote one there wanted it.
    if (module->hasAttr(cluster::TargetAttr::attrName))
      return;
    llvm::Expected<TargetUse> use = given ? *given : getUse();
    auto attribute = use ? makeTargetAttr(&getContext(), *use)
                         : llvm::Expected<cluster::TargetAttr>(use.takeError());
    if (!attribute) {
      module.emitError(llvm::toString(attribute.takeError()));
      return signalPassFailure();
    }
    module->setAttr(cluster::TargetAttr::attrName, *attribute);
  }

private:
  std::optional<TargetUse> given;
};
} // namespace

std::unique_ptr<Pass> se::createAttachTargetPass(TargetUse use) {
  return std::make_unique<AttachTargetPass>(std::move(use));
}
