// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Records.h - What the elements of a loop read of constants *- C++ -*-===//
//
// All constants that loops read element by element form one stream: for each
// loop, for each of its elements, a *record* of what the element's computation
// reads, in order. If the records of a few elements are too long for a buffer
// in L1, records are cut into *parts*: part c holds the c-th piece of every
// row, and the sums of products go on from part to part.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_SCHEDULE_RECORDS_H
#define SE_LIB_SCHEDULE_RECORDS_H

#include "CostModel.h"
#include "ElementEmitter.h"

#include "se/Schedule/Plan.h"

namespace se::schedule {

/// What one element of a loop reads of the stream, for a number of parts.
struct Record {
  /// `length` elements of a constant: those at `position` for d1 = 0 .. length
  /// -
  /// 1. `share` of them are in each part (the last may have less), `offset`
  /// elements behind its start.
  struct Field {
    mlir::Value constant;
    mlir::AffineExpr position;
    int64_t length, share = 0, offset = 0;
  };
  llvm::SmallVector<Field> fields;
  mlir::Type element;
  int64_t parts = 1;
  int64_t size = 0; ///< elements of a part, padded to whole words

  /// Lays the fields out for `parts` parts.
  void layOut(int64_t parts);
  const Field *find(mlir::Value constant, mlir::AffineExpr position) const;
  /// Bytes of a part.
  int64_t getBytes() const {
    return size * element.getIntOrFloatBitWidth() / 8;
  }
};

/// A sum of products whose weights are in the record.
struct StreamedSum {
  rnn::MatvecOp op;
  mlir::AffineExpr position;
};

/// A loop that reads the stream.
struct StreamedLoop {
  const Loop *loop = nullptr;
  int64_t elements = 0;
  Record record;
  llvm::SmallVector<StreamedSum> sums;
  /// Whether records can be cut.
  bool isDivisible = true;
  Cost cost; ///< of one element

  // How the loop is tiled (Tiling.h).
  int64_t rows = 0;     ///< elements of a tile; the last ones may have less
  int64_t resident = 0; ///< tiles that stay in L1
  int64_t position = 0; ///< of the resident tiles in their region, in bytes

  int64_t getGroups() const { return llvm::divideCeil(elements, rows); }
  int64_t getTiles() const { return getGroups() * record.parts; }
  int64_t getTileBytes() const { return rows * record.getBytes(); }
  /// Bytes of tile `tile`: of its rows that exist.
  int64_t getBytes(int64_t tile) const;
  bool isResident() const { return resident == getTiles(); }
  /// Tile i stays in L1 if a step of this Bresenham line falls on it, so that
  /// the tiles that stay are spread evenly.
  bool isResident(int64_t tile) const {
    return (tile + 1) * resident / getTiles() > tile * resident / getTiles();
  }
};

/// A constant that elements of a loop share, or that has no place in a record.
struct SharedConstant {
  mlir::Value constant;
  int64_t reads = 0; ///< per frame
  int64_t bytes = 0;
  bool isTable = false; ///< of an activation
};

/// The stream of a network, in the order of use.
class Records {
public:
  /// Adds a loop that does these reads, with the cost of one element. What
  /// would be in the stream more often than it has elements (the matrix of a
  /// batch, say) is a shared constant.
  void addLoop(const Loop &loop, llvm::ArrayRef<ConstantAccess> accesses,
               Cost cost);

  llvm::MutableArrayRef<StreamedLoop> getLoops() { return loops; }
  llvm::ArrayRef<StreamedLoop> getLoops() const { return loops; }
  /// The loop's part, null if it reads nothing of the stream.
  const StreamedLoop *getLoop(const Loop &loop) const;
  const llvm::MapVector<mlir::Value, SharedConstant> &getShared() const {
    return shared;
  }

private:
  std::vector<StreamedLoop> loops;
  llvm::MapVector<mlir::Value, SharedConstant> shared;
};

/// Appends the bytes of a tile to `data`.
void appendTile(const StreamedLoop &loop, int64_t tile,
                std::vector<char> &data);

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_RECORDS_H
