// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The statistics file of a run. See docs/simulator.md.

#ifndef SE_SIMULATOR_STATISTICS_H
#define SE_SIMULATOR_STATISTICS_H

#include "se/Simulator/Simulator.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/JSON.h"

namespace se::sim {

/// `frameCycles` holds the cycles of each frame, `macsPerFrame` the work of
/// one. Without frames the keys that speak of frames are absent.
llvm::json::Object makeStatistics(const RunResult &result,
                                  llvm::ArrayRef<uint32_t> frameCycles,
                                  uint64_t macsPerFrame);

/// The part that the program itself tells: frames, cycles and MACs per frame.
llvm::json::Object makeFrameStatistics(llvm::ArrayRef<uint32_t> frameCycles,
                                       uint64_t macsPerFrame);

} // namespace se::sim

#endif // SE_SIMULATOR_STATISTICS_H
