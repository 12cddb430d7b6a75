// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- ReportPage.cpp - The report as a page of HTML ----------------------===//

#include "se/Driver/ReportPage.h"

#include "se/Driver/Calibrate.h"
#include "se/Report/Page.h"
#include "se/Simulator/Program.h"

using namespace se;
using llvm::Expected;
using llvm::StringRef;
namespace json = llvm::json;

/// The first frame has cold instruction caches, and the last one no transfers
/// for a next. The third is drawn.
static constexpr int64_t numFrames = 4;
static constexpr unsigned drawnFrame = 2;
static constexpr uint64_t randomSeed = 1;
/// More would be no report that somebody waits for.
static constexpr uint64_t maxCycles = 2'000'000'000;

bool se::isPage(StringRef reportFile) {
  return reportFile.ends_with_insensitive(".html");
}

static Expected<report::SimulatedRun>
simulate(StringRef elf, const target::TargetDescription &target) {
  auto program = sim::openNetwork(elf);
  if (!program)
    return program.takeError();
  Frames inputs =
      makeRandomRecording(randomSeed, program->metadata->inputs).frames;
  inputs.numFrames = numFrames;
  for (auto [values, port] :
       llvm::zip(inputs.values, program->metadata->inputs))
    values.resize(size_t(numFrames * port.elements));
  report::FrameRecorder recorder(drawnFrame);
  sim::RunOptions options;
  options.description = &target;
  options.listener = &recorder;
  options.profile = true;
  options.maxCycles = maxCycles;
  // The standard output may be that of the report.
  options.hasOutputOnConsole = true;
  OutputFiles none;
  auto run = sim::runProgram(*program, inputs, options, none);
  if (!run)
    return run.takeError();
  report::SimulatedRun result;
  auto timeline = recorder.take(target.cores + unsigned(target.controllerCore));
  if (!timeline)
    return llvm::createStringError("it does not tell where frames begin");
  result.timeline = std::move(*timeline);
  result.statistics = std::move(run->statistics);
  result.frame = drawnFrame;
  return result;
}

std::string se::makeReportPage(const json::Object &report,
                               Expected<StringRef> program,
                               const target::TargetDescription &target) {
  report::PageContent content{report};
  content.l1Bytes = int64_t(target.getL1().size);
  if (!program) {
    content.runNote =
        "Not simulated: " + llvm::toString(program.takeError()) + ".";
    return report::makePage(content);
  }
  auto run = simulate(*program, target);
  if (!run) {
    content.runNote = "Not simulated: " + llvm::toString(run.takeError()) + ".";
    return report::makePage(content);
  }
  content.run = &*run;
  content.runNote =
      "Simulated over " + std::to_string(numFrames) +
      " frames of random numbers from -1 to 1, seed " +
      std::to_string(randomSeed) +
      "; energy and deadline are those of these frames. Nothing was measured "
      "on a chip.";
  return report::makePage(content);
}
