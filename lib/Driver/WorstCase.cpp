// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- WorstCase.cpp - What a frame may take at most ----------------------===//

#include "se/Driver/WorstCase.h"

#include "se/Driver/Calibrate.h"
#include "se/Simulator/Program.h"
#include "se/Support/OutputFiles.h"

#include <cmath>
#include <limits>

using namespace se;
using llvm::Expected;
using llvm::StringRef;

static constexpr uint64_t randomSeed = 1;
/// Of all runs together: a compilation that somebody waits for.
static constexpr uint64_t maxCycles = 4'000'000'000;

/// Code has no branches on data but those of limits (a ReLU keeps an element or
/// not) and of frames that are not finite: one frame for each way they can go.
static void setFrames(Frames &inputs) {
  using Limits = std::numeric_limits<float>;
  const std::optional<float> kinds[] = {
      std::nullopt, std::nullopt,        1.0f,         -1.0f,       0.0f, 1e4f,
      -1e4f,        Limits::quiet_NaN(), std::nullopt, std::nullopt};
  inputs.numFrames = int64_t(std::size(kinds));
  for (std::vector<float> &values : inputs.values) {
    size_t elements = values.size() / std::size(kinds);
    for (auto [i, kind] : llvm::enumerate(kinds))
      if (kind)
        std::fill_n(values.begin() + ptrdiff_t(i * elements), elements, *kind);
  }
}

Expected<WorstCase>
se::measureWorstCase(StringRef elf, const target::TargetDescription &target) {
  auto program = sim::openNetwork(elf);
  if (!program)
    return program.takeError();
  Frames inputs =
      makeRandomRecording(randomSeed, program->metadata->inputs).frames;
  constexpr int64_t numFrames = 10;
  for (auto [values, port] :
       llvm::zip(inputs.values, program->metadata->inputs))
    values.resize(size_t(numFrames * port.elements));
  setFrames(inputs);
  WorstCase worst;
  for (bool conflicts : {true, false})
    for (bool port : {true, false}) {
      sim::RunOptions options;
      options.description = &target;
      options.timing.l1Conflicts = conflicts;
      options.timing.l2Port = port;
      options.maxCycles = maxCycles;
      options.hasOutputOnConsole = true;
      OutputFiles none;
      auto run = sim::runProgram(*program, inputs, options, none);
      if (!run)
        return run.takeError();
      const llvm::json::Object *cycles =
          run->statistics.getObject("cycles_per_frame");
      std::optional<int64_t> most =
          cycles ? cycles->getInteger("max") : std::nullopt;
      if (!most)
        return llvm::createStringError("it does not tell cycles of frames");
      worst.measured = std::max(worst.measured, *most);
    }
  worst.bound =
      int64_t(std::ceil(double(worst.measured) * (1 + worstCaseMargin)));
  return worst;
}
