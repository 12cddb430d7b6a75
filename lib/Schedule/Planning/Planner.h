// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Planner.h - From a network to a schedule -----------------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_PLANNING_PLANNER_H
#define SE_LIB_SCHEDULE_PLANNING_PLANNER_H

#include "Arena.h"
#include "Schedule.h"

#include "mlir/IR/Builders.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace se::schedule {

/// Decides how a network of stages is computed. What the network says already
/// is done as it says; each decision is written into it.
class Planner {
public:
  /// `given` is how parameters flow, with a tiling of each stage; null: the
  /// best is chosen.
  Planner(rnn::NetworkOp network, const TilingOptions &options,
          unsigned dmaCore, plan::Screening screening, plan::StreamAttr given);
  /// Of a network whose stages have tilings.
  explicit Planner(rnn::NetworkOp network);

  /// Writes how parameters are cut, and what stays, into the network and its
  /// stages. Error: what does not fit, in one line.
  llvm::Error chooseTiling();
  /// Marks the stages that are computed in two loops.
  llvm::Error splitStages();
  /// Lists where buffers lie.
  llvm::Error placeBuffers();
  /// What it says of tiles alone.
  llvm::Expected<std::unique_ptr<const Schedule>> readTiles();
  /// All that the network says; the same error.
  llvm::Expected<std::unique_ptr<const Schedule>> read();
  /// Whether the network can be screened in the way that was asked for.
  bool canScreen() const { return isScreenable; }

private:
  int64_t place(llvm::StringRef name, mlir::MemRefType type,
                std::pair<unsigned, unsigned> live);
  int64_t placeBytes(llvm::StringRef name, int64_t bytes);
  void placeControl();
  void placeValues();
  void placePorts();
  void placeEarlyValues(StageLoop &loop, unsigned depth);
  llvm::Error readStages();
  double getFrameCycles(double coldShare);
  void shareCache();
  double getOtherCodeBytes();
  int64_t chooseCodeBytes();
  llvm::Error leaveCode(int64_t bytes);
  llvm::Error planTiles();
  llvm::Error planStream();
  llvm::Expected<Tiling> findTiling();
  void findEarlyValues(StageLoop &loop);
  llvm::Error takeSplits();
  llvm::Error takeBuffers();
  void placeScreen();
  double getScreenCycles();
  bool checkFirstDepth();

  std::unique_ptr<Schedule> made;
  // Its parts.
  rnn::NetworkOp network;
  Storage &storage;
  TilingOptions &options;
  StageLoops &stageLoops;
  Tiling &tiling;
  rnn::FiniteOp screen;
  unsigned cores;

  plan::StreamAttr given;
  bool isScreenable = true;
  mlir::Builder b;
  Arena arena;
  /// What the network says of buffers, and what is wrong with that.
  mlir::ArrayAttr givenBuffers;
  std::string wrongBuffer;
  double otherCycles = 0; ///< of loops that read no stream, and the frame
  int64_t otherL2Bytes = 0;
};

/// Lets a planner of the module's network decide, unless buffers have their
/// places already. Errors are emitted.
mlir::LogicalResult decide(mlir::ModuleOp module,
                           llvm::function_ref<llvm::Error(Planner &)> decision);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_PLANNER_H
