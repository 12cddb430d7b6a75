// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- StageLoops.h - What stages read of constants -------------*- C++ -*-===//
//
// All constants that loops read element by element form one stream: for each
// loop, for each *register tile* of its elements, a *panel* of what the
// register tile's computation reads:
//
// * blocks: the rows of all matrices that read one vector, interleaved by words
//   as cluster.dot wants them;
// * fields: what is read element by element (biases, scales), that of the
//   elements of the register tile side by side.
//
// If the panels of a few register tiles are too long for a buffer in L1, panels
// are cut into *K blocks*: pieces of one block after those of the other, or, in
// a *section* of several blocks, the c-th piece of each. The sums of products
// go on from K block to K block. The last K block holds the fields.
//
// The blocks of a few neighbouring panels of a tile may lie interleaved by
// words, the fields of each behind them (StageLoop::interleave).
//
// A panel of rows that vectors of a batch share (plan.batch) has one copy of
// the rows, and the fields of each vector's elements.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_SCHEDULE_PLANNING_STAGELOOPS_H
#define SE_LIB_SCHEDULE_PLANNING_STAGELOOPS_H

#include "../Cost/CostModel.h"

#include "se/Dialect/Plan/Plan.h"

#include "mlir/IR/AffineExpr.h"
#include "llvm/ADT/MapVector.h"

namespace se::schedule {

/// Rows of one register tile that read one vector: `sums` of each element. The
/// first element's come first.
struct RowBlock {
  /// What holds the vector, and from where on: an expression of d1, the number
  /// of the vector if several share the rows.
  mlir::Value vector;
  mlir::AffineExpr from;
  int64_t columns = 0;
  mlir::Type element; ///< of matrix and vector
  mlir::Type sum;     ///< of a row, as a result
  llvm::SmallVector<plan::DotOp> sums;

  // How it is cut.
  unsigned section = 0;   ///< the number of its section
  int64_t kBlocks = 1;    ///< of the section
  int64_t words = 0;      ///< of a row in a K block; a row may end before that
  int64_t offset = 0;     ///< behind the K block's start, in bytes
  int64_t lastOffset = 0; ///< the same in the section's last K block

  int64_t getLanes() const { return 32 / element.getIntOrFloatBitWidth(); }
  int64_t getRowWords() const { return llvm::divideCeil(columns, getLanes()); }
  /// Of a row in the last K block: what is left, or as many as in others.
  int64_t getLastWords(bool isExact) const;
  /// Of a row, in a register: i32, f32 or vector<2xf16>, the sums of even and
  /// odd columns.
  mlir::Type getSumType() const;
  /// The number of a sum, -1 if it is not one of the block's.
  int64_t find(plan::DotOp dot) const;
};

/// One element of a constant for each element of the loop.
struct Field {
  mlir::Value constant;
  mlir::AffineExpr position;
  int64_t offset = 0; ///< of the register tile's first one, in bytes
  int64_t stride = 0; ///< from a vector's to the next one's, in bytes

  mlir::Type getElementType() const;
  int64_t getWidth() const {
    return getElementType().getIntOrFloatBitWidth() / 8;
  }
};

/// Blocks that are cut alike: each K block has a piece of all of them.
struct Section {
  unsigned begin = 0, end = 0;    ///< blocks
  int64_t first = 0, kBlocks = 1; ///< of the panel's K blocks
  int64_t bytes = 0;              ///< of the blocks in a K block
  int64_t lastBytes = 0;          ///< in the last one
};

/// What one register tile of a loop reads of the stream, for a number of K
/// blocks.
struct Panel {
  llvm::SmallVector<RowBlock> blocks;
  llvm::SmallVector<Field> fields;
  int64_t registerTile = 1; ///< elements of one vector
  int64_t vectors = 1;      ///< that share the rows
  llvm::SmallVector<Section, 1> sections;
  /// Blocks have sections of their own, unless they are short, and the last
  /// K block of a section no more words than are left; a core has one register
  /// tile of a tile and keeps its sums in registers from K block to K block.
  bool keepsSums = false;
  int64_t pieces = 1;    ///< of the longest rows
  int64_t kBlocks = 1;   ///< of all sections
  int64_t bytes = 0;     ///< of the last K block, whole words
  int64_t mostBytes = 0; ///< of any K block

  /// Lays the panel out for register tiles of so many elements, the longest
  /// rows cut into so many pieces.
  void layOut(int64_t registerTile, int64_t pieces, bool keepsSums);
  /// In one K block.
  void layOut(int64_t registerTile) {
    layOut(registerTile, 1, /*keepsSums=*/false);
  }
  const Section &getSection(int64_t kBlock) const;
  llvm::ArrayRef<RowBlock> getBlocks(const Section &section) const {
    return llvm::ArrayRef(blocks).slice(section.begin,
                                        section.end - section.begin);
  }
  /// All K blocks have the same pieces.
  bool isEven(const Section &section) const;
  /// A word may be read beyond the last block.
  int64_t getBytes(int64_t kBlock) const;
  bool isEmpty() const { return blocks.empty() && fields.empty(); }
  const Field *find(mlir::Value constant, mlir::AffineExpr position) const;
  /// Rows of all blocks for one element.
  int64_t getSums() const;
};

/// What an element computes from its sums and constants alone.
struct EarlyValue {
  mlir::Value value;  ///< of the stage's body
  int64_t offset = 0; ///< in L1, of that of element 0; in bytes
};

/// A stage as a loop over elements, dealt to the cores in register tiles.
struct StageLoop {
  plan::StageOp stage;
  int64_t rows = 0; ///< elements of one vector
  /// The number of the element of row d0 and vector d1.
  mlir::AffineExpr element;
  Panel panel;
  /// Elements are computed in pairs, the last of an odd number alone.
  bool inPairs = false;
  /// A register tile is a strip, whose elements are computed by a loop.
  bool isInStrips = false;
  int64_t unroll = 1; ///< elements, or pairs, in a turn of that loop
  Cost single, pair;  ///< of an element and of two, without their sums
  Cost stripCost;     ///< of what the elements of a strip share
  /// What the rest of the epilogue reads of sums, and the cost of that rest.
  llvm::SmallVector<EarlyValue> early;
  Cost late;
  /// Groups are computed in two loops, of which the first stores the early
  /// values: the instructions of each then fit the cores' own caches.
  bool isSplit = false;

  // How a loop that reads the stream is tiled (Tiling.h).
  int64_t tileSize = 0; ///< register tiles of a tile; the last may have less
  /// StageLoops of a tile whose blocks lie interleaved by words. A tile has a
  /// multiple of them.
  int64_t interleave = 1;
  int64_t resident = 0; ///< tiles that stay in L1
  int64_t position = 0; ///< of the resident tiles in their region, in bytes

  bool isStreamed() const { return !panel.isEmpty(); }
  int64_t getRegisterTiles() const {
    return llvm::divideCeil(rows, panel.registerTile);
  }
  /// Tiles of one K block.
  int64_t getRounds() const {
    return llvm::divideCeil(getRegisterTiles(), tileSize);
  }
  int64_t getTiles() const { return getRounds() * panel.kBlocks; }
  /// Of the largest.
  int64_t getTileBytes() const { return tileSize * panel.mostBytes; }
  /// Bytes of tile `tile`: of its register tiles that exist.
  int64_t getBytes(int64_t tile) const;
  bool isResident() const { return isStreamed() && resident == getTiles(); }
  /// Tile i stays in L1 if a step of this Bresenham line falls on it, so that
  /// the tiles that stay are spread evenly.
  bool isResident(int64_t tile) const {
    return (tile + 1) * resident / getTiles() > tile * resident / getTiles();
  }
  int64_t cacheBytes = 0;     ///< of the core's own cache of instructions
  double coldFetchCycles = 0; ///< for each byte that comes from L2
  double coldShare = 0;       ///< of its code, what the cluster's does not hold

  /// Turns of the loop over a strip.
  int64_t getTurns() const {
    return panel.registerTile / (unroll * (inPairs ? 2 : 1));
  }

  /// Cycles for which a core waits for instructions when it runs the first
  /// time: for those of the sums, and for those of what is computed with them.
  struct FirstFetch {
    double sums, rest;
  };
  FirstFetch getFirstFetch() const;
  /// Cycles for which a core waits for instructions.
  double getFetchCycles(unsigned cores) const;
  /// Cost of one register tile without its sums, for one vector.
  Cost getEpilogue() const;
  /// Cost of the sums of one register tile, for one vector.
  Cost getSumCost() const;
  /// Cost of one register tile, for all vectors.
  Cost getCost() const;
  /// Of code.
  double getCodeBytes() const;
};

/// A constant that elements of a loop share, or that has no place in a panel.
struct SharedConstant {
  mlir::Value constant;
  int64_t reads = 0; ///< per frame
  int64_t bytes = 0;
  bool isTable = false; ///< of an activation
};

/// The loops of a network, in order, with what they read of the stream.
class StageLoops {
public:
  /// Bytes of instructions that a core's own cache holds.
  explicit StageLoops(const Machine &machine) : machine(machine) {}

  /// Adds a stage. What would be in the stream more often than it has elements
  /// (a constant that is broadcast, say) is a shared constant.
  StageLoop &addStage(plan::StageOp stage);
  /// Adds a loop over so many elements, which reads these blocks.
  StageLoop &addLoop(int64_t rows, llvm::ArrayRef<RowBlock> blocks);
  /// Tells the loops, and returns, what share of their code and `otherBytes` a
  /// cluster's cache of so many bytes does not hold, steps of the stream
  /// included if L1 has not so many bytes for all panels.
  double shareCache(int64_t l1Bytes, double otherBytes);
  /// Bytes of all code, as in shareCache.
  double getCodeBytes(int64_t l1Bytes, double otherBytes) const;
  /// Tells the loops what a byte of code costs that no cache holds.
  void setColdFetchCycles(double cycles);
  /// Chooses the register tile of a loop whose epilogue is known, for so many
  /// cores, at most `most` elements.
  void chooseRegisterTile(StageLoop &loop, int64_t most);

  /// All loops; only some are streamed.
  llvm::MutableArrayRef<StageLoop> getLoops() { return loops; }
  llvm::ArrayRef<StageLoop> getLoops() const { return loops; }
  const StageLoop &getLoop(plan::StageOp stage) const;
  const llvm::MapVector<mlir::Value, SharedConstant> &getShared() const {
    return shared;
  }
  /// Are all constants f32?
  bool isSingle() const;
  /// Is any matrix i8?
  bool hasBytes() const;

private:
  void chooseUnroll(StageLoop &loop);

  Machine machine;
  std::vector<StageLoop> loops;
  llvm::MapVector<mlir::Value, SharedConstant> shared;
};

/// Bytes of a register tile's panel if it is not cut.
int64_t getPanelBytes(const StageLoop &loop);

/// Appends the bytes of a tile to `data`.
void appendTile(const StageLoop &loop, int64_t tile, std::vector<char> &data);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_STAGELOOPS_H
