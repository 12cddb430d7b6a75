// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "SourceMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace se::sim;

SourceMap::SourceMap(MemoryBufferRef program)
    : object(cantFail(object::ObjectFile::createELFObjectFile(program))) {
  // Damaged debug information is no reason not to run.
  auto ignore = [](Error error) { consumeError(std::move(error)); };
  context = DWARFContext::create(*object,
                                 DWARFContext::ProcessDebugRelocations::Ignore,
                                 nullptr, "", ignore, ignore);
  for (const auto &unit : context->compile_units())
    readStages(*unit);
  sort(ranges,
       [](const Range &a, const Range &b) { return a.begin < b.begin; });
  // Stages are not nested, so what overlaps is damaged.
  ranges.erase(std::unique(ranges.begin(), ranges.end(),
                           [](const Range &a, const Range &b) {
                             return b.begin < a.end;
                           }),
               ranges.end());
}

void SourceMap::readStages(DWARFUnit &unit) {
  for (const DWARFDebugInfoEntry &entry : unit.dies()) {
    DWARFDie die(&unit, &entry);
    if (die.getTag() != dwarf::DW_TAG_inlined_subroutine)
      continue;
    const char *name = die.getSubroutineName(DINameKind::ShortName);
    StringRef stage = name ? name : "";
    auto found = die.getAddressRanges();
    if (!found) {
      consumeError(found.takeError());
      continue;
    }
    if (!stage.consume_front("stage "))
      continue;
    // Labels are text in traces and statistics.
    std::string label = json::fixUTF8(stage);
    unsigned number = unsigned(find(stages, label) - stages.begin());
    if (number == stages.size())
      stages.push_back(std::move(label));
    for (const DWARFAddressRange &range : *found)
      if (range.LowPC < range.HighPC)
        ranges.push_back(
            {uint32_t(range.LowPC), uint32_t(range.HighPC), number});
  }
}

SourceMap::Range SourceMap::getRange(uint32_t pc) const {
  auto after = upper_bound(ranges, pc, [](uint32_t address, const Range &r) {
    return address < r.begin;
  });
  if (after != ranges.begin() && pc < std::prev(after)->end)
    return *std::prev(after);
  return {after == ranges.begin() ? 0 : std::prev(after)->end,
          after == ranges.end() ? ~0u : after->begin, noStage};
}

std::string SourceMap::describe(uint32_t pc) const {
  Range range = getRange(pc);
  std::string text = range.stage == noStage ? "" : stages[range.stage];
  // Straight from the tables: DWARFContext would look for the function as well,
  // and does not stand damaged trees of inlined ones.
  DILineInfo line;
  for (const std::unique_ptr<DWARFUnit> &unit : context->compile_units()) {
    const DWARFDebugLine::LineTable *table =
        context->getLineTableForUnit(unit.get());
    if (table && table->getFileLineInfoForAddress(
                     {pc, object::SectionedAddress::UndefSection},
                     /*Approximate=*/false, unit->getCompilationDir(),
                     DILineInfoSpecifier::FileLineInfoKind::BaseNameOnly, line))
      break;
  }
  if (!line.Line)
    return text;
  std::string place = line.FileName + ":" + utostr(line.Line);
  // The stage may be called after the line.
  if (text.empty() || text == place)
    return place;
  return text + ", " + place;
}
