// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Prediction.h - Cores and engine, side by side ------------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_COST_PREDICTION_H
#define SE_LIB_SCHEDULE_COST_PREDICTION_H

#include "llvm/ADT/ArrayRef.h"

namespace se::schedule {

/// What the cores do with one tile, or without one.
struct Step {
  double cycles = 0;
  int64_t bytes = 0; ///< of the tile that has to be there; 0: none
  /// Cycles of the external engine that brings it to L2; 0: it lies there.
  double outerCycles = 0;
};

/// Cycles of a frame of these steps, when frame follows frame: a step begins
/// when the one before has ended and its tile has come; then the transfer of
/// the tile `slots` - 1 later may start, at so many bytes per cycle. If that
/// comes from behind L2, the next step with a tile also waits until it is in
/// L2, when the external transfer that is `ahead` of it may start.
double predictFrame(llvm::ArrayRef<Step> steps, int64_t slots,
                    double bytesPerCycle, int64_t ahead = 0);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_COST_PREDICTION_H
