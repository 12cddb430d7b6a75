// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Deadline.cpp - Does a frame end in time? ---------------------------===//

#include "se/Driver/Deadline.h"

#include "se/CodeGen/FrameBound.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace se;
namespace json = llvm::json;

std::optional<FrameLimit> FrameLimit::read(ModuleOp module) {
  auto programs = module.getOps<cluster::ProgramOp>();
  if (!llvm::hasSingleElement(programs))
    return std::nullopt;
  cluster::ProgramOp program = *programs.begin();
  auto plan =
      program->getAttrOfType<plan::ReportAttr>(plan::ReportAttr::attrName);
  FrameLimit limit;
  limit.target = cluster::TargetAttr::lookup(module);
  if (!plan || !plan.getAtMost() || !limit.target)
    return std::nullopt;
  limit.atMost = plan.getAtMost();
  limit.network = program.getSymName().str();
  return limit;
}

llvm::Error FrameLimit::readCode(StringRef file) {
  auto bytes = getKernelBytes(file, network);
  if (!bytes)
    return bytes.takeError();
  kernelBytes = *bytes;
  return llvm::Error::success();
}

int64_t FrameLimit::getCycles() const {
  return getFrameBound(atMost, kernelBytes, target);
}

double FrameLimit::getMilliseconds(cluster::OperatingPointAttr point) const {
  return double(getCycles()) / (point.getMhz().getValueAsDouble() * 1000);
}

static json::Value getVolt(cluster::OperatingPointAttr point) {
  FloatAttr volt = point.getVolt();
  return volt ? json::Value(volt.getValueAsDouble()) : json::Value(nullptr);
}

void FrameLimit::addTo(json::Object &report) const {
  report[boundKey] = getCycles();
  report["at_most"] =
      json::Object{{"compute_cycles", atMost.getCompute()},
                   {"dma_cycles", atMost.getDma()},
                   {"external_cycles", atMost.getExternal()},
                   {"fetch_cycles", getFetchCycles(kernelBytes, target)},
                   {"kernel_bytes", int64_t(kernelBytes)},
                   {"bound", atMost.getBound()}};
  if (chosen)
    report["deadline"] =
        json::Object{{"ms", *deadline},
                     {"mhz", chosen.getMhz().getValueAsDouble()},
                     {"volt", getVolt(chosen)},
                     {"ms_at_most", getMilliseconds(chosen)}};
}

static std::string describe(cluster::OperatingPointAttr point) {
  std::string text = llvm::formatv(
      "{0} MHz", llvm::format("%g", point.getMhz().getValueAsDouble()));
  if (FloatAttr volt = point.getVolt())
    text +=
        llvm::formatv(", {0} V", llvm::format("%g", volt.getValueAsDouble()));
  return text;
}

/// What makes a frame shorter that this bounds.
static std::string suggest(StringRef bound, StringRef precision, unsigned cores,
                           unsigned coresOfTarget) {
  SmallVector<std::string> helps;
  if (precision == "fp32")
    helps.push_back("--precision=fp16, mixed or int8");
  else if (precision == "fp16")
    helps.push_back("--precision=mixed or int8");
  else if (precision != "int8")
    helps.push_back("--precision=int8");
  if (bound == "compute" && cores < coresOfTarget)
    helps.push_back(llvm::formatv("more cores (--cores={0})", coresOfTarget));
  if (bound == "compute")
    helps.push_back("a target with more cores or a higher clock");
  else if (bound == "dma")
    helps.push_back("a target with more l1, where parameters can stay");
  else
    helps.push_back("a target with more l2, where parameters can stay");
  return llvm::join(helps, "; ");
}

llvm::Expected<std::string> FrameLimit::meet(double milliseconds,
                                             StringRef precision,
                                             unsigned coresOfTarget) {
  deadline = milliseconds;
  auto points = target.getOperatingPoints();
  const auto *point = llvm::find_if(points, [&](auto point) {
    return getMilliseconds(point) <= milliseconds;
  });
  if (point != points.end()) {
    chosen = *point;
    return llvm::formatv("deadline of {0} ms is met at {1}: a frame takes at "
                         "most {2} cycles, {3:F3} ms",
                         llvm::format("%g", milliseconds), describe(chosen),
                         getCycles(), getMilliseconds(chosen))
        .str();
  }
  if (points.empty())
    return llvm::createStringError("--deadline-ms: target " + target.getName() +
                                   " has no operating points");
  cluster::OperatingPointAttr fastest = points.back();
  return llvm::createStringError(
      llvm::formatv("deadline of {0} ms is missed: a frame takes at most {1} "
                    "cycles, {2:F3} ms at {3}, {4:F2} times as long; bound by "
                    "{5}; what may help: {6}",
                    llvm::format("%g", milliseconds), getCycles(),
                    getMilliseconds(fastest), describe(fastest),
                    getMilliseconds(fastest) / milliseconds, atMost.getBound(),
                    suggest(atMost.getBound(), precision,
                            unsigned(target.getCores()), coresOfTarget))
          .str());
}
