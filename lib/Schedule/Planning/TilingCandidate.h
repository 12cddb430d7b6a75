// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- TilingCandidate.h - One way to tile -----------------------*- C++
//-*-===//

#ifndef SE_LIB_SCHEDULE_PLANNING_TILINGCANDIDATE_H
#define SE_LIB_SCHEDULE_PLANNING_TILINGCANDIDATE_H

#include "Arena.h"
#include "Tiling.h"

#include "llvm/Support/FormatVariadic.h"

namespace se::schedule {

/// Of tiles and buffers in L1.
inline constexpr int64_t tileAlignment = Arena::alignment;
/// What is carried from frame to frame takes no more if the ring has so many
/// slots.
int64_t getControlBytes(int64_t slots, const TilingOptions &options);

/// One way to tile the stream.
class Candidate {
public:
  Candidate(const StageLoops &stageLoops, const TilingOptions &options)
      : stageLoops(stageLoops), options(options) {
    for (const StageLoop &loop : stageLoops.getLoops())
      if (loop.isStreamed())
        loops.push_back(loop);
  }

  /// Tiles for so many slots; tiles stay in `share` of the room that L1 has for
  /// them. The prediction of what takes `most` cycles or more is a lower bound.
  llvm::Error choose(int64_t slots, int64_t maxSlotBytes, double share,
                     double otherCycles, int64_t otherBytes, double most);
  /// Does what a tiling says.
  llvm::Error obey(plan::StreamAttr given, double otherCycles,
                   int64_t otherBytes);

  /// This one's error is more to the point than that of `other`.
  bool isCloser(const Candidate &other) const {
    return std::tuple(-step, missing) < std::tuple(-other.step, other.missing);
  }

  /// Replaces the streamed loops of `panels` by those that are tiled.
  void give(StageLoops &stageLoops) const {
    auto next = loops.begin();
    for (StageLoop &loop : stageLoops.getLoops())
      if (loop.isStreamed())
        loop = *next++;
  }

  std::vector<StageLoop> loops; ///< those that are streamed
  Tiling tiling;

private:
  llvm::Error shape(StageLoop &loop, int64_t maxBytes);
  llvm::Error placeInL1(double share);
  int64_t getSumBytes(const StageLoop &loop) const;
  void placeShared(int64_t &room);
  std::vector<StageLoop *> getOrder();
  int64_t placeResident(StageLoop &loop);
  void keepTiles(int64_t room);
  llvm::Error shape(StageLoop &loop);
  cluster::Level chooseImageLevel(int64_t behind) const;
  int64_t getImageBytes(cluster::Level level) const;
  llvm::Error placeBehind(int64_t otherBytes);
  llvm::Error partStream(int64_t fixed, int64_t exceeded);
  llvm::Error partExternal();
  llvm::Error checkL3(int newStep, int64_t bytes);
  int64_t getExternalBytes(int64_t external) const;
  int64_t getNonVolatileBytes(int64_t among) const;
  void predict(double otherCycles, double most);
  /// A loop that cannot be cut, for want of bytes.
  llvm::Error failAt(const StageLoop &loop, int64_t newMissing,
                     const std::string &text);
  /// The error after `newStep` decisions that worked out, for want of bytes.
  template <typename... Args>
  llvm::Error fail(int newStep, int64_t newMissing, const char *format,
                   Args... args) {
    step = newStep;
    missing = newMissing;
    return llvm::createStringError(llvm::formatv(format, args...).str());
  }

  const StageLoops &stageLoops;
  const TilingOptions &options;
  int step = 0;
  int64_t missing = 0;
};

/// Bytes of a loop's panels in L1 if they are not cut.
int64_t getWholeBytes(const StageLoop &loop);

/// StageLoops of a loop's tiles that are interleaved. The engine goes on by two
/// banks of L1 a cycle. A core that loads a word of weights every other cycle,
/// each from four words further on, stays as far from it as it is, so that it
/// seldom holds it up.
int64_t getInterleave(const StageLoop &loop);

/// Bytes that memories behind L2 can hold for the external engine.
int64_t getCapacity(const TilingOptions &options);

/// Whether sums of panels that are cut can stay in registers: a core has one
/// register tile of a tile of so many, and a register tile one vector.
bool mayKeepSums(const Panel &panel, int64_t groups,
                 const TilingOptions &options);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_TILINGCANDIDATE_H
