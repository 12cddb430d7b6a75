// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Stages.cpp - Cycles and bytes by stage -----------------------------===//

#include "Sections.h"

#include <algorithm>

using namespace se;
using namespace se::report;
using llvm::StringRef;
namespace json = llvm::json;

std::vector<StageRow> se::report::getStageRows(const PageContent &content) {
  std::vector<StageRow> rows;
  for (const json::Object *stage : getList(content.report, "stages"))
    rows.push_back({getText(*stage, "name"), stage, nullptr});
  if (!content.run)
    return rows;
  for (const json::Object *stage : getList(content.run->statistics, "stages")) {
    std::string name = getText(*stage, "name");
    auto row = llvm::find_if(rows, [&](const StageRow &row) {
      return row.name == name && !row.measured;
    });
    if (row == rows.end())
      row = rows.insert(rows.end(), StageRow{name});
    row->measured = stage;
  }
  return rows;
}

unsigned se::report::getStageNumber(llvm::ArrayRef<StageRow> rows,
                                    StringRef name) {
  auto row = llvm::find_if(
      rows, [&](const StageRow &row) { return name == row.name; });
  return row == rows.end() || name.empty() ? 0
                                           : unsigned(row - rows.begin()) + 1;
}

static std::string getTitle(const StageRow &row) {
  return row.name.empty() ? "outside of stages" : row.name;
}

static void writeNumber(Table &table, llvm::ArrayRef<StageRow> rows,
                        const StageRow &row) {
  unsigned number = getStageNumber(rows, row.name);
  table.cell(number ? count(number) : "\u2013");
}

static int64_t getExpected(const json::Object &stage) {
  return std::max({getInteger(stage, "compute_cycles"),
                   getInteger(stage, "dma_cycles"),
                   getInteger(stage, "external_cycles")});
}

/// The measured cycles of a row, or none.
static std::optional<double> getMeasured(const StageRow &row) {
  return row.measured ? row.measured->getNumber("cycles_per_frame")
                      : std::nullopt;
}

static void writeCycles(Html &html, llvm::ArrayRef<StageRow> rows,
                        const PageContent &content) {
  double longest = 0;
  bool hasExternal = false;
  for (const StageRow &row : rows) {
    longest = std::max(longest, getMeasured(row).value_or(0));
    if (row.planned) {
      longest = std::max(longest, double(getExpected(*row.planned)));
      hasExternal |= getInteger(*row.planned, "external_cycles") != 0;
    }
  }
  std::vector<Key> keys = {{"compute", "predicted compute"},
                           {"transfer", "predicted transfers"}};
  if (content.run)
    keys.push_back({"mark-key", "simulated"});
  legend(html, keys);
  std::vector<Table::Column> columns = {
      {"No.", Table::Text}, {"Stage", Table::Name}, {"Cycles", Table::Picture}};
  if (content.run)
    columns.push_back({"Simulated"});
  columns.insert(columns.end(), {{"Predicted"}, {"Compute"}, {"DMA"}});
  if (hasExternal)
    columns.push_back({"External"});
  columns.insert(columns.end(), {{"Bound", Table::Text}, {"MACs"}});
  Table table(html, "stage-cycles", "Cycles per frame by stage",
              std::move(columns));
  for (const StageRow &row : rows) {
    auto get = [&](StringRef key) {
      return row.planned ? getInteger(*row.planned, key) : 0;
    };
    auto number = [&](StringRef key) {
      table.cell(row.planned ? count(get(key)) : "");
    };
    table.beginRow();
    writeNumber(table, rows, row);
    table.cell(getTitle(row));
    table.cell([&] {
      std::optional<double> measured = getMeasured(row);
      double transfers =
          double(std::max(get("dma_cycles"), get("external_cycles")));
      Scope bars(html, "div", {{"class", "two-bars"}});
      bar(html, {{"compute", double(get("compute_cycles"))}}, longest,
          measured);
      bar(html, {{"transfer", transfers}}, longest, measured);
    });
    if (content.run) {
      std::optional<double> measured = getMeasured(row);
      table.cell(measured ? decimal(*measured, 1) : "\u2013");
    }
    table.cell(row.planned ? count(getExpected(*row.planned)) : "");
    number("compute_cycles");
    number("dma_cycles");
    if (hasExternal)
      number("external_cycles");
    table.cell(row.planned ? getText(*row.planned, "bound") : "");
    number("macs");
    table.endRow();
  }
}

namespace {
/// Where parameters are: a key of the report, and how it is shown.
struct Place {
  StringRef key, style, meaning, title;
};
} // namespace

static constexpr Place places[] = {
    {"resident_bytes", "resident", "stays in L1", "In L1 / B"},
    {"l2_bytes", "transfer", "from L2 in every frame", "From L2 / B"},
    {"nvm_bytes", "from-nvm", "from non-volatile memory", "From NVM / B"},
    {"l3_bytes", "from-l3", "from external memory", "From L3 / B"}};

static void writeBytes(Html &html, llvm::ArrayRef<StageRow> rows) {
  std::vector<Place> used;
  for (const Place &place : places)
    // L1 and L2 are in every target.
    if (used.size() < 2 || llvm::any_of(rows, [&](const StageRow &row) {
          return row.planned && getInteger(*row.planned, place.key);
        }))
      used.push_back(place);
  double most = 0;
  bool hasCode = false;
  for (const StageRow &row : rows) {
    if (!row.planned)
      continue;
    double sum = 0;
    for (const Place &place : used)
      sum += getNumber(*row.planned, place.key);
    most = std::max(most, sum);
    hasCode |= row.planned->get("code_bytes") != nullptr;
  }
  std::vector<Key> keys;
  std::vector<Table::Column> columns = {{"No.", Table::Text},
                                        {"Stage", Table::Name},
                                        {"Parameters", Table::Picture}};
  for (const Place &place : used) {
    keys.push_back({place.style.str(), place.meaning.str()});
    columns.push_back({place.title.str()});
  }
  columns.insert(columns.end(),
                 {{"Tiles"},
                  {"Rows \u00d7 parts", Table::Number,
                   "elements of a tile, and K blocks of a row"}});
  if (hasCode)
    columns.push_back({"Code / B"});
  legend(html, keys);
  Table table(html, "stage-bytes", "Parameters of stages, and where they are",
              std::move(columns));
  for (const StageRow &row : rows) {
    if (!row.planned)
      continue;
    const json::Object &stage = *row.planned;
    table.beginRow();
    writeNumber(table, rows, row);
    table.cell(getTitle(row));
    table.cell([&] {
      std::vector<std::pair<std::string, double>> parts;
      for (const Place &place : used)
        parts.push_back({place.style.str(), getNumber(stage, place.key)});
      bar(html, parts, most);
    });
    for (const Place &place : used)
      table.cell(count(getInteger(stage, place.key)));
    int64_t tiles = getInteger(stage, "tiles");
    table.cell(tiles ? count(tiles) : "\u2013");
    table.cell(tiles ? count(getInteger(stage, "rows_per_tile")) + " \u00d7 " +
                           count(getInteger(stage, "parts_per_row"))
                     : "\u2013");
    if (hasCode)
      table.cell(count(getInteger(stage, "code_bytes")));
    table.endRow();
  }
}

void se::report::writeStages(Html &html, const PageContent &content) {
  std::vector<StageRow> rows = getStageRows(content);
  Section section(html, "stages", "Stages");
  paragraph(
      html,
      content.run
          ? "Stages are loops over all cores, in the order of execution. "
            "Simulated cycles are means over all frames, with the wait at "
            "the end of a stage. A stage without any shares its code with "
            "a neighbour."
          : "Stages are loops over all cores, in the order of execution.");
  writeCycles(html, rows, content);
  html.element("h3", "Bytes");
  writeBytes(html, rows);
}
