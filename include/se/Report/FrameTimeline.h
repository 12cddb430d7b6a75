// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- FrameTimeline.h - What happens in one frame --------------*- C++ -*-===//
//
// Cycles count from the start of the frame.
//
//===----------------------------------------------------------------------===//

#ifndef SE_REPORT_FRAMETIMELINE_H
#define SE_REPORT_FRAMETIMELINE_H

#include "se/Simulator/RunListener.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace se::report {

/// Cycles [from, to) of a frame.
struct Span {
  uint64_t from, to;
};

/// A cluster core. Every cycle of the frame is an instruction, a stall or a
/// wait.
struct CoreLane {
  struct Stage : Span {
    std::string name;
  };
  unsigned number = 0;
  /// Sleep and other waits for data, cores and engines; in order and apart.
  std::vector<Span> waits;
  std::vector<Stage> stages; ///< in order
  /// Cycles by cause. Those of `issue` are the rest of the frame.
  sim::CycleCounts cycles = {};

  uint64_t getWaiting() const;
  uint64_t getStalls() const;
};

/// One that moves data.
struct EngineLane {
  sim::Engine engine = sim::Engine::DmaToL1;
  std::vector<Span> transfers; ///< in order and apart
  uint64_t busy = 0;           ///< cycles
  /// Of commands that ended in the frame.
  uint64_t bytes = 0, commands = 0;
};

struct FrameTimeline {
  uint64_t cycles = 0;
  std::vector<CoreLane> cores; ///< those that were awake
  std::vector<EngineLane> engines;
};

/// Whether a core waits for something else, rather than for its own
/// instructions.
bool isWait(sim::CycleCause cause);

/// Keeps what happens in one frame of a run.
class FrameRecorder : public sim::RunListener {
public:
  /// `frame`: counted from 0. One more should follow, since transfers are told
  /// of when they end.
  explicit FrameRecorder(unsigned frame) : wanted(frame) {}

  void markedFrame(uint64_t time) override;
  void stalled(unsigned core, sim::CycleCause cause, uint64_t from,
               uint64_t to) override;
  void leftStage(unsigned core, llvm::StringRef stage, uint64_t from,
                 uint64_t to) override;
  void transferred(sim::Engine engine, uint64_t from, uint64_t to,
                   uint32_t bytes) override;

  /// Of the cores of a run but its last, the fabric controller. Nothing if the
  /// run did not have the frame.
  std::optional<FrameTimeline> take(unsigned numClusterCores);

private:
  /// A stall that may reach beyond the end of the frame.
  struct Stall : Span {
    sim::CycleCause cause;
  };

  bool cut(uint64_t from, uint64_t to, Span &span) const;
  void cutStalls();

  unsigned wanted, marks = 0;
  std::optional<uint64_t> begin, end;
  std::map<unsigned, CoreLane> cores;
  /// The last ones of each core, until the end of the frame is known.
  std::map<unsigned, std::vector<Stall>> latest;
  std::map<sim::Engine, EngineLane> engines;
};

} // namespace se::report

#endif // SE_REPORT_FRAMETIMELINE_H
