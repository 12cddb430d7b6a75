// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Timeline.cpp - One frame by core and engine ------------------------===//

#include "Picture.h"
#include "Sections.h"

#include <algorithm>

using namespace se;
using namespace se::report;
using llvm::StringRef;
using sim::CycleCause;

static constexpr double left = 112, right = Picture::width - 8;
static constexpr double laneHeight = 16, laneStep = 21, rulerHeight = 18;

static std::string getName(const CoreLane &lane) {
  return "core " + std::to_string(lane.number);
}

static std::string getName(const EngineLane &lane) {
  switch (lane.engine) {
  case sim::Engine::DmaToL1:
    return "DMA to L1";
  case sim::Engine::DmaFromL1:
    return "DMA from L1";
  case sim::Engine::External:
    break;
  }
  return "transfer engine";
}

/// Spans of `all` without those of `others`; both are in order and apart.
static std::vector<Span> subtract(llvm::ArrayRef<Span> all,
                                  llvm::ArrayRef<Span> others) {
  std::vector<Span> rest;
  size_t i = 0;
  for (Span span : all) {
    while (i != others.size() && others[i].to <= span.from)
      ++i;
    for (size_t j = i; j != others.size() && others[j].from < span.to; ++j) {
      if (others[j].from > span.from)
        rest.push_back({span.from, others[j].from});
      span.from = std::min(others[j].to, span.to);
    }
    if (span.from < span.to)
      rest.push_back(span);
  }
  return rest;
}

namespace {
class TimelineWriter {
public:
  TimelineWriter(Html &html, const PageContent &content)
      : html(html), timeline(content.run->timeline),
        rows(getStageRows(content)) {
    for (const CoreLane::Stage &stage : getRuler())
      if (!shades.count(stage.name))
        shades[stage.name] = unsigned(shades.size()) % 2;
  }

  void draw(StringRef description, uint64_t from, uint64_t to);
  void writeTables();
  /// The middle of the longest stage.
  uint64_t getMiddle() const;

private:
  /// Stages of the first core.
  llvm::ArrayRef<CoreLane::Stage> getRuler() const {
    return timeline.cores.empty()
               ? llvm::ArrayRef<CoreLane::Stage>()
               : llvm::ArrayRef(timeline.cores.front().stages);
  }
  void drawRuler(Picture &picture, const Axis &axis);
  void drawCore(Picture &picture, const Axis &axis, const CoreLane &lane,
                double y);

  Html &html;
  const FrameTimeline &timeline;
  std::vector<StageRow> rows;
  /// Neighbouring stages have different ones.
  std::map<std::string, unsigned> shades;
};
} // namespace

uint64_t TimelineWriter::getMiddle() const {
  const CoreLane::Stage *longest = nullptr;
  for (const CoreLane::Stage &stage : getRuler())
    if (!longest || stage.to - stage.from > longest->to - longest->from)
      longest = &stage;
  return longest ? (longest->from + longest->to) / 2 : timeline.cycles / 2;
}

void TimelineWriter::drawRuler(Picture &picture, const Axis &axis) {
  picture.label(left - 8, 13, "stage", "end");
  for (const CoreLane::Stage &stage : getRuler()) {
    double begin = std::max(axis.place(double(stage.from)), axis.left);
    double end = std::min(axis.place(double(stage.to)), axis.right);
    if (begin >= end)
      continue;
    unsigned number = getStageNumber(rows, stage.name);
    picture.rectangle(begin, 0, end - begin, rulerHeight,
                      shades[stage.name] ? "ruler-1" : "ruler-0",
                      std::to_string(number) + " " + stage.name + ": " +
                          count(int64_t(stage.to - stage.from)) + " cycles");
    if (number && end - begin > 18)
      picture.label((begin + end) / 2, 13, std::to_string(number), "middle",
                    shades[stage.name] ? "label on-compute-1"
                                       : "label on-compute");
  }
}

void TimelineWriter::drawCore(Picture &picture, const Axis &axis,
                              const CoreLane &lane, double y) {
  picture.label(left - 8, y + 12, getName(lane), "end");
  picture.rectangle(left, y, right - left, laneHeight, "wait",
                    getName(lane) + " waits");
  std::map<std::string, std::vector<Span>> stages;
  std::vector<Span> inStages;
  for (const CoreLane::Stage &stage : lane.stages) {
    stages[stage.name].push_back(stage);
    inStages.push_back(stage);
  }
  for (const auto &[name, spans] : stages) {
    auto shade = shades.find(name);
    picture.path(makePath(axis, subtract(spans, lane.waits), y, laneHeight),
                 shade != shades.end() && shade->second ? "compute-1"
                                                        : "compute",
                 getName(lane) + ", stage " +
                     std::to_string(getStageNumber(rows, name)) + " " + name);
  }
  std::vector<Span> awake = subtract({{0, timeline.cycles}}, lane.waits);
  picture.path(makePath(axis, subtract(awake, inStages), y, laneHeight),
               "other", getName(lane) + ", outside of stages");
}

void TimelineWriter::draw(StringRef description, uint64_t from, uint64_t to) {
  Axis axis{double(from), double(to), left, right};
  size_t lanes = timeline.cores.size() + timeline.engines.size();
  double first = rulerHeight + 8;
  double bottom = first + double(lanes) * laneStep;
  Picture picture(html, description, bottom + 24);
  for (double tick : axis.getTicks(10))
    picture.line(axis.place(tick), first - 4, axis.place(tick), bottom, "grid");
  drawRuler(picture, axis);
  double y = first;
  for (const CoreLane &lane : timeline.cores) {
    drawCore(picture, axis, lane, y);
    y += laneStep;
  }
  for (const EngineLane &lane : timeline.engines) {
    picture.label(left - 8, y + 12, getName(lane), "end");
    picture.rectangle(left, y, right - left, laneHeight, "wait",
                      getName(lane) + " rests");
    picture.path(makePath(axis, lane.transfers, y, laneHeight), "transfer",
                 getName(lane) + " moves data");
    y += laneStep;
  }
  for (double tick : axis.getTicks(10)) {
    double x = axis.place(tick);
    picture.label(x, bottom + 14, count(int64_t(tick)),
                  x > right - 30 ? "end" : "middle");
  }
}

static constexpr StringRef causeTitles[] = {
    "Instructions", "Loaded values", "Memory", "Branches",
    "Mul, div",     "Icache",        "Bank",   "FPU busy",
    "FPU div",      "DMA queue",     "Sleep",  "Off"};
static_assert(std::size(causeTitles) == sim::numCycleCauses);

void TimelineWriter::writeTables() {
  Scope details(html, "details");
  html.element("summary", "The timeline as tables");
  {
    Table table(html, "lanes", "Cycles of this frame by core and engine",
                {{"Core or engine", Table::Text},
                 {"Instructions"},
                 {"Stalls"},
                 {"Transfers"},
                 {"Waiting"},
                 {"Sum"},
                 {"Commands"},
                 {"Bytes"}});
    for (const CoreLane &lane : timeline.cores) {
      uint64_t issued = lane.cycles[unsigned(CycleCause::Issue)];
      uint64_t sum = issued + lane.getStalls() + lane.getWaiting();
      table.row({getName(lane), count(int64_t(issued)),
                 count(int64_t(lane.getStalls())), "",
                 count(int64_t(lane.getWaiting())), count(int64_t(sum)), "",
                 ""});
    }
    for (const EngineLane &lane : timeline.engines)
      table.row({getName(lane), "", "", count(int64_t(lane.busy)),
                 count(int64_t(timeline.cycles - lane.busy)),
                 count(int64_t(timeline.cycles)), count(int64_t(lane.commands)),
                 count(int64_t(lane.bytes))});
  }
  {
    std::vector<Table::Column> columns = {{"Core", Table::Text}};
    std::vector<unsigned> causes;
    for (unsigned i = 0; i != sim::numCycleCauses; ++i)
      if (llvm::any_of(timeline.cores, [&](const CoreLane &lane) {
            return lane.cycles[i] != 0;
          })) {
        causes.push_back(i);
        columns.push_back({causeTitles[i].str()});
      }
    Table table(html, "causes", "What cores spend this frame on, in cycles",
                std::move(columns));
    for (const CoreLane &lane : timeline.cores) {
      std::vector<std::string> cells = {getName(lane)};
      for (unsigned cause : causes)
        cells.push_back(count(int64_t(lane.cycles[cause])));
      table.row(cells);
    }
  }
  Table table(
      html, "spans",
      "Stages of this frame on core " +
          std::to_string(timeline.cores.empty() ? 0 : timeline.cores[0].number),
      {{"No.", Table::Text},
       {"Stage", Table::Name},
       {"From"},
       {"To"},
       {"Cycles"}});
  for (const CoreLane::Stage &stage : getRuler())
    table.row({std::to_string(getStageNumber(rows, stage.name)), stage.name,
               count(int64_t(stage.from)), count(int64_t(stage.to)),
               count(int64_t(stage.to - stage.from))});
}

/// The core that has no share of the loops.
static std::string describeController(const PageContent &content) {
  int64_t cores = getInteger(content.report, "cores");
  for (const CoreLane &lane : content.run->timeline.cores)
    if (int64_t(lane.number) >= cores)
      return " Core " + std::to_string(lane.number) + " only starts transfers.";
  return "";
}

void se::report::writeTimeline(Html &html, const PageContent &content) {
  Section section(html, "timeline", "Timeline of a frame");
  if (!content.run) {
    paragraph(html, content.runNote);
    return;
  }
  const FrameTimeline &timeline = content.run->timeline;
  TimelineWriter writer(html, content);
  paragraph(html,
            "Frame " + std::to_string(content.run->frame + 1) +
                " of the run, from the FC's start to its end: " +
                count(int64_t(timeline.cycles)) +
                " cycles. Numbers are those of stages below; their shades "
                "alternate. Waiting is sleep: for data, or for other "
                "cores. Point at a part for its name." +
                describeController(content));
  legend(html, {{"computes", "computes"},
                {"transfer", "transfers"},
                {"wait", "waits"},
                {"other", "outside of stages"}});
  Scope figure(html, "figure");
  writer.draw(
      "Timeline of the whole frame: " + count(int64_t(timeline.cycles)) +
          " cycles by core and engine",
      0, timeline.cycles);
  uint64_t size =
      std::min(timeline.cycles, std::max<uint64_t>(timeline.cycles / 16, 2000));
  if (size < timeline.cycles) {
    uint64_t begin = writer.getMiddle();
    begin -= std::min(begin, size / 2);
    begin = std::min(begin, timeline.cycles - size);
    paragraph(
        html,
        count(int64_t(size)) + " cycles of it, in the longest stage:", "note");
    writer.draw("The same, " + count(int64_t(size)) + " cycles enlarged", begin,
                begin + size);
  }
  writer.writeTables();
}
