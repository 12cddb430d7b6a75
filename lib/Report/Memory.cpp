// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Memory.cpp - What lies where ---------------------------------------===//

#include "Picture.h"
#include "Sections.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

using namespace se;
using namespace se::report;
using llvm::StringRef;
namespace json = llvm::json;

static bool isAlwaysLive(const json::Object &buffer) {
  return !buffer.get("last_level");
}

/// The kind of a buffer, by the names of docs/report.md.
static StringRef getKind(const json::Object &buffer) {
  std::string name = getText(buffer, "name");
  if (name == "resident")
    return "resident";
  if (name == "ring")
    return "transfer";
  return isAlwaysLive(buffer) ? "state" : "value";
}

static std::string hex(int64_t offset) {
  return llvm::formatv("{0:x5}", offset).str();
}

static std::string describeLife(const json::Object &buffer) {
  if (isAlwaysLive(buffer))
    return "always";
  return std::to_string(getInteger(buffer, "first_level")) + "\u2013" +
         std::to_string(getInteger(buffer, "last_level"));
}

static void drawMap(Html &html, const PageContent &content) {
  const json::Object &memory = *content.report.getObject("memory");
  const json::Object &l1 = *memory.getObject("l1");
  auto buffers = getList(content.report, "buffers");
  int64_t available = getInteger(l1, "available_bytes");
  int64_t all = std::max({content.l1Bytes, available, int64_t(1)});
  int64_t levels = 1;
  for (const json::Object *buffer : buffers)
    levels = std::max(levels, getInteger(*buffer, "last_level") + 1);
  double step = std::clamp(320.0 / double(levels), 3.0, 26.0);
  double bottom = 6 + step * double(levels);
  Axis axis{0, double(all), 44, Picture::width - 8};
  Picture picture(html,
                  "Memory map of L1: addresses from left to right, levels of "
                  "stages from top to bottom",
                  bottom + 24);
  picture.rectangle(axis.left, 6, axis.place(double(available)) - axis.left,
                    bottom - 6, "free", "free");
  if (available < all)
    picture.rectangle(axis.place(double(available)), 6,
                      axis.right - axis.place(double(available)), bottom - 6,
                      "reserved",
                      "not the network's: stacks, runtime, and what --l1-bytes "
                      "leaves: " +
                          count(all - available) + " bytes");
  for (const json::Object *buffer : buffers) {
    int64_t offset = getInteger(*buffer, "offset_bytes");
    int64_t bytes = getInteger(*buffer, "bytes");
    int64_t first =
        isAlwaysLive(*buffer) ? 0 : getInteger(*buffer, "first_level");
    int64_t last =
        isAlwaysLive(*buffer) ? levels - 1 : getInteger(*buffer, "last_level");
    double x = axis.place(double(offset)),
           end = axis.place(double(offset + bytes));
    double y = 6 + step * double(first),
           height = step * double(last - first + 1);
    std::string name = getText(*buffer, "name");
    picture.rectangle(x, y, std::max(end - x, 0.5), height,
                      ("buffer " + getKind(*buffer)).str(),
                      name + ": " + count(bytes) + " bytes from " +
                          hex(offset) + ", levels " + describeLife(*buffer));
    if (end - x > 7.0 * double(name.size()) + 6 && height > 14)
      picture.label((x + end) / 2, y + height / 2 + 4, name, "middle",
                    ("label on-" + getKind(*buffer)).str());
  }
  for (int64_t level = 0; level < levels; ++level)
    if (step >= 12 || level % 10 == 0)
      picture.label(axis.left - 8, 6 + step * (double(level) + 0.5) + 4,
                    std::to_string(level), "end");
  int64_t tick =
      std::max<int64_t>(4096, int64_t(llvm::PowerOf2Ceil(uint64_t(all / 8))));
  for (int64_t at = 0; at <= all; at += tick)
    picture.label(axis.place(double(at)), bottom + 16,
                  std::to_string(at / 1024) + " KB",
                  at == 0     ? "start"
                  : at == all ? "end"
                              : "middle");
}

static void writeBuffers(Html &html, const json::Object &report) {
  Scope details(html, "details");
  html.element("summary", "The memory map as a table");
  Table table(html, "buffers", "Buffers in L1",
              {{"Buffer", Table::Name},
               {"From"},
               {"To"},
               {"Bytes"},
               {"Live in levels", Table::Text}});
  for (const json::Object *buffer : getList(report, "buffers")) {
    int64_t from = getInteger(*buffer, "offset_bytes");
    int64_t bytes = getInteger(*buffer, "bytes");
    table.row({getText(*buffer, "name"), hex(from), hex(from + bytes),
               count(bytes), describeLife(*buffer)});
  }
}

static void writeLevels(Html &html, const json::Object &report) {
  static constexpr std::pair<StringRef, StringRef> names[] = {
      {"l1", "L1, next to the cores"},
      {"l2", "L2, on chip"},
      {"nvm", "NVM, non-volatile"},
      {"l3", "L3, external"}};
  const json::Object &memory = *report.getObject("memory");
  Table table(html, "memories", "States, buffers and parameters by memory",
              {{"Memory", Table::Name},
               {"Share", Table::Picture},
               {"Bytes"},
               {"Available / B"},
               {"Share / %"}});
  for (auto [key, title] : names) {
    const json::Object &entry = *memory.getObject(key);
    int64_t used = getInteger(entry, "bytes");
    int64_t all = getInteger(entry, "available_bytes");
    // Targets need not have every memory.
    if (!all && !used)
      continue;
    table.beginRow();
    table.cell(title);
    table.cell([&] { bar(html, {{"compute", double(used)}}, double(all)); });
    table.cell(count(used));
    table.cell(count(all));
    table.cell(all ? decimal(100 * double(used) / double(all), 1) : "-");
    table.endRow();
  }
}

static std::string describeRing(const json::Object &report) {
  const json::Object &ring = *report.getObject("ring");
  int64_t slots = getInteger(ring, "slots");
  if (!slots)
    return "All parameters that cores read by tiles stay in L1: there is no "
           "ring.";
  std::string text =
      "Parameters that do not stay in L1 pass through a ring of " +
      count(slots) + " slots of " + count(getInteger(ring, "slot_bytes")) +
      " bytes";
  if (int64_t behind = getInteger(ring, "l2_slots"))
    text += ", behind " + count(behind) + " slots in L2";
  return text + ".";
}

void se::report::writeMemory(Html &html, const PageContent &content) {
  Section section(html, "memory", "Memory");
  writeLevels(html, content.report);
  html.element("h3", "Map of L1");
  paragraph(html,
            describeRing(content.report) +
                " Addresses go from left to right, levels of stages, which "
                "are time, from top to bottom. What lives at different "
                "times may share bytes.");
  legend(html, {{"resident", "parameters that stay"},
                {"transfer", "ring of tiles"},
                {"state", "states and others that always live"},
                {"value", "results of stages"},
                {"free", "free"},
                {"reserved", "not the network's"}});
  Scope figure(html, "figure");
  drawMap(html, content);
  writeBuffers(html, content.report);
}
