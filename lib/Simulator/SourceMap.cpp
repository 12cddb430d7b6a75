// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "SourceMap.h"

#include "se/Support/ChildProcess.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/DebugInfo/DWARF/DWARFContext.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace se::sim;

/// Enough for debug information of any program that fits the memories.
static constexpr se::ChildLimits limits = {/*seconds=*/10,
                                           /*memoryBytes=*/1 << 30};

SourceMap::SourceMap(MemoryBufferRef program) {
  // LLVM's reader does not stand damaged tables. What it reads without harm
  // once it reads again.
  Expected<int> outcome = runInChild(
      [&]() {
        read(program);
        return 0;
      },
      limits);
  if (outcome && *outcome == 0)
    read(program);
  else if (!outcome)
    consumeError(outcome.takeError());
}

void SourceMap::read(MemoryBufferRef program) {
  auto object = cantFail(object::ObjectFile::createELFObjectFile(program));
  // Damaged debug information is no reason not to run.
  auto ignore = [](Error error) { consumeError(std::move(error)); };
  std::unique_ptr<DWARFContext> context = DWARFContext::create(
      *object, DWARFContext::ProcessDebugRelocations::Ignore, nullptr, "",
      ignore, ignore);
  for (const std::unique_ptr<DWARFUnit> &unit : context->compile_units()) {
    readStages(*unit);
    readLines(*context, *unit);
  }
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

void SourceMap::readLines(DWARFContext &context, DWARFUnit &unit) {
  const DWARFDebugLine::LineTable *table = context.getLineTableForUnit(&unit);
  if (!table)
    return;
  for (const DWARFDebugLine::Sequence &sequence : table->Sequences)
    for (unsigned i = sequence.FirstRowIndex; i + 1 < sequence.LastRowIndex;
         ++i) {
      const DWARFDebugLine::Row &row = table->Rows[i];
      uint64_t begin = row.Address.Address,
               end = table->Rows[i + 1].Address.Address;
      std::string name;
      if (!row.Line || begin >= end ||
          !table->getFileNameByIndex(
              row.File, unit.getCompilationDir(),
              DILineInfoSpecifier::FileLineInfoKind::BaseNameOnly, name))
        continue;
      lines.push_back({uint32_t(begin), uint32_t(end),
                       json::fixUTF8(name) + ":" + utostr(row.Line)});
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
  auto line = find_if(lines, [&](const Line &line) {
    return line.begin <= pc && pc < line.end;
  });
  if (line == lines.end())
    return text;
  const std::string &place = line->place;
  // The stage may be called after the line.
  if (text.empty() || text == place)
    return place;
  return text + ", " + place;
}
