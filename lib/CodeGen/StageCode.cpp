// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StageCode.cpp - How long the code of each stage is -----------------===//

#include "se/CodeGen/StageCode.h"

#include "llvm/DebugInfo/DWARF/DWARFContext.h"
#include "llvm/Object/ELFObjectFile.h"

using namespace llvm;

Expected<StringMap<uint64_t>> se::getStageCode(StringRef object) {
  auto file = object::ObjectFile::createELFObjectFile({object, "network.o"});
  if (!file)
    return file.takeError();
  auto context = DWARFContext::create(**file);
  StringMap<uint64_t> bytes;
  for (const auto &unit : context->compile_units())
    for (const DWARFDebugInfoEntry &entry : unit->dies()) {
      DWARFDie die(unit.get(), &entry);
      if (die.getTag() != dwarf::DW_TAG_inlined_subroutine)
        continue;
      const char *name = die.getSubroutineName(DINameKind::ShortName);
      StringRef stage = name ? name : "";
      if (!stage.consume_front("stage "))
        continue;
      auto ranges = die.getAddressRanges();
      if (!ranges)
        return ranges.takeError();
      for (const DWARFAddressRange &range : *ranges)
        bytes[stage] += range.HighPC - range.LowPC;
    }
  return bytes;
}
