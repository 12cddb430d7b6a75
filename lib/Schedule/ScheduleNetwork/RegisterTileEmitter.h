// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- RegisterTileEmitter.h - Code for one register tile of elements
//----------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_SCHEDULENETWORK_REGISTERTILEEMITTER_H
#define SE_LIB_SCHEDULE_SCHEDULENETWORK_REGISTERTILEEMITTER_H

#include "../Planning/StageLoops.h"
#include "BodyEmitter.h"

namespace se::schedule {

class KernelEmitter;

/// Which K block of a section it is: if it is not known, then any of them, or
/// any but the last.
struct KBlockNumber {
  mlir::Value value; ///< null if the panel has only one K block
  enum Known { Any, NotLast, Last } known = Any;
};

/// Emits the sums of a register tile (cluster.dot), then its elements one by
/// one or in pairs.
class RegisterTileEmitter : private BodyMemory {
public:
  RegisterTileEmitter(KernelEmitter &kernel, const StageLoop &loop);

  /// From here on panels lie in L1 at `position`, the first of them that of
  /// register tile `first`.
  void enterTile(mlir::Value position, mlir::Value first);
  /// Group number `index`, for all vectors.
  void emit(mlir::Value index);
  /// The first and the second loop of one that is split.
  void emitEarly(mlir::Value index);
  void emitLate(mlir::Value index);
  /// K block `kBlock` of the panel of register tile `index`: sums go on where
  /// the last K block left them, in those of register tile `place` of the
  /// partial sums, and with the last K block the elements are computed.
  void emitKBlock(mlir::Value index, mlir::Value kBlock, mlir::Value place);
  /// The same for a register tile of one vector whose sums stay in registers:
  /// what those of some blocks start with, what they are behind K block
  /// `kBlock` of a section, and the elements of all K blocks.
  llvm::SmallVector<mlir::Value> startSums(llvm::ArrayRef<RowBlock> blocks);
  llvm::SmallVector<mlir::Value> emitKBlock(mlir::Value index,
                                            const Section &section,
                                            KBlockNumber kBlock,
                                            mlir::ValueRange before);
  void emitElements(mlir::Value index, mlir::ValueRange sums);

private:
  /// The memref of all of the tile as elements of `type`.
  mlir::Value getTile(mlir::Type type);
  /// The index of the first element of a block in the current panel, or in
  /// K block `kBlock` of its section if it has any.
  mlir::Value getBlockIndex(KBlockNumber kBlock, const RowBlock &block);
  /// The index, for elements of `width` bytes, of the field at byte `offset`.
  mlir::Value getFieldIndex(int64_t offset, int64_t width);
  /// The index of the current panel, or of the first of those that it is
  /// interleaved with; and its place among them.
  std::pair<mlir::Value, mlir::Value> getPanel(mlir::Value stride);
  mlir::Value isKBlock(mlir::Value kBlock, int64_t value);
  /// Emits `body` for each vector that shares the rows of register tile
  /// `index`.
  void emitVectors(mlir::Value index, llvm::function_ref<void()> body);
  /// The number of the register tile's element `at`.
  mlir::Value getElement(int64_t at);
  /// Adds the products of a block, or of K block `kBlock` of its section, to
  /// `sums`.
  llvm::SmallVector<mlir::Value>
  emitDot(const RowBlock &block, KBlockNumber kBlock, mlir::ValueRange sums);
  void emitKBlockOfVector(mlir::Value kBlock, mlir::Value place);
  /// Sums of all blocks, by block.
  void setSums(mlir::ValueRange all);
  /// Emits the products of blocks, which are added to `before`.
  llvm::SmallVector<mlir::Value> emitDots(llvm::ArrayRef<RowBlock> blocks,
                                          KBlockNumber kBlock,
                                          mlir::ValueRange before);
  void emitSums();
  void emitElements();
  void emitElement(int64_t number, bool isPair);
  void emitStrip();
  /// What the emitter of the body was told to start with.
  llvm::SmallVector<mlir::Value> emitResults();
  void storeResults(llvm::ArrayRef<mlir::Value> values);
  mlir::Value getMemory(mlir::Value tensor) override;
  mlir::Value getScalar(mlir::Value tensor) override;
  mlir::Value readField(plan::ReadOp read, Lanes lanes) override;
  mlir::Value readSum(plan::DotOp dot, Lanes lanes) override;
  mlir::Value findEarly(mlir::Value value) override;
  void observe(mlir::Value tensor, mlir::Value scalar) override;
  mlir::Value getEarlyMemory(const EarlyValue &early);
  mlir::Value number(int64_t value);

  KernelEmitter &kernel;
  const StageLoop &loop;
  mlir::ImplicitLocOpBuilder &b;
  BodyEmitter emitter;
  llvm::SmallVector<std::pair<mlir::Type, mlir::Value>> tiles;
  mlir::Value firstRegisterTile;
  bool isEarly = false; ///< elements are computed as far as sums reach
  bool isLate = false;  ///< or from there on
  // Of the current register tile.
  mlir::Value index;
  mlir::Value panel;   ///< its number in the tile
  mlir::Value row;     ///< its first
  mlir::Value vector;  ///< that is read now
  int64_t current = 0; ///< element that is emitted, behind the first
  mlir::Value inStrip; ///< the same in a loop over them
  llvm::SmallVector<llvm::SmallVector<mlir::Value>> sums; ///< by block
};

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_SCHEDULENETWORK_REGISTERTILEEMITTER_H
