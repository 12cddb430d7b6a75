// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- WorstCase.h - What a frame takes at most -----------------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_PLANNING_WORSTCASE_H
#define SE_LIB_SCHEDULE_PLANNING_WORSTCASE_H

#include "Tiling.h"

namespace se::schedule {

/// Cycles that a frame takes at most, if nothing but one of these held it up;
/// without those of the first fetch of its code, which is not known yet. See
/// docs/scheduling.md, "At most".
struct WorstCycles {
  double compute = 0, dma = 0, external = 0;
};

/// Of what was planned. `repeated` are the cycles of what is computed again if
/// an input is not finite, `after` those of what is done after such a frame.
WorstCycles getWorstCycles(const StageLoops &stageLoops, const Tiling &tiling,
                           const TilingOptions &options, double repeated,
                           double after);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_WORSTCASE_H
