// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FrameBound.cpp - What a frame takes at most ------------------------===//

#include "se/CodeGen/FrameBound.h"

#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

using namespace llvm;
using namespace se;

/// Of the instruction caches.
static constexpr double lineBytes = 16;
/// Of the runtime and the fabric controller, whose code is cold as well.
static constexpr double runtimeCycles = 260;

Expected<uint64_t> se::getKernelBytes(StringRef file, StringRef network) {
  auto object = object::ObjectFile::createELFObjectFile({file, "program"});
  if (!object)
    return object.takeError();
  std::string wanted = (network + "_kernel").str();
  for (const object::ELFSymbolRef symbol : (*object)->symbols()) {
    auto name = symbol.getName();
    if (!name)
      return name.takeError();
    if (*name == wanted)
      return symbol.getSize();
  }
  return createStringError("the program has no symbol '" + wanted + "'");
}

int64_t se::getFetchCycles(uint64_t kernelBytes, cluster::TargetAttr target) {
  double perLine = double(target.getL2().getLatency()) + 1;
  return int64_t(runtimeCycles + double(kernelBytes) * perLine / lineBytes);
}

int64_t se::getFrameBound(plan::CyclesAttr atMost, uint64_t kernelBytes,
                          cluster::TargetAttr target) {
  return std::max(
             {atMost.getCompute(), atMost.getDma(), atMost.getExternal()}) +
         getFetchCycles(kernelBytes, target);
}

void se::setBound(MutableArrayRef<char> program, int64_t cycles) {
  std::string key = formatv("\"{0}\":", boundKey).str();
  std::string place = key + std::to_string(boundPlace);
  auto *at =
      std::search(program.begin(), program.end(), place.begin(), place.end());
  if (at == program.end())
    return;
  // JSON lets a number have spaces before it.
  std::string text = std::to_string(std::min(cycles, boundPlace));
  text.insert(0, place.size() - key.size() - text.size(), ' ');
  copy(text, at + key.size());
}
