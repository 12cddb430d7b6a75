// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Target.cpp - Descriptions of targets -------------------------------===//

#include "Fuzz.h"

#include "se/Target/TargetDescription.h"

using namespace se;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz::File file(fuzz::toText(data, size));
  auto target = target::loadTarget(file.getPath(), "");
  if (!fuzz::accept(target))
    return 0;
  // What everybody relies on.
  fuzz::require(target->cores >= 1 && target->cores <= 8, "number of cores");
  fuzz::require(target->getMemory(target::MemoryLevel::L1) &&
                    target->getMemory(target::MemoryLevel::L2),
                "no L1 or L2");
  fuzz::require(!target->operatingPoints.empty(), "no operating point");
  for (const target::Memory &memory : target->memories)
    fuzz::require(memory.end() >= memory.base, "a memory that wraps around");
  return 0;
}
