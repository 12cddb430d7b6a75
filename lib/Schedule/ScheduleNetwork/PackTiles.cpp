// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- PackTiles.cpp - The bytes of tiles ---------------------------------===//

#include "../Planning/Positions.h"
#include "../Planning/StageLoops.h"

#include "se/Dialect/RNN/Constants.h"
#include "se/Schedule/Indexing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace se;
using namespace se::schedule;

/// Words `first` to `last` of a row.
static void copyRow(ArrayRef<char> from, int64_t start, const RowBlock &block,
                    int64_t first, int64_t last, int64_t stride, char *to) {
  int64_t width = 4 / block.getLanes();
  for (int64_t word = first; word < last; ++word, to += stride) {
    int64_t column = word * block.getLanes();
    int64_t lanes = std::min(block.getLanes(), block.columns - column);
    std::copy_n(from.data() + (start + column) * width, lanes * width, to);
  }
}

void schedule::appendTile(const StageLoop &loop, int64_t tile,
                          std::vector<char> &data) {
  const Panel &panel = loop.panel;
  int64_t kBlock = tile % panel.kBlocks,
          first = tile / panel.kBlocks * loop.tileSize;
  int64_t last = std::min(first + loop.tileSize, loop.getRegisterTiles());
  auto getBytes = [](Value constant) {
    return rnn::getRawBytes(
        constant.getDefiningOp<arith::ConstantOp>().getValue());
  };
  size_t tileStart = data.size();
  const Section &section = panel.getSection(kBlock);
  bool isLast = kBlock + 1 == section.first + section.kBlocks;
  int64_t bytes = panel.getBytes(kBlock);
  int64_t end = isLast ? section.lastBytes : section.bytes;
  data.resize(tileStart + (last - first) * bytes); // what does not exist is 0
  for (int64_t registerTile = first; registerTile != last; ++registerTile) {
    int64_t lane = (registerTile - first) % loop.interleave;
    char *start =
        data.data() + tileStart + (registerTile - first - lane) * bytes;
    char *blocks = start + 4 * lane;
    char *fields = start + loop.interleave * end + lane * (bytes - end);
    int64_t begin = registerTile * panel.registerTile;
    int64_t behind = std::min(begin + panel.registerTile, loop.rows);
    auto getElement = [&](int64_t row, int64_t vector) {
      return evaluatePosition(loop.element, {row, vector});
    };
    for (const RowBlock &block : panel.getBlocks(section)) {
      auto sums = int64_t(block.sums.size());
      int64_t rows = sums * panel.registerTile;
      int64_t piece = kBlock - section.first;
      for (auto [k, sum] : llvm::enumerate(block.sums)) {
        plan::DotOp dot = sum;
        ArrayRef<char> from = getBytes(dot.getMatrix());
        AffineExpr row = getRow(dot);
        for (int64_t i = begin; i < behind; ++i)
          copyRow(from,
                  evaluatePosition(row, {getElement(i, 0)}) * block.columns,
                  block, piece * block.words,
                  std::min((piece + 1) * block.words, block.getRowWords()),
                  4 * rows * loop.interleave,
                  blocks + loop.interleave *
                               ((isLast ? block.lastOffset : block.offset) +
                                4 * ((i - begin) * sums + int64_t(k))));
      }
    }
    if (kBlock + 1 != panel.kBlocks)
      continue;
    for (const Field &field : panel.fields) {
      int64_t width = field.getWidth();
      ArrayRef<char> from = getBytes(field.constant);
      for (int64_t vector = 0; vector != panel.vectors; ++vector)
        for (int64_t i = begin; i < behind; ++i)
          std::copy_n(from.data() + evaluatePosition(field.position,
                                                     {getElement(i, vector)}) *
                                        width,
                      width,
                      fields + (field.offset - end) + vector * field.stride +
                          (i - begin) * width);
    }
  }
}

bool StageLoops::isSingle() const {
  auto isSingle = [](Type type) { return getElementTypeOrSelf(type).isF32(); };
  return llvm::all_of(loops,
                      [&](const StageLoop &loop) {
                        return llvm::all_of(loop.panel.blocks,
                                            [&](const RowBlock &block) {
                                              return isSingle(block.element);
                                            }) &&
                               llvm::all_of(
                                   loop.panel.fields, [&](const Field &field) {
                                     return isSingle(field.getElementType());
                                   });
                      }) &&
         llvm::all_of(shared, [&](const auto &entry) {
           return isSingle(entry.first.getType());
         });
}
