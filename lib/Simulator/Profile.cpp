// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Profile.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace se::sim;

void Profile::add(CoreCounts &counts, const CallTracker::Span &span) {
  counts.resize(numCores);
  for (auto [count, cycles] : zip(counts[span.core], span.cycles))
    count += cycles;
}

void Profile::leftFunction(const CallTracker::Span &span, const Symbol *,
                           bool hasStages) {
  if (hasStages)
    add(kernel, span);
}

void Profile::leftStage(const CallTracker::Span &span, unsigned stage) {
  auto known = find_if(stages, [&](auto &s) { return s.first == stage; });
  if (known == stages.end())
    known = stages.insert(known, {stage, CoreCounts()});
  add(known->second, span);
}

std::vector<StageStatistics> Profile::getStages() const {
  std::vector<StageStatistics> result;
  StageStatistics outside{"", kernel};
  for (const auto &[stage, counts] : stages) {
    result.push_back({sources.getStages()[stage], counts});
    for (auto [left, taken] : zip(outside.cores, counts))
      for (auto [a, b] : zip(left, taken))
        a -= b;
  }
  if (!result.empty())
    result.push_back(outside);
  return result;
}
