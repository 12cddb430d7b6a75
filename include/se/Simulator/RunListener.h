// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who wants to know what cores and engines do in a run, without a file.

#ifndef SE_SIMULATOR_RUNLISTENER_H
#define SE_SIMULATOR_RUNLISTENER_H

#include "se/Simulator/Simulator.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace se::sim {

/// The engines that move data, each direction of the cluster's DMA for itself.
enum class Engine { DmaToL1, DmaFromL1, External };

/// Is told of everything when it has ended: spans of cycles [from, to), of a
/// core or engine in the order of their ends. Cores are numbered as in
/// RunResult::cores.
class RunListener {
public:
  virtual ~RunListener() = default;
  /// A frame of a network begins or ends, see Activity.
  virtual void markedFrame(uint64_t time) = 0;
  /// A core did not start instructions.
  virtual void stalled(unsigned core, CycleCause cause, uint64_t from,
                       uint64_t to) = 0;
  /// A core was in a stage of a network's kernel.
  virtual void leftStage(unsigned core, llvm::StringRef stage, uint64_t from,
                         uint64_t to) = 0;
  /// A command, from its first burst to its last.
  virtual void transferred(Engine engine, uint64_t from, uint64_t to,
                           uint32_t bytes) = 0;
};

} // namespace se::sim

#endif // SE_SIMULATOR_RUNLISTENER_H
