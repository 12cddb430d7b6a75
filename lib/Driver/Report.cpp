// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Report.cpp - What the compiler decided and expects -----------------===//

#include "se/Driver/Report.h"

#include "se/CodeGen/ProgramInfo.h"
#include "se/CodeGen/StageCode.h"
#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/Plan/Plan.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace se;
namespace json = llvm::json;

static constexpr StringLiteral levels[] = {"l1", "l2", "nvm", "l3"};

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static json::Object toObject(plan::StageReportAttr stage) {
  plan::BytesAttr bytes = stage.getBytes();
  plan::CyclesAttr cycles = stage.getCycles();
  return json::Object{{"name", stage.getName()},
                      {"level", stage.getDepth()},
                      {"elements", stage.getElements()},
                      {"macs", stage.getMacs()},
                      {"group", stage.getRegisterTile()},
                      {"vectors", stage.getVectors()},
                      {"rows_per_tile", stage.getTile()},
                      {"parts_per_row", stage.getKBlocks()},
                      {"tiles", stage.getTiles()},
                      {"resident_bytes", bytes.getL1()},
                      {"l2_bytes", bytes.getL2()},
                      {"nvm_bytes", bytes.getNvm()},
                      {"l3_bytes", bytes.getL3()},
                      {"compute_cycles", cycles.getCompute()},
                      {"dma_cycles", cycles.getDma()},
                      {"external_cycles", cycles.getExternal()},
                      {"bound", cycles.getBound()}};
}

static json::Object toObject(plan::BufferAttr buffer) {
  json::Object object{{"name", buffer.getName()},
                      {"level", "l1"},
                      {"offset_bytes", buffer.getOffset()},
                      {"bytes", buffer.getBytes()}};
  if (buffer.getLast() >= 0) {
    object["first_level"] = buffer.getFirst();
    object["last_level"] = buffer.getLast();
  }
  return object;
}

template <typename Attr> static json::Array toArray(ArrayRef<Attr> list) {
  json::Array array;
  for (Attr entry : list)
    array.push_back(toObject(entry));
  return array;
}

static json::Object predict(plan::ReportAttr plan, int64_t macs) {
  int64_t frame = plan.getFrame();
  plan::CyclesAttr cycles = plan.getCycles();
  return json::Object{
      {"cycles_per_frame", frame},
      {"compute_cycles", cycles.getCompute()},
      {"dma_cycles", cycles.getDma()},
      {"external_cycles", cycles.getExternal()},
      {"bound", cycles.getBound()},
      {"macs_per_cycle", frame ? double(macs) / double(frame) : 0.0}};
}

static plan::ReportAttr getPlan(cluster::ProgramOp program) {
  return program->getAttrOfType<plan::ReportAttr>(plan::ReportAttr::attrName);
}

bool se::hasPlan(ModuleOp module) {
  auto programs = module.getOps<cluster::ProgramOp>();
  return llvm::hasSingleElement(programs) && getPlan(*programs.begin());
}

std::optional<json::Object> se::makeReport(ModuleOp module,
                                           StringRef precision) {
  std::optional<ProgramInfo> info = getProgramInfo(module);
  if (!info)
    return std::nullopt;
  cluster::ProgramOp program = *module.getOps<cluster::ProgramOp>().begin();
  plan::ReportAttr plan = getPlan(program);
  if (!plan) {
    program.emitError("there is no plan to report on");
    return std::nullopt;
  }
  auto target = cluster::TargetAttr::lookup(module);
  if (!target) {
    module.emitError("there is no '")
        << cluster::TargetAttr::attrName << "' to report on";
    return std::nullopt;
  }
  double hop =
      info->inputs.empty()
          ? usualHopMilliseconds
          : getHopMilliseconds(info->stream, info->inputs.front().elements);
  json::Array points;
  for (cluster::OperatingPointAttr point : target.getOperatingPoints()) {
    double mhz = point.getMhz().getValueAsDouble();
    double milliseconds = double(plan.getFrame()) / (mhz * 1000);
    json::Value volt = nullptr;
    if (FloatAttr attribute = point.getVolt())
      volt = attribute.getValueAsDouble();
    points.push_back(json::Object{
        {"mhz", mhz},
        {"volt", std::move(volt)},
        {"ms_per_frame", milliseconds},
        {"percent_of_6.25_ms", 100 * milliseconds / usualHopMilliseconds},
        {"percent_of_hop", 100 * milliseconds / hop}});
  }
  json::Object caches{{"core_bytes", target.getCoreCache()},
                      {"shared_bytes", target.getClusterCache()}};
  auto describe = [](int64_t used, int64_t available) {
    return json::Object{{"bytes", used}, {"available_bytes", available}};
  };
  plan::BytesAttr used = plan.getUsed(), all = plan.getAvailable();
  json::Object memory{{"l1", describe(used.getL1(), all.getL1())},
                      {"l2", describe(used.getL2(), all.getL2())},
                      {"nvm", describe(used.getNvm(), all.getNvm())},
                      {"l3", describe(used.getL3(), all.getL3())}};
  json::Object ring{{"slots", plan.getSlots()},
                    {"slot_bytes", plan.getSlotBytes()},
                    {"l2_slots", plan.getL2Slots()}};
  return json::Object{{"network", info->name},
                      {"target", target.getName()},
                      {"precision", precision},
                      {"cores", info->cores},
                      {"macs_per_frame", info->macs},
                      {"predicted", predict(plan, info->macs)},
                      {"hop_ms", hop},
                      {"operating_points", std::move(points)},
                      {"ring", std::move(ring)},
                      {"instruction_caches", std::move(caches)},
                      {"memory", std::move(memory)},
                      {"stages", toArray(plan.getStages())},
                      {"buffers", toArray(plan.getBuffers())}};
}

llvm::Error se::addStageCode(json::Object &report, StringRef object) {
  auto bytes = getStageCode(object);
  if (!bytes)
    return bytes.takeError();
  for (json::Value &value : *report.getArray("stages")) {
    json::Object &stage = *value.getAsObject();
    stage["code_bytes"] =
        int64_t(bytes->lookup(stage.getString("name").value_or("")));
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

namespace {
/// Columns as wide as their content; the first is text, the others numbers.
class Table {
public:
  explicit Table(std::vector<std::string> titles) { add(std::move(titles)); }
  void add(std::vector<std::string> row) { rows.push_back(std::move(row)); }
  void print(llvm::raw_ostream &os) const;

private:
  std::vector<std::vector<std::string>> rows;
};
} // namespace

void Table::print(llvm::raw_ostream &os) const {
  std::vector<size_t> widths(rows.front().size());
  for (const std::vector<std::string> &row : rows)
    for (auto [width, text] : llvm::zip(widths, row))
      width = std::max(width, text.size());
  for (const std::vector<std::string> &row : rows) {
    os << row.front();
    size_t missing = widths.front() - row.front().size();
    for (size_t i = 1; i != row.size(); ++i) {
      os.indent(unsigned(missing + 2 + widths[i] - row[i].size())) << row[i];
      missing = 0;
    }
    os << '\n';
  }
  os << '\n';
}

static std::string number(const json::Object &object, StringRef key) {
  return std::to_string(object.getInteger(key).value_or(0));
}

static std::string kilobytes(const json::Object &object, StringRef key) {
  int64_t bytes = object.getInteger(key).value_or(0);
  return bytes ? llvm::formatv("{0:F1}", double(bytes) / 1024).str() : "-";
}

static std::string text(const json::Object &object, StringRef key) {
  return object.getString(key).value_or("").str();
}

static void printStages(llvm::raw_ostream &os, const json::Array &stages) {
  Table table({"stage", "level", "elements", "MACs", "tiles", "rows x parts",
               "KB in L1", "from L2", "nvm", "l3", "compute", "dma", "external",
               "code", "bound"});
  for (const json::Value &value : stages) {
    const json::Object &stage = *value.getAsObject();
    bool isTiled = stage.getInteger("tiles").value_or(0);
    table.add({text(stage, "name"), number(stage, "level"),
               number(stage, "elements"), number(stage, "macs"),
               isTiled ? number(stage, "tiles") : "-",
               isTiled ? number(stage, "rows_per_tile") + " x " +
                             number(stage, "parts_per_row")
                       : "-",
               kilobytes(stage, "resident_bytes"), kilobytes(stage, "l2_bytes"),
               kilobytes(stage, "nvm_bytes"), kilobytes(stage, "l3_bytes"),
               number(stage, "compute_cycles"), number(stage, "dma_cycles"),
               number(stage, "external_cycles"),
               stage.get("code_bytes") ? number(stage, "code_bytes") : "-",
               text(stage, "bound")});
  }
  table.print(os);
}

static void printCaches(llvm::raw_ostream &os, const json::Object &report) {
  const json::Object &caches = *report.getObject("instruction_caches");
  os << llvm::formatv("instruction caches: {0} bytes of each core, {1} of "
                      "all\n\n",
                      number(caches, "core_bytes"),
                      number(caches, "shared_bytes"));
}

static void printFrame(llvm::raw_ostream &os, const json::Object &report) {
  const json::Object &frame = *report.getObject("predicted");
  os << llvm::formatv(
      "predicted: {0} cycles per frame, {1:F2} MACs per cycle\n"
      "bound by {2}: compute {3}, dma {4}, external {5} cycles\n",
      number(frame, "cycles_per_frame"),
      frame.getNumber("macs_per_cycle").value_or(0), text(frame, "bound"),
      number(frame, "compute_cycles"), number(frame, "dma_cycles"),
      number(frame, "external_cycles"));
  for (const json::Value &value : *report.getArray("operating_points")) {
    const json::Object &point = *value.getAsObject();
    os << llvm::format("at %g MHz", *point.getNumber("mhz"));
    if (auto volt = point.getNumber("volt"))
      os << llvm::format(", %g V", *volt);
    os << llvm::formatv(": {0:F3} ms, {1:F1} % of {2} ms\n",
                        *point.getNumber("ms_per_frame"),
                        *point.getNumber("percent_of_hop"),
                        llvm::format("%g", *report.getNumber("hop_ms")));
  }
  os << '\n';
}

static void printSizes(llvm::raw_ostream &os, const json::Object &sizes) {
  const json::Object &parameters = *sizes.getObject("parameters");
  Table table({"data", "elements", "bytes"});
  for (StringRef kind : {"matrices", "vectors", "scales", "tables"}) {
    const json::Object &entry = *parameters.getObject(kind);
    table.add({kind.str(), number(entry, "elements"), number(entry, "bytes")});
  }
  for (StringRef kind : {"states", "activations"}) {
    const json::Object &entry = *sizes.getObject(kind);
    table.add({kind.str(), number(entry, "elements"), number(entry, "bytes")});
  }
  table.print(os);
  auto share = [&](StringRef other) {
    return double(parameters.getInteger("bytes").value_or(0)) /
           double(
               std::max<int64_t>(parameters.getInteger(other).value_or(0), 1));
  };
  os << llvm::formatv(
      "parameters: {0} bytes, {1:f2} of fp16, {2:f2} of fp32\n\n",
      number(parameters, "bytes"), share("fp16_bytes"), share("fp32_bytes"));
}

static void printMemory(llvm::raw_ostream &os, const json::Object &report) {
  const json::Object &ring = *report.getObject("ring");
  if (ring.getInteger("slots").value_or(0) == 0)
    os << "ring: none\n\n";
  else
    os << llvm::formatv("ring: {0} slots of {1} bytes in L1, {2} in L2\n\n",
                        number(ring, "slots"), number(ring, "slot_bytes"),
                        number(ring, "l2_slots"));
  Table buffers({"buffer in L1", "from", "to", "bytes", "live in levels"});
  for (const json::Value &value : *report.getArray("buffers")) {
    const json::Object &buffer = *value.getAsObject();
    int64_t from = buffer.getInteger("offset_bytes").value_or(0);
    int64_t to = from + buffer.getInteger("bytes").value_or(0);
    auto hex = [](int64_t offset) {
      return llvm::formatv("{0:x5}", offset).str();
    };
    buffers.add(
        {text(buffer, "name"), hex(from), hex(to), number(buffer, "bytes"),
         buffer.get("last_level") ? number(buffer, "first_level") + "-" +
                                        number(buffer, "last_level")
                                  : "always"});
  }
  buffers.print(os);
  Table memories({"memory", "bytes", "available"});
  const json::Object &memory = *report.getObject("memory");
  for (StringRef level : levels) {
    const json::Object &entry = *memory.getObject(level);
    memories.add({level.str(), number(entry, "bytes"),
                  number(entry, "available_bytes")});
  }
  memories.print(os);
}

std::string se::formatReport(const json::Object &report) {
  std::string result;
  llvm::raw_string_ostream os(result);
  os << llvm::formatv("{0} for {1}, {2}, {3} cores: {4} MACs per frame\n\n",
                      text(report, "network"), text(report, "target"),
                      text(report, "precision"), number(report, "cores"),
                      number(report, "macs_per_frame"));
  if (const json::Array *layers = report.getArray("fp16_layers")) {
    for (const json::Value &value : *layers)
      os << llvm::formatv("layer '{0}' stays fp16: {1}\n",
                          text(*value.getAsObject(), "layer"),
                          text(*value.getAsObject(), "reason"));
    os << '\n';
  }
  printStages(os, *report.getArray("stages"));
  printCaches(os, report);
  printFrame(os, report);
  if (const json::Object *sizes = report.getObject("sizes"))
    printSizes(os, *sizes);
  printMemory(os, report);
  // Tables end with an empty line.
  result.pop_back();
  return result;
}
