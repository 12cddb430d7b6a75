// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Overview.cpp - The figures that matter most ------------------------===//

#include "Sections.h"

#include <cmath>

using namespace se;
using namespace se::report;
using llvm::StringRef;
namespace json = llvm::json;

namespace {
/// Cycles of a frame: of the run, or else what the planner expects.
struct FrameCycles {
  bool isSimulated = false;
  double mean = 0, longest = 0;
};
} // namespace

static FrameCycles getCycles(const PageContent &content) {
  if (content.run)
    if (const json::Object *cycles =
            content.run->statistics.getObject("cycles_per_frame"))
      return {true, getNumber(*cycles, "mean"), getNumber(*cycles, "max")};
  double predicted =
      getNumber(*content.report.getObject("predicted"), "cycles_per_frame");
  return {false, predicted, predicted};
}

static std::string describe(const json::Object &point) {
  std::string text = shortest(getNumber(point, "mhz")) + " MHz";
  if (auto volt = point.getNumber("volt"))
    text += ", " + shortest(*volt) + " V";
  return text;
}

/// A figure with a name above and an explanation below.
static void figure(Html &html, StringRef title, StringRef value, StringRef unit,
                   StringRef note) {
  Scope card(html, "div", {{"class", "card"}});
  html.element("div", title, {{"class", "card-title"}});
  {
    Scope line(html, "div", {{"class", "card-value"}});
    html.text(value);
    html.text(" ");
    html.element("span", unit, {{"class", "unit"}});
  }
  html.element("div", note, {{"class", "card-note"}});
}

static void writeCycles(Html &html, const PageContent &content,
                        const FrameCycles &cycles) {
  const json::Object &predicted = *content.report.getObject("predicted");
  int64_t expected = getInteger(predicted, "cycles_per_frame");
  if (!cycles.isSimulated) {
    figure(html, "Cycles per frame", count(expected), "",
           "predicted, not simulated");
    return;
  }
  double difference = 100 * (double(expected) - cycles.mean) / cycles.mean;
  figure(html, "Cycles per frame", count(std::llround(cycles.mean)), "",
         "simulated; predicted " + count(expected) + " (" +
             (difference >= 0 ? "+" : "\u2212") +
             decimal(std::abs(difference), 1) + " %)");
}

static void writeCards(Html &html, const PageContent &content,
                       const FrameCycles &cycles) {
  const json::Object &report = content.report;
  const json::Object &predicted = *report.getObject("predicted");
  Scope cards(html, "div", {{"class", "cards"}});
  writeCycles(html, content, cycles);
  double hop = getNumber(report, "hop_ms");
  auto points = getList(report, "operating_points");
  if (!points.empty()) {
    double mhz = getNumber(*points.front(), "mhz");
    double time = cycles.mean / (mhz * 1000);
    figure(html, "Time per hop", decimal(time, 2), "ms",
           percent(time, hop) + " of " + shortest(hop) + " ms at " +
               shortest(mhz) + " MHz");
  }
  if (content.run) {
    auto models = getList(content.run->statistics, "energy_model");
    if (!models.empty())
      figure(html, "Energy (model)",
             decimal(getNumber(*models.front(), "uj_per_frame"), 2), "\u00b5J",
             "of a frame at " + shortest(getNumber(*models.front(), "mhz")) +
                 " MHz; a model, not a measurement");
  }
  const json::Object &l1 = *report.getObject("memory")->getObject("l1");
  int64_t used = getInteger(l1, "bytes"),
          all = getInteger(l1, "available_bytes");
  figure(html, "Fast memory (L1)", decimal(double(used) / 1024, 1), "KB",
         percent(double(used), double(all)) + " of " + kilobytes(all));
  double macs = getNumber(report, "macs_per_frame");
  figure(html, "Work", decimal(cycles.mean > 0 ? macs / cycles.mean : 0, 2),
         "MAC/cycle",
         count(getInteger(report, "macs_per_frame")) + " MACs per frame");
  std::string bound = getText(predicted, "bound");
  figure(
      html, "Bound by", bound == "dma" ? "DMA" : bound, "",
      "predicted cycles: compute " +
          count(getInteger(predicted, "compute_cycles")) + ", DMA " +
          count(getInteger(predicted, "dma_cycles")) +
          (getInteger(predicted, "external_cycles")
               ? ", external " + count(getInteger(predicted, "external_cycles"))
               : ""));
}

void se::report::writeDeadline(Html &html, const PageContent &content) {
  FrameCycles cycles = getCycles(content);
  const json::Object &report = content.report;
  double hop = getNumber(report, "hop_ms");
  Section section(html, "deadline", "Deadline");
  paragraph(html, "A frame has to be done before the next hop of " +
                      shortest(hop) + " ms is there. " +
                      (cycles.isSimulated
                           ? "Times are simulated cycles by the clock; the "
                             "mark is the longest frame."
                           : "Times are predicted cycles by the clock."));
  if (const json::Object *met = report.getObject("deadline"))
    paragraph(html,
              "In the worst case (cold caches, bank conflicts, shared port) a "
              "frame takes at most " +
                  count(getInteger(*met, "worst_case_cycles")) +
                  " cycles, by simulation and not by proof: " +
                  decimal(getNumber(*met, "worst_case_ms"), 2) + " of " +
                  shortest(getNumber(*met, "deadline_ms")) + " ms at " +
                  describe(*met) + ".");
  Table table(html, "deadline-table", "Time per hop at each operating point",
              {{"Clock", Table::Text},
               {"Share of the hop", Table::Picture},
               {"Mean / ms"},
               {"Longest / ms"},
               {"Hop / ms"},
               {"Share"},
               {"Spare / ms"}});
  for (const json::Object *point : getList(report, "operating_points")) {
    double kilohertz = getNumber(*point, "mhz") * 1000;
    double mean = cycles.mean / kilohertz, longest = cycles.longest / kilohertz;
    table.beginRow();
    table.cell(describe(*point));
    table.cell([&] {
      bar(html, {{mean <= hop ? "compute" : "late", mean}}, hop, longest);
    });
    for (const std::string &text :
         {decimal(mean, 3), decimal(longest, 3), shortest(hop),
          percent(mean, hop), decimal(hop - longest, 3)})
      table.cell(text);
    table.endRow();
  }
}

void se::report::writeOverview(Html &html, const PageContent &content) {
  const json::Object &report = content.report;
  FrameCycles cycles = getCycles(content);
  {
    Scope header(html, "header");
    html.element("h1", getText(report, "network"));
    html.element("p",
                 getText(report, "target") + " \u00b7 " +
                     getText(report, "precision") + " \u00b7 " +
                     count(getInteger(report, "cores")) + " cores",
                 {{"class", "subtitle"}});
  }
  writeCards(html, content, cycles);
  paragraph(html, content.runNote);
}
