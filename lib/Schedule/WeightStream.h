// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- WeightStream.h - Parameters in the order of use ----------*- C++ -*-===//
//
// All constants that loops read element by element form one stream: for each
// loop, for each of its elements, a record of what the element's computation
// reads, in order. The stream is cut into tiles of whole records, which flow
// through a ring of L1 buffers (cluster.next_tile).
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_SCHEDULE_WEIGHTSTREAM_H
#define SE_LIB_SCHEDULE_WEIGHTSTREAM_H

#include "ElementEmitter.h"

#include "se/Schedule/Plan.h"

namespace se::schedule {

/// What one element of a loop reads of the stream.
struct Record {
  /// `length` elements: those at `position` for d1 = 0 .. length - 1.
  struct Field {
    mlir::Value constant;
    mlir::AffineExpr position;
    int64_t length, offset;
  };
  llvm::SmallVector<Field> fields;
  mlir::Type element;
  int64_t size = 0; ///< elements, padded to whole words

  /// The offset of a field in elements, nothing if the stream does not have it.
  std::optional<int64_t> find(mlir::Value constant,
                              mlir::AffineExpr position) const;
  int64_t getBytes() const {
    return size * element.getIntOrFloatBitWidth() / 8;
  }
};

/// The part of the stream that a loop reads.
struct StreamedLoop {
  Record record;
  int64_t elements = 0;
  int64_t rows = 0; ///< records in a tile; the last tiles may have less
  int64_t firstTile = 0, numTiles = 0;
  int64_t byteOffset = 0; ///< of the first record in the stream
};

class WeightStream {
public:
  /// Adds a loop that does these reads. What would be in the stream more often
  /// than it has elements (the matrix of a batch, say) is left out.
  void addLoop(const Loop &loop, llvm::ArrayRef<ConstantAccess> accesses);

  /// Cuts the stream into tiles for `cores` cores and `budget` bytes of L1.
  /// Returns the number of loops that are left out because a record of them
  /// does not fit into a slot.
  unsigned plan(unsigned cores, int64_t budget);

  bool isEmpty() const { return loops.empty(); }
  /// The loop's part, null if it reads nothing of the stream.
  const StreamedLoop *getLoop(const Loop &loop) const;

  int64_t getTiles() const { return int64_t(table.size()) - 1; }
  int64_t getSlots() const { return slots; }
  int64_t getSlotBytes() const { return slotBytes; }
  /// One tile, one slot: copied once, then it stays.
  bool isResident() const { return getTiles() == 1; }
  /// tiles + 1 positions in the data.
  llvm::ArrayRef<int32_t> getTable() const { return table; }
  llvm::ArrayRef<char> getData() const { return data; }

private:
  unsigned planRing(unsigned cores, int64_t budget);
  void pack();

  llvm::MapVector<const Loop *, StreamedLoop> loops;
  int64_t slots = 1, slotBytes = 0;
  std::vector<int32_t> table;
  std::vector<char> data;
};

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_WEIGHTSTREAM_H
