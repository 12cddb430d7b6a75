// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Deadline.cpp - The slowest clock that is fast enough ---------------===//

#include "Compilation.h"

#include "se/Driver/WorstCase.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace se;

/// What makes a frame shorter, by what it is bound by.
static std::string suggest(const llvm::json::Object &report,
                           const target::TargetDescription &target) {
  const llvm::json::Object &predicted = *report.getObject("predicted");
  StringRef bound = predicted.getString("bound").value_or("");
  int64_t cores = report.getInteger("cores").value_or(target.cores);
  bool hasWide = report.getString("precision").value_or("") != "int8";
  std::vector<std::string> ways;
  if (bound != "compute" && hasWide)
    ways.push_back("fewer bytes of parameters (--precision=mixed, auto, int8)");
  if (bound == "external")
    ways.push_back("more memory on the chip: parameters come from behind L2");
  else if (bound == "dma")
    ways.push_back("more L1, which keeps more of them");
  if (bound == "compute" && cores < int64_t(target.cores))
    ways.push_back(llvm::formatv("more cores (--cores={0})", target.cores));
  if (bound == "compute" && hasWide)
    ways.push_back("narrower numbers (--precision=fp16, mixed, auto, int8)");
  if (ways.empty())
    ways.push_back("a smaller network");
  return llvm::formatv("it is bound by {0}; what helps: {1}", bound,
                       llvm::join(ways, "; "));
}

/// As short as possible: 72, 6.25.
static std::string number(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%g", value);
  return text;
}

/// Finds the lowest operating point at which a frame takes no longer, even in
/// the worst case. Fails if there is none.
LogicalResult Compilation::meetDeadline() {
  if (!options.deadlineMs)
    return success();
  if (!pageProgram)
    return fail("--deadline-ms: there is no program to run: " + noProgram);
  auto worst = measureWorstCase(pageProgram->getBuffer(), target);
  if (!worst)
    return fail("--deadline-ms: " + llvm::toString(worst.takeError()));
  auto getMs = [&](const target::OperatingPoint &point) {
    return double(worst->bound) / (point.mhz * 1000);
  };
  const target::OperatingPoint *chosen = nullptr, *fastest = nullptr;
  for (const target::OperatingPoint &point : target.operatingPoints) {
    if (!fastest || point.mhz > fastest->mhz)
      fastest = &point;
    if (getMs(point) <= *options.deadlineMs &&
        (!chosen || point.mhz < chosen->mhz))
      chosen = &point;
  }
  if (!fastest)
    return fail("--deadline-ms: target " + target.name +
                " has no operating points");
  std::string atMost =
      llvm::formatv("a frame takes at most {0:N} cycles", worst->bound);
  if (!chosen)
    return fail(llvm::formatv(
        "the deadline of {0} ms is missed: {1}, {2:F3} ms at {3} MHz, the "
        "highest clock of target {4}; {5}",
        number(*options.deadlineMs), atMost, getMs(*fastest),
        number(fastest->mhz), target.name, suggest(*report, target)));
  worstCase = worst->bound;
  llvm::json::Value volt = nullptr;
  std::string at = llvm::formatv("{0} MHz", number(chosen->mhz));
  if (chosen->volt) {
    volt = *chosen->volt;
    at += llvm::formatv(", {0} V", number(*chosen->volt));
  }
  (*report)["deadline"] =
      llvm::json::Object{{"deadline_ms", *options.deadlineMs},
                         {"longest_cycles", worst->measured},
                         {"worst_case_cycles", worst->bound},
                         {"worst_case_ms", getMs(*chosen)},
                         {"mhz", chosen->mhz},
                         {"volt", std::move(volt)}};
  module.emitRemark(
      llvm::formatv("the deadline of {0} ms is met at {1}: {2}, {3:F3} ms",
                    number(*options.deadlineMs), at, atMost, getMs(*chosen)));
  return success();
}
