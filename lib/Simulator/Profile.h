// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sums up what each stage of a network's kernel takes.

#ifndef SE_LIB_SIMULATOR_PROFILE_H
#define SE_LIB_SIMULATOR_PROFILE_H

#include "CallTracker.h"

namespace se::sim {

class Profile : public CallTracker::Listener {
public:
  Profile(const SourceMap &sources, size_t numCores)
      : sources(sources), numCores(numCores) {}

  void leftFunction(const CallTracker::Span &span, const Symbol *symbol,
                    bool hasStages) override;
  void leftStage(const CallTracker::Span &span, unsigned stage) override;

  /// In the order in which they first ended; then what the kernel did outside
  /// of them, under an empty name.
  std::vector<StageStatistics> getStages() const;

private:
  using CoreCounts = std::vector<CycleCounts>;
  void add(CoreCounts &counts, const CallTracker::Span &span);

  const SourceMap &sources;
  size_t numCores;
  std::vector<std::pair<unsigned, CoreCounts>> stages;
  CoreCounts kernel;
};

} // namespace se::sim

#endif // SE_LIB_SIMULATOR_PROFILE_H
