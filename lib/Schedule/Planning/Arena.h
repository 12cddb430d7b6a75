// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Arena.h - Places of buffers in the state buffer ----------*- C++ -*-===//

#ifndef SE_LIB_SCHEDULE_PLANNING_ARENA_H
#define SE_LIB_SCHEDULE_PLANNING_ARENA_H

#include "se/Dialect/Plan/Plan.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <vector>

namespace se::schedule {

/// Places buffers in the state buffer. Buffers whose live ranges (depths,
/// both ends included) are disjoint may share bytes: a barrier lies
/// between the last read of one and the first write of the other.
class Arena {
public:
  int64_t allocate(mlir::MemRefType type, std::pair<unsigned, unsigned> live) {
    Block block;
    block.live = live;
    block.size = llvm::alignTo(
        type.getNumElements() * type.getElementTypeBitWidth() / 8, alignment);
    // The lowest gap between blocks that are live at the same time.
    for (const Block &other : blocks)
      if (other.overlaps(live) && other.offset < block.offset + block.size &&
          block.offset < other.offset + other.size)
        block.offset = other.offset + other.size;
    auto at = llvm::find_if(blocks, [&](const Block &other) {
      return other.offset > block.offset;
    });
    blocks.insert(at, block);
    size = std::max(size, block.offset + block.size);
    return block.offset;
  }
  int64_t getSize() const { return size; }

  static constexpr std::pair<unsigned, unsigned> always = {0, ~0u};
  static constexpr int64_t alignment = plan::BufferAttr::alignment;

private:
  struct Block {
    int64_t offset = 0, size = 0;
    std::pair<unsigned, unsigned> live;
    bool overlaps(std::pair<unsigned, unsigned> other) const {
      return live.first <= other.second && other.first <= live.second;
    }
  };
  std::vector<Block> blocks; // by offset
  int64_t size = 0;
};

} // namespace se::schedule

#endif // SE_LIB_SCHEDULE_PLANNING_ARENA_H
