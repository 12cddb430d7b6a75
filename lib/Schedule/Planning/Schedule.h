// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Schedule.h - All that is decided before code is emitted --*- C++ -*-===//
//
// Planner makes a schedule, KernelEmitter reads it. Between the two it does not
// change.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_SCHEDULE_PLANNING_SCHEDULE_H
#define SE_LIB_SCHEDULE_PLANNING_SCHEDULE_H

#include "Storage.h"
#include "Tiling.h"

#include "se/Dialect/Cluster/Cluster.h"
#include "se/Dialect/RNN/RNNScreening.h"

namespace se::schedule {

/// How one network is computed. Offsets are bytes of the state buffer.
struct Schedule {
  Schedule(rnn::NetworkOp network, const TilingOptions &options,
           unsigned dmaCore, plan::Screening screening);

  rnn::NetworkOp network;
  Storage storage;
  TilingOptions options;
  unsigned cores, dmaCore;
  /// Where inputs are looked at that shall be finite: where the first depth
  /// reads them, which is repeated if one is not; or before all stages, while
  /// they are put into L1, or where they lie.
  plan::Screening screening;
  /// What tells whether the inputs are finite, if they are screened.
  rnn::FiniteOp screen;

  StageLoops stageLoops;
  Tiling tiling;

  int64_t stateBytes = 0;  ///< of the state buffer
  int64_t l1Available = 0; ///< for it
  llvm::SmallVector<int64_t> stateOffsets;
  /// Of inputs and outputs in L1, if the DMA has nothing else to do.
  llvm::SmallVector<int64_t> inputOffsets, outputOffsets;
  llvm::DenseMap<mlir::Value, int64_t> bufferOffsets;
  /// Of copies of inputs. Each core has a word for what it found in them.
  llvm::DenseMap<mlir::Value, int64_t> screenOffsets;
  int64_t screenSumOffset = 0, screenMaskOffset = 0;
  llvm::SmallVector<int64_t> screenPeakOffsets;
  int64_t ringOffset = 0, controlOffset = 0, residentOffset = 0, sumOffset = 0;

  /// All of the state buffer, in the order in which they were placed.
  llvm::SmallVector<plan::BufferAttr> buffers;
  /// Constants that lie in L2 besides the stream.
  int64_t otherL2Bytes = 0;

  bool hasRing() const { return tiling.slots != 0; }
  /// Words of L1 that tell the next frame what is under way, and where delay
  /// lines begin.
  int64_t getControlWords() const;
  bool needsPeak(size_t k) const;
  /// A word for each core that goes through inputs.
  int64_t getFindings() const { return std::max(cores, dmaCore + 1); }
  /// Tensors of the inputs, then of the outputs.
  llvm::SmallVector<mlir::Type> getPortTypes() const;
  /// Writes how parameters flow into the network and its stages.
  void writeTiling() const;
};

/// A buffer of so many elements.
mlir::MemRefType makeType(int64_t count, mlir::Type element,
                          cluster::Level level);
/// That of a tensor's value, in L1.
mlir::MemRefType bufferType(mlir::Value tensor);
/// That of an input or output, which is f32 at the border.
mlir::MemRefType portType(mlir::Type tensor, cluster::Level level);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_SCHEDULE_H
